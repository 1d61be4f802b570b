"""Send one signed body to one address: no redirects, no private ranges, bounded in time and size."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Mapping, Sequence

import httpx

from flagstaff.delivery.model import Sent
from flagstaff.kernel.errors import FlagstaffError

PATIENCE = 15.0
"""Seconds for one try, from the look-up of the name to the last byte of the answer."""
MOST_ANSWER = 64 * 1024
"""Bytes of an answer that are read; nobody needs them, they only tell that the receiver is in order."""

Look = Callable[[str, int], Awaitable[list[str]]]
Check = Callable[[str, Sequence[str]], None]


async def look_up(host: str, port: int) -> list[str]:
    """Return the addresses of a host name."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=0)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class Sender:
    """Send bodies, connecting only to addresses that were checked at that very moment.

    The name is resolved once, `check` sees every answer (it raises what the platforms' rules raise), and the connection
    goes to the checked address itself: a name that points elsewhere a moment later (DNS rebinding) leads nowhere.
    """

    def __init__(self, check: Check, *, look: Look = look_up, patience: float = PATIENCE) -> None:
        """Make ready; `close` gives the connections back."""
        self._check = check
        self._look = look
        self._patience = patience
        self._client = httpx.AsyncClient(
            follow_redirects=False, trust_env=False, timeout=patience, verify=ssl.create_default_context()
        )

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def send(self, url: str, headers: Mapping[str, str], body: str) -> Sent:
        """Try once; every failure is an answer, not an exception."""
        try:
            async with asyncio.timeout(self._patience):
                return await self._try(httpx.URL(url), headers, body.encode())
        except FlagstaffError as refusal:
            return Sent(None, refusal.title)
        except TimeoutError:
            return Sent(None, f"no answer within {self._patience:g} s")
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            # The library's own words may repeat the address with its query; the kind of failure is enough.
            return Sent(None, type(error).__name__)

    async def _try(self, url: httpx.URL, headers: Mapping[str, str], body: bytes) -> Sent:
        pinned = url.copy_with(host=await self._checked(url))
        sent = {**headers, "host": url.netloc.decode(), "user-agent": "flagstaff"}
        extensions = {"sni_hostname": url.host} if url.scheme == "https" else {}
        async with self._client.stream(
            "POST", pinned, headers=sent, content=body, extensions=extensions
        ) as answer:
            read = 0
            async for piece in answer.aiter_raw():
                read += len(piece)
                if read > MOST_ANSWER:
                    break
            return Sent(answer.status_code, "" if answer.is_success else f"answered {answer.status_code}")

    async def _checked(self, url: httpx.URL) -> str:
        found = await self._look(url.host, url.port or (443 if url.scheme == "https" else 80))
        self._check(str(url), found)
        return found[0]

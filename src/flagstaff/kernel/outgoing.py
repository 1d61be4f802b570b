"""Call another server: only an address that was checked at that very moment, no redirects, bounded in time and size."""

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Mapping, Sequence
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Final

import httpx
import msgspec

Look = Callable[[str, int], Awaitable[list[str]]]
Check = Callable[[str, Sequence[str]], None]
"""Given the address as it is written and where its name leads, raise whatever forbids to call it."""

FAILS = (httpx.HTTPError, httpx.InvalidURL, OSError, UnicodeError)
"""How a call ends that reached nobody, or whose host is no name at all; their words may repeat the address."""

_ALONE: Final = httpx.Limits(max_keepalive_connections=0)
_NO_COOKIES: Final = DefaultCookiePolicy(allowed_domains=())


class Reply(msgspec.Struct, frozen=True):
    """What a server answered. `headers`: by lower-case name; `body`: its first bytes, as they came."""

    status: int
    headers: Mapping[str, str]
    body: bytes


async def look_up(host: str, port: int) -> list[str]:
    """Return the addresses of a host name; raises OSError, and UnicodeError where it is no name at all."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class Outgoing:
    """Call servers, connecting only to addresses that were checked at that very moment.

    The name is resolved once, `check` sees every answer, and the connection goes to the checked address itself: a name
    that points elsewhere a moment later (DNS rebinding) leads nowhere. A connection serves one call, and no cookie is
    kept: two names may lead to one address, and what was agreed with one of them is not for the other.
    """

    def __init__(self, check: Check, *, look: Look = look_up, patience: float) -> None:
        """Make ready; `close` gives the connections back. `patience`: seconds from the look-up to the last byte."""
        self._check = check
        self._look = look
        self._patience = patience
        self._client = httpx.AsyncClient(
            follow_redirects=False, trust_env=False, timeout=patience, verify=ssl.create_default_context(),
            limits=_ALONE, cookies=CookieJar(_NO_COOKIES),
        )  # fmt: skip

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def post(self, url: str, headers: Mapping[str, str], body: bytes, most: int) -> Reply:
        """Send once and return up to `most` bytes of the answer, and one more where it was longer.

        Raises what the check raises, TimeoutError, and FAILS.
        """
        async with asyncio.timeout(self._patience):
            return await self._post(httpx.URL(url), headers, body, most)

    async def _post(self, url: httpx.URL, headers: Mapping[str, str], body: bytes, most: int) -> Reply:
        pinned = url.copy_with(host=await self._checked(url))
        sent = {**headers, "host": url.netloc.decode(), "user-agent": "flagstaff"}
        extensions = {"sni_hostname": url.host} if url.scheme == "https" else {}
        async with self._client.stream(
            "POST", pinned, headers=sent, content=body, extensions=extensions
        ) as answer:
            read = bytearray()
            async for piece in answer.aiter_raw():
                read += piece[: most + 1 - len(read)]
                if len(read) > most:
                    break
            return Reply(answer.status_code, dict(answer.headers), bytes(read))

    async def _checked(self, url: httpx.URL) -> str:
        found = await self._look(url.host, url.port or (443 if url.scheme == "https" else 80))
        self._check(str(url), found)
        return found[0]

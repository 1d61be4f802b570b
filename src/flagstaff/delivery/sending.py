"""Send one signed body to one address: no redirects, no private ranges, bounded in time and size."""

import asyncio
import ipaddress
import ssl
from collections.abc import Awaitable, Callable, Mapping, Sequence

import httpx

from flagstaff.delivery.model import Sent

PATIENCE = 15.0
"""Seconds for one try, from the look-up of the name to the last byte of the answer."""
MOST_ANSWER = 64 * 1024
"""Bytes of an answer that are read; nobody needs them, they only tell that the receiver is in order."""

Look = Callable[[str, int], Awaitable[list[str]]]


class Refused(Exception):
    """The address may not be connected to; the text says why."""


async def look_up(host: str, port: int) -> list[str]:
    """Return the addresses of a host name."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=0)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class Sender:
    """Send bodies, connecting only to addresses that were checked at that very moment.

    The name is resolved once, each answer is checked, and the connection goes to the checked address itself: a name
    that points elsewhere a moment later (DNS rebinding) leads nowhere. `allow` lists `host`, `host:port` or networks
    that may be private; only the demo sets it.
    """

    def __init__(
        self, allow: Sequence[str] = (), *, look: Look = look_up, patience: float = PATIENCE
    ) -> None:
        """Make ready; `close` gives the connections back."""
        self._allow = frozenset(allow)
        self._networks = tuple(network for text in allow if (network := _network(text)) is not None)
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
        except Refused as refusal:
            return Sent(None, str(refusal))
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
        if url.scheme not in {"http", "https"} or not url.host:
            msg = "an endpoint is an http or https address"
            raise Refused(msg)
        port = url.port or (443 if url.scheme == "https" else 80)
        named = bool({url.host, f"{url.host}:{port}"} & self._allow)
        found = await self._look(url.host, port)
        if not found:
            msg = "the name of the endpoint leads nowhere"
            raise Refused(msg)
        if not named and url.scheme != "https":
            msg = "an endpoint outside the allow-list must use https"
            raise Refused(msg)
        if not named and not all(self._open_to(text) for text in found):
            msg = "the endpoint lies in a private range that the allow-list does not name"
            raise Refused(msg)
        return found[0]

    def _open_to(self, text: str) -> bool:
        address = ipaddress.ip_address(text.partition("%")[0])
        if isinstance(address, ipaddress.IPv6Address):
            # An IPv4 address can be written inside an IPv6 one; what counts is where it leads.
            address = address.ipv4_mapped or address.sixtofour or address
        return (address.is_global and not address.is_multicast) or any(
            address in network for network in self._networks
        )


def _network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        return ipaddress.ip_network(text)
    except ValueError:
        return None

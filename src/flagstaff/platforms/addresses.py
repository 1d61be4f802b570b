"""Find where a name leads: the one question to the network that checking a webhook asks."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""Given a host and a port, return its IP addresses; none where the name leads nowhere."""


async def resolve(host: str, port: int) -> Sequence[str]:
    """Ask the machine's resolver for all addresses of a host."""
    loop = asyncio.get_running_loop()
    try:
        found = await asyncio.wait_for(loop.getaddrinfo(host, port, type=socket.SOCK_STREAM), 5)
    except (OSError, TimeoutError, UnicodeError):
        return ()
    return sorted({str(address[0]) for *_, address in found})

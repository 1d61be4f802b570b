"""Find where a name leads: the one question to the network that checking a webhook asks."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from flagstaff.kernel.outgoing import look_up

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""Given a host and a port, return its IP addresses; none where the name leads nowhere."""

_PATIENCE: Final = 5.0


async def resolve(host: str, port: int) -> Sequence[str]:
    """Ask the machine's resolver for all addresses of a host."""
    try:
        found = await asyncio.wait_for(look_up(host, port), _PATIENCE)
    except (OSError, TimeoutError, UnicodeError):
        return ()
    return sorted(found)

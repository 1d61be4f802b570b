"""Do several pieces of work, each in its own transaction, so that one that fails holds up none behind it."""

from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

T = TypeVar("T")


async def one_by_one(pieces: Iterable[T], each: Callable[[T], Awaitable[bool]]) -> int:
    """Return how many pieces were done; raises what failed, together, after all others had their turn."""
    done, failed = 0, []
    for piece in pieces:
        try:
            done += await each(piece)
        except Exception as error:  # noqa: BLE001 - whatever it was, the next piece is not to blame
            failed.append(error)
    if failed:
        msg = f"{len(failed)} pieces of work failed, {done} were done"
        raise ExceptionGroup(msg, failed)
    return done

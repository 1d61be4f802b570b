"""Hash and check passwords with argon2id, in threads of their own and never more than two at once.

One check takes 64 MiB and some tens of milliseconds: unbounded, a burst of sign-ins would take the memory and the
processors from those who flag.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from flagstaff.kernel.errors import Unavailable

T = TypeVar("T")

_AT_ONCE: Final = 2
_WAITING: Final = 8

_hasher: Final = PasswordHasher()
_threads: Final = ThreadPoolExecutor(max_workers=_AT_ONCE, thread_name_prefix="password")
_under_way = 0

# Checked where a login is unknown, so that the answer takes as long as for a known one.
_DECOY: Final = (
    "$argon2id$v=19$m=65536,t=3,p=4$P7hQUSMG8Fi3DBOx8lD0Dg$F29Qye9uYjOYprRvZdnFbvSsJZ1rbjdjghAM/5NDc8s"
)


async def hash_password(password: str) -> str:
    """Return the argon2id hash to be stored."""
    return await _in_thread(_hasher.hash, password)


async def fits(stored: str | None, password: str) -> bool:
    """Tell whether a password belongs to a stored hash; takes as long where there is none.

    Raises Unavailable while too many checks wait already.
    """
    return await _in_thread(_verify, stored or _DECOY, password) and bool(stored)


def is_dated(stored: str) -> bool:
    """Tell whether a hash was made with weaker settings than today's and should be made anew at sign-in."""
    return _hasher.check_needs_rehash(stored)


def _verify(stored: str, password: str) -> bool:
    try:
        return _hasher.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False


async def _in_thread(work: Callable[..., T], *values: str) -> T:
    global _under_way  # noqa: PLW0603 - one count for the whole process, as the memory is one
    if _under_way >= _AT_ONCE + _WAITING:
        msg = "too many people are signing in at once"
        raise Unavailable(msg, mend="try again in a moment", retry_after=2)
    _under_way += 1
    try:
        return await asyncio.get_running_loop().run_in_executor(_threads, work, *values)
    finally:
        _under_way -= 1

"""Let each sender send so many flags, or ask for so many hints, a minute; a batch counts its rows."""

from datetime import datetime, timedelta
from math import ceil
from typing import Final

from flagstaff.kernel.clock import Clock
from flagstaff.kernel.errors import Refusal

_MINUTE: Final = timedelta(minutes=1)
_MOST: Final = 16_384


class TooManyFlags(Refusal):
    """A platform's server sends more flags in a minute than it was granted; `retry_after` counts seconds."""

    slug = "too-many-flags"
    status = 429
    title = "More flags came than this key may send"


class TooManyHints(Refusal):
    """Somebody asks for hints faster than anybody types; `retry_after` counts seconds."""

    slug = "too-many-hints"
    status = 429
    title = "More hints were asked for than one person can use"


class Allowance:
    """Count flags per sender in this process: a minute's worth at once, and it fills up evenly.

    A batch that is larger than a minute's worth passes when nothing was sent before, and is worked off: otherwise
    it could never be sent at all.
    """

    def __init__(self, per_minute: int, wall: Clock) -> None:
        """Grant `per_minute` flags to each sender; 0 grants everything."""
        self._granted = per_minute
        self._wall = wall
        self._left: dict[str, tuple[float, datetime]] = {}

    def spend(self, sender: str, flags: int) -> None:
        """Take flags from a sender's allowance; raises TooManyFlags, and then none of them counts."""
        if not self._granted:
            return
        now = self._wall.now()
        left, at = self._left.pop(sender, (float(self._granted), now))
        left = min(self._granted, left + max(0.0, (now - at) / _MINUTE) * self._granted)
        missing = min(flags, self._granted) - left
        if len(self._left) >= _MOST:
            self._left.pop(next(iter(self._left)))
        self._left[sender] = (left if missing > 0 else left - flags, now)
        if missing > 0:
            seconds = ceil(missing * 60 / self._granted)
            raise self._refusal(flags, seconds)

    def _refusal(self, flags: int, seconds: int) -> Refusal:
        msg = f"this key may send {self._granted} flags a minute, and {flags} are too many now; none was kept"
        mend = f"send the same again in {seconds} seconds"
        return TooManyFlags(msg, where="Authorization", mend=mend, retry_after=seconds)


class TooManyLetters(Refusal):
    """Somebody suggests or writes faster than anybody answers; `retry_after` counts seconds."""

    slug = "too-many-letters"
    status = 429
    title = "More was written than is taken in a minute"


class LetterAllowance(Allowance):
    """Count suggestions and letters per person, as flags per key."""

    def _refusal(self, flags: int, seconds: int) -> Refusal:  # noqa: ARG002 - they are sent one by one
        msg = f"{self._granted} suggestions and letters are taken in a minute; this one was not kept"
        mend = f"send the same again in {seconds} seconds"
        return TooManyLetters(msg, where="Authorization", mend=mend, retry_after=seconds)


class HintAllowance(Allowance):
    """Count hints per person, as flags per key."""

    def _refusal(self, flags: int, seconds: int) -> Refusal:  # noqa: ARG002 - hints are asked for one by one
        msg = f"one person may ask for {self._granted} hints a minute"
        mend = f"go on without, or ask again in {seconds} seconds"
        return TooManyHints(msg, where="Authorization", mend=mend, retry_after=seconds)


class TooManyReactions(Refusal):
    """Readers of one platform react to release notes faster than people read; `retry_after` counts seconds."""

    slug = "too-many-reactions"
    status = 429
    title = "Too many readers answered at once"


class ReactionAllowance(Allowance):
    """Count reactions per platform, for of their readers nothing is known; so nobody can fill a counter by a script."""

    def _refusal(self, flags: int, seconds: int) -> Refusal:  # noqa: ARG002 - they are sent one by one
        msg = f"{self._granted} reactions are counted in a minute; this one was not"
        return TooManyReactions(msg, mend=f"send the same again in {seconds} seconds", retry_after=seconds)

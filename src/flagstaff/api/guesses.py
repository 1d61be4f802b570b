"""Slow down whoever guesses at the code of a notice: after a few wrong ones each next try waits longer."""

from collections import OrderedDict
from datetime import datetime
from typing import Final

from flagstaff.kernel.clock import Clock
from flagstaff.kernel.ids import read_number
from flagstaff.staff.rules import TooManyTries, wait_before_try

_MOST: Final = 65_536
_KEPT: Final = 16


class Guesses:
    """Remember wrong codes by the number they were tried on, whether or not there is such a notice.

    Each process counts for itself, and forgets the oldest of very many numbers: a code has 40 bits, and this keeps a
    guesser from making haste, not from beginning.
    """

    def __init__(self, wall: Clock) -> None:
        """Begin without any."""
        self._wall = wall
        self._wrong: OrderedDict[str, list[datetime]] = OrderedDict()

    def check(self, number: str) -> None:
        """Raise TooManyTries where the next try has to wait."""
        wait = wait_before_try(self._wrong.get(_name(number), []), self._wall.now())
        if wait:
            seconds = int(wait.total_seconds()) + 1
            msg = "there were too many tries for this number"
            raise TooManyTries(
                msg, where="code", mend=f"wait {seconds} seconds and try again", retry_after=seconds
            )

    def wrong(self, number: str) -> None:
        """Count a wrong code."""
        name = _name(number)
        tries = self._wrong.pop(name, [])
        self._wrong[name] = [*tries[-_KEPT:], self._wall.now()]
        if len(self._wrong) > _MOST:
            self._wrong.popitem(last=False)

    def right(self, number: str) -> None:
        """Forget what was wrong before."""
        self._wrong.pop(_name(number), None)


def _name(number: str) -> str:
    read = read_number(number)
    return read[1] if read else ""

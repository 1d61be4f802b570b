"""Count how often options that a draft brings in would have been proposed to those who wrote under Other.

A text is looked at and forgotten; what stays are counts. A count below five is not told: a draft's words are anybody's
to choose, and somebody could otherwise ask, word by word, what one comment says.
"""

from collections import Counter
from collections.abc import Collection
from typing import Final

import msgspec

from flagstaff.menus.hints import HintIndex, propose

TOLD_AT_LEAST: Final = 5
READ_AT_LEAST: Final = 50
"""Fewer comments of a menus say nothing: half of them could be chance."""


class Hits(msgspec.Struct, frozen=True):
    """How often hints named the right option, measured: in per cent of comments about an option that there is."""

    first: int
    within: int
    comments: int


HITS_MEASURED: Final = Hits(80, 92, 425)
"""On comments that nothing was tuned on (docs/explanation/measurements.md); other people write otherwise."""


class Proposed(msgspec.Struct, frozen=True, kw_only=True):
    """How many comments an option was proposed to, first and among the three; None: some, but fewer than five."""

    option: str
    first: int | None
    within: int | None


class Heard(msgspec.Struct, frozen=True, kw_only=True):
    """What the comments of one menu said.

    `under_other`: all flags there; `drawn`: those drawn at random; `read`: those of them with a comment to read.
    """

    kind: str
    under_other: int
    drawn: int
    read: int
    options: tuple[Proposed, ...]

    @property
    def says_enough(self) -> bool:
        """Tell whether enough comments were read to say anything."""
        return self.read >= READ_AT_LEAST


class Tally:
    """Hear the comments of one menu, one after the other."""

    def __init__(self, index: HintIndex, added: Collection[str]) -> None:
        """Search with the draft's own words; `added`: the options that it brings in."""
        self._index = index
        self._added = frozenset(added)
        self._first: Counter[str] = Counter()
        self._within: Counter[str] = Counter()
        self._read = 0

    def hear(self, text: str) -> None:
        """Count what would have been proposed to whoever wrote this."""
        self._read += 1
        for place, hint in enumerate(propose(self._index, text)):
            if hint.option.key in self._added:
                self._within[hint.option.key] += 1
                self._first[hint.option.key] += place == 0

    def told(self, kind: str, under_other: int, drawn: int) -> Heard:
        """Return the counts, as far as they may be told."""
        options = tuple(
            Proposed(option=key, first=self._told(self._first[key]), within=self._told(self._within[key]))
            for key in sorted(self._added)
        )
        return Heard(kind=kind, under_other=under_other, drawn=drawn, read=self._read, options=options)

    def _told(self, count: int) -> int | None:
        """Leave out what is some, or all but some, of too few."""
        few = 0 < count < TOLD_AT_LEAST or 0 < self._read - count < TOLD_AT_LEAST
        return None if few and self._read else count

"""Say which comments a reviewer is asked next, and how far the audit reaches.

The order of the audit is permanent: each comment of a platform has a place that no run and no answer changes, so that
answers serve every later run. Comments drawn because the coder is unsure are a stack of their own: they teach the coder
and never decide where the audit ends.
"""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Final
from uuid import UUID

import msgspec

from flagstaff.insight.codebook import TAKEN_BACK
from flagstaff.insight.dive import Drawn, Label
from flagstaff.insight.shares import score_interval

FIRST_LOOK: Final = 200
"""Audited comments from which intervals are looked at: with fewer, rare differences are not seen yet."""
NEXT_LOOK: Final = 100
"""Comments between two looks: looking after every answer would stop at the luckiest one."""


class Stack(StrEnum):
    """Name why comments are put before a reviewer; each stack is worked through by itself."""

    RANDOM = "random"
    AGAIN = "again"
    UNSURE = "unsure"
    SECOND = "second"


class Placed(msgspec.Struct, frozen=True):
    """One comment of a run with its turn in the audit."""

    row: UUID
    place: bytes


class Answered(msgspec.Struct, frozen=True):
    """What one reviewer says of one comment of a run now."""

    label: Label
    place: bytes


class Desk(msgspec.Struct, frozen=True, kw_only=True):
    """What lies before one reviewer of one run: rows by stack, the next first, and how many rows the audit counts."""

    stacks: dict[Stack, tuple[UUID, ...]]
    audited: tuple[UUID, ...]
    answered: int

    @property
    def look(self) -> int:
        """Return the last number of audited rows at which intervals may be looked at; 0 before the first."""
        return last_look(len(self.audited))


def last_look(audited: int) -> int:
    """Return the last number of audited rows at which intervals may be looked at; 0 before the first."""
    if audited < FIRST_LOOK:
        return 0
    return audited - (audited - FIRST_LOOK) % NEXT_LOOK


def next_look(audited: int) -> int:
    """Return the number of audited rows at which intervals are looked at next."""
    return last_look(audited) + NEXT_LOOK if audited >= FIRST_LOOK else FIRST_LOOK


def audit_of(first: Sequence[Placed], mine: Iterable[Label]) -> tuple[UUID, ...]:
    """Return the audit: the rows of smallest place up to the first gap, ending at one that was drawn at random.

    `first`: rows in order of place, at least as many as there are answers. A row that is to be asked again is a gap.
    """
    current = {one.row: one.drawn for one in mine if one.theme != TAKEN_BACK and not one.before_line}
    without_gap: list[UUID] = []
    end = 0
    for one in first:
        if one.row not in current:
            break
        without_gap.append(one.row)
        if current[one.row] is Drawn.RANDOM:
            end = len(without_gap)
    return tuple(without_gap[:end])


def desk_of(first: Sequence[Placed], answers: Sequence[Answered], unsure: Sequence[UUID], me: UUID) -> Desk:
    """Return what lies before one reviewer.

    `first`: the run's rows in order of place, more than there are answers. `answers`: the newest of each reviewer to
    rows of this run. `unsure`: rows that would teach the coder most.
    """
    mine = {
        one.label.row: one for one in answers if one.label.reviewer == me and one.label.theme != TAKEN_BACK
    }
    drawn = [one.place for one in mine.values() if one.label.drawn is Drawn.RANDOM]
    reach = max(drawn, default=b"")
    again = sorted((one.place, row) for row, one in mine.items() if _asked_again(one, reach))
    others = {
        one.label.row: one.place for one in answers if one.label.reviewer != me and _in_an_audit(one.label)
    }
    return Desk(
        stacks={
            Stack.RANDOM: tuple(one.row for one in first if one.row not in mine),
            Stack.AGAIN: tuple(row for _, row in again),
            Stack.UNSURE: tuple(row for row in unsure if row not in mine),
            Stack.SECOND: tuple(sorted(others.keys() - mine.keys(), key=lambda row: (others[row], row))),
        },
        audited=audit_of(first, (one.label for one in mine.values())),
        answered=len(mine),
    )


def _in_an_audit(one: Label) -> bool:
    return one.theme != TAKEN_BACK and not one.before_line and one.drawn is Drawn.RANDOM


def _asked_again(one: Answered, reach: bytes) -> bool:
    # What was drawn for being unsure is asked again only where the audit has come past it.
    return one.label.before_line and (one.label.drawn is Drawn.RANDOM or one.place <= reach)


def drawn_for(stack: Stack) -> Drawn:
    """Return what an answer is kept as: a second coder reads rows of the audit, which were drawn at random."""
    return Drawn.UNSURE if stack is Stack.UNSURE else Drawn.RANDOM


class Widest(msgspec.Struct, frozen=True):
    """The widest interval of the audit alone at a look: of which theme, and how far it reaches from low to high."""

    theme: str
    low: float
    high: float

    @property
    def reach(self) -> float:
        """Return half of its width."""
        return (self.high - self.low) / 2


def widest_of(themes: Sequence[str], of: int) -> Widest | None:
    """Return the widest interval over the audited answers of a run of so many comments; None without answers.

    Wilson's, narrowed by what a finite number of comments leaves open (Cochran 1977, section 3.7).
    """
    n = len(themes)
    left = 1 - n / of if of > n else 0.0
    found = []
    for theme in sorted(set(themes)):
        share = themes.count(theme) / n
        low, high = score_interval(share, n / left) if left else (share, share)
        found.append(Widest(theme, low, high))
    return max(found, key=lambda one: one.reach, default=None)

"""The shape of every transition table: a life is a tuple of arrows, and nothing moves but along them.

The tables stand in the rooms (`cases.rules.ARROWS`, ...). They are data, so that a test can walk them on
the database and count how often each edge was taken.
"""

from collections.abc import Iterator
from enum import StrEnum
from typing import Generic, TypeVar

import msgspec

from flagstaff.kernel.errors import Conflict
from flagstaff.vocabulary.origins import Actor

State = TypeVar("State", bound=StrEnum)


class IllegalArrow(Conflict):
    """No arrow of this name starts in this state."""

    slug = "illegal-arrow"
    title = "That cannot be done in this state"


class Arrow(msgspec.Struct, Generic[State], frozen=True):
    """One permitted move; `sources` empty means that it starts the life, `target` None that the state stays.

    `guard` says in words what must hold besides the state; the room's functions check it.
    """

    name: str
    sources: frozenset[State]
    target: State | None
    guard: str
    actors: frozenset[Actor]


class Edge(msgspec.Struct, frozen=True, order=True):
    """One arrow from one state: what a walk counts."""

    arrow: str
    source: str
    target: str


class Life(msgspec.Struct, Generic[State], frozen=True):
    """The whole table of one thing; `name` is what errors call it."""

    name: str
    arrows: tuple[Arrow[State], ...]

    def __iter__(self) -> Iterator[Arrow[State]]:
        """Go through the arrows."""
        return iter(self.arrows)

    def arrow(self, name: str) -> Arrow[State]:
        """Return the arrow of this name; a KeyError is a mistake in our own code."""
        for arrow in self.arrows:
            if arrow.name == name:
                return arrow
        raise KeyError(name)

    def from_state(self, state: State | None) -> tuple[Arrow[State], ...]:
        """Return the arrows that start in a state; None asks for those that start the life."""
        return tuple(arrow for arrow in self.arrows if _starts(arrow, state))

    def edges(self) -> tuple[Edge, ...]:
        """Return every arrow from every state it may start in; births start in ""."""
        return tuple(
            Edge(arrow.name, source, arrow.target or source)
            for arrow in self.arrows
            for source in ([str(state) for state in sorted(arrow.sources)] or [""])
        )

    def apply(self, state: State | None, name: str) -> State:
        """Return the state after an arrow; IllegalArrow says what is possible instead."""
        arrow = self.arrow(name)
        if not _starts(arrow, state):
            raise self._refusal(state, arrow)
        after = arrow.target or state
        if after is None:
            raise KeyError(name)  # an arrow that starts a life must say where
        return after

    def _refusal(self, state: State | None, arrow: Arrow[State]) -> IllegalArrow:
        possible = [f"{other.name} (→ {other.target or state})" for other in self.from_state(state)]
        standing = f"is {state}" if state else "does not exist yet"
        needs = " or ".join(sorted(arrow.sources)) or "nothing before it"
        return IllegalArrow(
            f"This {self.name} {standing}; '{arrow.name}' needs {needs}.",
            where=self.name,
            mend=f"Possible now: {', '.join(possible)}." if possible else "Nothing more can happen to it.",
            state=state,
            arrow=arrow.name,
        )


def _starts(arrow: Arrow[State], state: State | None) -> bool:
    return state in arrow.sources if state is not None else not arrow.sources


def arrow(
    name: str, sources: str, target: State | None, by: str, guard: str, states: type[State]
) -> Arrow[State]:
    """Write one line of a table: sources and actors as words set apart by blanks."""
    return Arrow(
        name=name,
        sources=frozenset(states(word) for word in sources.split()),
        target=target,
        guard=guard,
        actors=frozenset(Actor(word) for word in by.split()),
    )

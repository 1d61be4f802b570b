"""Show one subject with everything that stands about it, as whoever chooses the next deed needs it."""

from datetime import datetime
from typing import Any

import msgspec

from flagstaff.flows.house import House
from flagstaff.store.database import Connection
from flagstaff.store.roles import Role

Row = dict[str, Any]


class Scene(msgspec.Struct, frozen=True):
    """A subject, its newest case, and what belongs to that; None or empty where there is none."""

    subject: Row
    case: Row | None
    decision: Row | None
    measures: tuple[Row, ...]
    hold: Row | None
    second: Row | None
    appeal: Row | None
    flags: tuple[Row, ...]
    now: datetime

    @property
    def id(self) -> str:
        """Return the subject's id on its platform."""
        return str(self.subject["outside_id"])

    @property
    def state(self) -> str:
        """Return the state of the case; "" where there is none."""
        return self.case["state"] if self.case else ""

    @property
    def number(self) -> str:
        """Return the number of the case."""
        return str(self.case["number"]) if self.case else ""

    @property
    def standing(self) -> bool:
        """Tell whether the case has not taken effect."""
        return self.state not in {"", "effective", "closed"}

    @property
    def in_force(self) -> bool:
        """Tell whether the newest decision is in effect."""
        return self.decision is not None and self.decision["state"] == "effective"

    def flags_in(self, *states: str) -> list[Row]:
        """Return the flags of the case in some states."""
        return [flag for flag in self.flags if flag["state"] in states]

    def measures_in(self, *states: str) -> list[Row]:
        """Return the measures of the newest decision in some states."""
        return [measure for measure in self.measures if measure["state"] in states]


async def scenes_of(house: House, subjects: list[str]) -> list[Scene]:
    """Return the scenes of some subjects by their ids."""
    async with house.database.reading(Role.OWNER) as connection:
        return [await _scene(connection, one, house.now) for one in subjects]


async def _scene(connection: Connection, id_: str, now: datetime) -> Scene:
    (subject,) = await _rows(
        connection,
        "select s.key, s.outside_id, s.state, a.person, a.state as author_state, "
        "(select n.key from subjects.snapshot n where n.subject = s.key order by n.key desc limit 1) as snapshot "
        "from subjects.subject s left join subjects.author a on a.key = s.author where s.outside_id = $1",
        id_,
    )
    case = await _first(
        connection, "select * from cases.case where subject = $1 order by key desc limit 1", subject["key"]
    )
    key = case["key"] if case else None
    decision = await _first(
        connection, 'select * from decisions.decision where "case" = $1 order by key desc limit 1', key
    )
    made = decision["key"] if decision else None
    return Scene(
        subject=subject,
        case=case,
        decision=decision,
        measures=tuple(await _rows(connection, "select * from decisions.measure where decision = $1", made)),
        hold=await _first(
            connection,
            "select * from decisions.hold where subject = $1 and state = 'running'",
            subject["key"],
        ),
        second=await _first(
            connection, "select * from decisions.second where decision = $1 and state = 'waiting'", made
        ),
        appeal=await _first(connection, "select * from appeals.appeal where decision = $1", made),
        flags=tuple(await _rows(connection, 'select * from flags.flag where "case" = $1 order by key', key)),
        now=now,
    )


async def _first(connection: Connection, query: str, *arguments: object) -> Row | None:
    rows = await _rows(connection, query, *arguments)
    return rows[0] if rows else None


async def _rows(connection: Connection, query: str, *arguments: object) -> list[Row]:
    return [dict(row) for row in await connection.fetch(query, *arguments)]

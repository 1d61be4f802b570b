"""Read from the database which edges of which life one deed took, and count them."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

import msgspec

from flagstaff.appeals.rules import ARROWS as APPEAL
from flagstaff.cases.rules import ARROWS as CASE
from flagstaff.decisions.rules import ARROWS as DECISIONS
from flagstaff.flags.rules import ARROWS as FLAG
from flagstaff.flows.house import House
from flagstaff.store.database import Connection
from flagstaff.store.roles import Role
from flagstaff.vocabulary.arrows import Edge, Life

LIVES: Mapping[str, Life[Any]] = {"case": CASE, "flag": FLAG, **DECISIONS, "appeal": APPEAL}
Taken = tuple[str, Edge]
Row = dict[str, Any]

_STATES = {
    "flag": "select f.key, f.state, f.outcome, f.decision, "
    "(select count(*) from flags.addendum a where a.flag = f.key) as said from flags.flag f",
    "decision": "select key, state from decisions.decision",
    "hold": "select key, state from decisions.hold",
    "appeal": "select a.key, a.state, a.reviewer, "
    "(select count(*) from appeals.voice v where v.appeal = a.key) as voices from appeals.appeal a",
}
_STEPS = {
    "case": "select key, arrow, from_state as source, to_state as target from cases.step where key > $1 order by key",
    "measure": "select key, arrow, source, target from (select key, arrow, to_state as target, "
    "coalesce(lag(to_state) over (partition by measure order by key), '') as source from decisions.measure_step) s "
    "where key > $1 order by key",
}
# Where two arrows lead the same way, what was done says which it was.
_BY_DEED = {
    ("hold", "running", "lifted"): {"lift": "lift"},
    ("appeal", "claimed", "received"): {"give_appeal_back": "release"},
    ("flag", "", "answered"): {"import_old": "import"},
}
_ELSE = {
    ("hold", "running", "lifted"): "lose_basis",
    ("appeal", "claimed", "received"): "lapse",
}


class Seen(msgspec.Struct, frozen=True):
    """Every life at one moment: those that keep states, by key, and the newest step of those that write steps."""

    states: dict[str, dict[UUID, Row]]
    newest: dict[str, UUID]


async def look(house: House) -> Seen:
    """Look at every life."""
    async with house.database.reading(Role.OWNER) as connection:
        states = {
            name: {row["key"]: row for row in await _rows(connection, sql)} for name, sql in _STATES.items()
        }
        newest = {}
        for name, table in (("case", "cases.step"), ("measure", "decisions.measure_step")):
            found = await connection.fetchval(f"select key from {table} order by key desc limit 1")
            newest[name] = found or UUID(int=0)
    return Seen(states, newest)


async def taken(house: House, before: Seen, after: Seen, deed: str) -> list[Taken]:
    """Return every edge that was taken between two looks, while one deed was done."""
    edges: list[Taken] = []
    async with house.database.reading(Role.OWNER) as connection:
        for life, sql in _STEPS.items():
            rows = await _rows(connection, sql, before.newest[life])
            edges += [(life, Edge(row["arrow"], row["source"], row["target"])) for row in rows]
    for life, now in after.states.items():
        for key, row in now.items():
            edges += [(life, edge) for edge in _moved(life, before.states[life].get(key), row, deed)]
    return edges


def strange(edges: Iterable[Taken]) -> list[Taken]:
    """Return the edges that stand in no table."""
    return [(life, edge) for life, edge in edges if edge not in LIVES[life].edges()]


def _moved(life: str, before: Row | None, now: Row, deed: str) -> list[Edge]:
    source, target = before["state"] if before else "", now["state"]
    if source != target:
        return _path(life, source, target, deed)
    stays = {"flag": _flag_stays, "appeal": _appeal_stays}.get(life)
    return stays(before or now, now) if stays else []


def _flag_stays(before: Row, now: Row) -> list[Edge]:
    state = now["state"]
    edges = [Edge("add", state, state)] * (now["said"] - before["said"])
    changed = (before["outcome"], before["decision"]) != (now["outcome"], now["decision"])
    return [*edges, Edge("correct", state, state)] if changed else edges


def _appeal_stays(before: Row, now: Row) -> list[Edge]:
    state = now["state"]
    if state == "claimed" and before["reviewer"] != now["reviewer"]:
        return [Edge("lapse", "claimed", "received"), Edge("claim", "received", "claimed")]
    return [Edge("join", state, state)] * (now["voices"] > before["voices"])


def _path(life: str, source: str, target: str, deed: str) -> list[Edge]:
    """Return the arrows from one state to another: one, or for a flag that joins a verdict two."""
    way = (life, source, target)
    named = _BY_DEED.get(way, {}).get(deed) or _ELSE.get(way)
    if named:
        return [Edge(named, source, target)]
    if life == "flag" and target == "answered" and source in {"", "withdrawn"}:
        kept = deed.endswith("_kept")
        first = {"": ("receive", "keep"), "withdrawn": ("resend", "resend_kept")}[source][kept]
        between = "kept" if kept else "live"
        return [Edge(first, source, between), Edge("answer", between, target)]
    found = [edge for edge in LIVES[life].edges() if (edge.source, edge.target) == (source, target)]
    return found if len(found) == 1 else [Edge("?", source, target)]


async def _rows(connection: Connection, sql: str, *arguments: object) -> list[Row]:
    return [dict(row) for row in await connection.fetch(sql, *arguments)]


class Tally:
    """How often each edge was taken."""

    def __init__(self) -> None:
        self.edges: Counter[Taken] = Counter()

    def count(self, edges: Iterable[Taken]) -> None:
        self.edges.update(edges)

    def arrows(self) -> Counter[tuple[str, str]]:
        """Return how often each arrow was taken, those never taken too."""
        counts = Counter({(life, arrow.name): 0 for life, table in LIVES.items() for arrow in table})
        for (life, edge), times in self.edges.items():
            counts[life, edge.arrow] += times
        return counts

    def never(self) -> list[tuple[str, str]]:
        """Return the arrows that were never taken."""
        return sorted(arrow for arrow, times in self.arrows().items() if not times)

    def edges_never(self) -> list[str]:
        """Return the edges that were never taken."""
        every = [(life, edge) for life, table in LIVES.items() for edge in table.edges()]
        return [
            f"{life}.{edge.arrow} from {edge.source}" for life, edge in every if not self.edges[life, edge]
        ]

    def table(self) -> str:
        """Return the count of each arrow with its edges, as a page."""
        lines = []
        for (life, name), times in self.arrows().items():
            edges = [edge for edge in LIVES[life].edges() if edge.arrow == name]
            each = ", ".join(f"{edge.source or 'new'} {self.edges[life, edge]}" for edge in edges)
            lines.append(f"{life:9} {name:16} {times:6}   {each if len(edges) > 1 else ''}".rstrip())
        return "\n".join(lines)

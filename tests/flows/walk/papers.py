"""What people write beside their flags, walked by itself: suggestions and letters are about no subject."""

from collections import Counter
from collections.abc import Mapping
from random import Random
from typing import Any, Final, NamedTuple

from flagstaff.contact.rules import ARROWS as THREAD
from flagstaff.flows.answer_letter import answer_letter, close_thread
from flagstaff.flows.answer_suggestion import accept_suggestion, decline_suggestion, merge_into_option
from flagstaff.flows.house import House
from flagstaff.flows.join_suggestions import merge_into_group, take_apart
from flagstaff.flows.suggest_option import Suggested, take_suggestion
from flagstaff.flows.write_letter import begin_thread, write_again
from flagstaff.menus.drafts import Add, NewReason
from flagstaff.menus.model import Wording
from flagstaff.menus.suggestions import ARROWS as SUGGESTION
from flagstaff.staff.model import Account
from flagstaff.store.roles import Role
from flagstaff.vocabulary.arrows import Edge, Life
from flagstaff.vocabulary.references import Platform
from tests.flows.desks import rows_of
from tests.houses import HARBORLANE, person

PAPERS: Final[Mapping[str, Life[Any]]] = {"suggestion": SUGGESTION, "thread": THREAD}
_READ: Final = {
    "suggestion": "select g.key, g.number, g.state, (select count(*) from menus.suggestion s"
    " where s.suggestion_group = g.key) as held from menus.suggestion_group g order by g.key",
    "thread": "select t.key, t.number, t.state, l.held, greatest(t.changed_at, l.newest) as seen from contact.thread t,"
    " lateral (select count(*) as held, max(written_at) as newest from contact.letter where thread = t.key) l"
    " order by t.key",
}
_WHY: Final = "We read all of them and thought about it."
_ANYBODY: Final = "answered", "closed", "open"
Row = dict[str, Any]


class Deed(NamedTuple):
    """What can be done to a paper in these states; with none it begins one."""

    name: str
    life: str
    states: tuple[str, ...] = ()


DEEDS: Final = (
    Deed("suggest", "suggestion"),
    *(
        Deed(name, "suggestion", ("open",))
        for name in ("join", "take_apart", "accept", "merge", "decline", "gather")
    ),
    Deed("begin", "thread"),
    *(Deed(name, "thread", _ANYBODY) for name in ("write_again", "answer", "answer_last")),
    Deed("close", "thread", ("answered", "open")),
)


class Papers:
    """Do what was done least, each by the flow that does it, and count the edges that are taken."""

    def __init__(self, house: House, editor: Account, writer: Account) -> None:
        self.house, self._editor, self._writer = house, editor, writer
        self.edges: Counter[tuple[str, Edge]] = Counter()
        self._done: Counter[tuple[str, str]] = Counter()
        self._chance = Random(7)
        self._labels: dict[Any, str] = {}
        self._now: dict[str, dict[Any, Row]] = {life: {} for life in PAPERS}

    async def go(self) -> None:
        """Do one deed to one thread or group of suggestions, or begin one."""
        possible = [(deed, row) for deed in DEEDS for row in self._fitting(deed)]
        times = [self._done[deed.name, row["state"] if row else ""] for deed, row in possible]
        rare = [one for one, count in zip(possible, times, strict=True) if count == min(times)]
        deed, row = self._chance.choice(rare)
        self._done[deed.name, row["state"] if row else ""] += 1
        await getattr(self, f"_{deed.name}")(row or {})
        for life, sql in _READ.items():
            after = {found["key"]: found for found in await rows_of(self.house, sql)}
            for key, paper in after.items():
                self.edges.update((life, edge) for edge in _moved(self._now[life].get(key), paper, deed.name))
            self._now[life] = after

    def never(self) -> list[tuple[str, Edge]]:
        """Return the edges that were never taken."""
        every = [(life, edge) for life, table in PAPERS.items() for edge in table.edges()]
        return [one for one in every if not self.edges[one]]

    def strange(self) -> list[tuple[str, Edge]]:
        """Return the edges that stand in no table."""
        return [(life, edge) for life, edge in self.edges if edge not in PAPERS[life].edges()]

    def _fitting(self, deed: Deed) -> list[Row | None]:
        if not deed.states:
            return [None]
        found = [row for row in self._now[deed.life].values() if row["state"] in deed.states]
        if deed.name == "take_apart":
            return [row for row in found if row["held"] > 1]
        return [*found] if deed.name != "gather" or len(found) > 1 else []

    # Suggestions

    async def _suggest(self, _: Row) -> None:
        label = " ".join("".join(self._chance.choices("bdfgklmnprstvz", k=9)) for _ in range(2))
        await self._say(label)
        (newest,) = await rows_of(
            self.house, "select key from menus.suggestion_group order by key desc limit 1"
        )
        self._labels[newest["key"]] = label

    async def _join(self, row: Row) -> None:
        await self._say(self._labels[row["key"]])

    async def _say(self, label: str) -> None:
        who = person(f"p-{self._chance.randrange(10**6)}")
        async with self.house.database.transaction(Role.INTAKE) as connection:
            await take_suggestion(self.house, connection, Suggested(who, "job_post", label))

    async def _take_apart(self, row: Row) -> None:
        query = "select key from menus.suggestion where suggestion_group = $1 order by key desc limit 1"
        (last,) = await rows_of(self.house, query, row["key"])
        await take_apart(self.house, self._editor, row["number"], last["key"])  # type: ignore[arg-type]
        (newest,) = await rows_of(
            self.house, "select key from menus.suggestion_group order by key desc limit 1"
        )
        self._labels[newest["key"]] = self._labels[row["key"]]

    async def _accept(self, row: Row) -> None:
        add = Add(
            kind="job_post",
            reason=f"walked_{sum(self._done.values())}",
            words={"en": Wording(label=f"A thing {row['number']}", help="It is missing.")},
            meaning=NewReason(like="free_work", clauses=("MT-1",), severity=2),
        )
        await accept_suggestion(
            self.house, self._editor, row["number"], add, _WHY, None, "What people suggest"
        )

    async def _merge(self, row: Row) -> None:
        await merge_into_option(self.house, self._editor, row["number"], "job_post.free_work", _WHY)

    async def _decline(self, row: Row) -> None:
        await decline_suggestion(self.house, self._editor, row["number"], _WHY)

    async def _gather(self, row: Row) -> None:
        others = [one for one in self._now["suggestion"].values() if one["state"] == "open" and one != row]
        into = self._chance.choice(others)["number"]
        await merge_into_group(self.house, self._editor, row["number"], into, _WHY)

    # Letters

    async def _begin(self, _: Row) -> None:
        async with self.house.database.transaction(Role.INTAKE) as connection:
            await begin_thread(
                self.house, connection, Platform(HARBORLANE), person("rita"), "Where is my flag?"
            )

    async def _write_again(self, row: Row) -> None:
        async with self.house.database.transaction(Role.INTAKE) as connection:
            await write_again(self.house, connection, person("rita"), row["number"], "And when will it be?")

    async def _answer(self, row: Row, *, closing: bool = False) -> None:
        said = "It was answered on Monday."
        await answer_letter(self.house, self._writer, row["number"], said, row["seen"], closing=closing)

    async def _answer_last(self, row: Row) -> None:
        await self._answer(row, closing=True)

    async def _close(self, row: Row) -> None:
        await close_thread(self.house, self._writer, row["number"], row["seen"])


def _moved(before: Row | None, now: Row, deed: str) -> list[Edge]:
    """Return the edges between two looks at one paper; what was done says which, where two lead the same way."""
    source, state = (before["state"] if before else ""), now["state"]
    if before is None:
        return [Edge(deed, "", state)]
    if source == state and now["held"] == before["held"]:
        return []
    if source == state == "open" and deed in {"join", "gather", "suggest"}:
        return [Edge("join", source, state)]
    if deed == "take_apart" and source == state:
        return []  # what it lost begins a life of its own
    return [Edge("merge" if deed == "gather" else deed, source, state)]

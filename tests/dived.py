"""Plant deep dives for tests: comments under Other, and runs that stand as a worker would have left them."""

from collections.abc import Mapping, Sequence
from datetime import date
from hashlib import sha256
from uuid import UUID

import msgspec

from flagstaff.flows.house import House
from flagstaff.flows.redact_words import redact_words
from flagstaff.insight import dives
from flagstaff.insight.dive import NOT_USABLE, OTHER, POOLED, Basis, Line, Selection, Sized, Table, ThemeRow
from flagstaff.insight.dives import AskedDive, DiveRow, DiveState, Failure, Result
from flagstaff.insight.prompting import Coder, Outcome
from flagstaff.kernel.ids import NumberKind
from flagstaff.menus import storage as menus
from flagstaff.menus.drafts import Add, Draft, Pinned
from flagstaff.staff.model import Account
from flagstaff.store.roles import Role
from tests.flows.desks import rows_of
from tests.houses import HARBORLANE, flag, seen, sent

FIRST, LAST = date(2026, 1, 1), date(2026, 3, 31)
MENUS = ("job_post", "profile")
LINES = (
    Line(key="free", name="Asks for free work", meaning="Samples or tests that nobody pays"),
    Line(key="ads", name="A freelancer who advertises", meaning="Somebody offers services as a job"),
    Line(key="again", name="Posted again and again", meaning="The same job many times"),
    Line(key="hush", name="Whispers", meaning="Of a few"),
)
SHARES = {"free": (0.174, 0.15, 0.2), "ads": (0.109, 0.09, 0.13), "again": (0.077, 0.06, 0.1)}


async def write_under_other(
    house: House, *texts: str, option: str = "job_post.something_else", version: int = 3
) -> list[UUID]:
    """Let somebody write each of these under Other, have the redacted copies made, and return the flags."""
    before = {row["key"] for row in await rows_of(house, "select key from flags.flag")}
    await flag(
        house,
        *(
            sent(f"w{n}", seen(id_=f"said-{len(before)}-{n}"), option, details=text, menu_version=version)
            for n, text in enumerate(texts)
        ),
    )  # fmt: skip
    while await redact_words(house, 200):
        pass
    every = await rows_of(house, "select key from flags.flag order by key")
    return [UUID(str(row["key"])) for row in every if row["key"] not in before]


def table_of(
    flags: Mapping[str, Sequence[UUID]], basis: Basis = Basis.CORRECTED, *, labels: int = 200
) -> Table:
    """Return the table of a run over 1,000 comments; `flags`: the examples of each theme."""
    shares = SHARES | {POOLED: (0.01, 0.0, 0.02), OTHER: (0.6, 0.55, 0.65), NOT_USABLE: (0.03, 0.02, 0.05)}
    names = {one.key: one.name for one in LINES}
    rows = tuple(
        ThemeRow(
            key=key, name=names.get(key, ""), sized=Sized(share=share, low=low, high=high, basis=basis, audited=30),
            rows=round(1000 * share), persons=None if key == POOLED else round(800 * share),
            kinds={"job_post": round(900 * share), "profile": round(100 * share)},
            languages={"en": round(950 * share), "es": round(50 * share)},
            months={"2026-01": round(200 * share), "2026-02": round(300 * share), "2026-03": round(500 * share)},
            examples=tuple(flags.get(key, ())), keywords=("sample", "unpaid") if key == "free" else (),
        )
        for key, (share, low, high) in shares.items()
    )  # fmt: skip
    return Table(
        rows=rows, of=1000, labels=labels, audit=labels, gone=2, inputs="ab" * 32, model="minilm",
        parameters={"ridge": 1.0}, code="deep-dive 2", narrow=None, accuracy=0.77 if labels else None,
    )  # fmt: skip


async def plant_dive(
    house: House,
    by: Account,
    table: Table | None = None,
    *,
    state: DiveState = DiveState.READY,
    flags: Mapping[str, Sequence[UUID]] | None = None,
    follows: UUID | None = None,
    lines: tuple[Line, ...] = LINES,
    kinds: tuple[str, ...] = MENUS,
    coder: Coder | None = None,
    outcome: Outcome | None = None,
) -> str:
    """Let a run stand in a state, with this table, and return its number; `flags`: its rows by theme.

    `coder`: a model that was chosen to code too, `outcome`: what came of asking it.
    """
    asked = msgspec.structs.replace(
        asked_by(house, by, lines, kinds), reviewer=by.key, follows=follows, coder=coder
    )
    rows = tuple(_row(one, theme) for theme, many in (flags or {}).items() for one in many)
    found = msgspec.json.encode(table or table_of(flags or {}))
    return await let_stand(
        house, asked, Result(table=found, proposed=(), unsure=(), rows=rows), state, outcome
    )


def asked_by(
    house: House,
    by: Account,
    lines: Sequence[Line],
    kinds: tuple[str, ...],
    days: tuple[date, date] = (FIRST, LAST),
) -> AskedDive:
    """Return a run as it is asked for, without a reviewer."""
    return AskedDive(
        key=house.ids.key(), number=house.ids.number(NumberKind.DIVE),
        selection=Selection(platform=HARBORLANE, kinds=kinds, first=days[0], last=days[1]), lines=tuple(lines),
        labels=(), reviewer=None, follows=None, asked_by=by.key, asked_at=house.now,
    )  # fmt: skip


async def let_stand(
    house: House,
    asked: AskedDive,
    result: Result,
    state: DiveState = DiveState.READY,
    outcome: Outcome | None = None,
) -> str:
    """Let a run stand in a state as a worker would have left it, and return its number."""
    worker, now = house.ids.key(), house.clocks.wall.now()
    until = now.replace(year=now.year + 1)
    async with house.database.transaction(Role.CONSOLE) as connection:
        await dives.put(connection, asked)
    if state is DiveState.ASKED:
        return asked.number
    async with house.database.transaction(Role.WORKER) as connection:
        assert await dives.claim(connection, worker, now, until)
        if state is DiveState.FAILED:
            await dives.fail(connection, asked.key, worker, Failure.BROKEN, house.now)
            return asked.number
        assert await dives.keep_on(
            connection, asked.key, worker, DiveState.CODING, ("code", 340, 1000), until
        )
        if outcome is not None:
            await dives.put_outcome(connection, asked.key, worker, outcome)
        if state is not DiveState.CODING:
            assert await dives.finish(connection, asked.key, worker, result, house.now)
    return asked.number


def _row(one: UUID, theme: str) -> DiveRow:
    return DiveRow(
        flag=one, kind="job_post", language="en", month=FIRST, place=sha256(one.bytes).digest(), theme=theme,
        probability=0.9, second=OTHER,
    )  # fmt: skip


async def rest_version_3_on(house: House, by: Account, dive: str) -> None:
    """Let version 3 have come from a draft whose option answers a theme of this run."""
    pinned = Pinned(
        dive=dive, digest="", theme="ads", name="Ads", share=0.1, low=0.1, high=0.1, of=9, checked=True
    )
    add = Add(kind="job_post", reason="freelancer_ad", words={}, pinned=pinned)
    key = house.ids.key()
    async with house.database.transaction(Role.CONSOLE) as connection:
        draft = Draft(title="From a theme", base=2, operations=(add,))
        await menus.begin_draft(connection, key, HARBORLANE, draft, by.key, house.now)
        await menus.move_draft(connection, key, "published", house.now, published=3)

"""Compare five ways to take flags in, at one to 256 connections, in one interleaved run."""

import contextlib
import statistics
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import asyncpg

from bench.intake_parts.doors import EACH_POOL
from bench.intake_parts.environment import HOME, NotHere, python_of_the_plain_endpoint
from bench.intake_parts.load import MISSING, ROWS, has_wrk, run_round
from bench.intake_parts.rounds import (
    Cell,
    Door,
    Kept,
    Plan,
    code_state,
    interleave,
    ratios,
    recall,
    remember,
    rounded,
    summed,
)
from bench.intake_parts.started import house_command, started, temporary_folder
from bench.intake_parts.target import Target
from bench.measuring.processes import Meter, postmaster_of
from bench.measuring.result import Goal, Picture, Result, keep, made

COMMAND = "python3 dev.py bench intake"
BULK_MOST = 8
_PRELOAD_SECONDS = 3
NAMES = {
    "ours": "Flagstaff",
    "each": "a transaction per request",
    "door": "without a database",
    "nothing": "a route that does nothing",
    "bulk": f"Flagstaff, {ROWS} at once",
    "plain": "FastAPI + SQLAlchemy, one row",
}
COLUMNS = (
    *("way", "connections", "requests/s", "flags/s", "p50 ms", "p99 ms"),
    *("app µs/flag", "PostgreSQL µs/flag", "both µs/flag"),
)


async def compare(connections: Sequence[int], plan: Plan, raw: Path | None, *, publish: bool) -> None:
    """Measure, print and keep the table."""
    code = code_state()
    kept = recall(raw, "compare", code)
    missing = [one for one in connections if str(one) not in kept]
    sums = ""
    if missing:
        counted: Counter[str] = Counter()
        with temporary_folder() as folder:
            async with _doors(folder) as (doors, house):
                counted["bulk"] += await preload(doors["bulk"].target, doors["bulk"].meter, house["dsn"])
                for one in missing:
                    kept[str(one)] = await interleave(doors, one, plan, counted)
                    remember(raw, "compare", code, kept)
                    _print(one, kept)
                sums = await _sums(house, counted)
                print(sums, flush=True)
    result = _result(kept, connections, plan, sums)
    if publish:
        keep("intake-compare", result)
    for goal in result.goals:
        print(f"{'reached' if goal.met else 'MISSED'}: {goal.goal}: {goal.measured} {goal.reason}")


@contextlib.asynccontextmanager
async def _doors(folder: Path) -> AsyncIterator[tuple[dict[str, Door], dict[str, Any]]]:
    if not has_wrk():
        print(MISSING, flush=True)
    async with started(house_command("compare", str(folder))) as house, contextlib.AsyncExitStack() as more:
        said = house.said
        meter = Meter(house.pid, postmaster_of(folder))
        target = Target(0, said["key"], said["version"])
        doors = {name: Door(target._replace(port=port), meter) for name, port in said["ports"].items()}
        bulk = target._replace(port=said["ports"]["ours"], path="/v1/flags:bulk", rows=ROWS)
        doors["bulk"] = Door(bulk, meter, most=BULK_MOST)
        try:
            env = {"PLAIN_DSN": said["dsn"], "PLAIN_KEY": said["key"], "PLAIN_POOL": str(EACH_POOL)}
            plain = await more.enter_async_context(
                started([python_of_the_plain_endpoint(), HOME / "app.py"], env | {"PYTHONPATH": ""})
            )
            doors["plain"] = Door(
                target._replace(port=plain.said["port"]), Meter(plain.pid, meter.postmaster)
            )
        except NotHere as reason:
            print(f"SKIPPED: {NAMES['plain']}: {reason}", flush=True)
        yield doors, said


async def preload(bulk: Target, meter: Meter, dsn: str) -> int:
    """Take some thousand flags in and let PostgreSQL count them: a house in life has statistics.

    In the first minute of a new one plans stand that were made for empty tables, and read them whole.
    """
    done = await run_round(bulk, 1, _PRELOAD_SECONDS, meter)
    connection = await asyncpg.connect(dsn)
    await connection.execute("analyze", timeout=600)
    await connection.close()
    return done.flags


async def _sums(house: dict[str, Any], counted: Counter[str]) -> str:
    """Compare what was acknowledged with what is stored; what was under way as a round ended may be stored too."""
    connection = await asyncpg.connect(house["dsn"])
    stored: int = await connection.fetchval(
        "select (select count(*) from flags.flag) + (select count(*) from flags.addendum)"
    )
    answers: int = await connection.fetchval("select count(*) from house.idempotency")
    await connection.close()
    acknowledged = sum(counted[way] for way in ("ours", "each", "bulk"))
    stored -= house["stored"]
    if stored < acknowledged or answers < acknowledged:
        raise SystemExit(
            f"LOST: {acknowledged} flags were acknowledged, {stored} and {answers} answers are stored"
        )
    return (
        f"{acknowledged} flags were acknowledged with 202 and {stored} are stored: not fewer, and the rest was "
        "under way when a round ended. Whether each of them is there, the crash test proves."
    )


def _print(connections: int, kept: Kept) -> None:
    print(f"\n{connections} connections   CPU µs per flag: app, PostgreSQL, both")
    for way, rounds in kept[str(connections)].items():
        cell = summed(rounds)
        print(
            f"  {NAMES[way]:30} {cell.app:7.0f} {cell.database:7.0f} {cell.both:7.0f}   {cell.per_second:8.0f}/s "
            f"{cell.flags_per_second:8.0f} flags/s   p50 {cell.p50:7.1f}  p99 {cell.p99:7.1f} ms   "
            f"load tool {cell.tool_share:.0%} of a core",
            flush=True,
        )


def _result(kept: Kept, connections: Sequence[int], plan: Plan, sums: str) -> Result:
    cells = {
        (way, one): summed(rounds) for one in connections for way, rounds in kept[str(one)].items() if rounds
    }
    rows = [_row(way, one, cells[way, one]) for way in NAMES for one in connections if (way, one) in cells]
    tool = max(cell.tool_share for cell in cells.values())
    shown = 64 if 64 in connections else connections[-1]
    return Result(
        title="What one durable flag costs",
        command=COMMAND,
        made=made(),
        what=(
            "Flags come over HTTP from a platform's server, each with its own idempotency key, about one of 100,000 "
            "subjects by one of 20,000 people, and are answered after their commit, on a PostgreSQL that syncs to disk."
        ),
        columns=COLUMNS,
        rows=rows,
        notes=_notes(plan, tool, sums),
        goals=_goals(kept, cells, connections),
        picture=Picture(
            kind="bars",
            label=("way",),
            value=("app µs/flag", "PostgreSQL µs/flag"),
            where={"connections": shown},
        ),
        alt=f"CPU of one flag at {shown} connections, by way, application and PostgreSQL.",
    )


def _notes(plan: Plan, tool: float, sums: str) -> list[str]:
    told = [
        f"""Medians of {plan.rounds} rounds of {plan.seconds} s per cell, all ways in turn, each round beginning with
        another.""",
        """CPU time is read from /proc: the application with its threads, PostgreSQL with every backend and helper.
        Load, application and PostgreSQL share the machine: rates are what is left of it, CPU per flag is the figure to
        compare.""",
        f"""“{NAMES["door"]}” is the same door (key, JSON, digests, queue, receipt) whose flags nobody keeps;
        “{NAMES["nothing"]}” is the HTTP server alone.""",
        """Each house took some thousand flags in before, and PostgreSQL had analysed its tables. In the first minute of
        a new house plans stand that were made for empty tables and read them whole: there a lone flag costs more.""",
        f"“{NAMES['each']}” runs the same statements on a batch of one, over a pool of {EACH_POOL} connections.",
        f"""“{NAMES["plain"]}” stores one row and nothing else: no copy, no case, no sealing, no log, no outbox, no
        idempotency. It is the usual pattern over a pool of {EACH_POOL}, not a product.""",
        f"""Batches are measured at up to {BULK_MOST} connections: they come from servers, and more than ten at once are
        answered 503. Their waits are those of a whole batch.""",
        f"""The load came from {"wrk" if has_wrk() else "a driver in Python (wrk was missing)"}, which used at most
        {tool:.0%} of a core. It sends the next request when it has the last answer, so waits under overload are not
        those of a public that keeps coming. Every answer's status is checked.""",
        *([sums] if sums else []),
    ]
    return [" ".join(note.split()) for note in told]


def _row(way: str, connections: int, cell: Cell) -> tuple[str | float | int, ...]:
    figures = (cell.per_second, cell.flags_per_second, cell.p50, cell.p99, cell.app, cell.database, cell.both)
    empty = way == "nothing"
    return (
        NAMES[way],
        connections,
        *map(rounded, figures[:5]),
        0 if empty else rounded(cell.database),
        rounded(cell.app if empty else cell.both),
    )


def _goals(kept: Kept, cells: dict[tuple[str, int], Cell], connections: Sequence[int]) -> list[Goal]:
    many = [one for one in connections if one >= 64]
    few = [one for one in connections if one <= 8]
    goals = []
    if many:
        worst = max(cells["ours", one].both for one in many)
        best = min(cells["ours", one].both for one in many)
        goals.append(
            _goal(
                "≤ 300 µs CPU per durable flag at 64–256 connections",
                f"{best:.0f}–{worst:.0f} µs",
                met=worst <= 300,
            )
        )
        shares = [statistics.median(ratios(kept[str(one)]["ours"], kept[str(one)]["each"])) for one in many]
        goals.append(
            _goal(
                "≤ 1/3 of the CPU of a transaction per request at 64–256 connections",
                f"{min(shares):.2f}–{max(shares):.2f}",
                met=max(shares) <= 1 / 3,
            )
        )
    if few:
        shares = [
            statistics.median(
                a.flags / a.seconds / (b.flags / b.seconds)
                for a, b in zip(kept[str(one)]["ours"], kept[str(one)]["each"], strict=True)
            )
            for one in few
        ]
        told = ", ".join(f"{share:.2f} × at {one}" for one, share in zip(few, shares, strict=True))
        goals.append(
            _goal(
                "not slower than a transaction per request at 1–8 connections (flags/s)",
                told,
                met=min(shares) >= 0.95,
            )
        )
        batch = max(one for one in few if ("bulk", one) in cells)
        single = cells["ours", 64 if ("ours", 64) in cells else connections[-1]]
        gain = cells["bulk", batch].flags_per_second / single.flags_per_second
        told = f"{gain:.1f} ×, CPU {_share(cells['bulk', batch], single)}"
        goals.append(_goal("a batch ≥ 2 × single flags (flags/s)", told, met=gain >= 2))
    return goals


def _share(one: Cell, other: Cell) -> str:
    return f"{one.both:.0f} µs against {other.both:.0f} µs a flag"


REASON = "see the shares of the stages below for where it goes"


def _goal(goal: str, measured: str, *, met: bool) -> Goal:
    return Goal(goal=goal, measured=measured, met=met, reason="" if met else REASON)

"""Measure what a flag costs as more and more are stored: three databases side by side, in turn."""

import statistics
from collections import Counter
from collections.abc import Sequence
from typing import Any

from bench.intake_parts.fill import PATTERN
from bench.intake_parts.load import Round
from bench.intake_parts.rounds import Door, Plan, interleave, ratios, rounded, summed
from bench.intake_parts.started import house_command, started, temporary_folder
from bench.intake_parts.target import Target
from bench.measuring.processes import Meter, postmaster_of
from bench.measuring.result import Picture, Result, keep, made

CONNECTIONS = 64
COLUMNS = (
    *("flags stored", "database MB", "flags/s", "p50 ms", "p99 ms", "app µs/flag", "PostgreSQL µs/flag"),
    *("both µs/flag", "× the smallest"),
)


async def growth(sizes: Sequence[int], plan: Plan, *, publish: bool) -> None:
    """Fill, measure, print and keep the table."""
    with temporary_folder() as folder:
        async with started(house_command("growth", str(folder), *map(str, sizes))) as house:
            said = house.said
            meter = Meter(house.pid, postmaster_of(folder))
            doors = {name: _door(said, name, meter) for name in said["ports"]}
            rounds = await interleave(doors, CONNECTIONS, plan, Counter())
    rows = [_row(rounds, said, size, sizes[0]) for size in sizes]
    for row in rows:
        print("   ".join(f"{name} {cell}" for name, cell in zip(COLUMNS, row, strict=True)), flush=True)
    if publish:
        keep("intake-growth", _result(rows, said, plan, summed(rounds["door"]).both))


def _door(said: dict[str, Any], name: str, meter: Meter) -> Door:
    stored = 0 if name == "door" else int(name) // PATTERN - 1
    return Door(Target(said["ports"][name], said["key"], said["version"], stored=stored), meter)


def _row(
    rounds: dict[str, list[Round]], said: dict[str, Any], size: int, smallest: int
) -> tuple[float | int, ...]:
    cell = summed(rounds[str(size)])
    times = statistics.median(ratios(rounds[str(size)], rounds[str(smallest)]))
    figures = (cell.flags_per_second, cell.p50, cell.p99, cell.app, cell.database, cell.both, times)
    return (size, said["megabytes"][str(size)], *map(rounded, figures))


def _result(rows: Sequence[Sequence[float | int]], said: dict[str, Any], plan: Plan, door: float) -> Result:
    return Result(
        title="What a flag costs when many are stored",
        command="python3 dev.py bench intake --only growth",
        made=made(),
        what=(
            f"Three databases on one server hold more and more flags; {CONNECTIONS} connections send to each in turn. "
            "Every second flag is about a subject that has a case already, the others open one."
        ),
        columns=COLUMNS,
        rows=rows,
        notes=_notes(said, plan, door),
        picture=Picture(kind="bars", label=("flags stored",), value=("app µs/flag", "PostgreSQL µs/flag")),
        alt="CPU of one flag with more and more flags stored.",
    )


def _notes(said: dict[str, Any], plan: Plan, door: float) -> list[str]:
    a_flag = ", ".join(f"{table} {rows:.1f}" for table, rows in sorted(said["rows"].items()))
    told = [
        f"""Medians of {plan.rounds} rounds of {plan.seconds} s, interleaved. The door without a database cost
        {door:.0f} µs in the same run.""",
        f"""How it was filled: {PATTERN:,} flags were received in the usual way, sealed and scored; each of their rows
        was then copied inside the database with all constraints and indexes in force, {said["seconds"]:.0f} s in all.
        Copies hang together as the originals do, but their sealed words could be opened by nobody. The code is
        `bench/intake_parts/fill.py`; the product has no such door.""",
        f"Rows that one flag is, by table: {a_flag}.",
    ]
    return [" ".join(note.split()) for note in told]

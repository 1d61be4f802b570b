"""Print and keep the share of each stage of taking a flag in."""

import asyncio
import json
from collections.abc import Sequence
from typing import Any

from bench.intake_parts.compare import preload
from bench.intake_parts.load import ROWS, run_round
from bench.intake_parts.rounds import Plan, rounded
from bench.intake_parts.shares import BESIDE, REST_OF_APP, STAGES
from bench.intake_parts.started import house_command, started, temporary_folder
from bench.intake_parts.target import Target
from bench.measuring.processes import Meter, postmaster_of
from bench.measuring.result import Picture, Result, keep, made

COLUMNS = ("connections", "stage", "app µs/flag", "PostgreSQL µs/flag", "both µs/flag", "share")
WARM = 2


async def stages(connections: Sequence[int], plan: Plan, *, publish: bool) -> None:
    """Measure, print and keep the table."""
    rows: list[tuple[str | float | int, ...]] = []
    with temporary_folder() as folder:
        async with started(house_command("stages", str(folder))) as house:
            said = house.said
            target = Target(said["ports"]["ours"], said["key"], said["version"])
            meter = Meter(house.pid, postmaster_of(folder))
            await preload(target._replace(path="/v1/flags:bulk", rows=ROWS), meter, said["dsn"])
            for one in connections:
                await run_round(target, one, WARM, meter)
                await _take(said["ports"]["shares"])
                done = await run_round(target, one, plan.seconds * plan.rounds, meter)
                shares = await _take(said["ports"]["shares"])
                rows += _rows(one, done.flags, done.app, done.database, shares)
    for row in rows:
        print(f"{row[0]:>4}  {row[1]:28} {row[2]:>8} {row[3]:>8} {row[4]:>8}  {row[5]}")
    if publish:
        keep("intake-stages", _result(rows, connections))


def _rows(
    connections: int, flags: int, app: float, database: float, shares: dict[str, dict[str, float]]
) -> list[tuple[str | float | int, ...]]:
    """Spread the CPU that /proc counted over the stages, as samples and backends' clocks tell."""
    samples = sum(shares["app"].values()) or 1
    apps = {stage: app * count / samples / flags * 1e6 for stage, count in shares["app"].items()}
    backends = {stage: seconds / flags * 1e6 for stage, seconds in shares["database"].items()}
    backends[BESIDE] = max(0.0, database / flags * 1e6 - sum(backends.values()))
    whole = sum(apps.values()) + sum(backends.values())
    known = [*STAGES, REST_OF_APP, BESIDE]
    more = sorted((set(apps) | set(backends)) - set(known))
    rows: list[tuple[str | float | int, ...]] = []
    for stage in [*known, *more]:
        mine, theirs = apps.get(stage, 0.0), backends.get(stage, 0.0)
        if mine or theirs:
            share = f"{(mine + theirs) / whole:.1%}"
            rows.append((connections, stage, rounded(mine), rounded(theirs), rounded(mine + theirs), share))
    return rows


async def _take(port: int) -> dict[str, Any]:
    """Ask the server for its shares; it begins anew."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET / HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n")
    answer = await reader.read()
    writer.close()
    taken: dict[str, Any] = json.loads(answer.partition(b"\r\n\r\n")[2])
    return taken


def _result(rows: Sequence[Sequence[str | float | int]], connections: Sequence[int]) -> Result:
    shown = 64 if 64 in connections else connections[-1]
    return Result(
        title="Where the CPU of a flag goes",
        command="python3 dev.py bench intake --only stages",
        made=made(),
        what=(
            "The same load as above on a house that watches itself: the application is sampled by a timer of its own "
            "CPU time (each sample counts for the outermost room on the stack), and of PostgreSQL each backend's clock "
            "is read between two statements."
        ),
        columns=COLUMNS,
        rows=rows,
        notes=[
            "Watching costs: the sums are somewhat higher than in the table above, which is the one to quote.",
            f"“{REST_OF_APP}” is what belongs to no stage: asyncio, asyncpg's protocol, the story itself.",
            f"“{BESIDE}” are the WAL writer, the checkpointer and autovacuum: what is left of PostgreSQL's CPU.",
            "A wait costs no CPU: the sync to disk is not in “commit”, only what is computed for it.",
        ],
        picture=Picture(
            kind="bars",
            label=("stage",),
            value=("app µs/flag", "PostgreSQL µs/flag"),
            where={"connections": shown},
        ),
        alt=f"CPU of one flag by stage at {shown} connections.",
    )

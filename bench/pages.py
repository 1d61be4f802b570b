"""Measure what pages cost: time on the server, CPU, bytes, and how often each asks the database.

    python3 dev.py bench pages            the demo's size, then 100,000 cases: about four minutes
    python3 dev.py bench pages --quick    one short round and 4,000 cases; nothing is kept

One reader asks for one page after the other over one connection, so the wait is the server's own time; a route that
does nothing stands beside as the measure of the way there and back.
"""

import argparse
import asyncio
import json
import statistics
import urllib.parse
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import uvloop

from bench.intake_parts.load import MISSING, Faulty, has_wrk
from bench.intake_parts.rounds import rounded
from bench.intake_parts.started import Started, started, temporary_folder
from bench.measuring.processes import Meter, postmaster_of
from bench.measuring.result import Goal, Picture, Result, keep, made
from bench.pages_parts.pages import Page, headers, pages

SCRIPT = Path(__file__).parent / "pages_parts" / "page.lua"
COLUMNS = (
    *("page", "cases", "p50 ms", "p95 ms", "p99 ms", "app CPU ms", "PostgreSQL CPU ms", "kB"),
    "statements",
)
GOAL_MS = 100.0
Row = tuple[str | float | int, ...]


async def main(arguments: argparse.Namespace) -> None:
    """Measure at both sizes, print and keep."""
    if not has_wrk():
        raise SystemExit(MISSING.splitlines()[-1] + "   (pages are measured with it only)")
    rounds, seconds, cases = (1, 1, 4_000) if arguments.quick else (3, 2, 100_000)
    with temporary_folder() as folder:
        command = [*_command(), str(folder)]
        async with started(command) as house:
            meter = Meter(house.pid, postmaster_of(folder))
            rows = await _measure(house, meter, house.said["sizes"]["cases"], rounds, seconds)
            print(f"filling to {cases:,} cases …", flush=True)
            sizes = await _ask(house, f"/bench/fill?cases={cases}")
            rows += await _measure(house, meter, sizes["cases"], rounds, seconds)
    if not arguments.quick:
        keep("pages", _result(rows, house.said["sizes"], sizes, rounds, seconds))


def _command() -> list[str]:
    import sys

    return [sys.executable, "-P", "-m", "bench.pages_parts.house"]


async def _measure(house: Started, meter: Meter, cases: int, rounds: int, seconds: int) -> list[Row]:
    """Ask for every page in turn, some rounds long, and count its statements once."""
    after = await _far_down(house)
    asked = pages(house.said["cases"], after)
    found: dict[str, list[dict[str, float]]] = {page.name: [] for page in asked}
    for _ in range(rounds):
        for page in asked:
            before = meter.read()
            told = await _wrk(house.said, page, seconds)
            used = meter.read().since(before)
            told |= {"app": used.app / told["requests"], "database": used.database / told["requests"]}
            found[page.name].append(told)
    rows = []
    for page in asked:
        counted = await _count(house, page)
        rows.append(_row(page, cases, found[page.name], counted))
        print("  ".join(f"{cell!s:>10}" for cell in rows[-1][1:]) + f"  {page.name}", flush=True)
    return rows


def _row(page: Page, cases: int, told: Sequence[Mapping[str, float]], counted: Mapping[str, int]) -> Row:
    def middle(name: str, factor: float = 1.0) -> float | int:
        return rounded(statistics.median(one[name] for one in told) * factor)

    return (
        page.name, cases, middle("p50"), middle("p95"), middle("p99"), middle("app", 1e3), middle("database", 1e3),
        rounded(counted["bytes"] / 1e3), counted["statements"],
    )  # fmt: skip


async def _far_down(house: Started) -> str:
    """Return a case on the tenth page of the queue, or on the last one there is."""
    path, last = "/console/queue", ""
    for _ in range(10):
        text = await _fetch(house, path, {"Cookie": house.said["cookie"]})
        _, found, rest = text.partition("after=")
        if not found:
            break
        last = rest.partition('"')[0].partition("&")[0]
        path = f"/console/queue?after={last}"
    return last or str(house.said["cases"]["crowded"])


async def _count(house: Started, page: Page) -> dict[str, int]:
    path = f"/bench/count?path={urllib.parse.quote(page.path, safe='')}"
    await _fetch(house, path, headers(page, house.said))  # what a process learns once does not count
    counted: dict[str, int] = json.loads(await _fetch(house, path, headers(page, house.said)))
    if counted["status"] != 200:
        raise Faulty(f"{page.path} answers {counted['status']}")
    return counted


async def _ask(house: Started, path: str) -> dict[str, int]:
    asked: dict[str, int] = json.loads(await _fetch(house, path, {}))
    return asked


async def _fetch(house: Started, path: str, shown: Mapping[str, str]) -> str:
    request = urllib.request.Request(f"http://127.0.0.1:{house.said['port']}{path}", headers=dict(shown))

    def fetch() -> str:
        with urllib.request.urlopen(request, timeout=600) as answer:
            text: str = answer.read().decode()
            return text

    return await asyncio.to_thread(fetch)


async def _wrk(said: Mapping[str, Any], page: Page, seconds: int) -> dict[str, float]:
    command = ["wrk", "-t1", "-c1", f"-d{seconds}s", "--timeout", "30s", "-s", str(SCRIPT)]
    for name, value in headers(page, said).items():
        command += ["-H", f"{name}: {value}"]
    process = await asyncio.create_subprocess_exec(
        *command, f"http://127.0.0.1:{said['port']}{page.path}", stdout=asyncio.subprocess.PIPE
    )
    output, _ = await process.communicate()
    told: dict[str, float] = json.loads(
        [line for line in output.decode().splitlines() if line.startswith("{")][-1]
    )
    if told["not_ok"] or told["broken"] or not told["requests"]:
        raise Faulty(f"{page.path}: {told}")
    return told


def _notes(rounds: int, seconds: int) -> list[str]:
    told = [
        f"Medians of {rounds} rounds of {seconds} s, pages in turn. Background work does not run beside.",
        """Statements are counted over all connections of the process, beginnings and ends of transactions left out; a
        test holds that none of these pages asks more often when there are more rows.""",
        """Nothing is cached for the pages of staff; menu, help and guidelines are made from published versions in
        memory.""",
        "Filled as in the table of flags that pile up: real ones, multiplied inside the database.",
    ]
    return [" ".join(note.split()) for note in told]


def _reason(page: str) -> str:
    if page.startswith("tour"):
        return (
            "the tour is the demo's alone; what left for one flag is found by reading the outbox, because every flag "
            "would pay for an index"
        )
    return "its CPU and statements stand in its row"


def _result(
    rows: Sequence[Row], demo: Mapping[str, int], large: Mapping[str, int], rounds: int, seconds: int
) -> Result:
    slowest = max((row for row in rows), key=lambda row: float(row[3]))
    met = float(slowest[3]) <= GOAL_MS
    goal = Goal(
        goal="server time of pages p95 ≤ 100 ms",
        measured=f"≤ {slowest[3]} ms ({slowest[0]}, {slowest[1]:,} cases)",
        met=met,
        reason="" if met else _reason(str(slowest[0])),
    )
    return Result(
        title="What pages cost",
        command="python3 dev.py bench pages",
        made=made(),
        what=(
            f"The demo's house, as `python3 dev.py run` makes it ({demo['cases']:,} cases, {demo['flags']:,} flags), "
            f"and the same house with {large['cases']:,} cases, of which {large['open']:,} are open, and "
            f"{large['flags']:,} flags. One reader, signed in as a moderator, asks for one page after the other."
        ),
        columns=COLUMNS,
        rows=rows,
        notes=_notes(rounds, seconds),
        goals=[goal],
        picture=Picture(kind="bars", label=("page",), value=("p95 ms",), where={"cases": large["cases"]}),
        alt="Server time of each page, 95 of 100 requests, with a hundred thousand cases.",
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="short and small; the result is not kept")
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main(parser.parse_args()))

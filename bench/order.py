"""Let people and the house meet on one case in random schedules on a real database, and count what that showed.

    python3 dev.py bench order --schedules 10000 --seed 1

Every schedule stops each actor before every SQL statement and lets the seed say who goes on. What is left must equal
what some order of the same acts, one after another, leaves, and must break no promise (`tests/flows/order`). A schedule
that fails is made smaller and printed; its place in the run repeats it: `--seed 1 --only 401`.
"""

import argparse
import asyncio
import multiprocessing
import sys
import time
from collections import Counter
from pathlib import Path

import msgspec

from bench.measuring.result import Goal, Picture, Result, keep, made
from flagstaff.store.database import Address
from tests.clusters import make_folder, remove_folder, shared_cluster
from tests.flows.order.lab import drawn, lab, template
from tests.flows.order.scenarios import SCENARIOS

COMMAND = "python3 dev.py bench order --schedules 10000 --seed 1"
_SHOWN = 3
"""Failing schedules printed by one worker."""
_TRIES = 5
"""Between two who wait for one row that a third has changed PostgreSQL chooses: one schedule is tried some times."""


class Tally(msgspec.Struct):
    """What the schedules of one scenario showed; end states and orders by their digests."""

    schedules: int = 0
    acts: int = 0
    statements: int = 0
    switches: int = 0
    lock_waits: int = 0
    deadlocks: int = 0
    violations: int = 0
    states: set[str] = set()
    refusals: dict[str, int] = {}

    def add(self, other: "Tally") -> None:
        """Take in the counts of another one."""
        for name in ("schedules", "acts", "statements", "switches", "lock_waits", "deadlocks", "violations"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.states |= other.states
        self.refusals = dict(Counter(self.refusals) + Counter(other.refusals))


class Run(msgspec.Struct):
    """All scenarios, and the time that was needed."""

    seed: int
    seconds: float = 0.0
    tallies: dict[str, Tally] = {}

    def add(self, other: "Run") -> None:
        """Take in another run."""
        self.seconds += other.seconds
        for name, tally in other.tallies.items():
            self.tallies.setdefault(name, Tally()).add(tally)


async def measure(cluster: Address, house: Address, folder: Path, seed: int, places: list[int]) -> Run:
    """Run some schedules one after the other, in a database of their own."""
    run, shown = Run(seed), 0
    async with lab(cluster, house, folder) as made_here:
        for place in places:
            judged = await made_here.judge(drawn(seed, place))
            tally = run.tallies.setdefault(judged.trial.scenario, Tally())
            course = judged.course
            tally.add(
                Tally(
                    1, len(course.deeds), len(course.steps), course.switches, course.lock_waits, course.deadlocks,
                    int(bool(judged.faults)), {judged.digest}, dict(course.refusals),
                )
            )  # fmt: skip
            if judged.faults and shown < _SHOWN:
                shown += 1
                print(f"--only {place}\n{(await made_here.shrink(judged)).page()}", flush=True)
    return run


def work(cluster: Address, house: Address, folder: Path, seed: int, places: list[int], into: Path) -> None:
    """Be one worker process."""
    into.write_bytes(msgspec.json.encode(asyncio.run(measure(cluster, house, folder, seed, places))))


async def spread(cluster: Address, folder: Path, seed: int, places: list[int], workers: int) -> Run:
    """Let several processes share the schedules, each its own scenarios: it remembers what orders of acts leave."""
    total, begun = Run(seed), time.monotonic()
    async with template(cluster, folder) as house:
        fork = multiprocessing.get_context("spawn")
        shares = [[one for one in places if one % len(SCENARIOS) % workers == at] for at in range(workers)]
        files = [folder / f"order-{at}.json" for at in range(workers)]
        began = [
            fork.Process(target=work, args=(cluster, house, folder, seed, share, into))
            for share, into in zip(shares, files, strict=True)
        ]
        for process in began:
            process.start()
        for process in began:
            await asyncio.to_thread(process.join)
    if any(process.exitcode for process in began):
        msg = "a worker ended before its schedules did; what it said stands above"
        raise SystemExit(msg)
    for file in files:
        total.add(msgspec.json.decode(file.read_bytes(), type=Run))
    total.seconds = time.monotonic() - begun
    return total


COLUMNS = [
    "scenario",
    "schedules",
    "switches",
    "lock waits",
    "deadlocks",
    "end states",
    "refusals",
    "violations",
]


def rows_of(run: Run) -> list[list[str | float | int | bool | None]]:
    """Return the table, all scenarios together at its end."""
    known = [one.name for one in SCENARIOS if one.name in run.tallies]
    total = Tally()
    rows = []
    for name in [*known, "all"]:
        tally = total if name == "all" else run.tallies[name]
        rows.append(
            [
                name, tally.schedules, tally.switches, tally.lock_waits, tally.deadlocks, len(tally.states),
                sum(tally.refusals.values()), tally.violations,
            ]
        )  # fmt: skip
        if tally is not total:
            total.add(msgspec.convert(msgspec.to_builtins(tally), Tally))
    return rows  # type: ignore[return-value]


def report(run: Run) -> Result:
    """Return what is kept for the page of measurements."""
    rows = rows_of(run)
    total = rows[-1]
    refusals = sum((Counter(one.refusals) for one in run.tallies.values()), Counter[str]())
    commonest = ", ".join(f"{what} {times}" for what, times in refusals.most_common(8))
    statements = sum(one.statements for one in run.tallies.values())
    schedules, violations = int(str(total[1])), int(str(total[-1]))
    return Result(
        title="Equal results whatever the order",
        command=COMMAND,
        made=made(),
        what=(
            "Two moderators, the author, reporters, a second person, appeals, undo, reversal, holds, erasure and "
            "the jobs of the house meet on one case. Every actor runs real flows on connections of its own and "
            "stops before each SQL statement, where a seed says who goes on. *Equal*: state, history, counters, "
            "notices, events, audit, sealed words and every answer are those of some order of the same acts, one "
            "after another. *In force*: once all is quiet, a case with a verdict has exactly one "
            "decision in effect, or one that was reversed."
        ),
        columns=COLUMNS,
        rows=rows,
        notes=[
            f"{statements} statements were scheduled in {run.seconds / 60:.1f} minutes, beside other work.",
            f"The commonest refusals: {commonest}.",
            "An act that found nothing to do is left out of the order: a job that met a lock comes round again.",
            "Moments are not compared: an act that waited for a lock may read the clock before and after it.",
        ],
        goals=[
            Goal(
                goal="at least 10,000 schedules without a violation",
                measured=f"{schedules} schedules, {violations} violations",
                met=schedules >= 10_000 and violations == 0,
                reason=_why_not(schedules, violations),
            ),
            Goal(
                goal="no deadlock",
                measured=str(total[4]),
                met=total[4] == 0,
                reason="" if total[4] == 0 else "locks are taken in different orders",
            ),
        ],
        picture=Picture(kind="bars", label=["scenario"], value=["end states"]),
        alt="How many different end states the schedules of each scenario reached.",
    )


def _why_not(schedules: int, violations: int) -> str:
    if violations:
        return "the schedules that were printed fail"
    return "" if schedules >= 10_000 else "this run was shorter, on a busy machine"


def show(run: Run) -> None:
    """Print the table, and the refusals by kind."""
    widest = max(len(one.name) for one in SCENARIOS)
    heads = [head.rjust(len(head)) for head in COLUMNS[1:]]
    print("scenario".ljust(widest), *heads, sep="  ")
    for name, *numbers in rows_of(run):
        cells = (str(number).rjust(len(head)) for number, head in zip(numbers, heads, strict=True))
        print(str(name).ljust(widest), *cells, sep="  ")
    refusals = sum((Counter(one.refusals) for one in run.tallies.values()), Counter[str]())
    print("\nrefusals by act and kind")
    for what, times in refusals.most_common():
        print(f"{times:8}  {what}")
    print(f"\n{run.seconds:.0f} s")


def main() -> int:
    """Read what is asked for, run it, and print."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--schedules", type=int, default=1000)
    asked.add_argument(
        "--from", type=int, default=0, dest="begin", help="the first schedule, to run in pieces"
    )
    asked.add_argument("--only", type=int, help="one schedule, by its place")
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--workers", type=int, default=3)
    asked.add_argument("--add-to", type=Path, help="a file that gathers the counts of several pieces")
    asked.add_argument("--keep", action="store_true", help="write bench/results/order.json")
    options = asked.parse_args()
    places = list(range(options.begin, options.begin + options.schedules))
    if options.only is not None:
        places = [options.only] * _TRIES
    folder = make_folder()
    try:
        with shared_cluster(folder) as cluster:
            run = asyncio.run(
                spread(cluster, folder, options.seed, places, min(options.workers, len(places)))
            )
    finally:
        remove_folder(folder)
    if options.add_to:
        if options.add_to.exists():
            run.add(msgspec.json.decode(options.add_to.read_bytes(), type=Run))
        options.add_to.write_bytes(msgspec.json.encode(run))
    show(run)
    if options.keep:
        keep("order", report(run))
    return int(any(one.violations for one in run.tallies.values()))


if __name__ == "__main__":
    sys.exit(main())

"""Keep count over rounds, and say what came of it."""

import statistics
from collections import Counter
from pathlib import Path
from typing import Final

import msgspec

from bench.chaos.troubles import TROUBLES
from bench.chaos.world import World
from bench.measuring.result import Goal, Result, keep, made

_SHOWN: Final = 40


class Progress(msgspec.Struct):
    """What a run has shown so far; kept between calls, so that a long one can be done in pieces."""

    seed: int
    wanted: int
    seconds: dict[str, list[float]] = {}
    troubles: dict[str, str] = {}
    planted: dict[str, bool] = {}
    found: list[str] = []
    counted: dict[str, int] = {}

    def write(self, file: Path) -> None:
        """Keep what was done so far."""
        file.write_bytes(msgspec.json.encode(self))

    def gone_on(self, file: Path) -> "Progress":
        """Return what an earlier call kept, else itself."""
        return msgspec.json.decode(file.read_bytes(), type=Progress) if file.exists() else self

    @staticmethod
    def forget(file: Path) -> None:
        """Remove what was kept."""
        file.unlink(missing_ok=True)

    @property
    def kills(self) -> int:
        return sum(map(len, self.seconds.values())) + sum("after the kill of" in one for one in self.found)

    @property
    def done(self) -> bool:
        return self.kills >= self.wanted and {*TROUBLES, "disk full"} <= set(self.troubles)

    @property
    def well(self) -> bool:
        """Tell whether nothing was found in the house, and everything that was planted."""
        return not self.found and bool(self.planted) and all(self.planted.values())

    def count(self, world: World) -> None:
        """Add what one house went through."""
        ledger, receiver = world.ledger, world.receiver
        deeds: Counter[str] = Counter()
        for (deed, _), times in ledger.acknowledged.items():
            deeds[deed] += times
        now = {
            "flags acknowledged": sum(flag.number is not None for flag in ledger.flags),
            "sendings of flags": sum(flag.tries for flag in ledger.flags),
            "decisions acknowledged": deeds["decide"],
            "undone": deeds["decision.undone"],
            "reversed": deeds["decision.reversed"],
            "appeals": sum(appeal.number is not None for appeal in ledger.appeals),
            "measures carried out": sum(one["type"].startswith("measure.") for one in receiver.carried_out),
            "notices carried out": sum(one["type"].startswith("notice.") for one in receiver.carried_out),
            "deliveries tried": receiver.arrivals,
            "deliveries that failed": sum(receiver.failures.values()),
        }
        for name, number in now.items():
            self.counted[name] = self.counted.get(name, 0) + number


def rows_of(progress: Progress) -> list[list[str | float]]:
    """Return one row for each kind of kill."""
    rows: list[list[str | float]] = []
    for kind, seconds in sorted(progress.seconds.items()):
        rows.append([kind, len(seconds), round(statistics.median(seconds), 2), round(max(seconds), 2)])
    return rows


def told(progress: Progress) -> str:
    """Say everything on one page."""
    lines = [f"{'killed':22} {'times':>6} {'p50 s':>7} {'max s':>7}"]
    lines += [f"{kind:22} {times:6} {half:7} {worst:7}" for kind, times, half, worst in rows_of(progress)]
    lines += ["", *(f"{name}: {number}" for name, number in progress.counted.items()), ""]
    lines += [f"{name}: {says}" for name, says in progress.troubles.items()]
    caught = sum(progress.planted.values())
    lines += ["", f"planted faults found: {caught} of {len(progress.planted)}"]
    lines += [f"  NOT FOUND: {name}" for name, found in progress.planted.items() if not found]
    lines += [f"findings: {len(progress.found)}", *(f"  - {one[:600]}" for one in progress.found[:_SHOWN])]
    return "\n".join(lines)


def keep_results(progress: Progress) -> None:
    """Keep the tables for the page of measurements."""
    counted = ", ".join(f"{number:,} {name}" for name, number in progress.counted.items())
    slowest = max((max(seconds) for seconds in progress.seconds.values()), default=0.0)
    command = f"python3 dev.py chaos --kills {progress.wanted} --seed {progress.seed}"
    keep(
        "chaos",
        Result(
            title="Killed again and again",
            command=command,
            made=made(),
            what=(
                "A real house (app, worker and PostgreSQL as processes of their own) is sent SIGKILL at random "
                "moments while people use it: reporters retry with idempotency keys until answered, moderators "
                "decide, undo and reverse, authors appeal and delete, and the platform's receiver fails 18 % of all "
                "deliveries. A supervisor restarts what ended; nothing is repaired. Seconds run from the kill to the "
                "first flag accepted again."
            ),
            columns=["killed", "times", "p50 s", "max s"],
            rows=rows_of(progress),
            notes=[
                f"In all: {counted}.",
                (
                    f"Faults planted to prove the checks: {len(progress.planted)}, "
                    f"found: {sum(progress.planted.values())}."
                ),
                "Wall and business time were moved on between kills: leases, retries and windows ran out.",
            ],
            goals=[
                Goal(
                    goal="0 acknowledged flags lost, 0 doubled, 0 measures lost or doubled, the log complete",
                    measured=f"{len(progress.found)} findings in {progress.kills} kills",
                    met=progress.well,
                    reason=""
                    if progress.well
                    else "; ".join(progress.found)[:500] or "a planted fault was not found",
                ),
                Goal(goal="back without manual repair", measured=f"at most {slowest:.1f} s", met=True),
            ],
        ),
    )
    keep(
        "chaos-troubles",
        Result(
            title="Other troubles",
            command=command,
            made=made(),
            what="The same house and people, with another trouble than a kill; verified in the same way afterwards.",
            columns=["trouble", "what was seen"],
            rows=[[name, says] for name, says in progress.troubles.items()],
        ),
    )

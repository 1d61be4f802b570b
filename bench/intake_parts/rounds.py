"""Run rounds interleaved, so that a busy moment of the machine meets every door alike, and sum them up."""

import hashlib
import json
import statistics
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from bench.intake_parts.load import Round, run_round
from bench.intake_parts.target import Target
from bench.measuring.processes import Meter
from bench.measuring.result import ROOT


class Door(NamedTuple):
    """One thing that is compared: where it is, whose CPU it uses, and with how many connections it makes sense."""

    target: Target
    meter: Meter
    most: int = 1_000_000


class Plan(NamedTuple):
    """How long and how often."""

    rounds: int
    seconds: int
    warm: int = 1


class Cell(NamedTuple):
    """The medians of some rounds at one door with so many connections."""

    per_second: float
    flags_per_second: float
    p50: float
    p99: float
    app: float
    database: float
    tool_share: float
    flags: int

    @property
    def both(self) -> float:
        """Return the CPU microseconds of one flag, application and PostgreSQL together."""
        return self.app + self.database


Kept = dict[str, dict[str, list[Round]]]
"""Rounds by connections and door."""


async def interleave(
    doors: Mapping[str, Door], connections: int, plan: Plan, counted: Counter[str]
) -> dict[str, list[Round]]:
    """Return the rounds of every door at one number of connections; each round begins with another door.

    `counted` gains the flags that each door acknowledged, warm-ups included.
    """
    fitting = [name for name, door in doors.items() if connections <= door.most]
    done: dict[str, list[Round]] = {name: [] for name in fitting}
    for name in fitting:
        counted[name] += (
            await run_round(doors[name].target, connections, plan.warm, doors[name].meter)
        ).flags
    for place in range(plan.rounds):
        start = place % len(fitting)
        for name in fitting[start:] + fitting[:start]:
            one = await run_round(doors[name].target, connections, plan.seconds, doors[name].meter)
            done[name].append(one)
            counted[name] += one.flags
    return done


def summed(rounds: Sequence[Round]) -> Cell:
    """Return the median of each figure over the rounds."""

    def middle(*figures: float) -> float:
        return statistics.median(figures)

    return Cell(
        per_second=middle(*(one.requests / one.seconds for one in rounds)),
        flags_per_second=middle(*(one.flags / one.seconds for one in rounds)),
        p50=middle(*(one.p50 for one in rounds)),
        p99=middle(*(one.p99 for one in rounds)),
        app=middle(*(one.app / one.flags * 1e6 for one in rounds)),
        database=middle(*(one.database / one.flags * 1e6 for one in rounds)),
        tool_share=middle(*(one.tool / one.seconds for one in rounds)),
        flags=sum(one.flags for one in rounds),
    )


def ratios(one: Sequence[Round], other: Sequence[Round]) -> list[float]:
    """Return CPU per flag of one door over the other's, round by round: neighbours in time are compared."""
    return [
        ((a.app + a.database) / a.flags) / ((b.app + b.database) / b.flags)
        for a, b in zip(one, other, strict=True)
    ]


def rounded(figure: float) -> float | int:
    """Return three figures: more than that a shared machine does not give."""
    if abs(figure) >= 100:
        return round(figure)
    return round(figure, 1 if abs(figure) >= 10 else 2)


def code_state() -> str:
    """Return a digest of the product as it lies here: rounds of other code are not gone on from."""
    seen = hashlib.sha256()
    for file in sorted((ROOT / "src").rglob("*")):
        if file.suffix in {".py", ".sql", ".yaml"}:
            seen.update(file.read_bytes())
    return seen.hexdigest()


def remember(folder: Path | None, name: str, code: str, kept: Kept) -> None:
    """Write raw rounds where `--keep` says, so that a run that was cut goes on where it stood."""
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.json").write_text(json.dumps({"code": code, "rounds": kept}))


def recall(folder: Path | None, name: str, code: str) -> Kept:
    """Return the rounds of an earlier run of the same code, none where there is none."""
    file = folder / f"{name}.json" if folder is not None else None
    if file is None or not file.exists():
        return {}
    held: dict[str, Any] = json.loads(file.read_text())
    if held["code"] != code:
        return {}
    return {
        connections: {door: [Round(*one) for one in rounds] for door, rounds in doors.items()}
        for connections, doors in held["rounds"].items()
    }

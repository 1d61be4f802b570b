"""Keep what was measured in small files that a page can be made of, each saying when, where and of which commit."""

import os
import platform
import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "bench" / "results"
LARGEST = 8_192
"""Bytes of one file: a table for a page, not a heap of raw figures."""

Cell = str | float | int | bool | None
Words = Annotated[str, Meta(min_length=1)]


class Made(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Say when and on what something was measured; the machine in general words."""

    date: str
    commit: str
    machine: str
    load: float
    python: str


class Goal(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """One promise beside its figure."""

    goal: Words
    measured: Words
    met: bool
    reason: str = ""


class Picture(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """Say how the rows are drawn; every name is a column."""

    kind: Literal["bars", "lines"]
    label: Sequence[str]
    value: Annotated[Sequence[str], Meta(min_length=1)]
    x: str = ""
    log_x: bool = False
    log_y: bool = False
    where: Mapping[str, Cell] = {}


class Result(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """One table of the page."""

    title: Words
    command: Words
    made: Made
    what: Words
    columns: Sequence[Words]
    rows: Sequence[Sequence[Cell]]
    notes: Sequence[Words] = ()
    goals: Sequence[Goal] = ()
    picture: Picture | None = None
    alt: str = ""


class Unfit(Exception):
    """A result that no page can be made of."""


def made() -> Made:
    """Describe this moment and this machine; the load is the mean of the last minute, before the run ends."""
    commit = subprocess.run(
        ["git", "describe", "--always", "--dirty", "--abbrev=10", "--exclude=*"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    ).stdout.strip()  # fmt: skip
    return Made(
        date=datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        commit=commit or "unknown",
        machine=_machine(),
        load=round(os.getloadavg()[0], 1),
        python=".".join(map(str, sys.version_info[:3])),
    )


def _machine() -> str:
    gigabytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"{cores} cores, {platform.machine()}, {gigabytes:.0f} GB, {platform.system()}"


def keep(name: str, result: Result) -> Path:
    """Check a result and write its file; raises Unfit."""
    checked = fit(name, result)
    RESULTS.mkdir(exist_ok=True)
    file = RESULTS / f"{name}.json"
    file.write_bytes(_laid_out(checked))
    print(f"kept: bench/results/{file.name}; `python3 dev.py bench page` puts it on the page", flush=True)
    return file


def read() -> dict[str, Result]:
    """Return every kept result by name."""
    decoder = msgspec.json.Decoder(Result)
    return {file.stem: decoder.decode(file.read_bytes()) for file in sorted(RESULTS.glob("*.json"))}


def fit(name: str, result: Result) -> Result:
    """Return the result as it will be read back; raises Unfit."""
    try:
        again = msgspec.convert(msgspec.to_builtins(result), Result)
    except msgspec.ValidationError as error:
        raise Unfit(f"{name}: {error}") from None
    columns = set(again.columns)
    for row in again.rows:
        if len(row) != len(again.columns):
            raise Unfit(f"{name}: a row has {len(row)} cells, there are {len(again.columns)} columns: {row}")
    for goal in again.goals:
        if not goal.met and not goal.reason:
            raise Unfit(f"{name}: the goal {goal.goal!r} is missed without a reason")
    if again.picture is not None:
        drawn = again.picture
        named = {*drawn.label, *drawn.value, *drawn.where, *([drawn.x] if drawn.x else [])}
        if named - columns:
            raise Unfit(f"{name}: the picture names columns that are not there: {sorted(named - columns)}")
        if not again.alt:
            raise Unfit(f"{name}: a picture needs `alt`, one sentence for those who do not see it")
    if len(_laid_out(again)) > LARGEST:
        raise Unfit(f"{name}: more than {LARGEST} bytes; keep the table small and raw figures elsewhere")
    return again


def _laid_out(result: Result) -> bytes:
    """One row a line, so that a change can be read in a diff."""
    lines = []
    for field, value in msgspec.to_builtins(result).items():
        if field in {"rows", "notes", "goals"} and value:
            inner = ",\n".join(f"    {msgspec.json.encode(item).decode()}" for item in value)
            lines.append(f'  "{field}": [\n{inner}\n  ]')
        else:
            lines.append(f'  "{field}": {msgspec.json.encode(value).decode()}')
    return ("{\n" + ",\n".join(lines) + "\n}\n").encode()

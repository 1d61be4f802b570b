"""Measure what a hint and a menu cost over HTTP, beside a route that does nothing, in one interleaved run."""

import asyncio
import json
import statistics
import sys
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from bench.hint_parts.house import NOTHING, PEOPLE
from bench.intake_parts.load import Faulty
from bench.intake_parts.rounds import Plan, rounded
from bench.intake_parts.started import Started, started, temporary_folder
from bench.measuring.processes import Meter, postmaster_of
from bench.measuring.result import Goal, Picture, Result, keep, made

SCRIPT = Path(__file__).with_name("asks.lua")
TEXTS = Path(__file__).with_name("texts.txt")
"""Eight texts as somebody types them under Other, our own words: with two slips, and one in Spanish."""
WORDS = 40
KIND = "job_post"
MENU = f"/v1/menus/{KIND}"
HINT, SERVER, FRESH, KNOWN = "a hint", "a hint, for a server", "a menu", "a menu that is known (304)"
BARE, BARE_GET = "nothing, for a POST", "nothing, for a GET"
GOAL_MS = 50.0
COLUMNS = ("route", "load", "requests/s", "p50 ms", "p95 ms", "p99 ms", "app µs", "PostgreSQL µs")


class Ask(NamedTuple):
    """What one route is asked, as asks.lua takes it."""

    method: str
    path: str
    callers: str = "-"
    bodies: str = "-"
    etag: str = "-"


class Load(NamedTuple):
    """So many connections, each of which waits so many milliseconds on average before it asks again."""

    name: str
    connections: int
    pause: int = 0


PAUSE_MS = 600
"""The dialog asks that long after the last key, so nobody asks more often."""
FULL = Load("64 at once", 64)
TYPING = (Load("64 people typing", 64, PAUSE_MS), Load("256 people typing", 256, PAUSE_MS))
LOADS = (Load("1 at once", 1), Load("8 at once", 8), FULL, *TYPING)
TYPED = (HINT, BARE, FRESH)
"""Routes that are also asked as people ask."""


class Round(NamedTuple):
    """One round at one route: waits in milliseconds, CPU in microseconds a request."""

    per_second: float
    p50: float
    p95: float
    p99: float
    app: float
    database: float


Rounds = dict[tuple[str, Load], list[Round]]


async def cost(loads: Sequence[Load], plan: Plan, *, publish: bool) -> None:
    """Measure, print and keep the table."""
    with temporary_folder() as folder:
        async with started([sys.executable, "-P", "-m", "bench.hint_parts.house", str(folder)]) as house:
            meter = Meter(house.pid, postmaster_of(folder))
            asks, facts = await _asks(house, folder)
            rounds: Rounds = {}
            for one in loads:
                fitting = {name: ask for name, ask in asks.items() if not one.pause or name in TYPED}
                await _interleave(house.said["port"], fitting, one, plan, meter, rounds)
                _print(one, fitting, rounds)
    result = _result(rounds, loads, plan, facts)
    if publish:
        keep("hint-cost", result)
    for goal in result.goals:
        print(f"{'reached' if goal.met else 'MISSED'}: {goal.goal}: {goal.measured} {goal.reason}")


async def _asks(house: Started, folder: Path) -> tuple[dict[str, Ask], dict[str, Any]]:
    """Return what is asked of each route, once every answer was looked at."""
    said, bodies = house.said, folder / "bodies"
    texts = [json.dumps({"kind": KIND, "text": text, "language": "en"}) for text in _texts()]
    bodies.write_text("".join(f"{text}\n" for text in texts))
    proposed = [await _hints(said["port"], said["key"], text) for text in texts]
    if not all(proposed):
        raise Faulty("a text of the benchmark finds no option")
    status, body, etag = await _fetch(said["port"], MENU, {})
    known, nothing, _ = await _fetch(said["port"], MENU, {"If-None-Match": etag})
    if (status, known, nothing) != (200, 304, b""):
        raise Faulty(f"{MENU} answers {status}, and {known} to who knows it")
    asks = {
        HINT: Ask("POST", "/v1/hints", said["people"], str(bodies)),
        SERVER: Ask("POST", "/v1/hints", said["server"], str(bodies)),
        BARE: Ask("POST", NOTHING, said["people"], str(bodies)),
        FRESH: Ask("GET", MENU),
        KNOWN: Ask("GET", MENU, etag=etag),
        BARE_GET: Ask("GET", NOTHING),
    }
    return asks, {"hints": sum(map(len, proposed)) / len(proposed), "bytes": len(body)}


def _texts() -> list[str]:
    return TEXTS.read_text(encoding="utf-8").splitlines()


async def _hints(port: int, key: str, body: str) -> list[Any]:
    _, text, _ = await _fetch(port, "/v1/hints", {"Authorization": f"Bearer {key}"}, body.encode())
    found: list[Any] = json.loads(text)["hints"]
    return found


async def _fetch(
    port: int, path: str, shown: Mapping[str, str], body: bytes | None = None
) -> tuple[int, bytes, str]:
    """Return status, body and ETag."""
    more = {"Content-Type": "application/json"} if body else {}
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", body, {**more, **shown})

    def fetch() -> tuple[int, bytes, str]:
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, answer.read(), answer.headers.get("etag", "")
        except urllib.error.HTTPError as answer:
            return answer.code, answer.read(), ""

    return await asyncio.to_thread(fetch)


async def _interleave(
    port: int, asks: Mapping[str, Ask], load: Load, plan: Plan, meter: Meter, rounds: Rounds
) -> None:
    """Ask every route in turn; each round begins with another one."""
    names = list(asks)
    for name in names:
        await _round(port, asks[name], load, plan.warm, meter)
    for place in range(plan.rounds):
        start = place % len(names)
        for name in names[start:] + names[:start]:
            one = await _round(port, asks[name], load, plan.seconds, meter)
            rounds.setdefault((name, load), []).append(one)


async def _round(port: int, ask: Ask, load: Load, seconds: int, meter: Meter) -> Round:
    command = ["wrk", "-t1", f"-c{load.connections}", f"-d{seconds}s", "--timeout", "30s", "-s", str(SCRIPT)]
    command += [f"http://127.0.0.1:{port}", "--", *ask, str(load.pause)]
    before = meter.read()
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    output, _ = await process.communicate()
    used = meter.read().since(before)
    lines = [line for line in output.decode().splitlines() if line.startswith("{")]
    if process.returncode or not lines:
        raise Faulty(output.decode()[-2000:])
    told: dict[str, float] = json.loads(lines[-1])
    if told["not_ok"] or told["broken"] or not told["requests"]:
        raise Faulty(f"{ask.path}: {told}")
    done = told["requests"]
    return Round(
        done / told["seconds"], told["p50"], told["p95"], told["p99"],
        used.app / done * 1e6, used.database / done * 1e6,
    )  # fmt: skip


def _middle(rounds: Sequence[Round]) -> Round:
    return Round(*(statistics.median(figures) for figures in zip(*rounds, strict=True)))


def _print(load: Load, asks: Mapping[str, Ask], rounds: Rounds) -> None:
    print(f"\n{load.name}")
    for name in asks:
        one = _middle(rounds[name, load])
        print(
            f"  {name:28} {one.per_second:8.0f}/s   p50 {one.p50:7.2f}  p95 {one.p95:7.2f}  p99 {one.p99:7.2f} ms"
            f"   app {one.app:6.0f} µs   PostgreSQL {one.database:5.1f} µs",
            flush=True,
        )


def _result(rounds: Rounds, loads: Sequence[Load], plan: Plan, facts: Mapping[str, Any]) -> Result:
    names = list(dict.fromkeys(name for name, _ in rounds))
    cells = {place: _middle(several) for place, several in rounds.items()}
    rows = [
        (name, one.name, *map(rounded, cells[name, one]))
        for name in names
        for one in loads
        if (name, one) in cells
    ]
    return Result(
        title="What a hint and a menu cost",
        command="python3 dev.py bench hint",
        made=made(),
        what=(
            f"The options that may fit, asked for with eight texts of {WORDS} words (slips and one in Spanish among "
            f"them), and the menu of a job post ({facts['bytes'] / 1e3:.0f} kB), asked for anew and by who knows it "
            "already. Beside them stands a route of the same server that reads the request and does nothing."
        ),
        columns=COLUMNS,
        rows=rows,
        notes=_notes(plan, facts),
        goals=[_goal(cells, loads)],
        picture=Picture(kind="bars", label=("route",), value=("app µs",), where={"load": loads[0].name}),
        alt="CPU of the application for a hint and for a menu, beside a route that does nothing.",
    )


def _goal(cells: Mapping[tuple[str, Load], Round], loads: Sequence[Load]) -> Goal:
    stated = [one for one in loads if one != FULL]
    told = "; ".join(
        f"{one.name} {rounded(cells[HINT, one].p95)} against {rounded(cells[BARE, one].p95)} ms"
        for one in stated
    )
    full = f"{FULL.name} {rounded(cells[HINT, FULL].p95)} against {rounded(cells[BARE, FULL].p95)} ms"
    met = all(cells[HINT, one].p95 - cells[BARE, one].p95 <= GOAL_MS for one in stated)
    return Goal(
        goal=f"a hint for {WORDS} words p95 ≤ {GOAL_MS:.0f} ms beside a route that does nothing",
        measured=f"{told}; not held against it, for there the process is full: {full}",
        met=met,
        reason=""
        if met
        else "one process works on one hint at a time: the rest is the wait for those before",
    )


def _notes(plan: Plan, facts: Mapping[str, Any]) -> list[str]:
    told = [
        f"""Medians of {plan.rounds} rounds of {plan.seconds} s per cell, all routes in turn, each round beginning with
        another.""",
        f"""{PEOPLE:,} people ask in turn, each with a token of their own, so that nobody asks faster than the setting
        grants; {facts["hints"]:.1f} options were proposed on average. A platform's own server shows an API key.""",
        f"""“At once”: the next request is sent when the last was answered, so that the process is never idle. “Typing”:
        each waits {PAUSE_MS} ms on average, the pause after which the dialog asks, and nobody stops to think.""",
        f"""The goal is held against all loads but “{FULL.name}”: there the process is full, a request waits for up to
        63 others, and the first ones of a round wait longest, because one connection is accepted for every turn of the
        server. Load and server share two cores, with whatever else runs there.""",
        """A hint asks nothing of the database, nor does a menu. What makes a menu ready to be searched is worked out
        once per version, kind and process, in the first request (some 60 ms at most), and is not in the table.""",
    ]
    return [" ".join(note.split()) for note in told]

"""Send load with wrk, which costs a tenth of what it measures; a driver in Python stands in where wrk is missing."""

import asyncio
import json
import random
import resource
import shutil
import string
from pathlib import Path
from typing import Any, NamedTuple

from bench.intake_parts.driver import drive
from bench.intake_parts.target import Target
from bench.measuring.processes import Meter, Used

SCRIPT = Path(__file__).with_name("load.lua")
REPORTERS, SUBJECTS, ROWS = 20_000, 100_000, 500
MISSING = (
    "wrk is not installed: a driver in Python sends the load, costs as much CPU as the server and bounds its speed; "
    "rates and waits of this run are the driver's, CPU per flag is the server's.\n"
    "Mend: apt-get install -y wrk"
)


class Round(NamedTuple):
    """What one round at one door cost; milliseconds, CPU seconds, and `tool` the CPU of the load itself."""

    requests: int
    flags: int
    seconds: float
    p50: float
    p99: float
    app: float
    database: float
    tool: float


class Faulty(Exception):
    """Not every request was answered as it should be: the figures would be of something else."""


def has_wrk() -> bool:
    return shutil.which("wrk") is not None


async def run_round(target: Target, connections: int, seconds: int, meter: Meter) -> Round:
    """Send as much as fits into some seconds over some connections, and read the CPU before and after."""
    before, own = meter.read(), _own_cpu()
    told = await (_wrk if has_wrk() else drive)(target, connections, seconds, _prefix())
    used, tool = meter.read().since(before), _own_cpu() - own
    return _round(target, told, used, tool)


def _round(target: Target, told: dict[str, Any], used: Used, tool: float) -> Round:
    if told["not_ok"] or told["broken"] or told["refused"] or not told["requests"]:
        raise Faulty(f"{target.path} at port {target.port}: {told}")
    flags = told["kept"] if target.rows else told["requests"]
    return Round(
        told["requests"], flags, told["seconds"], told["p50"], told["p99"], used.app, used.database, tool
    )


async def _wrk(target: Target, connections: int, seconds: int, prefix: str) -> dict[str, Any]:
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "30s", "-s", str(SCRIPT)]
    command += [f"http://127.0.0.1:{target.port}", "--", target.path, str(target.rows), target.key]
    command += [str(target.version), prefix, str(REPORTERS), str(SUBJECTS), str(target.stored)]
    command.append(str(random.randrange(2**31)))
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    said, _ = await process.communicate()
    lines = [line for line in said.decode().splitlines() if line.startswith("{")]
    if process.returncode or not lines:
        raise Faulty(said.decode()[-2000:])
    told: dict[str, Any] = json.loads(lines[-1])
    return told


def _prefix() -> str:
    """Return what keys of this round begin with; no other round's do."""
    return "".join(random.choices(string.ascii_lowercase, k=12))


def _own_cpu() -> float:
    """Return what this process and the ended ones below it have used: the load, and nothing of the server."""
    both = (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in both)

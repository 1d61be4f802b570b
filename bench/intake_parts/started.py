"""Start a server for a benchmark in a process of its own, learn where it is, and end it afterwards."""

import asyncio
import contextlib
import json
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple


class Started(NamedTuple):
    """A server: its process, and what it said of itself."""

    pid: int
    said: dict[str, Any]


@contextlib.asynccontextmanager
async def started(
    command: Sequence[str | Path], env: Mapping[str, str] | None = None
) -> AsyncIterator[Started]:
    """Give a server whose last line before it serves is a JSON object; lines before it are passed on."""
    # A session of its own: Ctrl-C reaches this process alone, which then ends the server in order.
    process = await asyncio.create_subprocess_exec(
        *map(str, command), stdout=asyncio.subprocess.PIPE, env={**os.environ, **(env or {})}, start_new_session=True
    )  # fmt: skip
    try:
        yield Started(process.pid, await _first_words(process))
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        await process.wait()


async def _first_words(process: asyncio.subprocess.Process) -> dict[str, Any]:
    assert process.stdout is not None
    while line := (await process.stdout.readline()).decode():
        if line.startswith("{"):
            said: dict[str, Any] = json.loads(line)
            return said
        print(line, end="", flush=True)
    raise SystemExit("the server of this benchmark did not start; its message stands above")


def house_command(*words: str) -> list[str]:
    return [sys.executable, "-P", "-m", "bench.intake_parts.house", *words]


@contextlib.contextmanager
def temporary_folder() -> Iterator[Path]:
    """Give a folder that PostgreSQL may enter, and remove it afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="flagstaff-bench-"))
    folder.chmod(0o755)  # as root PostgreSQL may run as nobody, who must be able to enter
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)

"""Run a real house in parts: PostgreSQL with its keeper, the app, a worker; and start again whatever ends.

What restarts here is what restarts anywhere: a supervisor such as systemd's `Restart=always`. Nothing is repaired.
"""

import asyncio
import ctypes
import os
import signal
import socket
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Final
from urllib.parse import quote

from bench.chaos.moved_clock import MovedClock
from bench.measuring.processes import children
from flagstaff.kernel.settings import Settings, load
from flagstaff.store.keeper import is_server_of, read_pid_file

ROOT: Final = Path(__file__).resolve().parents[2]
COMMANDS: Final[Mapping[str, tuple[str, ...]]] = {
    "database": ("database",),
    "app": ("serve", "--part", "api", "--part", "console"),
    "worker": ("serve", "--part", "worker"),
}
_PR_SET_PDEATHSIG: Final = 1
REQUEST_SECONDS: Final = 3


def free_port() -> int:
    """Return a port of this machine that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Part:
    """One process under a supervisor: it is started again whenever it ends, until nobody wants it any more."""

    def __init__(self, name: str, environment: Mapping[str, str], clock: Path, log: Path) -> None:
        """Prepare; `start` starts it."""
        self.name = name
        self.starts = 0
        self.wanted = False
        self.log = log
        self._environment = dict(environment)
        self._command = [sys.executable, "-m", "bench.chaos.part", str(clock), *COMMANDS[name]]
        self._process: asyncio.subprocess.Process | None = None
        self._supervisor: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int | None:
        running = self._process is not None and self._process.returncode is None
        return self._process.pid if running and self._process else None

    async def start(self) -> None:
        """Start it and look after it from now on."""
        self.wanted = True
        if self._supervisor is None or self._supervisor.done():
            self._supervisor = asyncio.create_task(self._look_after())

    async def _look_after(self) -> None:
        while self._is_wanted():
            with self.log.open("ab") as log:
                self._process = await asyncio.create_subprocess_exec(
                    *self._command,
                    cwd=ROOT,
                    env=self._environment,
                    stdin=asyncio.subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    preexec_fn=_end_with_parent,
                )
            self.starts += 1
            began = time.monotonic()
            await self._process.wait()
            if self._is_wanted() and time.monotonic() - began < 0.5:
                await asyncio.sleep(0.3)

    def _is_wanted(self) -> bool:
        return self.wanted

    def last_words(self) -> str:
        """Return the end of what it wrote."""
        return self.log.read_text(errors="replace")[-1500:] if self.log.exists() else ""

    def send(self, number: signal.Signals) -> bool:
        """Send a signal to the process; False where none runs."""
        pid = self.pid
        if pid is None:
            return False
        os.kill(pid, number)
        return True

    async def stop(self, number: signal.Signals = signal.SIGTERM) -> float:
        """End it for good and return how many seconds that took."""
        self.wanted = False
        began = time.monotonic()
        self.send(number)
        if self._supervisor is not None:
            await self._supervisor
        return time.monotonic() - began


def _end_with_parent() -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


class RealHouse:
    """All parts of one house in a folder of its own, apart as docs/how-to/run-parts-apart.md describes."""

    def __init__(self, folder: Path, receiver_port: int, **more: str) -> None:
        """Lay out the folder; `more` are further settings, such as SLOW_CLIENT_SECONDS="3"."""
        self.folder = folder
        self.port = free_port()
        self.clock = MovedClock(folder / "clock")
        self.data = folder / "home" / "database" / "data"
        base = {name: value for name, value in os.environ.items() if not name.startswith("FLAGSTAFF_")}
        base |= {
            "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
            "PYTHONUNBUFFERED": "1",
            "FLAGSTAFF_HOME": str(folder / "home"),
            "FLAGSTAFF_PORT": str(self.port),
            "FLAGSTAFF_REQUEST_SECONDS": str(REQUEST_SECONDS),
            "FLAGSTAFF_WEBHOOK_ALLOW": f"127.0.0.1:{receiver_port}",
        }
        base |= {f"FLAGSTAFF_{name}": value for name, value in more.items()}
        self._owner = base
        self.parts = {"database": self._part("database", base)}

    def _part(self, name: str, environment: Mapping[str, str]) -> Part:
        return Part(name, environment, self.folder / "clock", self.folder / f"{name}.log")

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def owner_settings(self) -> Settings:
        """Return the settings of the machine that holds all keys; it attaches to the server that runs."""
        return load({name: value for name, value in self._owner.items() if name.startswith("FLAGSTAFF_")})

    async def open(self) -> None:
        """Start PostgreSQL and return when it is ready."""
        await self.parts["database"].start()
        await self.until_database()

    async def until_database(self, patience: float = 60.0) -> None:
        """Wait until PostgreSQL is ready."""
        deadline = time.monotonic() + patience
        while self.postmaster() is None:
            if time.monotonic() > deadline:
                raise TimeoutError(f"PostgreSQL did not come: {self.parts['database'].last_words()}")
            await asyncio.sleep(0.02)

    async def open_parts(self) -> None:
        """Start app and worker against the server as they would against anybody's."""
        sockets = read_pid_file(self.data)
        assert sockets is not None
        url = f"postgresql:///flagstaff?host={quote(sockets.sockets, safe='')}"
        apart = self._owner | {"FLAGSTAFF_DATABASE_URL": url, "FLAGSTAFF_MIGRATE": "false"}
        for name in ("app", "worker"):
            self.parts[name] = self._part(name, apart)
            await self.parts[name].start()

    def postmaster(self) -> int | None:
        """Return the process of PostgreSQL, None while it is not ready."""
        found = read_pid_file(self.data)
        ready = found is not None and found.status == "ready" and is_server_of(found.pid, self.data)
        return found.pid if found and ready else None

    def backends(self) -> list[int]:
        """Return the processes of PostgreSQL that work for one of our parts."""
        postmaster = self.postmaster()
        return [pid for pid in children(postmaster) if _serves(pid)] if postmaster else []

    async def close(self) -> None:
        """End everything; what does not go by itself is killed."""
        for name in ("app", "worker", "database"):
            if name in self.parts:
                part = self.parts[name]
                try:
                    await asyncio.wait_for(part.stop(), 30)
                except TimeoutError:
                    await part.stop(signal.SIGKILL)
        deadline = time.monotonic() + 20
        while self.postmaster() is not None and time.monotonic() < deadline:  # noqa: ASYNC110 - a process tells nobody
            await asyncio.sleep(0.05)


def _serves(pid: int) -> bool:
    try:
        return b"postgres: flagstaff_" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False

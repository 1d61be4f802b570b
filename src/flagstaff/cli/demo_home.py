"""The demo's own place on disk: its lock, where it says that it runs, and what its marketplace must know."""

import contextlib
import fcntl
import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

from flagstaff.kernel.errors import FlagstaffError

_PATIENCE: Final = 120.0


class NotThere(FlagstaffError):
    """The demo's other half is not part of what was installed."""

    slug = "no-examples"
    title = "The demo needs a checkout of the repository"


class Connected(msgspec.Struct, frozen=True, kw_only=True):
    """What the marketplace shares with Flagstaff; kept in a file of mode 0600."""

    api_key: str
    kid: str
    token_secret: str
    measures_secret: str
    reporters_secret: str
    marketplace: str

    def __repr__(self) -> str:
        """Name the marketplace without its secrets."""
        return f"Connected({self.marketplace})"


class Running(msgspec.Struct, frozen=True):
    """Where a demo runs that was started before."""

    pid: int
    tour: str
    marketplace: str


class DemoHome:
    """A folder that belongs to one demo; its database is never an operator's."""

    def __init__(self, folder: Path) -> None:
        """Use `folder`, and make it where it is not there."""
        self.folder = folder
        self._running = folder / "running.json"
        self._connected = folder / "connected.json"
        self._seeding = folder / "seeding"

    @contextlib.contextmanager
    def alone(self) -> Iterator[bool]:
        """Hold the demo for this process; gives False where another one holds it. The kernel frees a dead one's."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with os.fdopen(os.open(self.folder / "lock", os.O_CREAT | os.O_RDWR, 0o600), "rb") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
                return
            self._running.unlink(missing_ok=True)
            try:
                yield True
            finally:
                self._running.unlink(missing_ok=True)

    def say_running(self, running: Running) -> None:
        """Write down where the demo runs."""
        _write(self._running, msgspec.json.encode(running))

    def who_runs(self) -> Running | None:
        """Return where the other one runs, waiting for one that is just starting; None after two minutes."""
        deadline = time.monotonic() + _PATIENCE
        while time.monotonic() < deadline:
            with contextlib.suppress(FileNotFoundError, msgspec.DecodeError):
                return msgspec.json.decode(self._running.read_bytes(), type=Running)
            time.sleep(0.2)
        return None

    @property
    def is_half_made(self) -> bool:
        """Tell whether a seeding was cut short: what it left cannot be used."""
        return self._seeding.exists()

    @contextlib.contextmanager
    def making(self) -> Iterator[None]:
        """Note that the seeding is under way, so that one that is killed is noticed."""
        _write(self._seeding, b"")
        yield
        self._seeding.unlink(missing_ok=True)

    def throw_away(self) -> None:
        """Remove data, keys and what the marketplace keeps; only the lock stays."""
        for name in ("database", "keys", "marketplace"):
            shutil.rmtree(self.folder / name, ignore_errors=True)
        for file in (self._connected, self._seeding, self.folder / "marketplace.toml"):
            file.unlink(missing_ok=True)

    @property
    def connected(self) -> Connected | None:
        """Return what the marketplace shares with Flagstaff; None before the seeding."""
        with contextlib.suppress(FileNotFoundError, msgspec.DecodeError, msgspec.ValidationError):
            return msgspec.json.decode(self._connected.read_bytes(), type=Connected)
        return None

    def keep(self, connected: Connected) -> None:
        """Keep what the marketplace shares with Flagstaff."""
        _write(self._connected, msgspec.json.encode(connected))

    def write_settings(self, text: str) -> Path:
        """Write the marketplace's own settings file, and return where it is."""
        path = self.folder / "marketplace.toml"
        _write(path, text.encode())
        return path


def _write(path: Path, content: bytes) -> None:
    """Write a file that only its owner reads, whole or not at all."""
    new = path.with_name(f"{path.name}.new")
    with os.fdopen(os.open(new, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
    new.replace(path)


class Stages:
    """Name each stage as it runs, with its seconds; what takes long shows how far it is."""

    def __init__(self, console: Console | None = None) -> None:
        """Write to the terminal, plainly where there is none."""
        self._console = console or Console(highlight=False)
        self._progress: Progress | None = None
        self._name = ""

    @contextlib.contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Run one stage."""
        started = time.monotonic()
        self._name = name
        if not self._console.is_terminal:
            yield
        else:
            columns = (
                TextColumn("  {task.description:<20}"),
                BarColumn(bar_width=28),
                TextColumn("{task.percentage:>3.0f} %"),
            )
            with Progress(*columns, console=self._console, transient=True) as self._progress:
                self._progress.add_task(name, total=None)
                yield
            self._progress = None
        self._console.print(f"  {name:<20} {time.monotonic() - started:5.1f} s")

    def said(self, share: float) -> None:
        """Say how much of the stage is done, 0 to 1."""
        if self._progress is not None:
            self._progress.update(self._progress.task_ids[0], completed=share * 100, total=100)

    def say(self, text: str) -> None:
        """Print a line between the stages."""
        self._console.print(text)

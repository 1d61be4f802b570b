"""Read what processes used from /proc: on a shared machine CPU time says what wall time cannot."""

import os
from pathlib import Path
from typing import NamedTuple

TICKS = os.sysconf("SC_CLK_TCK")


def cpu(pid: int, *, ended_children: bool = False) -> float:
    """Return the CPU seconds that a process and its threads have used, in user and system mode."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    last = 15 if ended_children else 13
    return sum(map(int, fields[11:last])) / TICKS


def children(pid: int) -> list[int]:
    """Return the processes below one."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
            if parent == pid:
                found.append(int(entry.name))
    return found


def postmaster_of(folder: Path) -> int:
    """Return the process that PostgreSQL's own file below a folder names."""
    return int(next(folder.rglob("postmaster.pid")).read_text().split()[0])


class Used(NamedTuple):
    """CPU seconds so far."""

    app: float
    database: float

    def since(self, before: "Used") -> "Used":
        """Return what was used between two readings."""
        return Used(self.app - before.app, self.database - before.database)


class Meter(NamedTuple):
    """Read the CPU of an application and of PostgreSQL with all its backends, ended ones included."""

    app: int
    postmaster: int

    def read(self) -> Used:
        """Return both in seconds so far."""
        database = cpu(self.postmaster, ended_children=True)
        for child in children(self.postmaster):
            try:
                database += cpu(child)
            except OSError:
                continue
        return Used(cpu(self.app), database)

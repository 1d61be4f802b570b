"""Tell where the CPU of a flag goes: the application by samples of its stack, PostgreSQL by its backends' clocks.

Samples come from a timer of the process's own CPU time, and each counts for the first stage on the stack, seen from
outside. A backend's clock is read when its next statement begins, so what it still did after its answer counts.
"""

import signal
import time
from collections import defaultdict
from pathlib import Path
from types import FrameType
from typing import Any

import asyncpg

from flagstaff.store import statements

STAGES = {
    "key or token": (
        *("/api/callers.py", "/flows/key_ring.py", "/flows/secret_book.py", "/flagstaff/staff/", "/platforms/"),
    ),
    "check": ("/flows/sent_flag.py", "/flagstaff/menus/", "/flagstaff/guidelines/"),
    "answer known": ("/store/idempotency",),
    "snapshot": ("/flagstaff/subjects/",),
    "case": (
        *("/flagstaff/cases/", "/flows/score_cases.py", "/flows/placing", "/flows/hand_back.py", "/flows/pace.py"),
    ),
    "seal": ("/flagstaff/vault/",),
    "flag": ("/flagstaff/flags/",),
    "audit": ("/flagstaff/audit/",),
    "outbox": ("/flagstaff/delivery/", "/flows/receipts.py"),
    "commit": ("/store/database.py", "/asyncpg/transaction.py", "/asyncpg/pool.py"),
    "HTTP and JSON": ("/flagstaff/api/", "/uvicorn/", "/httptools/"),
}  # fmt: skip
REST_OF_APP = "event loop, driver, story"
BESIDE = "PostgreSQL's helpers"
_PERIOD = 0.004


class Shares:
    """Add up seconds by stage, until somebody takes them."""

    def __init__(self) -> None:
        self.app: defaultdict[str, float] = defaultdict(float)
        self.database: defaultdict[str, float] = defaultdict(float)
        self.waits: defaultdict[str, float] = defaultdict(float)
        self._last: dict[int, tuple[str, float]] = {}
        self._of_sql = {
            one.statement.sql: _stage("/" + one.statement.where.replace(".", "/", 1))
            for one in statements.ALL
        }

    def begin(self) -> None:
        """Sample this process and measure every statement it runs from now on."""
        signal.signal(signal.SIGPROF, self._sample)
        signal.setitimer(signal.ITIMER_PROF, _PERIOD, _PERIOD)
        for name in ("execute", "fetch", "fetchrow", "fetchval", "executemany"):
            setattr(asyncpg.Connection, name, self._measured(getattr(asyncpg.Connection, name)))

    def take(self) -> dict[str, dict[str, float]]:
        """Return what was added up, and begin anew."""
        taken = {"app": dict(self.app), "database": dict(self.database), "waits": dict(self.waits)}
        for one in (self.app, self.database, self.waits):
            one.clear()
        return taken

    def _sample(self, _: int, frame: FrameType | None) -> None:
        names = []
        while frame is not None:
            names.append(frame.f_code.co_filename)
            frame = frame.f_back
        found = [stage for stage in map(_stage, reversed(names)) if stage]
        inner = [stage for stage in found if stage not in {"HTTP and JSON", "commit"}]
        # The outermost room; the doors and the transaction stand round everything, so they count only alone.
        self.app[(inner or found[-1:] or [REST_OF_APP])[0]] += 1

    def _measured(self, real: Any) -> Any:
        async def measured(connection: Any, sql: str, *arguments: Any, **named: Any) -> Any:
            if sql.endswith(";") or sql[:5].lower() in {"begin", "commi", "rollb"}:
                stage = "commit"
            else:
                stage = self._of_sql.get(sql) or "other statements"
            self._charge(connection, stage)
            began = time.perf_counter()
            try:
                return await real(connection, sql, *arguments, **named)
            finally:
                self.waits[stage] += time.perf_counter() - began

        return measured

    def _charge(self, connection: Any, stage: str) -> None:
        pid = connection.get_server_pid()
        used = nanoseconds(pid)
        before = self._last.get(pid)
        if before is not None:
            self.database[before[0]] += (used - before[1]) / 1e9
        self._last[pid] = (stage, used)


def nanoseconds(pid: int) -> float:
    """Return the CPU time of a process in nanoseconds, as its scheduler counts it."""
    return float(Path(f"/proc/{pid}/schedstat").read_text().split()[0])


def _stage(name: str) -> str:
    for stage, parts in STAGES.items():
        if any(part in name for part in parts):
            return stage
    return ""

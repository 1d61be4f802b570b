"""Keep one PostgreSQL running as long as somebody holds this process's standard input open.

Started as a script by `embedded`, with the standard library only: it reads a plan (one line of JSON), starts the
server, answers with one line, and then waits. When the other end of the pipe closes, however its owner died, it
stops the server. A server that is killed is started again.
"""

import contextlib
import ctypes
import fcntl
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, NamedTuple

_CLONE_NEWUSER: Final = 0x10000000
_PR_SET_PDEATHSIG: Final = 1
_READY_WITHIN = 60.0
_STOP_WITHIN = 20.0
_SETTLED = 2.0
_TRIES = 5
_PAUSE = 2.0
_PASSING = ("shared memory block", "lock file")
_STATUS_LINE = 7


class PidFile(NamedTuple):
    """What a postmaster.pid says; `status` is empty in the first moments of a start."""

    pid: int
    sockets: str
    status: str


def read_pid_file(data: Path) -> PidFile | None:
    """Return what postmaster.pid says, or None where there is none or nothing readable in it."""
    try:
        lines = (data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        pid = abs(int(lines[0]))
    except (OSError, ValueError, IndexError):
        return None
    sockets = lines[4] if len(lines) > 4 else ""
    status = lines[_STATUS_LINE].strip() if len(lines) > _STATUS_LINE else ""
    return PidFile(pid, sockets, status)


def is_server_of(pid: int, data: Path) -> bool:
    """Say whether the process is a PostgreSQL server on this data folder, and not a stranger with a reused id."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except FileNotFoundError:
        if Path("/proc/self").exists():
            return False
        words_for_ps = ["/bin/ps", "-o", "command=", "-p", str(pid)]
        shown = subprocess.run(words_for_ps, capture_output=True, check=False)  # noqa: S603 - macOS has no /proc
        words = shown.stdout.split()
    except OSError:
        return False
    return os.fsencode(data) in words and any(word.endswith(b"postgres") for word in words[:1])


def become_unprivileged() -> None:
    """Enter an own user namespace as user 1000, so that PostgreSQL accepts to run where we are root.

    Nothing else changes: files stay root's outside, and no program `unshare` is needed. Raises OSError where
    the kernel or the container refuses.
    """
    uid, gid = os.getuid(), os.getgid()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(_CLONE_NEWUSER):
        raise OSError(ctypes.get_errno(), "CLONE_NEWUSER refused")
    Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
    Path("/proc/self/uid_map").write_text(f"1000 {uid} 1", encoding="ascii")
    Path("/proc/self/gid_map").write_text(f"1000 {gid} 1", encoding="ascii")


def _before_start(persona: str) -> Callable[[], None]:
    """Return what the child does before it becomes PostgreSQL."""
    keeper = os.getpid()

    def prepare() -> None:
        if persona == "namespace":
            become_unprivileged()
        if sys.platform == "linux":
            # A killed keeper takes the server with it. Set after the change of user, which clears it.
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGINT)
            if os.getppid() != keeper:
                os._exit(1)

    return prepare


def keep_alone(path: Path) -> int | None:
    """Take the lock that a keeper holds for its whole life; None where another keeper holds it."""
    lock = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        return None
    return lock


class Keeper:
    """Carry out one plan: where the data is, which programs to start with which words, and as whom."""

    def __init__(self, plan: dict[str, Any]) -> None:
        """Read the plan that `embedded` wrote."""
        self._plan = plan
        self._bin = Path(plan["bin"])
        self._data = Path(plan["data"])
        self._sockets = Path(plan["sockets"])
        self._log = Path(plan["log"])
        self._stop = False

    def initialise(self) -> None:
        """Make the cluster where there is none; one that was begun and not finished is thrown away."""
        if (self._data / "PG_VERSION").exists():
            return
        making = self._data.with_name("data.making")
        shutil.rmtree(making, ignore_errors=True)
        password = self._data.with_name("data.password")
        private = os.open(password, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
        with os.fdopen(private, "w", encoding="ascii") as file:
            file.write(self._plan["password"])
        try:
            if self._plan["persona"] == "other":
                os.chown(password, self._plan["uid"], self._plan["gid"])
            words = ["initdb", "-D", str(making), f"--pwfile={password}", *self._plan["initdb"]]
            self._child(words).wait()
        finally:
            password.unlink()
        if not (making / "PG_VERSION").exists():
            raise RuntimeError("initdb did not make a cluster")
        making.rename(self._data)

    def start(self) -> "subprocess.Popen[bytes]":
        """Start the server and return when it is ready; raises RuntimeError when it does not get there.

        After a kill, children of the old server may hold its memory for a moment: then it is tried again.
        """
        for _ in range(_TRIES):
            before = self._log.stat().st_size
            self._clear_the_way()
            child = self._child(
                ["postgres", "-D", str(self._data), "-k", str(self._sockets), *self._plan["postgres"]]
            )
            if self._becomes_ready(child):
                return child
            if not any(words in _tail(self._log, before) for words in _PASSING):
                break
            time.sleep(0.3)
        raise RuntimeError("PostgreSQL did not become ready")

    def _child(self, words: list[str]) -> "subprocess.Popen[bytes]":
        other = self._plan["persona"] == "other"
        with self._log.open("ab") as log:
            return subprocess.Popen(  # noqa: S603 - our own programs, chosen by `binaries`
                [self._bin / words[0], *words[1:]],
                preexec_fn=_before_start(self._plan["persona"]),  # noqa: PLW1509 - this process has one thread
                start_new_session=True,  # Ctrl-C in a terminal reaches the application, not the server
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
                user=self._plan["uid"] if other else None,
                group=self._plan["gid"] if other else None,
                extra_groups=[] if other else None,
            )

    def _clear_the_way(self) -> None:
        """Remove what a killed predecessor left; only called while we hold the lock and none of ours runs."""
        for name in (".s.PGSQL.5432", ".s.PGSQL.5432.lock"):
            (self._sockets / name).unlink(missing_ok=True)
        path = self._data / "postmaster.pid"
        with contextlib.suppress(FileNotFoundError):
            text = path.read_text(encoding="utf-8")
            if not text.strip():
                path.unlink()
                return
            found = read_pid_file(self._data)
            if found and not is_server_of(found.pid, self._data):
                # Reused by a stranger, perhaps. PostgreSQL ignores its parent's id but still checks that no
                # process is left on the old shared memory, which it could not if the file were deleted.
                rest = text.partition("\n")[2]
                path.write_text(f"{os.getpid()}\n{rest}", encoding="utf-8")

    def _becomes_ready(self, child: "subprocess.Popen[bytes]") -> bool:
        deadline = time.monotonic() + _READY_WITHIN
        while time.monotonic() < deadline and child.poll() is None:
            found = read_pid_file(self._data)
            if found and found.pid == child.pid and found.status == "ready":
                return True
            time.sleep(0.01)
        if child.poll() is None:
            child.send_signal(signal.SIGINT)
            child.wait()
        return False

    def watch(self, child: "subprocess.Popen[bytes]", tell: Callable[[], None]) -> None:
        """Wait until the pipe closes, and start a server that died anew, then stop it."""
        alarm, bell = os.pipe()
        os.set_blocking(bell, False)
        signal.set_wakeup_fd(bell, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.signal(signal.SIGTERM, lambda *_: self._ask_to_stop())
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        tell()
        since, quick_ends, not_before = time.monotonic(), 0, 0.0
        while not self._stop:
            patience = min(5.0, max(not_before - time.monotonic(), 0.05) if child.poll() is not None else 5.0)
            ready, _, _ = select.select([sys.stdin.fileno(), alarm], [], [], patience)
            if sys.stdin.fileno() in ready and not os.read(sys.stdin.fileno(), 4096):
                break
            if alarm in ready:
                os.read(alarm, 4096)
            if child.poll() is not None and time.monotonic() >= not_before and not self._stop:
                quick_ends = quick_ends + 1 if time.monotonic() - since < _SETTLED else 0
                # It ran before, so what keeps it down now will pass (a full disk, most often). Giving up would leave
                # the house without a database for ever, long after there is room again.
                with contextlib.suppress(OSError, RuntimeError, subprocess.SubprocessError):
                    child = self.start()
                since = time.monotonic()
                not_before = since + (_PAUSE if child.poll() is not None or quick_ends >= _TRIES else 0)
        _stop_server(child)

    def _ask_to_stop(self) -> None:
        self._stop = True

    def clear_sockets(self) -> None:
        """Remove the socket folder when nothing is left in it."""
        with contextlib.suppress(OSError):
            self._sockets.rmdir()


def _stop_server(child: "subprocess.Popen[bytes]") -> None:
    # Fast, then immediate, then by force; SIGTERM would wait for every client.
    for how, patience in ((signal.SIGINT, _STOP_WITHIN), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0)):
        if child.poll() is None:
            child.send_signal(how)
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(patience)


def _tail(log: Path, start: int) -> str:
    with contextlib.suppress(OSError), log.open("rb") as file:
        file.seek(start)
        return "\n".join(file.read().decode(errors="replace").splitlines()[-12:])
    return ""


def _answer(said: dict[str, object]) -> None:
    with contextlib.suppress(OSError):
        os.write(sys.stdout.fileno(), json.dumps(said).encode() + b"\n")


def _read_plan() -> dict[str, Any]:
    """Read the first line byte by byte: what follows in the pipe is its end, and must not be buffered away."""
    line = bytearray()
    while (byte := os.read(sys.stdin.fileno(), 1)) not in (b"", b"\n"):
        line += byte
    plan: dict[str, Any] = json.loads(line)
    return plan


def main() -> int:
    """Keep a server, or with `--can-unshare` say by the exit status whether user namespaces are allowed."""
    if sys.argv[1:] == ["--can-unshare"]:
        try:
            become_unprivileged()
        except OSError:
            return 1
        return 0
    plan = _read_plan()
    keeper = Keeper(plan)
    log = Path(plan["log"])
    start = log.stat().st_size if log.exists() else 0
    if keep_alone(Path(plan["kept"])) is None:
        _answer({"ready": False, "why": "another keeper looks after this folder"})
        return 1
    try:
        keeper.initialise()
        child = keeper.start()
        keeper.watch(child, lambda: _answer({"ready": True}))
    except (OSError, RuntimeError, subprocess.SubprocessError) as error:
        _answer({"ready": False, "why": str(error), "log": _tail(log, start)})
        return 1
    finally:
        keeper.clear_sockets()
    return 0


if __name__ == "__main__":
    sys.exit(main())

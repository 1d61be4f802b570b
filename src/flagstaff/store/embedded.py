"""Start the PostgreSQL that comes with the house, or attach to it where it already runs."""

import contextlib
import fcntl
import hashlib
import json
import os
import pwd
import select
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Final, Self
from urllib.parse import quote

import msgspec

from flagstaff.kernel.errors import FlagstaffError
from flagstaff.kernel.settings import Secret
from flagstaff.store import keeper
from flagstaff.store.binaries import Binaries, copy_for_others, find_binaries
from flagstaff.store.database import Address
from flagstaff.store.roles import Role
from flagstaff.store.safety import MARK

DATABASE: Final = "flagstaff"
# The kernel allows 107 bytes; "/.s.PGSQL.5432" takes 14 of them.
_LONGEST_SOCKET_FOLDER = 93
_PATIENCE = 90.0
_LARGEST_LOG = 10_000_000

_ALWAYS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "150",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # The log may hold no words, names or key values. Errors reach the application, which knows what to leave out;
    # the server's own log keeps its life (start, stop, crash) and nothing of any statement.
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_statement": "none",
    "log_min_duration_statement": "-1",
    "log_min_duration_sample": "-1",
    "log_autovacuum_min_duration": "-1",
    "log_checkpoints": "off",
    "log_lock_waits": "off",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
}
_THROWAWAY = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "checkpoint_timeout": "1h",
    "max_connections": "400",
    "cluster_name": MARK,
}


class CannotStart(FlagstaffError):
    """The embedded PostgreSQL did not start."""

    slug = "postgres-did-not-start"
    title = "The embedded PostgreSQL did not start"


class Persona(StrEnum):
    """Say as whom PostgreSQL runs; it refuses to run as root."""

    SELF = "self"  # as the ordinary user that we are
    NAMESPACE = "namespace"  # we are root: as user 1000 of an own user namespace, files stay root's
    OTHER = "other"  # we are root and namespaces are refused: as `nobody`, with a copy of the programs


class Embedded:
    """Hold a running server; closing stops it if this process started it and leaves it if it only attached."""

    def __init__(self, address: Address, keeping: "subprocess.Popen[bytes] | None") -> None:
        """Use `start_embedded`."""
        self.address = address
        self._keeping = keeping

    @property
    def started(self) -> bool:
        """Say whether this process started the server and is the one that ends it."""
        return self._keeping is not None

    def close(self) -> None:
        """Stop the server that was started here and wait until it is gone."""
        if self._keeping is None:
            return
        for pipe in (self._keeping.stdin, self._keeping.stdout):
            if pipe is not None:
                pipe.close()
        self._keeping.wait(_PATIENCE)
        self._keeping = None

    def __enter__(self) -> Self:
        """Give itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close."""
        self.close()


def start_embedded(
    folder: Path,
    passwords: Mapping[Role, Secret],
    *,
    binaries: Binaries | None = None,
    persona: Persona | None = None,
    throwaway: bool = False,
) -> Embedded:
    """Start PostgreSQL on `folder`, making the cluster when there is none; attach when it already runs.

    The server ends with the process that started it, also when that is killed. `throwaway` is for tests: it
    trades durability for speed and marks the cluster so that `safety` lets it pass. Raises CannotStart with the
    end of the server's log and what to do.
    """
    _refuse_folder_of_others(folder)
    # PostgreSQL writes resolved paths into its pid file and its command line is compared with ours.
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder = folder.resolve()
    data = folder / "data"
    with _only_one(folder / "lock"):
        running = _running(data, folder / "kept")
        if running is not None:
            return Embedded(_address(running.sockets, passwords), None)
        binaries = binaries or find_binaries()
        _refuse_other_version(data, binaries)
        persona = persona or _choose_persona(data)
        sockets = _socket_folder(folder)
        plan: dict[str, object] = {
            "persona": persona.value,
            "data": str(data),
            "kept": str(folder / "kept"),
            "sockets": str(sockets),
            "log": str(_open_log(folder)),
            "password": passwords[Role.OWNER].reveal(),
            "initdb": _words_for_initdb(binaries, throwaway=throwaway),
            "postgres": _words_for_server(throwaway=throwaway),
        }
        if persona is Persona.OTHER:
            plan |= _hand_over(folder, sockets)
            binaries = copy_for_others(binaries, folder / "programs")
        keeping = _start_keeper(plan | {"bin": str(binaries.bin)})
    return Embedded(_address(str(sockets), passwords), keeping)


def _refuse_folder_of_others(folder: Path) -> None:
    nearest = next(path for path in (folder, *folder.parents) if path.exists())
    if not os.access(nearest, os.W_OK | os.X_OK):
        msg = "the folder of the database belongs to another user"
        mend = "run as the user who made it, or set FLAGSTAFF_HOME to a folder of your own"
        raise CannotStart(msg, where=str(nearest), mend=mend)


@contextlib.contextmanager
def _only_one(path: Path) -> Iterator[None]:
    """Let one process at a time look and start; the kernel frees the lock of a process that dies."""
    with os.fdopen(os.open(path, os.O_CREAT | os.O_RDWR, 0o600), "rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _running(data: Path, kept: Path) -> keeper.PidFile | None:
    """Return the running server of this folder; wait for one that is just starting, stopping or being restarted."""
    deadline = time.monotonic() + _PATIENCE
    while True:
        found = keeper.read_pid_file(data)
        alive = found is not None and keeper.is_server_of(found.pid, data)
        if found is not None and alive and found.status == "ready" and found.sockets:
            return found
        if not alive:
            lock = keeper.keep_alone(kept)
            if lock is not None:
                os.close(lock)
                return None
        if time.monotonic() > deadline:
            msg = "the PostgreSQL of this folder neither starts nor stops"
            raise CannotStart(msg, where=str(data), mend="look at the log beside it, then end that process")
        time.sleep(0.02)


def _refuse_other_version(data: Path, binaries: Binaries) -> None:
    made_by = data / "PG_VERSION"
    if made_by.exists() and made_by.read_text(encoding="ascii").strip() != str(binaries.major):
        msg = f"this data was made by PostgreSQL {made_by.read_text(encoding='ascii').strip()}, not {binaries.major}"
        mend = "point FLAGSTAFF_POSTGRES_BIN to that version, or move the data with pg_dump and pg_restore"
        raise CannotStart(msg, where=str(data), mend=mend)


def _choose_persona(data: Path) -> Persona:
    if os.geteuid() != 0:
        return Persona.SELF
    if data.exists() and data.stat().st_uid != 0:
        return Persona.OTHER  # it was made that way before; root's namespace could not read it
    return Persona.NAMESPACE if can_unshare() else Persona.OTHER


def can_unshare() -> bool:
    """Say whether this process may make user namespaces; containers often refuse."""
    words = [sys.executable, "-I", "-S", keeper.__file__, "--can-unshare"]
    return sys.platform == "linux" and subprocess.run(words, check=False).returncode == 0  # noqa: S603 - our own file


def _socket_folder(folder: Path) -> Path:
    """Make the private folder of the socket: always the same for the same data, so that pools find it again."""
    beside = folder / "run"
    if len(os.fsencode(beside)) <= _LONGEST_SOCKET_FOLDER:
        beside.mkdir(mode=0o700, exist_ok=True)
        return beside
    name = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
    base = os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir()
    path = Path(base) / f"flagstaff-{os.geteuid()}-{name}"
    if len(os.fsencode(path)) > _LONGEST_SOCKET_FOLDER:
        path = Path("/tmp") / path.name  # noqa: S108 - owner and mode are checked below
    path.mkdir(mode=0o700, exist_ok=True)
    seen = path.lstat()
    if not stat.S_ISDIR(seen.st_mode) or seen.st_uid not in {os.geteuid(), _nobody().pw_uid}:
        msg = "somebody else made the folder for the database's socket"
        raise CannotStart(
            msg, where=str(path), mend="remove it, or set XDG_RUNTIME_DIR to a folder of your own"
        )
    path.chmod(0o700)
    return path


def _open_log(folder: Path) -> Path:
    log = folder / "log"
    if log.exists() and log.stat().st_size > _LARGEST_LOG:
        log.replace(folder / "log.before")
    os.close(os.open(log, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600))
    return log


def _words_for_initdb(binaries: Binaries, *, throwaway: bool) -> list[str]:
    words = ["-U", Role.OWNER.login, "--auth=scram-sha-256", "--encoding=UTF8", "--no-instructions"]
    if binaries.major >= 17:
        words += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    else:
        words += ["--locale=C.UTF-8"]  # the same order, from the C library
    if binaries.major >= 16:
        words += ["-c", "scram_iterations=1"]  # see migrate.make_roles
    return words + (["--no-sync"] if throwaway else [])


def _words_for_server(*, throwaway: bool) -> list[str]:
    settings = _ALWAYS | (_THROWAWAY if throwaway else {})
    return [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]


def _nobody() -> pwd.struct_passwd:
    return pwd.getpwnam("nobody")


def _hand_over(folder: Path, sockets: Path) -> dict[str, object]:
    """Give the folder to `nobody`, whom PostgreSQL will be, after checking that they can get there."""
    nobody = _nobody()
    for parent in (*folder.parents, *sockets.parents):
        seen = parent.stat()
        if parent not in {folder, sockets} and not seen.st_mode & 0o001:
            msg = "this container refuses user namespaces, so PostgreSQL runs as `nobody`, who cannot enter here"
            mend = "set FLAGSTAFF_HOME to a folder such as /var/lib/flagstaff, below which everyone may pass"
            raise CannotStart(msg, where=str(parent), mend=mend)
    data = folder / "data"
    # Data made in a namespace, before this container refused them, is root's: all of it changes hands.
    made_as_root = data.exists() and data.stat().st_uid != nobody.pw_uid
    for path in (folder, sockets, folder / "log", *([data, *data.rglob("*")] if made_as_root else [])):
        os.lchown(path, nobody.pw_uid, nobody.pw_gid)
    return {"uid": nobody.pw_uid, "gid": nobody.pw_gid}


def _start_keeper(plan: Mapping[str, object]) -> "subprocess.Popen[bytes]":
    keeping = subprocess.Popen(  # noqa: S603 - our own file
        [sys.executable, "-I", "-S", keeper.__file__],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
        cwd="/",
    )
    said = _ask_keeper(keeping, plan)
    if said.get("ready") is True:
        return keeping
    Embedded(Address(Secret(""), {}), keeping).close()
    msg = f"{said.get('why', 'its keeper gave no answer')}\n{said.get('log', '')}".strip()
    raise CannotStart(msg, where=str(plan["data"]), mend=f"the whole log is {plan['log']}")


def _ask_keeper(keeping: "subprocess.Popen[bytes]", plan: Mapping[str, object]) -> dict[str, object]:
    if keeping.stdin is None or keeping.stdout is None:
        return {}
    with contextlib.suppress(BrokenPipeError):
        keeping.stdin.write(json.dumps(plan).encode() + b"\n")
        keeping.stdin.flush()
    heard, _, _ = select.select([keeping.stdout], [], [], _PATIENCE)
    line = keeping.stdout.readline() if heard else b""
    return msgspec.json.decode(line, type=dict[str, object]) if line else {}


def _address(sockets: str, passwords: Mapping[Role, Secret]) -> Address:
    user, password = Role.OWNER.login, passwords[Role.OWNER].reveal()
    url = f"postgresql://{user}:{quote(password, safe='')}@/{DATABASE}?host={quote(sockets, safe='')}"
    return Address(Secret(url), dict(passwords))

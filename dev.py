#!/usr/bin/env python3
"""Make Flagstaff's environment, then run, test, check or measure it.

python3 dev.py run [--open] [--fresh] [--port N]    the demo, in one process group
python3 dev.py test [--install] [pytest arguments]  every check and every test
python3 dev.py check                                lint, format, types and contracts only
python3 dev.py bench NAME [arguments]               bench/NAME.py
python3 dev.py chaos [--quick] [--kills N]           kill a real house again and again; nothing may be lost
python3 dev.py messages                             gather what is said to readers into the catalogs of languages
python3 dev.py lock                                 recompile the pins from requirements*.in

Standard library only. It works from any folder, as root and as an ordinary user. `.venv` beside this file holds the
environment; it is made or brought up to date when Python, the place or the pins changed, and left alone otherwise.
"""

from __future__ import annotations  # an old Python must get as far as the sentence that a newer one is needed

import contextlib
import hashlib
import importlib.util
import os
import shlex
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = (
    VENV / "flagstaff.stamp"
)  # written last: a folder alone proves nothing, a failed `venv` leaves one behind
BOOT = VENV / "boot"  # uv by pip, where the machine has none
RUN_LOCK = ROOT / "requirements.lock"
TEST_LOCK = ROOT / "requirements-dev.lock"
BOOT_LOCK = ROOT / "requirements-boot.lock"
OLDEST = (3, 11)
HASHED = ["--quiet", "--require-hashes", "--only-binary", ":all:"]
TYPED = ("src", "tests", "examples", "bench")
CHECKS = {
    "lint": ["ruff", "check"],
    "format": ["ruff", "format", "--check"],
    "types": ["mypy", "dev.py", *(name for name in TYPED if any((ROOT / name).rglob("*.py")))],
    "contracts": ["lint-imports", "--no-cache"],
}


class Missing(Exception):
    """Something this machine lacks, and the line that mends it."""


def main(arguments: list[str]) -> int:
    commands = {
        "run": run,
        "test": test,
        "check": check,
        "bench": bench,
        "chaos": chaos,
        "messages": messages,
        "lock": lock,
    }
    if not arguments or arguments[0] not in commands:
        print(__doc__)
        return 0 if arguments[:1] in ([], ["-h"], ["--help"]) else 2
    try:
        with_a_python_that_will_do()
        return commands[arguments[0]](arguments[1:])
    except Missing as missing:
        print(f"\n{missing}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


# The commands


def run(arguments: list[str]) -> int:
    prepare(RUN_LOCK)
    become([PYTHON, "-P", "-m", "flagstaff", "demo", *arguments])


# Asks for the pass on PostgreSQL 15, which a single suite does not need.
BOTH_SERVERS = "FLAGSTAFF_TEST_SECOND_PASS"


def test(arguments: list[str]) -> int:
    if "--install" in arguments:
        arguments = [argument for argument in arguments if argument != "--install"]
        install_system_packages()
    say_what_will_be_skipped()
    prepare(TEST_LOCK)
    os.chdir(ROOT)
    # Files keep their collected order: the long single tests of tests/architecture must start first.
    # Three workers on two cores: a quarter of the time of each is waiting, for a database, a browser or a clock.
    spread = ["-n", "3", "--dist", "loadfile", "--no-loadscope-reorder"]
    os.environ[BOTH_SERVERS] = "1"
    # A machine that forbids byte code would compile every library anew in every process: a third of a quick run.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["PYTHONPYCACHEPREFIX"] = str(VENV / "bytecode")
    become([PYTHON, "-m", "pytest", *spread, *arguments])


def check(_: list[str]) -> int:
    prepare(TEST_LOCK)
    failed = []
    for name, command in CHECKS.items():
        with stage(name):
            done = subprocess.run([str(VENV / "bin" / command[0]), *command[1:]], cwd=ROOT, check=False)
        if done.returncode:
            failed.append(name)
    print("all checks pass" if not failed else "failed: " + ", ".join(failed))
    return 1 if failed else 0


def bench(arguments: list[str]) -> int:
    known = sorted(path.stem for path in (ROOT / "bench").glob("[!_]*.py"))
    if not arguments or arguments[0] not in known:
        print("python3 dev.py bench NAME, where NAME is one of: " + (", ".join(known) or "(none yet)"))
        return 2
    prepare(RUN_LOCK)
    os.environ["PYTHONPATH"] = str(ROOT)  # `-P`: a benchmark may bear the name of a module of Python's own
    become([PYTHON, "-P", "-m", f"bench.{arguments[0]}", *arguments[1:]])


def chaos(arguments: list[str]) -> int:
    prepare(TEST_LOCK)  # it asks what the walk of the tests asks of the database
    os.chdir(ROOT)
    os.environ["PYTHONPATH"] = str(ROOT)
    # As for the tests: a restart that compiles every library anew would measure the compiler.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["PYTHONPYCACHEPREFIX"] = str(VENV / "bytecode")
    become([PYTHON, "-P", "-m", "bench.chaos", *arguments])


def messages(_: list[str]) -> int:
    prepare(RUN_LOCK)
    become([PYTHON, "-P", "-m", "flagstaff.language.messages"])


def lock(arguments: list[str]) -> int:
    """Recompile every lock from its `.in` file; `--upgrade` takes newer versions."""
    if not PYTHON.exists():
        make_venv()
    uv = shutil.which("uv") or uv_of_our_own()
    if not uv:
        raise Missing(
            "Locks are compiled by uv, which is not here.\nMend: check the network, then call this again."
        )
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("UV_", "PIP_"))}
    order = [
        ("requirements.in", RUN_LOCK, []),
        ("requirements-dev.in", TEST_LOCK, ["-c", RUN_LOCK.name]),  # the same versions, and more
        ("requirements-boot.in", BOOT_LOCK, []),
    ]
    for source, target, more in order:
        with stage(f"lock {target.name}"):
            command = [
                uv,
                "--no-config",
                "pip",
                "compile",
                "--quiet",
                "--universal",
                "--python-version",
                "3.11",
            ]
            command += ["--generate-hashes", "--no-header", "--excludes", "requirements.exclude", source]
            command += [*more, "-o", target.name, *arguments]
            subprocess.run(command, cwd=ROOT, env=clean, check=True)
    return 0


# The environment


def prepare(wanted: Path) -> None:
    """Make `.venv` hold exactly what `wanted` pins, or return at once when it does."""
    if holds(wanted):
        return
    refuse_where_wheels_are_missing()
    if not os.access(ROOT, os.W_OK) or (VENV.exists() and not os.access(VENV, os.W_OK)):
        raise Missing(
            f"{VENV} cannot be written by this user.\nMend: clone the repository as this user, or delete {VENV}."
        )
    with one_at_a_time():
        if holds(wanted):  # another dev.py made it while this one waited
            return
        if (VENV / "bin" / "pytest").exists():  # who tests here keeps the tools when the pins to run change
            wanted = TEST_LOCK
        started = time.monotonic()
        print(f"environment: installing {wanted.name} into {VENV}", flush=True)
        if not holds(RUN_LOCK):  # where only the test pins are to be added, the environment stays
            make_venv()
        STAMP.unlink(missing_ok=True)
        install(wanted)
        name_the_package()
        fingerprints = {fingerprint(RUN_LOCK), fingerprint(wanted)}  # the test pins include the pins to run
        STAMP.write_text("\n".join(sorted(fingerprints)) + "\n")
        print(f"environment: ready in {time.monotonic() - started:.1f} s", flush=True)


def fingerprint(of: Path) -> str:
    """Name interpreter, place and pins: a venv that moved, or whose Python was upgraded, is made again."""
    seen = hashlib.sha256(repr((sys.version_info[:3], sys.base_prefix, str(ROOT))).encode())
    seen.update(of.read_bytes())
    return seen.hexdigest()


def holds(wanted: Path) -> bool:
    usable = os.access(PYTHON, os.X_OK) and os.access(STAMP, os.R_OK)  # not when it leads into another's home
    return usable and fingerprint(wanted) in STAMP.read_text().split()


def make_venv() -> None:
    base = (
        getattr(sys, "_base_executable", None) or sys.executable
    )  # never the venv's own: --clear deletes it
    uv = shutil.which("uv")
    if uv:
        call([uv, "venv", "--quiet", "--clear", "--no-project", "--python", base, VENV])
    elif has_ensurepip():
        call([base, "-m", "venv", "--clear", VENV])
    elif system_pip():
        call([base, "-m", "venv", "--clear", "--without-pip", VENV])
    else:
        raise Missing(
            "Python's own `venv` is not complete here (no ensurepip), and neither uv nor pip was found.\n"
            f"Mend: {sudo()}apt-get install -y python3-venv"
        )


def install(wanted: Path) -> None:
    """Install hashed pins with uv, which also removes what is no longer pinned; with pip where uv cannot."""
    uv = shutil.which("uv") or uv_of_our_own()
    if uv:
        if attempt([uv, "pip", "sync", *HASHED, "--python", PYTHON, wanted]):
            return
        print("environment: uv could not (above); trying pip, which may know another index", flush=True)
    if not attempt([*pip_for_the_venv(), "install", *HASHED, "--no-deps", "-r", wanted]):
        raise Missing(
            "The packages could not be installed (the reason is above).\n"
            "Mend: check the network; behind a mirror set UV_DEFAULT_INDEX and PIP_INDEX_URL to it; call this again."
        )


def uv_of_our_own() -> str | None:
    """Give a hash-pinned uv that pip puts beside the environment, or None where pip cannot."""
    uv = BOOT / "bin" / "uv"
    pinned = BOOT / BOOT_LOCK.name
    if not (uv.exists() and pinned.exists() and pinned.read_bytes() == BOOT_LOCK.read_bytes()):
        shutil.rmtree(BOOT, ignore_errors=True)
        if not attempt([*pip_for_the_venv(), "install", *HASHED, "--target", BOOT, "-r", BOOT_LOCK]):
            return None
        shutil.copy(BOOT_LOCK, pinned)
    return str(uv)


def pip_for_the_venv() -> list[str]:
    if silent([PYTHON, "-m", "pip", "--version"]):
        return [str(PYTHON), "-m", "pip"]
    if system_pip():
        return [sys.executable, "-m", "pip", "--python", str(PYTHON)]
    if silent([PYTHON, "-m", "ensurepip", "--version"]) and attempt([PYTHON, "-m", "ensurepip"]):
        return [str(PYTHON), "-m", "pip"]
    raise Missing(f"Neither uv nor pip was found.\nMend: {sudo()}apt-get install -y python3-venv")


def name_the_package() -> None:
    """Make `import flagstaff` and the command `flagstaff` mean this checkout; nothing is built or downloaded."""
    lib = next(VENV.glob("lib/python3*/site-packages"))
    (lib / "flagstaff-checkout.pth").write_text(f"{ROOT / 'src'}\n")
    command = VENV / "bin" / "flagstaff"
    command.write_text('#!/bin/sh\nexec "$(dirname "$0")/python" -P -m flagstaff "$@"\n')
    command.chmod(0o755)


@contextlib.contextmanager
def one_at_a_time() -> Iterator[None]:
    """Let two calls at once make one environment; the lock is on the folder, so that no file is left."""
    import fcntl

    folder = os.open(ROOT, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


# The machine


def with_a_python_that_will_do() -> None:
    """Go on with a newer Python from the path when this one is too old."""
    if sys.version_info[:2] >= OLDEST:
        return
    for minor in (14, 13, 12, 11):
        newer = shutil.which(f"python3.{minor}")
        if newer:
            become([newer, *sys.argv])
    raise Missing(
        f"Flagstaff needs Python 3.11 or newer; this is {sys.version.split()[0]}, and no newer one is on the path.\n"
        "Mend: install one (Debian 12 and later have it: apt-get install -y python3 python3-venv)."
    )


def refuse_where_wheels_are_missing() -> None:
    import platform

    if sys.platform == "win32":
        raise Missing("Flagstaff runs on Linux and macOS.\nMend: use it inside WSL 2 (Debian or Ubuntu).")
    if sys.platform == "linux" and platform.libc_ver()[0] != "glibc":
        raise Missing(
            "PostgreSQL and CEL have no packages for musl (Alpine).\nMend: use Debian, Ubuntu or Fedora."
        )
    if sys.platform == "darwin" and platform.machine() != "arm64":
        raise Missing(
            "`cryptography` has no package for macOS on Intel.\nMend: use a Linux machine or container."
        )


def has_ensurepip() -> bool:
    """Say whether `venv` can bring pip along; Debian without python3-venv answers with an empty namespace package."""
    return getattr(importlib.util.find_spec("ensurepip"), "origin", None) is not None


def system_pip() -> bool:
    """Say whether this interpreter's own pip can install into another environment (pip 22.3 and later)."""
    asked = subprocess.run(
        [sys.executable, "-m", "pip", "--version"], capture_output=True, text=True, check=False
    )
    words = asked.stdout.split()
    return asked.returncode == 0 and tuple(int(part) for part in words[1].split(".")[:2]) >= (22, 3)


def missing_parts() -> dict[str, tuple[str, str]]:
    """Name the Debian packages this machine lacks: what is skipped without each, and where it was looked for."""
    parts = {}
    if not shutil.which("chromium"):
        parts["chromium"] = ("tests/browser", "no `chromium` on the path")
    if not Path("/usr/lib/postgresql/15/bin/postgres").exists():
        parts["postgresql-15"] = ("the second pass on Debian's PostgreSQL 15", "no /usr/lib/postgresql/15")
    return parts


def say_what_will_be_skipped() -> None:
    missing = missing_parts()
    for what, why in missing.values():
        print(f"will be skipped: {what} ({why})", flush=True)
    if missing:
        line = f"{sudo()}apt-get install -y --no-install-recommends {' '.join(missing)}"
        print(f"mend: {line}   (or, as root: python3 dev.py test --install)", flush=True)
        if os.environ.get("CI", "").lower() not in ("", "0", "false"):
            raise Missing("CI is set, and CI skips nothing.")


def install_system_packages() -> None:
    packages = list(missing_parts())
    if not has_ensurepip() and not shutil.which("uv") and not system_pip():
        packages.append("python3-venv")
    if not packages:
        return
    install_line = [
        "apt-get",
        "install",
        "-y",
        "--no-install-recommends",
        "-o",
        "Dpkg::Options::=--force-confold",
    ]
    install_line += packages
    if not shutil.which("apt-get"):
        raise Missing(
            f"--install knows Debian's apt-get only.\nMend: install these yourself: {', '.join(packages)}"
        )
    if os.geteuid() != 0:
        raise Missing(f"--install needs root.\nMend: sudo apt-get update && sudo {' '.join(install_line)}")
    if "postgresql-15" in packages:
        start_no_server_with_the_package()
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "update"], install_line):
        with stage(" ".join(command)):
            done = subprocess.run(
                command,
                env=environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                check=False,
            )
        if done.returncode:
            raise Missing(
                f"{done.stdout}{done.stderr}\n`{' '.join(command)}` failed (above).\nMend: run it by hand."
            )


def start_no_server_with_the_package() -> None:
    """Keep Debian's package from making and starting a database server of its own on this machine."""
    setting = Path("/etc/postgresql-common/createcluster.conf")
    if not setting.exists():
        setting.parent.mkdir(parents=True, exist_ok=True)
        setting.write_text("create_main_cluster = false\n")


def sudo() -> str:
    return "" if os.geteuid() == 0 else "sudo "


# Running other programs


@contextlib.contextmanager
def stage(name: str) -> Iterator[None]:
    print(f"{name} …", flush=True)
    started = time.monotonic()
    yield
    print(f"{name}: {time.monotonic() - started:.1f} s", flush=True)


def become(command: Sequence[str | Path]) -> NoReturn:
    """Replace this process, so that signals, exit code and last line are the command's own."""
    sys.stdout.flush()
    os.execv(str(command[0]), [str(part) for part in command])


def call(command: Sequence[str | Path]) -> None:
    if not attempt(command):
        raise Missing(f"This failed (its words are above): {shlex.join(str(part) for part in command)}")


def attempt(command: Sequence[str | Path]) -> bool:
    return subprocess.run([str(part) for part in command], cwd=ROOT, check=False).returncode == 0


def silent(command: Sequence[str | Path]) -> bool:
    with contextlib.suppress(OSError):
        done = subprocess.run([str(part) for part in command], capture_output=True, check=False)
        return done.returncode == 0
    return False


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

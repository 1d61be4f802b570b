"""Make the environment of the plain endpoint: outside the product's pins, with hashes, once."""

import contextlib
import shutil
import subprocess
import sys
from pathlib import Path

from bench.measuring.result import ROOT

HOME = ROOT / "bench" / "plain_endpoint"
LOCK = HOME / "requirements.lock"
PLACE = ROOT / ".venv" / "plain-endpoint"
HASHED = ["--quiet", "--require-hashes", "--only-binary", ":all:"]


class NotHere(Exception):
    """The libraries of the plain endpoint cannot be installed; the reason is its text."""


def python_of_the_plain_endpoint() -> Path:
    """Return the interpreter of that environment, made where it is missing; raises NotHere without a network."""
    python, stamp = PLACE / "bin" / "python", PLACE / "pins"
    if python.exists() and stamp.exists() and stamp.read_bytes() == LOCK.read_bytes():
        return python
    print("plain endpoint: making its environment …", flush=True)
    shutil.rmtree(PLACE, ignore_errors=True)
    uv = shutil.which("uv") or str(ROOT / ".venv" / "boot" / "bin" / "uv")
    ways = [
        [[uv, "venv", "--quiet", "--no-project", "--python", sys.executable, PLACE],
         [uv, "pip", "install", *HASHED, "--no-deps", "--python", python, "-r", LOCK]],
        [[sys.executable, "-m", "venv", "--clear", PLACE],
         [python, "-m", "pip", "install", *HASHED, "--no-deps", "-r", LOCK]],
    ]  # fmt: skip
    said = ""
    for way in ways:
        with contextlib.suppress(OSError):
            for command in way:
                done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False)
                said = (done.stderr.strip().splitlines() or [said])[-1]
                if done.returncode:
                    break
            else:
                shutil.copy(LOCK, stamp)
                return python
    raise NotHere(said or "neither uv nor pip could install it")

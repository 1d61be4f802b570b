"""A run of the tests leaves nothing behind and stays off the network, however it ends."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.network import NetworkTouched

pytestmark = pytest.mark.once
ROOT = Path(__file__).parents[2]
PLANTED = """
import asyncio
async def test_planted(database, run_folder):
    print("folder", run_folder, flush=True)
    {}
"""
# What a shell starts behind `&` would not hear Ctrl-C, and neither would what that starts.
HEARS_INTERRUPTS = """
import signal, sys, pytest
signal.signal(signal.SIGINT, signal.default_int_handler)
sys.exit(pytest.main(sys.argv[1:]))
"""


def run(tmp_path: Path, line: str) -> "subprocess.Popen[str]":
    path = tmp_path / "test_planted.py"
    path.write_text(PLANTED.format(line))
    words = [
        sys.executable,
        "-c",
        HEARS_INTERRUPTS,
        "-p",
        "tests.conftest",
        "-q",
        "-s",
        "-p",
        "no:cacheprovider",
    ]
    config = ["-c", str(ROOT / "pyproject.toml"), "--rootdir", str(ROOT), str(path)]
    env = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "COV_"))}
    return subprocess.Popen(
        [*words, *config],
        cwd=ROOT,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def folder_of(process: "subprocess.Popen[str]") -> Path:
    assert process.stdout is not None
    seen = []
    for line in process.stdout:
        seen.append(line)
        if "folder " in line:
            return Path(line.partition("folder ")[2].strip())
    pytest.fail("".join(seen))


def servers_on(folder: Path) -> list[int]:
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if os.fsencode(folder) in path.read_bytes():
                found.append(int(path.parent.name))
        except OSError:
            continue
    return found


def wait_until_nothing_runs_on(folder: Path) -> None:
    deadline = time.monotonic() + 15
    while servers_on(folder):
        assert time.monotonic() < deadline, f"still running: {servers_on(folder)}"
        time.sleep(0.05)


@pytest.mark.parametrize(("line", "code"), [("assert True", 0), ("assert False", 1)])
def test_a_run_that_passes_or_fails_leaves_nothing(tmp_path: Path, line: str, code: int) -> None:
    with run(tmp_path, line) as process:
        folder = folder_of(process)
        process.communicate()
    assert process.returncode == code
    assert servers_on(folder) == []
    assert not folder.exists()


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL], ids=lambda how: how.name)
def test_a_run_that_is_stopped_leaves_no_server(tmp_path: Path, how: signal.Signals) -> None:
    with run(tmp_path, "await asyncio.sleep(60)") as process:
        folder = folder_of(process)
        assert servers_on(folder) != []
        process.send_signal(how)
        process.communicate()
    assert process.returncode in {pytest.ExitCode.INTERRUPTED, -signal.SIGKILL}
    wait_until_nothing_runs_on(folder)
    if folder.exists():  # killed: the next run sweeps it away
        with run(tmp_path, "assert True") as process:
            process.communicate()
    assert not folder.exists()


def test_other_machines_cannot_be_reached() -> None:
    with pytest.raises(NetworkTouched, match=r"192\.0\.2\.1"):
        socket.create_connection(("192.0.2.1", 80), timeout=1)
    with pytest.raises(NetworkTouched, match="example"):
        socket.getaddrinfo("example.org", 443)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line, pytest.raises(NetworkTouched):
        line.sendto(b"", ("192.0.2.1", 53))


def test_this_machine_can() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()):
        pass
    assert socket.getaddrinfo("localhost", 80)

"""A terminal in which a page's examples are typed one after the other, in a house of its own under a temporary home.

Three things differ from a reader's: `flagstaff serve` and `flagstaff database` go on in the background, as in another
terminal; `curl` fails where the house refuses; ports and folders are the test's own.
"""

import os
import re
import signal
import socket
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Mapping
from pathlib import Path

import msgspec

from tests.architecture.tree import ROOT

_PRELUDE = r"""
set -euo pipefail
others=()
flagstaff() {
  case "${1-}" in
    serve|database)
      local log
      log=$(mktemp "$PWD/log.XXXX")
      command flagstaff "$@" > "$log" 2>&1 &
      others+=($!)
      for _ in $(seq 1200); do
        grep -q "listens at\|runs on\|Jobs run" "$log" && return 0
        kill -0 $! 2> /dev/null || { cat "$log"; return 1; }
        sleep 0.1
      done
      echo "it did not begin in two minutes"; cat "$log"; return 1 ;;
    *) command flagstaff "$@" ;;
  esac
}
curl() { command curl --fail-with-body --silent --show-error "$@"; echo; }
stop_others() {
  for one in "${others[@]+"${others[@]}"}"; do kill "$one" 2> /dev/null || true; done
  for one in "${others[@]+"${others[@]}"}"; do wait "$one" || true; done
  others=()
}
trap stop_others EXIT
"""
_FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class Example(msgspec.Struct, frozen=True):
    """One fenced block: its page, its language, its place among the page's blocks of that language."""

    page: str
    language: str
    number: int
    text: str

    @property
    def name(self) -> str:
        return f"{self.page} {self.language} {self.number}"


def examples_of(path: Path) -> list[Example]:
    """List a page's examples in the languages that a reader could run."""
    page, counted, found = str(path.relative_to(ROOT)), {"sh": 0, "python": 0, "sql": 0}, []
    for language, text in _FENCE.findall(path.read_text(encoding="utf-8")):
        if language in counted:
            counted[language] += 1
            found.append(Example(page, language, counted[language], text))
    return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def type_in(script: str, base: Path, replacing: Mapping[str, str], patience: float = 240) -> str:
    """Run a script in a folder and home of its own and return what it printed; fails with all of it."""
    # Short names: a path to a socket has 107 characters.
    folder = Path(tempfile.mkdtemp(prefix="d", dir=base))
    port = free_port()
    for said, meant in {
        "127.0.0.1:8000": f"127.0.0.1:{port}",
        "/tmp/for-": f"{folder}/for-",
        **replacing,
    }.items():
        script = script.replace(said, meant)
    own = {name: value for name, value in os.environ.items() if not name.startswith(("FLAGSTAFF_", "PG"))}
    own |= {
        "PATH": f"{sysconfig.get_path('scripts')}:{Path(sys.executable).parent}:{own.get('PATH', '')}",
        "HOME": str(folder),
        "FLAGSTAFF_HOME": str(folder / "h"),
        "FLAGSTAFF_PORT": str(port),
    }
    (folder / "h").mkdir()
    typed = subprocess.Popen(
        ["bash", "-c", _PRELUDE + script],
        cwd=folder,
        env=own,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        said, _ = typed.communicate(timeout=patience)
    except subprocess.TimeoutExpired:
        os.killpg(typed.pid, signal.SIGKILL)
        said, _ = typed.communicate()
        raise AssertionError(f"the examples did not end:\n{said}") from None
    logs = "".join(path.read_text() for path in sorted(folder.glob("log.*")))
    assert typed.returncode == 0, f"an example failed:\n{said}\n{logs}"
    return said

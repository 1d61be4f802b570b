"""The oldest PostgreSQL we promise carries the house too.

This file stands first, so that the long second pass starts first and the other worker does everything else meanwhile.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT

SERVER = Path("/usr/lib/postgresql/15/bin/postgres")
LEANING = (
    "appeals", "decide_case", "dives", "erase_person", "import_file", "lock_order", "menu_figures",
    "publish_and_deliver", "receive_flags", "version_effect",
)  # fmt: skip
"""Flows that lean on the server: on locks, on order, on its clock and zones, on what it counts. The others speak
statements of the same kind, every one of which storage prepares on both servers."""
SUITES = ["tests/storage", "tests/migrations", *(f"tests/flows/test_{one}.py" for one in LEANING)]
in_ci = os.environ.get("CI", "").lower() not in {"", "0", "false"}


@pytest.mark.skipif("FLAGSTAFF_TEST_POSTGRES" in os.environ, reason="this is the second pass already")
@pytest.mark.skipif(
    "FLAGSTAFF_TEST_SECOND_PASS" not in os.environ, reason="`python3 dev.py test` asks for it"
)
@pytest.mark.skipif(
    not SERVER.exists() and not in_ci, reason="no postgresql-15: python3 dev.py test --install"
)
def test_what_leans_on_the_server_keeps_its_promises_on_postgresql_15() -> None:
    assert SERVER.exists(), "CI skips nothing: apt-get install -y --no-install-recommends postgresql-15"
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            "-p",
            "no:xdist",
            "-m",
            "not once",
            *SUITES,
        ],
        cwd=ROOT,
        env={**clean, "FLAGSTAFF_TEST_POSTGRES": "15"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"on PostgreSQL 15:\n{done.stdout[-20_000:]}\n{done.stderr[-4_000:]}"

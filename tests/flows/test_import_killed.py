"""An import that is killed goes on where it was, in a real house, and comes to the same sums."""

import json
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.terminal import type_in

pytestmark = pytest.mark.once

ROWS = 12_000
_SCRIPT = """
flagstaff database
flagstaff platform add shop > /dev/null
cp FOLDER/old.jsonl FOLDER/old.toml .
go() { env flagstaff import old.jsonl --mapping old.toml; }
killed() {  # as soon as the file of rejects is longer than it was
  local before now
  before=$(stat -c %s old.rejects.jsonl 2> /dev/null || echo 0)
  env flagstaff import old.jsonl --mapping old.toml > said 2>&1 & local one=$!  # not go: its shell would be killed
  for _ in $(seq 600); do
    now=$(stat -c %s old.rejects.jsonl 2> /dev/null || echo 0)
    if [ "$now" -gt "$before" ]; then kill -9 $one; break; fi
    kill -0 $one || { cat said; return 1; }
    sleep 0.02
  done
  wait $one || echo "killed with $?"
}
killed
killed
killed
go || test $? = 3
wc -l < old.rejects.jsonl
stat -c %a old.rejects.jsonl
mv old.rejects.jsonl bad.jsonl; rm old.rejects.reasons.csv
go || test $? = 3
"""


@pytest.fixture
def base(run_folder: Path) -> Iterator[Path]:
    """Give a folder with a short name; what is in it goes at the end."""
    run_folder.mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="k", dir=run_folder))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def test_a_kill_costs_a_batch_and_doubles_nothing(base: Path) -> None:
    """Three times kill −9 at moments of their own; every row is accounted for, rejects stand there once."""
    with (base / "old.jsonl").open("w") as file:
        for n in range(ROWS):
            at = "soon" if n % 100 == 50 else "2024-05-01T10:00:00Z"
            file.write(json.dumps({"id": n, "who": f"r-{n}", "what": f"m-{n % 9000}", "at": at}) + "\n")
    (base / "old.toml").write_text(
        'rows = "flags"\nplatform = "shop"\n'
        'columns = {id = "id", reporter = "who", subject = "what", at = "at"}\n'
        'constants = {kind = "private_message", option = "something_else", details = "weird"}\n'
    )
    said = type_in(_SCRIPT.replace("FOLDER", str(base)), base, {})
    assert said.count("killed with 137") == 3
    assert "It went on at line" in said
    sums = [line.split()[1:] for line in said.splitlines() if line.startswith("all ")]
    bad = ROWS // 100
    assert sums == [
        [f"{ROWS:,}", f"{ROWS - bad:,}", "0", str(bad)],
        [f"{ROWS:,}", "0", f"{ROWS - bad:,}", str(bad)],
    ]
    assert f"\n{bad}\n600\n" in said

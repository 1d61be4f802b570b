"""Let machines try keys, tokens, forms and the whole contract for longer than a run of the tests does, and count.

    python3 dev.py bench bad_input --times 10 --seed 7

`--times` multiplies what every run of the tests tries (tests/doors/test_machine_*), another `--seed` varies it.
It needs the tools of the tests: `python3 dev.py check` installs them.
"""

import argparse
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from bench.measuring.result import ROOT, Goal, Result, keep, made

TRIED = {
    "contract": "the API by its own document, as every role",
    "forgeries": "forged tokens, tickets, keys and codes",
    "sessions": "forged sessions, form tokens, links and signatures",
    "forms": "forms of the console, bodies of the API",
}


PROVEN = (
    "Every address of the document answered 2xx at least once.",
    "The same tests find planted faults: a 500, an undeclared status, a field too many, a blind door.",
)
"""What a run without a finding has shown besides."""


def main() -> int:
    """Run the three files of tests, one after the other; 1 where one of them found something."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=10, help="how much more than in a run of the tests")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", choices=sorted(TRIED), action="append")
    chosen = parser.parse_args()
    if importlib.util.find_spec("schemathesis") is None:
        print("the tools of the tests are missing; mend: python3 dev.py check", file=sys.stderr)
        return 2
    names = chosen.only or list(TRIED)
    with tempfile.TemporaryDirectory() as folder:
        took = {name: run(name, chosen.times, chosen.seed, Path(folder)) for name in names}
        sent = {name: counts(Path(folder) / f"{name}.json") for name in names}
    failed = [name for name, (code, _) in took.items() if code]
    rows: list[list[str | int]] = []
    for name in names:
        rows += [[TRIED[name], role, times] for role, times in sorted(sent[name].items())]
    for row in rows:
        print(f"{row[0]:<44} {row[1]:<26} {row[2]:>8}")
    total = sum(sum(by_role.values()) for by_role in sent.values())
    print(
        f"{total} requests, {len(failed)} of {len(names)} files found something: {', '.join(failed) or 'none'}"
    )
    if names == list(TRIED):
        keep(
            "bad-input",
            told(chosen.times, chosen.seed, rows, total, failed, sum(s for _, s in took.values())),
        )
    return 1 if failed else 0


def run(name: str, times: int, seed: int, folder: Path) -> tuple[int, float]:
    """Run one file of tests; return its exit code and how many seconds it took."""
    began = time.monotonic()
    environment = os.environ | {
        "FLAGSTAFF_TEST_MACHINE_TIMES": str(times),
        "FLAGSTAFF_TEST_MACHINE_SEED": str(seed),
        "FLAGSTAFF_TEST_MACHINE_COUNTS": str(folder),
    }
    command = [sys.executable, "-m", "pytest", f"tests/doors/test_machine_{name}.py", "-q", "--tb=short"]
    done = subprocess.run(command, cwd=ROOT, env=environment, check=False)
    return done.returncode, time.monotonic() - began


def counts(file: Path) -> dict[str, int]:
    """Return what was sent, by role; nothing where the run did not get that far."""
    found: Mapping[str, int] = json.loads(file.read_text()) if file.exists() else {}
    return dict(found)


def told(
    times: int, seed: int, rows: list[list[str | int]], total: int, failed: list[str], seconds: float
) -> Result:
    """Return the table for the page."""
    found = ", ".join(failed) or "nothing"
    return Result(
        title="What machines send that no person would",
        command=f"python3 dev.py bench bad_input --times {times} --seed {seed}",
        made=made(),
        what=(
            "Schemathesis walks the API by the document that it serves, in many orders and as every role. Hypothesis "
            "forges tokens, tickets, keys and codes, and fills in forms with what nobody would type. All of it goes to "
            "the real doors on a real PostgreSQL. Whatever is answered has to be declared, of the declared shape and "
            "below 500; what is refused must leave no row behind."
        ),
        columns=["what is tried", "who sends", "requests"],
        rows=rows,
        notes=[f"{total} requests in {seconds:.0f} seconds.", *([] if failed else PROVEN)],
        goals=[
            Goal(
                goal="no 5xx, no answer beside the document, no forgery believed",
                measured=f"found: {found}",
                met=not failed,
                reason="see the output of the command" if failed else "",
            )
        ],
    )


if __name__ == "__main__":
    raise SystemExit(main())

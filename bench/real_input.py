"""Import data that nobody here shaped: 5,574 real messages, two files of comments, and a file of a million rows.

`python3 dev.py bench real_input --data FOLDER` (or FLAGSTAFF_SHARED) reads what is not part of the repository; without
it that part is skipped, and says so. Every row is accounted for: read = taken + already there + rejected.
"""

import argparse
import asyncio
import csv
import itertools
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from bench.measuring.processes import Meter, postmaster_of
from bench.measuring.result import Result, keep, made
from flagstaff.app import Part, open_house
from flagstaff.kernel.settings import load
from flagstaff.store.roles import Role

FLAGSTAFF = Path(sys.executable).parent / "flagstaff"
PLATFORM = "shop"
_SUMS = re.compile(r"^all +([\d,]+) +([\d,]+) +([\d,]+) +([\d,]+)$", re.MULTILINE)
_EXPECTED = frozenset({0, 3})

COUNTS: Mapping[str, str] = {
    "snapshots of messages": "select count(*) from subjects.snapshot n join subjects.subject s on s.key = n.subject"
    " where s.kind = 'private_message' and s.outside_id like 'sms-%'",
    "open cases of them": "select count(*) from cases.case c join subjects.subject s on s.key = c.subject"
    " where c.state = 'open' and c.origin = 'import' and s.outside_id like 'sms-%'",
    "flags under Other": "select count(*) from flags.flag where legacy and option like '%.something_else'",
    "words sealed": "select count(*) from vault.words",
    "notices made": "select count(*) from delivery.notice",
    "things to send": "select count(*) from delivery.outbox where kind not like '%.published'",
}


class Came(NamedTuple):
    """What one import came to: rows, seconds, CPU of the command and of PostgreSQL, peak memory in MB."""

    what: str
    read: int
    taken: int
    there: int
    rejected: int
    seconds: float
    app: float
    database: float
    megabytes: float

    def row(self) -> list[str | float | int]:
        """Return it as a line of the table."""
        rate, micro = self.read / self.seconds, 1e6 / max(1, self.read)
        return [
            self.what, self.read, self.taken, self.there, self.rejected, round(self.seconds, 1), round(rate),
            round(self.app * micro), round(self.database * micro), round(self.megabytes),
        ]  # fmt: skip


class Bench:
    """One fresh house, and the files that are made for it."""

    def __init__(self, folder: Path, meter: Meter) -> None:
        """Work in `folder`; the house's database runs there already."""
        self.folder, self._meter = folder, meter
        self.came: list[Came] = []

    def run(self, what: str, file: Path, mapping: str, *more: str, expect: int | None = None) -> Came:
        """Import one file in a process of its own and note what it came to; raises where the sums do not add up."""
        plan = self.folder / f"{file.stem}-{len(self.came)}.toml"
        plan.write_text(f'platform = "{PLATFORM}"\n{mapping}')
        before, began = self._meter.read(), time.monotonic()
        command = [
            FLAGSTAFF,
            "import",
            file,
            "--mapping",
            plan,
            "--rejects",
            self.folder / f"{plan.stem}.rejects",
            *more,
        ]
        typed = subprocess.Popen(
            [*map(str, command)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        said = typed.stdout.read() if typed.stdout else ""
        _, status, used = os.wait4(typed.pid, 0)
        typed.returncode = os.waitstatus_to_exitcode(status)
        found = _SUMS.search(said)
        if typed.returncode not in _EXPECTED or found is None:
            sys.exit(f"{what}: the import ended with {typed.returncode}\n{said}")
        read, taken, there, rejected = (int(one.replace(",", "")) for one in found.groups())
        if read != taken + there + rejected or (expect is not None and read != expect):
            sys.exit(f"{what}: rows are missing; {expect} stood in the file\n{said}")
        came = Came(
            what, read, taken, there, rejected, time.monotonic() - began, used.ru_utime + used.ru_stime,
            self._meter.read().since(before).database, used.ru_maxrss / 1024,
        )  # fmt: skip
        self.came.append(came)
        print(*came.row(), sep="\t", flush=True)
        return came


# ---------------------------------------------------------------- the files
MESSAGES = """rows = "subjects"
columns = { subject = "id", words = "text", author = "sender", posted_at = "at" }
constants = { kind = "private_message", audience = "1" }
"""
REPORTS = """rows = "flags"
times = "unix"
columns = { id = "report", reporter = "by", subject = "message", at = "at" }
constants = { kind = "private_message", option = "scam", state = "open" }
"""
FLAGS = """rows = "flags"
source = "made up"
columns = { id = "id", reporter = "who", subject = "what", details = "said" }
constants = { kind = "job_post", option = "something_else", at = "2026-01-15T12:00:00Z", outcome = "acted" }
"""


def comments(name: str) -> str:
    """Return the mapping of a file of comments: its own ids name the subjects, and a reporter each."""
    return f"""rows = "flags"
source = "{name}"
columns = {{ id = "id", kind = "subject_type", subject = "id", reporter = "id", details = "comment" }}
constants = {{ option = "something_else", at = "2026-01-15T12:00:00Z", outcome = "acted" }}
prefix = {{ subject = "{name}-", reporter = "{name}-" }}
"""


def messages(source: Path) -> list[tuple[str, str]]:
    """Return label and text of each message; the copy from npm begins with a line of column names."""
    lines = source.read_text(encoding="utf-8").split("\n")
    rows = [(label, text) for line in lines if line for label, _, text in [line.partition("\t")]]
    return [row for row in rows if row[0] in {"ham", "spam"}]


def real(bench: Bench, data: Path) -> None:
    """Import the messages as private messages, the spam among them as flags, and the comments under Other."""
    found = messages(data / "detectors" / "SMSSpamCollection")
    sms, spam = bench.folder / "sms.csv", bench.folder / "spam.jsonl"
    with sms.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["id", "text", "sender", "at"])
        for n, (_, text) in enumerate(found, 1):
            rows.writerow([f"sms-{n:05}", text, f"sender-{n * 7919 % 1201}", _moment(n)])
    with spam.open("w", encoding="utf-8") as file:
        for n, (label, _) in enumerate(found, 1):
            if label == "spam":
                row = {
                    "report": n,
                    "by": f"recipient-{n * 104729 % 2003}",
                    "message": f"sms-{n:05}",
                    "at": 1_700_000_000 + n * 600,
                }
                file.write(json.dumps(row) + "\n")
    flagged = sum(label == "spam" for label, _ in found)
    bench.run("messages", sms, MESSAGES, expect=len(found))
    bench.run("flags on the spam among them", spam, REPORTS, expect=flagged)
    for name in ("else-comments", "else-comments-natural"):
        words = data / name / "comments.csv"
        with words.open(newline="", encoding="utf-8") as opened:
            expect = sum(1 for _ in csv.reader(opened)) - 1
        bench.run(f"comments: {name}", words, comments(name), expect=expect)
    bench.run("the messages once more", sms, MESSAGES, expect=len(found))


def _moment(n: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(1_690_000_000 + n * 600))


def made_up(rows: int) -> Iterator[list[str]]:
    """Yield rows like a large export's: every hundredth is wrong."""
    for n in range(rows):
        at = "soon" if n % 100 == 99 else _moment(n % 100_000)
        yield [
            f"made-{n}",
            f"Message {n}: the invoice is attached, please pay outside by tomorrow.",
            f"sender-{n % 50_021}",
            at,
        ]


def large(bench: Bench, rows: int) -> None:
    """Import files of a hundredth and of all the rows: memory must not grow with them."""
    for count in (rows // 100, rows):
        file = bench.folder / f"made-{count}.csv"
        with file.open("w", newline="", encoding="utf-8") as opened:
            out = csv.writer(opened)
            out.writerow(["id", "text", "sender", "at"])
            out.writerows(itertools.islice(made_up(rows), rows - count, rows))
        bench.run(f"{count:,} made-up messages, checked", file, MESSAGES, "--check", expect=count)
        bench.run(f"{count:,} made-up messages", file, MESSAGES, expect=count)
        file.unlink()


def flagged(bench: Bench, rows: int) -> None:
    """Import closed flags with words: persons, words and links are sealed and kept as well."""
    file = bench.folder / "made-flags.jsonl"
    with file.open("w", encoding="utf-8") as opened:
        for n in range(rows):
            words = f"Asked me to pay outside, and then a second time ({n})."
            row = {"id": n, "who": f"reporter-{n % 30_011}", "what": f"seen-{n % 70_001}", "said": words}
            opened.write(json.dumps(row) + "\n")
    bench.run(f"{rows:,} made-up flags with words", file, FLAGS, expect=rows)
    file.unlink()


async def counted() -> dict[str, int]:
    """Count in the database what came of it."""
    async with (
        open_house(load(os.environ, None), (Part.CONSOLE,), frozenset({Role.OWNER})) as house,
        house.database.reading(Role.OWNER) as connection,
    ):
        return {name: await connection.fetchval(sql) for name, sql in COUNTS.items()}


# ---------------------------------------------------------------- one run
def main() -> None:
    """Run it in a fresh house that goes at the end."""
    given = argparse.ArgumentParser(prog="python3 dev.py bench real_input", description=__doc__)
    given.add_argument(
        "--data", type=Path, default=os.environ.get("FLAGSTAFF_SHARED"), help="the folder with the data"
    )
    given.add_argument("--rows", type=int, default=1_000_000, help="of the made-up file; 0 for none")
    given.add_argument("--keep", action="store_true", help="write bench/results/import-real-input.json")
    wanted = given.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="real-input-"))
    os.environ["FLAGSTAFF_HOME"] = str(folder / "home")
    (folder / "home").mkdir()
    keeper = subprocess.Popen([str(FLAGSTAFF), "database"], stdout=subprocess.PIPE, text=True)
    try:
        if keeper.stdout is None or "runs on" not in keeper.stdout.readline():
            sys.exit("the database did not start")
        subprocess.run([str(FLAGSTAFF), "platform", "add", PLATFORM], check=True, stdout=subprocess.DEVNULL)
        _run(Bench(folder, Meter(keeper.pid, postmaster_of(folder / "home"))), wanted)
    finally:
        keeper.send_signal(signal.SIGTERM)
        keeper.wait()
        shutil.rmtree(folder)


def _run(bench: Bench, wanted: argparse.Namespace) -> None:
    print(*COLUMNS, sep="\t", flush=True)
    notes = []
    if wanted.data is None or not (wanted.data / "detectors" / "SMSSpamCollection").exists():
        print(
            "SKIPPED: the messages and comments are not part of the repository; name their folder with --data"
        )
        notes.append("The messages and comments were not there: skipped.")
    else:
        real(bench, wanted.data)
        notes += [f"{name}: {count:,}" for name, count in asyncio.run(counted()).items()]
    if wanted.rows:
        flagged(bench, wanted.rows // 10)
        large(bench, wanted.rows)
    for note in notes:
        print(note)
    if wanted.keep:
        keep("import-real-input", _result(bench, notes))


COLUMNS = [
    "file", "read", "taken", "already there", "rejected", "s", "rows/s", "CPU µs/row, import", "CPU µs/row, PostgreSQL",
    "peak MB",
]  # fmt: skip


def _result(bench: Bench, notes: list[str]) -> Result:
    what = (
        "Data that nobody here shaped comes in through `flagstaff import` into a fresh house: 5,574 real text messages"
        " (UCI SMS Spam Collection) as private messages, the 747 spam ones flagged by simulated recipients, two files"
        " of comments as flags under Other, and a made-up file in which every hundredth row is wrong. Each line is a"
        " process of its own; in each, read = taken + already there + rejected."
    )
    return Result(
        title="Importing real input",
        command="python3 dev.py bench real_input --data FOLDER --keep",
        made=made(),
        what=what,
        columns=COLUMNS,
        rows=[came.row() for came in bench.came],
        notes=[
            *notes,
            "The start of the command (about a second of CPU) is in every line; the machine was shared while it ran.",
            "The larger made-up file holds the rows of the smaller one: those were there already.",
            "The peak is the import's own memory, whatever the length of the file.",
        ],
    )


if __name__ == "__main__":
    main()

"""The command that brings history in, and what it prints meanwhile."""

import contextlib
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

import click
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from flagstaff.cli.loop import run_loop
from flagstaff.flows.import_file import Reached, Summary, Wanted, import_file
from flagstaff.kernel.settings import Settings

SOME_REJECTED: Final = 3
_SHOWN: Final = 20
_EVERY: Final = 5.0

Tell = Callable[[Reached], None]


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--mapping", required=True, type=click.Path(path_type=Path), help="A TOML file: which column is what."
)
@click.option("--rejects", type=click.Path(path_type=Path), help="Where bad rows go; beside FILE by default.")
@click.option("--check", is_flag=True, help="Read everything and write nothing.")
@click.pass_obj
def import_(settings: Settings, file: Path, mapping: Path, rejects: Path | None, *, check: bool) -> None:
    """Bring in history from before: the subjects, persons, flags or decisions in FILE.

    The same call goes on where one was cut off. Exit code 3: some rows were turned down.
    """
    from flagstaff.app import Part, open_house
    from flagstaff.store.roles import Role

    found: list[Summary] = []

    async def run() -> None:
        # Part.API holds no private key: what comes in is sealed here and cannot be opened here.
        async with open_house(settings, (Part.API,), frozenset({Role.IMPORTER})) as house:
            with _watched(file) as tell:
                found.append(await import_file(house, Wanted(file, mapping, rejects, check), tell))

    run_loop(run)
    (summary,) = found
    _print(summary, check=check)
    if summary.total[2]:
        sys.exit(SOME_REJECTED)


@contextlib.contextmanager
def _watched(file: Path) -> Iterator[Tell]:
    """Show a bar on a terminal, else a line now and then; the first bad rows either way, without what they hold."""
    if not sys.stdout.isatty():
        yield _Lines().tell
        return
    bar = Progress(
        TextColumn(file.name, markup=False),
        BarColumn(),
        DownloadColumn(),
        TextColumn("{task.fields[rows]:,} rows"),
        TimeRemainingColumn(),
        console=Console(),
    )
    faults = _Faults(lambda line: bar.console.print(line, markup=False, highlight=False))
    with bar:
        task = bar.add_task("", total=None, rows=0)

        def tell(told: Reached) -> None:
            bar.update(task, total=told.size, completed=told.reached, rows=told.rows)
            faults.show(told)

        yield tell


class _Faults:
    """Print the first bad rows; the file of reasons holds all."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say, self._left = say, _SHOWN

    def show(self, told: Reached) -> None:
        for line, fault in told.down[: self._left]:
            where = f"line {line}" + (f", {fault.column}" if fault.column else "")
            self._say(f"{where}: {fault.what} → {fault.mend}")
        if self._left and len(told.down) > self._left:
            self._say("… and more; the file of reasons holds all of them")
        self._left = max(0, self._left - len(told.down))


class _Lines:
    """Tell how far it came where nobody watches."""

    def __init__(self) -> None:
        self._said = time.monotonic()
        self._faults = _Faults(click.echo)

    def tell(self, told: Reached) -> None:
        self._faults.show(told)
        if time.monotonic() - self._said >= _EVERY:
            self._said = time.monotonic()
            click.echo(f"{told.reached / max(1, told.size):.0%}, {told.rows:,} rows")


def _print(summary: Summary, *, check: bool) -> None:
    if summary.resumed_at is not None:
        click.echo(
            f"It went on at line {summary.resumed_at}, where it was cut off; the sums are of the whole file."
        )
    taken = "would be taken" if check else "taken"
    click.echo(f"{'':<24}{'read':>10}{taken:>16}{'already there':>16}{'rejected':>10}")
    for kind, sums in [*sorted(summary.sums.items()), ("all", summary.total)]:
        click.echo(f"{kind:<24}{sum(sums):>10,}{sums[0]:>16,}{sums[1]:>16,}{sums[2]:>10,}")
    _print_strange(summary.strange, taken)
    if summary.rejects is not None:
        click.echo(f"Rejected rows, as they stand: {summary.rejects}")
        click.echo(f"Why each was rejected: {summary.reasons}")
        click.echo(
            "Only this account can read the two (mode 0600): the first holds in the clear what people wrote, and who"
            " reported whom. Mend it, import it with the same mapping, and delete it."
        )


def _print_strange(strange: Mapping[str, int], taken: str) -> None:
    if strange:
        named = ", ".join(f"{option} ({count:,})" for option, count in list(strange.items())[:10])
        click.echo(f"Options that no menu here ever had, {taken} under their old names: {named}")
        if len(strange) > 10:
            click.echo(f"… and {len(strange) - 10} more")

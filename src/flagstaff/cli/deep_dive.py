"""Commands for deep dives: ask for one and watch it, list them, print a table, end one."""

import asyncio
import contextlib
import sys
from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from flagstaff.cli.in_house import account_of, in_house
from flagstaff.flows.ask_dive import ask_dive, cancel_dive, count_again
from flagstaff.flows.check_dive import Checked, Verdict, check_dive
from flagstaff.flows.export_dive import export_dive
from flagstaff.flows.house import House
from flagstaff.flows.run_dive import Diver
from flagstaff.flows.show_dive import list_dives, show_dive
from flagstaff.flows.watch_themes import begin_watch, end_watch
from flagstaff.insight.dive import Selection
from flagstaff.insight.dives import OVER, Dive, DiveState, Listed
from flagstaff.kernel.errors import FlagstaffError
from flagstaff.kernel.settings import Settings
from flagstaff.staff.model import Account
from flagstaff.vocabulary.references import Platform

_LOOKS: Final = 0.5
_THREE_MONTHS: Final = timedelta(days=92)
_DAY: Final = click.DateTime(["%Y-%m-%d"])
_AS: Final = click.option(
    "--as", "login", required=True, help="The login of whoever asks: the log names them."
)

_EXITS: Final = {Verdict.GONE: 3, Verdict.DIFFERS: 4}

Tell = Callable[[Dive], None]


class WithoutTable(FlagstaffError):
    """A deep dive was cancelled, or there was too little to read."""

    slug = "without-table"
    title = "The deep dive ended without a table"


@click.group("deep-dive")
def deep_dive() -> None:
    """Read comments under Other, and size their themes."""


@deep_dive.command("ask")
@click.argument("platform")
@_AS
@click.option(
    "--kind",
    "kinds",
    multiple=True,
    help="A kind of subject, such as job_post; several times; all without it.",
)
@click.option("--first", type=_DAY, help="The first day; without it three months before the last.")
@click.option("--last", type=_DAY, help="The last day; today without it.")
@click.option("--language", default="", help="Comments of one language alone, such as es.")
@click.option("--model-too", is_flag=True, help="Let the model that the operator set code too: words leave.")
@click.pass_obj
def deep_dive_ask(
    settings: Settings,
    platform: str,
    login: str,
    kinds: tuple[str, ...],
    first: datetime | None,
    last: datetime | None,
    language: str,
    *,
    model_too: bool,
) -> None:
    """Ask for a deep dive into comments of PLATFORM, and watch it until it is over.

    Ctrl-C ends the watching: the run goes on where the house is served, and waits where it is not.
    """

    async def ask(house: House) -> None:
        by = await account_of(house, login)
        until = last.date() if last else house.now.astimezone(UTC).date()
        since = first.date() if first else until - _THREE_MONTHS
        asked = Selection(platform=platform, kinds=kinds, first=since, last=until, language=language)
        await _watch(house, by, await ask_dive(house, by, asked, model_too=model_too))

    _in_house(settings, ask)


@deep_dive.command("again")
@click.argument("number")
@_AS
@click.pass_obj
def deep_dive_again(settings: Settings, number: str, login: str) -> None:
    """Count the comments of deep dive NUMBER again, with codebook and labels as they stand now."""

    async def again(house: House) -> None:
        by = await account_of(house, login)
        await _watch(house, by, await count_again(house, by, number))

    _in_house(settings, again)


@deep_dive.command("list")
@click.argument("platform")
@_AS
@click.pass_obj
def deep_dive_list(settings: Settings, platform: str, login: str) -> None:
    """List the deep dives of PLATFORM, the newest first."""

    async def show(house: House) -> None:
        for line in lines_of(
            platform, await list_dives(house, await account_of(house, login), Platform(platform))
        ):
            click.echo(line)

    in_house(settings, show)


@deep_dive.command("show")
@click.argument("number")
@_AS
@click.option("--markdown", "form", flag_value="md", default=True, help="A page; without an option.")
@click.option("--csv", "form", flag_value="csv", help="One line per theme.")
@click.option("--json", "form", flag_value="json", help="Everything that may leave, for notebooks.")
@click.pass_obj
def deep_dive_show(settings: Settings, number: str, login: str, form: str) -> None:
    """Print the table of deep dive NUMBER: no comment, no working title, nothing about fewer than five persons."""

    async def show(house: House) -> None:
        by = await account_of(house, login)
        dive = await show_dive(house, by, number)
        if dive.state is DiveState.READY:
            click.echo(await export_dive(house, by, number, form), nl=False)
        else:
            click.echo(_end(dive))

    in_house(settings, show)


@deep_dive.command("cancel")
@click.argument("number")
@_AS
@click.pass_obj
def deep_dive_cancel(settings: Settings, number: str, login: str) -> None:
    """End deep dive NUMBER before it is over; nothing of it is kept."""

    async def cancel(house: House) -> None:
        await cancel_dive(house, await account_of(house, login), number)
        click.echo("It is cancelled.")

    in_house(settings, cancel)


@deep_dive.command("check")
@click.argument("number")
@_AS
@click.pass_obj
def deep_dive_check(settings: Settings, number: str, login: str) -> None:
    """Make deep dive NUMBER again from what is kept, and compare it with what was stored.

    Exit code 0: the same to the byte; 3: comments were erased since, so that it cannot be; 4: it differs.
    """
    found: list[Checked] = []

    async def check(house: House) -> None:
        with _stages() as tell:
            found.append(await check_dive(house, await account_of(house, login), number, tell))

    _in_house(settings, check)
    (checked,) = found
    for line in told_of(checked):
        click.echo(line)
    if checked.verdict is not Verdict.SAME:
        raise SystemExit(_EXITS[checked.verdict])


@deep_dive.command("watch")
@click.argument("platform")
@_AS
@click.option("--kind", "kinds", multiple=True, help="A kind of subject; several times; all without it.")
@click.option("--end", "ends", is_flag=True, help="Watch it no longer.")
@click.pass_obj
def deep_dive_watch(
    settings: Settings, platform: str, login: str, kinds: tuple[str, ...], *, ends: bool
) -> None:
    """Have a run made each Monday from comments of PLATFORM, and themes alerted that are new or rise."""

    async def watch(house: House) -> None:
        by = await account_of(house, login)
        if ends:
            await end_watch(house, by, Platform(platform))
            click.echo("It is watched no longer.")
            return
        begun = await begin_watch(house, by, Platform(platform), kinds)
        click.echo(
            f"The first run is asked for on {begun.next_at:%A %d %B %Y at %H:%M}, in the name of {by.name}."
        )

    in_house(settings, watch)


def _in_house(settings: Settings, deed: Callable[[House], Awaitable[None]]) -> None:
    from flagstaff.app import Part

    in_house(settings, deed, (Part.CONSOLE, Part.API, Part.WORKER))


async def _watch(house: House, by: Account, number: str) -> None:
    """Make the run here, or watch whoever took it up; print its table."""
    click.echo(f"{number}: {house.settings.address}/console/dives/{number}")
    diver = Diver()
    try:
        with _shown() as tell:
            while (dive := await show_dive(house, by, number)).state not in OVER:
                tell(dive)
                if not await diver.step(house):
                    await asyncio.sleep(_LOOKS)
            tell(dive)
    finally:
        await diver.close(house)
    if dive.state is not DiveState.READY:
        raise WithoutTable(_end(dive), where=number, mend="choose more days or menus, and ask again")
    click.echo(await export_dive(house, by, number, "md"), nl=False)


@contextlib.contextmanager
def _shown() -> Iterator[Tell]:
    """Show a bar on a terminal, else a line for each stage."""
    if not sys.stdout.isatty():
        said: list[str] = []

        def say(dive: Dive) -> None:
            if dive.stage and dive.stage not in said:
                said.append(dive.stage)
                click.echo(f"{dive.stage} …")

        yield say
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console()) as bar:
        task = bar.add_task("waits", total=None)
        yield lambda dive: bar.update(
            task, description=dive.stage or dive.state, completed=dive.done, total=dive.total or None
        )


@contextlib.contextmanager
def _stages() -> Iterator[Callable[[str, int, int], None]]:
    """Show a bar for what is made again on a terminal, else nothing: its last lines are for who reads on."""
    if not sys.stdout.isatty():
        yield lambda *_: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console()) as bar:
        task = bar.add_task("reads", total=None)
        yield lambda stage, done, total: bar.update(
            task, description=stage, completed=done, total=total or None
        )


def lines_of(platform: str, listed: Sequence[Listed]) -> Iterator[str]:
    """Say line by line which runs a platform has, or that it has none."""
    if not listed:
        yield f"There is no deep dive of {platform} yet."
    for one in listed:
        days = f"{one.selection.first} – {one.selection.last}"
        yield f"{one.number}  {one.asked_at:%Y-%m-%d}  {one.state:<9}  {days}  {_sum(one.lines, one.labels)}"


def told_of(checked: Checked) -> Iterator[str]:
    """Say line by line what came of making a run again."""
    if checked.gone:
        yield f"{checked.gone:,} of {checked.read:,} comments were erased since: it cannot be made again."
    elif checked.verdict is Verdict.SAME:
        yield f"The same to the byte, made again from {checked.read:,} comments."
    if checked.differences:
        yield "It differs from what was stored:"
    for one in checked.differences:
        yield f"  {one.what}: stored {one.stored or '–'}, now {one.now or '–'}"


def _end(dive: Dive) -> str:
    why = f": {dive.failure.replace('_', ' ')}" if dive.failure else ""
    return f"it is {dive.state}{why}"


def _sum(lines: int, labels: int) -> str:
    return f"{lines} themes, {labels} labels" if lines else "proposes a codebook"

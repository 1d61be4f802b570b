"""Commands that run something: the house, its database alone, the demo, and the doctor."""

import asyncio
import contextlib
import signal
import sys
from collections.abc import Sequence
from typing import Final

import click
import msgspec

from flagstaff.cli.loop import run_loop
from flagstaff.flows.house import House
from flagstaff.flows.invite_account import AdminExists, invite_first_admin
from flagstaff.kernel.clock import WallClock
from flagstaff.kernel.settings import Settings
from flagstaff.store.keeper import read_pid_file

_LOOKS_EVERY: Final = 1.0


@click.command()
@click.option(
    "--part", "parts", multiple=True, type=click.Choice(["api", "console", "worker"]), help="Default: all."
)
@click.option("--host", help="Where to listen; loopback by default.")
@click.option("--port", type=int)
@click.pass_obj
def serve(settings: Settings, parts: Sequence[str], host: str | None, port: int | None) -> None:
    """Serve API, console and jobs until Ctrl-C; with --part only some of them."""
    from flagstaff.app import Part, listen, open_house, serve as serve_parts, work_only

    given = {name: value for name, value in (("host", host), ("port", port)) if value is not None}
    settings = msgspec.structs.replace(settings, **given)
    chosen = tuple(Part(part) for part in parts) or (
        tuple(Part) if settings.worker else (Part.API, Part.CONSOLE)
    )

    async def run() -> None:
        if chosen == (Part.WORKER,):
            async with open_house(settings, chosen) as house:
                click.echo("Jobs run until Ctrl-C")
                await work_only(house)
            return
        bound = listen(settings)
        async with open_house(settings, chosen) as house:
            await _greet(house, console=Part.CONSOLE in chosen)
            await serve_parts(house, chosen, bound)

    run_loop(run)


async def _greet(house: House, *, console: bool) -> None:
    click.echo(f"Flagstaff listens at {house.settings.address}")
    if console:
        try:
            invited = await invite_first_admin(house)
            click.echo(f"The first administrator signs in once with: {invited.link}")
        except AdminExists:
            click.echo(f"Console: {house.settings.address}/console")


@click.command()
@click.pass_obj
def database(settings: Settings) -> None:
    """Keep the embedded PostgreSQL running, for parts that run apart and come and go."""
    from flagstaff.store.opening import open_store

    async def run() -> None:
        stop = asyncio.Event()
        for name in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(name, stop.set)
        while not stop.is_set():
            async with open_store(settings, WallClock()):
                click.echo(f"PostgreSQL runs on {settings.database_folder}")
                await _while_it_runs(settings, stop)

    run_loop(run)


async def _while_it_runs(settings: Settings, stop: asyncio.Event) -> None:
    """Return at a signal, or when the server ended with another process, its owner: then it is ours to start."""
    if settings.database_url is not None:
        await stop.wait()
    while not stop.is_set() and read_pid_file(settings.database_folder / "data") is not None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), _LOOKS_EVERY)


@click.command()
@click.pass_obj
def doctor(settings: Settings) -> None:
    """Explain what is wrong here, and how to mend it."""
    from flagstaff.cli.examination import examine

    findings = asyncio.run(examine(settings))
    for finding in findings:
        click.echo(str(finding))
    sys.exit(1 if any(finding.wrong for finding in findings) else 0)


@click.command()
@click.option("--open", "open_page", is_flag=True, help="Open the tour in a browser.")
@click.option("--fresh", is_flag=True, help="Throw the demo's data away and begin again.")
@click.option("--port", type=int, help="Where Flagstaff listens; the marketplace takes the next one.")
@click.pass_obj
def demo(settings: Settings, *, open_page: bool, fresh: bool, port: int | None) -> None:
    """Run the demo: Flagstaff and an invented marketplace beside it, and print one address."""
    from flagstaff.cli.demonstration import run_demo

    run_demo(settings, open_page=open_page, fresh=fresh, port=port)

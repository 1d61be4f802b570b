"""Open the house for one command and close it again."""

from collections.abc import Awaitable, Callable

from flagstaff.cli.loop import run_loop
from flagstaff.flows.house import House
from flagstaff.kernel.settings import Settings


def in_house(settings: Settings, deed: Callable[[House], Awaitable[None]]) -> None:
    """Do one deed in the house; its database is started for it where it does not run already."""
    from flagstaff.app import Part, open_house

    async def run() -> None:
        async with open_house(settings, (Part.CONSOLE, Part.API)) as house:
            await deed(house)

    run_loop(run)

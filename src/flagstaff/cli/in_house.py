"""Open the house for one command and close it again."""

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

from flagstaff.cli.loop import run_loop
from flagstaff.flows.house import House
from flagstaff.flows.show_people import list_people
from flagstaff.kernel.errors import NotFound
from flagstaff.kernel.settings import Settings
from flagstaff.staff.model import Account

if TYPE_CHECKING:
    from flagstaff.app import Part


def in_house(
    settings: Settings, deed: Callable[[House], Awaitable[None]], parts: "Sequence[Part]" = ()
) -> None:
    """Do one deed in the house; its database is started for it where it does not run already."""
    from flagstaff.app import Part, open_house

    async def run() -> None:
        async with open_house(settings, tuple(parts) or (Part.CONSOLE, Part.API)) as house:
            await deed(house)

    run_loop(run)


async def account_of(house: House, login: str) -> Account:
    """Return who a command is done for, by their login; raises NotFound."""
    account = next((one for one in await list_people(house) if one.login == login), None)
    if account is None:
        what = f"nobody has the login {login!r}"
        raise NotFound(what, where="--as", mend="see People in the console")
    return account

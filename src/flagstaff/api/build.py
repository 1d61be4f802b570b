"""Put the door together: the framework's application, the hot route in front of it, and headers round both."""

from collections.abc import Sequence
from functools import cache
from typing import Any, Final

from litestar import Litestar

from flagstaff.api import (
    appeal_page,
    bulk,
    changes_page,
    contact_page,
    feeds,
    figure_page,
    flags,
    hints,
    letters,
    my_flags,
    my_page,
    my_side,
    pages,
    pushes,
    suggest_page,
    suggestions,
)
from flagstaff.api.allowance import Allowance, HintAllowance, LetterAllowance, ReactionAllowance
from flagstaff.api.callers import Gate
from flagstaff.api.contract import openapi
from flagstaff.api.desk import DESK, Desk
from flagstaff.api.guesses import Guesses
from flagstaff.api.headers import answer_preflight, dressed, is_preflight
from flagstaff.api.hot_route import is_hot, receive_raw
from flagstaff.api.menu_shelf import MenuShelf
from flagstaff.api.problems import answer
from flagstaff.flows.house import House
from flagstaff.flows.placing import Receipt
from flagstaff.flows.propose_options import HintBook
from flagstaff.flows.receive_flags import receive_flags
from flagstaff.flows.sent_flag import Sent
from flagstaff.kernel.errors import FlagstaffError
from flagstaff.store.group_commit import GroupCommit

PATHS: Final = (
    "/v1/",
    "/schema",
    "/help/",
    "/guidelines",
    "/appeal",
    "/contact",
    "/suggest",
    "/my-flags",
    "/problems/",
    "/health",
    "/static/flag.js",
    "/static/pages.css",
)
"""How the addresses of this door begin; all others belong to somebody else."""


class Door:
    """Serve the API as one ASGI application; close it after the last request so that what was taken is committed."""

    def __init__(self, desk: Desk) -> None:
        """Serve from this desk."""
        self.desk = desk
        self.app = _framework()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one connection; the lifespan passes through to the framework."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        send = dressed(self.desk.house.policy, scope, send)
        if is_hot(scope):
            await receive_raw(self.desk, scope, receive, send)
        elif is_preflight(scope):
            await answer_preflight(self.desk.house.policy, scope, send)
        else:
            await self.answer_by_framework(scope, receive, send)

    async def answer_by_framework(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer by an ordinary handler; the hot route has one too, which its tests compare it with."""
        scope[DESK] = self.desk
        await self.app(scope, receive, send)

    @staticmethod
    def owns(path: str) -> bool:
        """Tell whether an address belongs to this door, for whoever serves several doors at one port."""
        return path.startswith(PATHS)

    async def close(self) -> None:
        """Take no more flags and return when all that were taken are committed."""
        await self.desk.bulk.close()  # first: what it cannot keep as a whole goes through the other
        await self.desk.intake.close()


def build(house: House) -> Door:
    """Return the door of a house; its policy book must have been read, and this process holds the service key."""

    async def flush(batch: Sequence[Sent]) -> Sequence[Receipt | Exception]:
        answers: list[Receipt | FlagstaffError] = await receive_flags(house, batch)
        return answers

    settings = house.settings
    intake: GroupCommit[Sent, Receipt] = GroupCommit(
        flush,
        limit=settings.intake_batch,
        queue=settings.intake_queue,
        flushers=settings.intake_flushers,
        patience=settings.intake_patience_ms / 1000,
        gather=settings.intake_gather_ms / 1000,
    )
    address = settings.address
    desk = Desk(
        house=house,
        gate=Gate(house),
        menus=MenuShelf(house.policy, address),
        intake=intake,
        bulk=bulk.bulk_intake(house, intake.submit),
        allowance=Allowance(settings.flags_per_minute, house.clocks.wall),
        hints=HintBook(house.policy),
        hint_allowance=HintAllowance(settings.hints_per_minute, house.clocks.wall),
        letter_allowance=LetterAllowance(settings.letters_per_minute, house.clocks.wall),
        reaction_allowance=ReactionAllowance(settings.reactions_per_minute, house.clocks.wall),
        guesses=Guesses(house.clocks.wall),
        address=address,
    )
    return Door(desk)


@cache
def _framework() -> Litestar:
    """Return the framework's application: it knows addresses and no house, so all doors of a process share it."""
    return Litestar(
        route_handlers=_handlers(),
        openapi_config=openapi(),
        exception_handlers={Exception: answer},
        request_max_body_size=None,
        logging_config=None,
    )


def _handlers() -> list[Any]:
    return [
        flags.receive_flag, bulk.receive_bulk, flags.show_menu, *hints.HANDLERS,
        my_flags.list_my_flags, my_flags.show_one, my_flags.withdraw,
        *my_side.HANDLERS, *suggestions.HANDLERS, *letters.HANDLERS,
        pushes.push, pushes.content_events, pushes.person_events,
        feeds.measures, feeds.versions,
        *pages.HANDLERS, *changes_page.HANDLERS, *figure_page.HANDLERS, *appeal_page.HANDLERS,
        *contact_page.HANDLERS, *suggest_page.HANDLERS, *my_page.HANDLERS,
    ]  # fmt: skip

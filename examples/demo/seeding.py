"""Fill an empty house: a platform and its policy, people, what was imported, six months, and what waits now."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from flagstaff.cli.demo_home import Connected, Stages
from flagstaff.flows.accept_invitation import accept_invitation
from flagstaff.flows.add_platform import AddPlatform, Connection, add_platform
from flagstaff.flows.connect_webhook import connect_webhook
from flagstaff.flows.house import House
from flagstaff.flows.import_past_flags import keep_past_flags
from flagstaff.flows.import_policy import Options
from flagstaff.flows.invite_account import InviteAccount, invite_account
from flagstaff.flows.link_person import link_person
from flagstaff.flows.publish_policy import FirstPolicy, publish_first
from flagstaff.flows.read_policy import read_policy
from flagstaff.flows.show_people import list_people
from flagstaff.imports.model import Content, PastFlag
from flagstaff.kernel.clock import Clock
from flagstaff.kernel.ids import Ids, RandomIds
from flagstaff.kernel.unguessable import secret_text
from flagstaff.platforms import storage as platforms
from flagstaff.platforms.model import Feed, LinkName
from flagstaff.staff.model import Account
from flagstaff.store.marks import find_mark, make_mark
from flagstaff.store.roles import Role
from flagstaff.vocabulary.audience import Audience
from flagstaff.vocabulary.effects import Effect
from flagstaff.vocabulary.references import Place, Surface
from flagstaff.vocabulary.states import FlagStatus

from .cast import STAFF, stranger
from .days import live
from .past import HARBORLANE, Past, person, set_back
from .texts import Comment, read_comments, read_history, read_present
from .today import Shown, by_hand, make_today

MARK: Final = "demo"
FIRST_VERSION: Final = timedelta(days=425)
SECOND_VERSION: Final = timedelta(days=243)
_IMPORTED_AFTER: Final = timedelta(days=186)
_ZONE: Final = "Europe/Amsterdam"
_BATCH: Final = 200
_OUTCOMES: Final = (FlagStatus.COULD_NOT_VERIFY, FlagStatus.NO_VIOLATION, FlagStatus.ACTED, FlagStatus.ACTED)


async def seed(
    house: House, marketplace: str, stages: Stages, ids: Callable[[Clock], Ids] = RandomIds
) -> Connected:
    """Fill an empty house, and return what its marketplace needs; the mark is made last, when all of it stands.

    `ids`: who makes the keys of the past, under its clock; what is drawn at random follows them.
    """
    today = house.clocks.wall.now()
    with stages.stage("policy"):
        past = set_back(house, today - FIRST_VERSION, {}, ids)
        connection = await _platform(past.house, marketplace)
        await _policy(past.house, today)
    with stages.stage("people"):
        past.go_to(today - timedelta(days=190))
        past = Past(past.house, past.clock, await _people(past.house))
    with stages.stage("imported history"):
        past.go_to(today - _IMPORTED_AFTER)
        await _import(past.house, today, stages.said)
    with stages.stage("six months"):
        shown, material = Shown(house.policy, marketplace, today), read_history()
        planned = by_hand(shown, today)
        known = await live(past, material, today, planned, stages.said)
    with stages.stage("what waits now"):
        measures, reporters = await _webhooks(past.house, marketplace)
        await make_today(past, shown, material, read_present(), known, today)
        async with house.database.transaction(Role.CONSOLE) as writing:
            await make_mark(writing, MARK, "seeded by flagstaff demo", house.clocks.wall.now())
    return Connected(
        api_key=connection.api_key,
        kid=connection.kid,
        token_secret=connection.token_secret,
        measures_secret=measures,
        reporters_secret=reporters,
        marketplace=marketplace,
    )


async def _platform(house: House, marketplace: str) -> Connection:
    wanted = AddPlatform(
        key=HARBORLANE,
        name="Harborlane",
        zone=_ZONE,
        languages=("en", "es"),
        origins=(marketplace,),
        links=links_of(marketplace),
        effects=frozenset(Effect),
        offers=("hide_item", "show_less", "mute_user", "block_user", "leave_group"),
    )
    return await add_platform(house, None, wanted)


def links_of(marketplace: str) -> Mapping[LinkName, str]:
    """Return where Harborlane's pages about flags, notices and suggestions are."""
    return {
        LinkName.MY_FLAGS: f"{marketplace}/trust/flags",
        LinkName.APPEAL: f"{marketplace}/trust/appeal?number={{number}}",
        LinkName.RULES: f"{marketplace}/guidelines#{{clause}}",
        LinkName.SUGGEST: f"{marketplace}/trust/suggest",
    }


async def _policy(house: House, today: datetime) -> None:
    days = {1: today - FIRST_VERSION, 2: today - SECOND_VERSION}
    await publish_first(house, read_policy(), FirstPolicy(HARBORLANE, days, today - FIRST_VERSION, "import"))


async def _people(house: House) -> dict[str, Account]:
    """Invite everybody and let them come in, with passwords that nobody keeps: the tour signs in by a click."""
    for one in STAFF:
        wanted = InviteAccount(
            login=one.login,
            name=one.name,
            roles=one.roles,
            places=tuple(sorted(one.places)),
            platforms=frozenset(),
        )
        invited = await invite_account(house, None, wanted)
        secret = invited.link.rpartition("#")[2]
        entered = await accept_invitation(house, secret, secret_text())
        if one.person is not None:
            await link_person(house, None, entered.account.key, person(one.person))
    return {account.login: account for account in await list_people(house)}


async def _import(house: House, today: datetime, said: Callable[[float], None]) -> None:
    """Import a thousand comments: one invented person, one invented subject and one closed case each."""
    comments, options = read_comments(), Options(house.policy, HARBORLANE)
    for start in range(0, len(comments), _BATCH):
        batch = comments[start : start + _BATCH]
        past = [_old(one, start + n, today) for n, one in enumerate(batch)]
        async with house.database.transaction(Role.IMPORTER) as connection:
            await keep_past_flags(house, connection, HARBORLANE, [(one, options.chosen(one)) for one in past])
        said((start + len(batch)) / len(comments))


def imported_months(today: datetime) -> tuple[datetime, datetime]:
    """Return from when to when the imported comments were written.

    They end with a month, before the first of the six months that were lived through: so whole months hold them alone.
    """
    last = (today - _IMPORTED_AFTER).astimezone(ZoneInfo(_ZONE))
    return today - SECOND_VERSION, last.replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def _old(one: Comment, number: int, today: datetime) -> PastFlag:
    first, last = imported_months(today)
    at = first + (last - first) * (number * 617 % 1000 + 1) / 1002
    community = one.kind == "community_post"
    content = Content(
        kind=one.kind,
        subject=f"before-{number:04}",
        place=Place(Surface.COMMUNITY, "forum", "general") if community else Place(Surface.MARKETPLACE),
        author=f"before-author-{number:04}",
        title="From before Flagstaff, imported without its content",
        audience=Audience.ONE if one.kind == "private_message" else Audience.MANY,
        posted_at=at - timedelta(days=1),
    )
    return PastFlag(
        reporter=f"before-{stranger(number)}",
        content=content,
        option="something_else",
        at=at,
        details=one.comment,
        menu_version=2,
        outcome=_OUTCOMES[number % len(_OUTCOMES)],
    )


async def _webhooks(house: House, marketplace: str) -> tuple[str, str]:
    """Say where events go from the present on; what came before is read from the feed."""
    hooks = [
        await connect_webhook(house, None, HARBORLANE, feed, f"{marketplace}/flagstaff/hooks/{name}")
        for feed, name in ((Feed.MEASURES, "measures"), (Feed.REPORTER_NOTICES, "reporters"))
    ]
    return hooks[0].secret, hooks[1].secret


async def is_demo(house: House) -> bool:
    """Tell whether the seeding left its mark here."""
    async with house.database.reading(Role.CONSOLE) as connection:
        return await find_mark(connection, MARK) is not None


async def connect_again(house: House, before: Connected, marketplace: str) -> Connected:
    """Let the house know that its marketplace has another address now, and return what they share from here on."""
    async with house.database.transaction(Role.CONSOLE) as connection:
        host = await platforms.find_host(connection, HARBORLANE)
        if host is not None:
            moved = msgspec.structs.replace(host, origins=(marketplace,), links=links_of(marketplace))
            await platforms.change_host(connection, moved)
    await house.policy.refresh()
    measures, reporters = await _webhooks(house, marketplace)
    return msgspec.structs.replace(
        before, marketplace=marketplace, measures_secret=measures, reporters_secret=reporters
    )

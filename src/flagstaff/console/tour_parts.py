"""What the tour is made of: who can be played, which cases are worth trying, and one flag's life side by side."""

import json
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

import msgspec

from flagstaff.flows.house import House
from flagstaff.flows.show_my_flags import OwnFlag, show_my_flags
from flagstaff.flows.show_my_notices import OwnNotice, show_my_notices
from flagstaff.flows.show_my_standing import OwnStanding, show_my_standing
from flagstaff.flows.show_one_life import Life, Written, show_one_life
from flagstaff.flows.show_people import list_people
from flagstaff.staff.model import Account
from flagstaff.views.case import CasePage, case_page, find_case, find_subjects
from flagstaff.views.sight import sight_of
from flagstaff.vocabulary.origins import Party
from flagstaff.vocabulary.references import PersonRef, Platform

MODERATOR: Final = "jonas"
SHOWN_BYTES: Final = 96
_NOTICES: Final = 4
_NUMBER: Final = re.compile(
    r"\b[FCDMNRAP]-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}\b"
)


class Player(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody whom the visitor can be: a person of the marketplace, an account of the console, or both."""

    key: str
    part: str
    name: str
    says: str
    person: str | None = None
    login: str | None = None
    begins: str = "/"


class Tale(msgspec.Struct, frozen=True):
    """A case written by hand, worth trying; `number` is its case now, where it stands and may be told."""

    kind: str
    id: str
    name: str
    about: str
    number: str = ""


class Proof(msgspec.Struct, frozen=True):
    """What two clones showed: each channel with whether both sides were equal, and what an author read on both."""

    seconds: float
    voices: tuple[tuple[str, ...], tuple[str, ...]]
    channels: tuple[tuple[str, int, bool], ...]
    differences: tuple[tuple[str, str, str], ...]
    author: tuple[str, ...]
    platform: tuple[str, ...]


Prove = Callable[[str, str, str], Awaitable[Proof]]
"""Compare two clones: given the kind, the option and the reporter of a flag."""


class Script(msgspec.Struct, frozen=True, kw_only=True):
    """What the demo hands to its tour."""

    platform: Platform
    marketplace: str
    players: tuple[Player, ...]
    tales: tuple[Tale, ...]
    lines: str
    prove: Prove

    def player(self, key: str) -> Player | None:
        """Return one who can be played."""
        return next((one for one in self.players if one.key == key), None)


class Sides(msgspec.Struct, frozen=True, kw_only=True):
    """One flag from five sides."""

    life: Life
    flag: OwnFlag
    told: Sequence[OwnNotice]
    page: CasePage | None
    author_told: Sequence[OwnNotice]
    standing: OwnStanding | None
    received: Sequence["Received"]
    held: Sequence[tuple[str, str, int, str]]


class Received(msgspec.Struct, frozen=True):
    """One event as it came to the platform, laid out for reading."""

    kind: str
    at: datetime
    url: str
    headers: Mapping[str, str]
    body: str


async def sides_of(house: House, script: Script, reporter: str, flag: OwnFlag) -> Sides:
    """Gather what each side knows of one flag; each part is asked of the flow or view that this side itself uses."""
    person = PersonRef(script.platform, reporter)
    life = await show_one_life(house, person, flag.number)
    author = PersonRef(script.platform, life.author) if life.author else None
    told = [one for one in await show_my_notices(house, person) if one.flag == flag.number]
    since = life.decision.decided_at - timedelta(seconds=1) if life.decision else None
    return Sides(
        life=life,
        flag=flag,
        told=told[:_NOTICES],
        page=await _page(house, life.case),
        author_told=await _author_told(house, author, since),
        standing=await show_my_standing(house, author) if author else None,
        received=[_readable(one) for one in life.written],
        held=[_held(one.place, one.field, one.held) for one in life.held],
    )


async def _page(house: House, case: str) -> CasePage | None:
    """Return the case as a moderator's own view gives it."""
    account = await account_called(house, MODERATOR)
    if account is None:
        return None
    sight = sight_of(account, [str(host.key) for host in house.policy.hosts()])
    found = await find_case(house.database, sight, case)
    return await case_page(house.database, sight, found) if found else None


async def _author_told(house: House, author: PersonRef | None, since: datetime | None) -> list[OwnNotice]:
    if author is None or since is None:
        return []
    found = [
        one for one in await show_my_notices(house, author) if one.to is Party.AUTHOR and one.at >= since
    ]
    return found[-_NOTICES:]


def _readable(one: Written) -> Received:
    body = json.dumps(json.loads(one.body), indent=2, ensure_ascii=False)
    return Received(one.kind.value, one.at, one.url, one.headers, body)


def _held(place: str, field: str, held: bytes) -> tuple[str, str, int, str]:
    shown = held[:SHOWN_BYTES].hex(" ", 4)
    return place, field, len(held), shown + (" …" if len(held) > SHOWN_BYTES else "")


async def flags_of(house: House, script: Script, person: str) -> list[OwnFlag]:
    """Return somebody's own flags, the newest first."""
    return await show_my_flags(house, PersonRef(script.platform, person))


async def account_called(house: House, login: str) -> Account | None:
    """Return the account of a login."""
    return next((one for one in await list_people(house) if one.login == login), None)


async def tales_now(house: House, script: Script) -> list[Tale]:
    """Return the cases written by hand with their numbers, each where it stands now."""
    named = [(tale.kind, tale.id) for tale in script.tales]
    found = await find_subjects(house.database, script.platform, named)
    numbers = [found[name].case or "" if name in found else "" for name in named]
    return [
        msgspec.structs.replace(tale, number=number)
        for tale, number in zip(script.tales, numbers, strict=True)
    ]


def anonymous(texts: Sequence[str]) -> list[str]:
    """Return texts with each random number as ‹id 1›, ‹id 2›, in the order in which they are met."""
    met: dict[str, str] = {}

    def name(found: re.Match[str]) -> str:
        return met.setdefault(found[0], f"‹id {len(met) + 1}›")

    return [_NUMBER.sub(name, text) for text in texts]

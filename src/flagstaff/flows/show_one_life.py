"""Show one flag from every side at once, in the demo only: for whoever wants to see what each side knows."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import msgspec

from flagstaff.cases import moves
from flagstaff.decisions import storage as decisions
from flagstaff.decisions.storage import Decided
from flagstaff.delivery import signing, storage as delivery
from flagstaff.delivery.model import EventKind, Published, endpoint_of, message_id
from flagstaff.delivery.rendering import body
from flagstaff.flags import outcomes
from flagstaff.flows.house import House
from flagstaff.flows.platform_secrets import open_secret
from flagstaff.flows.read_event import read_event
from flagstaff.flows.withdraw_flag import NoSuchFlag
from flagstaff.platforms.model import Purpose, SealedSecret
from flagstaff.store.database import Connection
from flagstaff.store.roles import Role
from flagstaff.subjects import judging
from flagstaff.vault import admission, reporters
from flagstaff.vault.model import Held
from flagstaff.vocabulary.references import PersonRef, Platform


class Written(msgspec.Struct, frozen=True):
    """One event as the platform received it; it is signed anew for whoever looks, by the same hand."""

    kind: EventKind
    at: datetime
    url: str
    headers: Mapping[str, str]
    body: str


class Life(msgspec.Struct, frozen=True, kw_only=True):
    """One flag: its case and subject, its author, what was decided, what left, and what the database holds of it."""

    flag: str
    case: str
    kind: str
    subject: str
    author: str | None
    decision: Decided | None
    written: tuple[Written, ...]
    held: tuple[Held, ...]


async def show_one_life(house: House, reporter: PersonRef, number: str) -> Life:
    """Return the life of one of a person's own flags; raises NoSuchFlag.

    What the database holds is read by the role `tour`, whose function answers only where the demo left its mark.
    """
    async with house.database.transaction(Role.INTAKE) as connection:
        own = await admission.flags_of(connection, house.sealer, reporter)
    async with house.database.reading(Role.CONSOLE) as connection:
        flag = await outcomes.own(connection, number, own)
        case = await moves.look(connection, flag.case) if flag else None
        subject = await judging.judged(connection, case.subject) if case else None
        decision = await decisions.look(connection, case.decision) if case and case.decision else None
    if flag is None or case is None or subject is None:
        what = f"there is no flag {number} of this person"
        raise NoSuchFlag(what, where="flag")
    async with house.database.reading(Role.TOUR) as connection:
        held = await reporters.held(connection, flag.key)
    return Life(
        flag=flag.number,
        case=case.number,
        kind=subject.kind,
        subject=subject.outside_id,
        author=subject.person,
        decision=decision,
        written=await _written(house, reporter, flag.key, decision.key if decision else None),
        held=tuple(held),
    )


async def _written(
    house: House, reporter: PersonRef, flag: UUID, decision: UUID | None
) -> tuple[Written, ...]:
    """Render what left for a decision: what its platform and its author were told, and this one reporter."""
    async with house.database.reading(Role.WORKER) as connection:
        events = await delivery.left_for(connection, decision, flag)
        return tuple([await _one(house, connection, event, reporter) for event in events])


async def _one(house: House, connection: Connection, event: Published, reporter: PersonRef) -> Written:
    data = await read_event(house, connection, event, reporter.id)
    text = body(event.kind, event.feed, event.position, event.published_at, data)
    address = await delivery.address(connection, event.platform, endpoint_of(event.feed))
    if address is None:
        return Written(event.kind, event.published_at, "", {}, text)
    purpose = Purpose(endpoint_of(event.feed).value)
    secrets = [
        open_secret(
            house, SealedSecret(Platform(event.platform), kid, purpose, sealed, event.published_at)
        ).text
        for kid, sealed in zip(address.kids, address.sealed, strict=True)
    ]
    message = message_id(event.platform, event.feed, event.position)
    signed = signing.headers(secrets, message, house.clocks.wall.now(), text)
    return Written(event.kind, event.published_at, address.url, signed, text)

"""Put people at desks and cases before them: what tests of decisions begin with."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

import msgspec

from flagstaff.decisions.model import Chosen, Deviation
from flagstaff.flows.claim_case import claim_case
from flagstaff.flows.decide_case import Judgement, Ruled, decide_case
from flagstaff.flows.house import House
from flagstaff.flows.publish import publish
from flagstaff.flows.sent_flag import Sent
from flagstaff.kernel.clock import StoppedClock
from flagstaff.staff import storage as staff
from flagstaff.staff.model import Account, LinkedPerson, Reach
from flagstaff.store.roles import Role
from flagstaff.vocabulary.references import AccountKey, ClauseId, MeasureKind, PersonRef
from flagstaff.vocabulary.roles import StaffRole
from flagstaff.vocabulary.states import Verdict
from tests.houses import flag

AT = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
REMOVE = (Chosen(MeasureKind("remove_content")), Chosen(MeasureKind("warning")))
BAN = (Chosen(MeasureKind("remove_content")), Chosen(MeasureKind("suspend_site"), 30))
DANGER = Deviation("danger_now", "Somebody is at risk while this goes on.")


async def account(
    house: House,
    name: str,
    role: StaffRole = StaffRole.MODERATOR,
    *,
    linked: PersonRef | None = None,
    places: Sequence[Reach] = (),
) -> Account:
    """Let somebody work here."""
    link = None
    if linked is not None:
        hashes = house.sealer.person_hash(linked), house.sealer.staff_hash(linked)
        link = LinkedPerson(linked.platform, *hashes)
    someone = Account(
        key=AccountKey(house.ids.key()),
        login=f"{name}@house.example",
        name=name,
        roles=frozenset({role}),
        places=tuple(places),
        linked=link,
        made_at=AT,
    )
    async with house.database.transaction(Role.CONSOLE) as connection:
        await staff.add_account(connection, someone)
        await staff.set_link(connection, someone.key, link)
    return someone


async def flagged(house: House, *flags: Sent) -> str:
    """Send flags on one subject and return the number of their case."""
    (first, *_) = await flag(house, *flags)
    rows = await rows_of(
        house,
        'select c.number from cases.case c join flags.flag f on f."case" = c.key where f.number = $1',
        first.number,
    )
    return str(rows[0]["number"])


async def decided(
    house: House,
    by: Account,
    case: str,
    *,
    clauses: Sequence[str] = ("MT-6",),
    measures: Sequence[Chosen] = REMOVE,
    verdict: Verdict = Verdict.VIOLATION,
    **more: object,
) -> Ruled:
    """Claim a case and decide it; leaving the ladder is given a reason throughout."""
    await claim_case(house, by, case)
    judgement = Judgement(
        case=case,
        verdict=verdict,
        reason="It asks for work that nobody pays for.",
        facts="The post asks for three samples made for this job.",
        clauses=tuple(map(ClauseId, clauses)) if verdict is Verdict.VIOLATION else (),
        measures=tuple(measures) if verdict is Verdict.VIOLATION else (),
        deviation=DANGER,
    )
    return await decide_case(house, by, msgspec.structs.replace(judgement, **more))


async def rows_of(house: House, query: str, *arguments: object) -> list[dict[str, object]]:
    """Look behind the doors: rows as the owner sees them."""
    async with house.database.transaction(Role.OWNER) as connection:
        return [dict(row) for row in await connection.fetch(query, *arguments)]


async def value_of(house: House, query: str, *arguments: object) -> object:
    """Return the one value of a query, seen as the owner."""
    ((value,),) = [tuple(row.values()) for row in await rows_of(house, query, *arguments)]
    return value


async def state_of(house: House, case: str) -> object:
    """Return where a case stands."""
    return await value_of(house, "select state from cases.case where number = $1", case)


async def events_of(house: House, feed: str = "measures") -> list[dict[str, object]]:
    """Publish what is due and return a feed as it stands."""
    while (await publish(house)).events:
        pass
    return await rows_of(
        house,
        "select o.position, o.kind, e.effect, e.revision, e.applied, e.kind as measure, e.until, e.target "
        "from delivery.outbox o left join decisions.event e on e.key = o.reference "
        "where o.feed = $1 and o.position is not null order by o.position",
        feed,
    )


async def told(house: House, audience: str) -> list[str]:
    """Return the keys of the notices that were released by now, first to last."""
    rows = await rows_of(
        house,
        "select text_key from delivery.notice where audience = $1 and released_at <= $2 order by released_at, key",
        audience,
        house.now,
    )
    return [str(row["text_key"]) for row in rows]


def move(clock: StoppedClock, to: datetime) -> None:
    """Move a clock to a moment."""
    clock.move(to - clock.now())


def key_of(text: object) -> UUID:
    """Read a key that the driver gave."""
    return UUID(str(text))

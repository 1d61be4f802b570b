"""Fill a house with cases of all sorts, so that pages have something to show."""

from collections.abc import Sequence

from flagstaff.decisions.model import Chosen
from flagstaff.flows.claim_case import claim_case
from flagstaff.flows.decide_case import Judgement, Ruled, decide_case
from flagstaff.flows.house import House
from flagstaff.staff.model import Account
from flagstaff.store.roles import Role
from flagstaff.subjects.model import Seen
from flagstaff.vocabulary.audience import Audience
from flagstaff.vocabulary.references import ClauseId, MeasureKind, Place, Surface
from flagstaff.vocabulary.states import Verdict
from tests.houses import flag, seen, sent

GENERAL = Place(Surface.COMMUNITY, board="general")
ESPANOL = Place(Surface.COMMUNITY, board="groups", group="espanol")
FREE = "MT-6"


async def number_of(house: House, outside_id: str) -> str:
    """Return the number of a subject's newest case."""
    async with house.database.transaction(Role.OWNER) as connection:
        found = await connection.fetchval(
            "select c.number from cases.case c join subjects.subject s on s.key = c.subject "
            "where s.outside_id = $1 order by c.opened_at desc, c.key desc limit 1",
            outside_id,
        )
    assert isinstance(found, str)
    return found


async def open_on(house: House, shown: Seen, *flags: tuple[str, str, str]) -> str:
    """Flag a subject by (reporter, option, details) and return its case."""
    await flag(house, *(sent(who, shown, option, details=words) for who, option, words in flags))
    return await number_of(house, shown.ref.id)


async def job(
    house: House, id_: str, *reporters: str, option: str = "job_post.free_work", author: str = "ann"
) -> str:
    """Open a case on a job that these reporters flagged."""
    shown = seen(id_=id_, author=author, words=f"Logo wanted for {id_}, make three samples first.")
    return await open_on(house, shown, *((who, option, "") for who in reporters or ("rita",)))


async def post_in(house: House, id_: str, place: Place, *reporters: str, author: str = "bob") -> str:
    """Open a case on a post of the Community."""
    shown = seen(
        "community_post",
        id_,
        author=author,
        place=place,
        words="Write to me outside, I do it cheaper.",
        audience=Audience.SOME,
    )
    return await open_on(
        house, shown, *((who, "community_post.suspicious_link_or_spam", "") for who in reporters or ("rita",))
    )


async def decide(
    house: House,
    by: Account,
    case: str,
    clause: str,
    *measures: tuple[str, int | None],
    verdict: Verdict = Verdict.VIOLATION,
    claim: bool = True,
) -> Ruled:
    """Claim and decide a case."""
    if claim:
        await claim_case(house, by, case)
    chosen: Sequence[Chosen] = [Chosen(MeasureKind(kind), days) for kind, days in measures]
    judgement = Judgement(
        case=case,
        verdict=verdict,
        reason="It breaks this rule, plainly.",
        clauses=(ClauseId(clause),) if clause else (),
        measures=tuple(chosen),
    )
    return await decide_case(house, by, judgement)

"""Fill a house with cases of all sorts, so that pages have something to show."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import msgspec

from flagstaff.decisions.model import Chosen
from flagstaff.flows.claim_case import claim_case
from flagstaff.flows.content_events import ContentEvent, ContentEventKind, follow_content
from flagstaff.flows.decide_case import Judgement, Ruled, decide_case
from flagstaff.flows.house import House
from flagstaff.flows.take_effect import take_effect
from flagstaff.kernel.clock import StoppedClock
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
    both = {"participants": tuple(who for who, _, _ in flags)} if shown.ref.kind == "private_message" else {}
    await flag(house, *(sent(who, shown, option, details=words, **both) for who, option, words in flags))
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


async def edit(house: House, shown: Seen) -> None:
    """Let an author edit what was flagged."""
    await follow_content(house, [ContentEvent(ContentEventKind.EDITED, shown)])


async def busy_house(house: House, other: Account, business: StoppedClock) -> dict[str, str]:
    """Fill a house with a believable day: returns the case numbers by a name each."""
    first = await job(house, "job-old", "rita", author="harbor-build", option="job_post.off_platform_payment")
    await decide(house, other, first, "MT-1", ("remove_content", None), ("educate", None))
    business.move(timedelta(hours=2))
    await take_effect(house)
    business.move(timedelta(hours=20))
    shown = seen(
        id_="job-4411",
        author="harbor-build",
        words=_JOB,
        posted_at=datetime(2026, 3, 1, 14, 5, tzinfo=UTC),
    )
    shown = msgspec.structs.replace(shown, title="Logo and brand kit for a coffee cart")
    details = "They asked me to send three finished logos by mail before any contract."
    cases = {
        "free work": await open_on(
            house,
            shown,
            ("rita", "job_post.free_work", details),
            ("sam", "job_post.free_work", ""),
            ("tom", "job_post.off_platform_payment", "Wanted to pay by voucher, write to kay@mail.example"),
            ("uma", "job_post.something_else", "The same text stands under two other names today."),
        )
    }
    edited = msgspec.structs.replace(
        shown,
        words=_JOB.replace("three sample logos", "one rough sketch"),
        edited_at=datetime(2026, 3, 2, 9, tzinfo=UTC),
    )
    await edit(house, edited)
    business.move(timedelta(hours=5))
    cases["threat"] = await open_on(
        house,
        seen(
            "private_message",
            "msg-88",
            author="nils",
            words="I know where you park. Answer me or else.",
            audience=Audience.FEW,
        ),
        ("vera", "private_message.threat_of_violence", "It is the third one this week and I am scared."),
    )
    cases["spanish"] = await open_on(
        house,
        _post("post-es", "Hola a todos, ¿alguien trabaja con clientes de Chile?", ESPANOL, "Pregunta", "es"),
        ("rita", "community_post.wrong_language", ""),
    )
    cases["ad"] = await open_on(
        house,
        _post("post-17", "Need a website? I build them for less. DM me.", GENERAL, "Websites, cheap"),
        *(
            (who, "community_post.advertising_soliciting", "")
            for who in ("rita", "sam", "tom", "vera", "will", "xena")
        ),
    )
    for place in range(9):
        kinds = ("job_post.unclear_incomplete", "job_post.freelancer_ad", "job_post.looks_like_scam")
        cases[f"job {place}"] = await job(
            house, f"job-{place}", *_NAMES[: 1 + place % 4], option=kinds[place % 3]
        )
    return cases


_NAMES = ("rita", "sam", "tom", "uma")
_JOB = (
    "We open a coffee cart in May and look for a designer who loves type.\n\nTo see whether we fit, please send three "
    "sample logos made for us. The best one gets the job and all further work. No old portfolio pieces please.\n\n"
    "Budget: to be agreed."
)


def _post(id_: str, words: str, place: Place, title: str, language: str = "en") -> Seen:
    shown = seen("community_post", id_, author="bob", words=words, place=place, audience=Audience.SOME)
    return msgspec.structs.replace(shown, title=title, language=language)

"""Tell one story on two clones of one database that differ in who flagged, and compare all that an author can observe.

The promise of architecture section 4: what an author or an outsider observes depends only on the decision and its time
window. Both clones have the same clocks and the same outside ids, so the two sides are compared as they are: nothing is
masked. `CHANNELS` is the list of what is looked at; a test holds it against the registry in `api.channels`.
"""

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any, Final

import httpx
import msgspec

from flagstaff.api.build import build
from flagstaff.appeals import storage as appeals
from flagstaff.cases import moves
from flagstaff.decisions import storage as decisions
from flagstaff.delivery import storage as delivery
from flagstaff.delivery.model import Feed
from flagstaff.delivery.rendering import body
from flagstaff.flows.add_platform import AddPlatform, add_platform
from flagstaff.flows.answer_appeal import AppealAnswer, answer_appeal
from flagstaff.flows.claim_appeal import claim_appeal
from flagstaff.flows.close_cases import close_cases
from flagstaff.flows.decide_case import Judgement, decide_case
from flagstaff.flows.end_measures import end_measures
from flagstaff.flows.house import House
from flagstaff.flows.leave_appeals import leave_appeals
from flagstaff.flows.next_case import next_case
from flagstaff.flows.policy_book import PolicyBook
from flagstaff.flows.policy_terms import propose, terms_for
from flagstaff.flows.publish import publish
from flagstaff.flows.publish_policy import FirstPolicy, publish_first
from flagstaff.flows.read_event import read_event
from flagstaff.flows.read_policy import read_policy
from flagstaff.flows.receive_flags import receive_flags
from flagstaff.flows.reverse_decision import Reversal, reverse_decision
from flagstaff.flows.sent_flag import Sent
from flagstaff.flows.take_effect import take_effect
from flagstaff.kernel.clock import Clocks, StoppedClock
from flagstaff.kernel.errors import FlagstaffError
from flagstaff.kernel.ids import RandomIds, SeededIds
from flagstaff.staff import storage as staff
from flagstaff.staff.model import Account
from flagstaff.store.clones import throwaway, two_copies
from flagstaff.store.database import Address, Database
from flagstaff.store.roles import Role
from flagstaff.subjects import judging
from flagstaff.subjects.model import Seen
from flagstaff.vocabulary.audience import Audience
from flagstaff.vocabulary.effects import Effect
from flagstaff.vocabulary.references import (
    AccountKey,
    ClauseId,
    PersonRef,
    Place,
    Platform,
    SubjectKind,
    SubjectRef,
    Surface,
)
from flagstaff.vocabulary.roles import StaffRole
from flagstaff.vocabulary.states import Verdict

BEGIN: Final = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
DECIDED_AFTER: Final = timedelta(hours=6)
AUTHOR: Final = "author"
_PLATFORM: Final = Platform("harborlane")
_ROLES: Final = tuple(role for role in Role if role not in {Role.OWNER, Role.TOUR})


class Voice(msgspec.Struct, frozen=True):
    """One flag: by whom, with which option of the menu, in which words, how many minutes after the story began.

    Those below 300 minutes come before the decision; those from 2,000 on find a case that is closed.
    """

    reporter: str
    option: str
    words: str = ""
    minutes: int = 0


class Story(msgspec.Struct, frozen=True, kw_only=True):
    """What both clones have in common: the subject, and what people decided about it."""

    kind: str = "job_post"
    title: str = "Logo wanted"
    words: str = "Make three samples first, the best one is paid."
    audience: Audience | None = Audience.MANY
    verdict: Verdict = Verdict.VIOLATION
    clause: str = "MT-6"
    appeals: bool = True
    upheld: bool = True
    reverses: bool = False


class Observed(msgspec.Struct, frozen=True):
    """Everything that could be observed on one clone, by moment and channel."""

    moments: Mapping[str, Mapping[str, Any]]


class Difference(msgspec.Struct, frozen=True):
    """One place where the two sides differ: a leak."""

    where: str
    one: Any
    other: Any


class Compared(msgspec.Struct, frozen=True):
    """Both sides, and where they differ; nothing means that the author learned nothing."""

    one: Observed
    other: Observed
    differences: tuple[Difference, ...]


class Clone(msgspec.Struct, frozen=True):
    """One of the two houses, with the platform's server as a client of its door."""

    house: House
    client: httpx.AsyncClient
    answers: dict[str, Any]

    async def get(self, path: str) -> Any:
        """Ask the door as the platform's server does, for its author."""
        answer = await self.client.get(path)
        return {"status": answer.status_code, "body": answer.json()}


Channel = Callable[[Clone], Awaitable[Any]]


async def _notices(clone: Clone) -> Any:
    return await clone.get(f"/v1/my/notices?person={AUTHOR}")


async def _standing(clone: Clone) -> Any:
    return await clone.get(f"/v1/my/standing?person={AUTHOR}")


async def _own_flags(clone: Clone) -> Any:
    return await clone.get(f"/v1/my/flags?person={AUTHOR}")


async def _own_suggestions(clone: Clone) -> Any:
    return await clone.get(f"/v1/my/suggestions?person={AUTHOR}")


async def _own_letters(clone: Clone) -> Any:
    return await clone.get(f"/v1/my/contact?person={AUTHOR}")


async def _measures(clone: Clone) -> Any:
    return await clone.get("/v1/measures")


async def _versions(clone: Clone) -> Any:
    return await clone.get("/v1/versions")


async def _menu(clone: Clone) -> Any:
    return await clone.get(f"/v1/menus/job_post?platform={_PLATFORM}")


async def _hints(clone: Clone) -> Any:
    """Describe something: what is proposed comes from published words alone."""
    typed = {"kind": "job_post", "text": "They want three samples and nobody gets paid"}
    answer = await clone.client.post("/v1/hints", json=typed)
    return {"status": answer.status_code, "body": answer.json()}


async def _own_content(clone: Clone) -> Any:
    """Flag one's own content: it is refused before anything is looked up."""
    subject = {"kind": "job_post", "id": "subject-1", "author": AUTHOR, "title": "Logo wanted"}
    flag = {
        "reporter": {"id": AUTHOR},
        "subject": subject,
        "option": "job_post.something_else",
        "menu_version": 3,
    }
    answer = await clone.client.post("/v1/flags", json=flag | {"details": "Looking whether it was flagged."})
    return {"status": answer.status_code, "body": answer.json()}


async def _wrong_appeal(clone: Clone) -> Any:
    """Appeal under a number that was never given: unknown and not one's own read the same."""
    wanted = {"notice": "N-0000-0000-0000", "text": "Was I flagged?"}
    answer = await clone.client.post(f"/v1/my/appeals?person={AUTHOR}", json=wanted)
    return {"status": answer.status_code, "body": answer.json()}


async def _wrong_answer(clone: Clone) -> Any:
    """Answer a question that was never put: unknown and not one's own read the same."""
    path = f"/v1/my/notices/N-0000-0000-0000/answer?person={AUTHOR}"
    answer = await clone.client.post(path, json={"text": "Was I flagged?"})
    return {"status": answer.status_code, "body": answer.json()}


async def _answers(clone: Clone) -> Any:
    """Return what the story's own calls were answered."""
    return dict(clone.answers)


async def _bodies(clone: Clone) -> Any:
    """Return the body of every webhook that goes to the side of the platform which authors see."""
    found = []
    async with clone.house.database.reading(Role.WORKER) as connection:
        for feed in (Feed.MEASURES, Feed.AUTHOR_NOTICES, Feed.VERSIONS):
            for event in await delivery.feed_page(connection, _PLATFORM, feed, 0, 500):
                data = await read_event(clone.house, connection, event)
                found.append(body(event.kind, event.feed, event.position, event.published_at, data))
    return found


CHANNELS: Final[Mapping[str, Channel]] = MappingProxyType(
    {
        "GET /v1/my/notices": _notices,
        "GET /v1/my/standing": _standing,
        "GET /v1/my/flags": _own_flags,
        "GET /v1/my/suggestions": _own_suggestions,
        "GET /v1/my/contact": _own_letters,
        "GET /v1/measures": _measures,
        "GET /v1/versions": _versions,
        "GET /v1/menus/{kind}": _menu,
        "POST /v1/hints": _hints,
        "POST /v1/flags": _own_content,
        "POST /v1/my/appeals": _wrong_appeal,
        "POST /v1/my/notices/{number}/answer": _wrong_answer,
        "answers to what the author did": _answers,
        "bodies of webhooks": _bodies,
    }
)
"""Everything that is compared, by the name of its address."""


class Theatre:
    """A furnished throw-away database of which every story gets two fresh copies."""

    def __init__(self, lender: House, template: Address, bearer: str) -> None:
        """Use `open_theatre`."""
        self._lender = lender
        self._template = template
        self._bearer = bearer

    async def compare(
        self,
        story: Story,
        voices: tuple[Sequence[Voice], Sequence[Voice]],
        channels: Mapping[str, Channel] = CHANNELS,
    ) -> Compared:
        """Tell a story on two copies with different voices, and say where an author's side differs."""
        async with two_copies(self._template, self._lender.ids.key()) as addresses:
            one, other = [
                await _tell(self._lender, at, self._bearer, story, said, channels)
                for at, said in zip(addresses, voices, strict=True)
            ]
        return Compared(one, other, tuple(differences(one, other)))


@contextlib.asynccontextmanager
async def open_theatre(house: House, address: Address) -> AsyncIterator[Theatre]:
    """Furnish a database beside the house's own; `house` lends its keys alone, and `address` is the owner's."""
    bearer: list[str] = []

    async def furnish(template: Address) -> None:
        bearer.append(await _furnish(house, template))

    async with throwaway(address, house.ids.key(), house.clocks.wall, furnish) as template:
        yield Theatre(house, template, bearer[0])


def differences(one: Observed, other: Observed) -> list[Difference]:
    """Return every place where two tellings differ."""
    flat, beside = dict(_flat("", one.moments)), dict(_flat("", other.moments))
    return [
        Difference(where, flat.get(where), beside.get(where))
        for where in sorted(flat.keys() | beside.keys())
        if flat.get(where) != beside.get(where)
    ]


def _flat(at: str, value: Any) -> list[tuple[str, Any]]:
    if isinstance(value, Mapping) and value:
        return [
            found
            for key, below in value.items()
            for found in _flat(f"{at} › {key}" if at else str(key), below)
        ]
    if isinstance(value, list) and value:
        return [found for place, below in enumerate(value) for found in _flat(f"{at} › {place + 1}", below)]
    return [(at, value)]


# -- one clone


async def _furnish(house: House, template: Address) -> str:
    """Give the template a platform, the default policy and two moderators, and return the platform's API key."""
    clock = StoppedClock(BEGIN - timedelta(days=30))
    async with _open(house, template, Clocks(clock, clock), "template") as empty:
        wanted = AddPlatform(key=_PLATFORM, name="Harborlane", effects=frozenset(Effect))
        made = await add_platform(empty, None, wanted)
        policy = await _policy()
        newest = {version.number: clock.now() for version in policy.menu_versions}
        await publish_first(empty, policy, FirstPolicy(_PLATFORM, newest, clock.now(), "import"))
        async with empty.database.transaction(Role.CONSOLE) as connection:
            for login in ("first", "second"):
                await staff.add_account(connection, _moderator(empty, login))
    return made.api_key


async def _policy() -> Any:
    import asyncio

    return await asyncio.to_thread(read_policy)


def _moderator(house: House, login: str) -> Account:
    return Account(
        key=AccountKey(house.ids.key()), login=login, name=login.title(), roles=frozenset({StaffRole.MODERATOR}),
        made_at=house.now,
    )  # fmt: skip


@contextlib.asynccontextmanager
async def _open(house: House, address: Address, clocks: Clocks, seed: str) -> AsyncIterator[House]:
    """Open a throw-away database under stopped clocks, with ids that are the same on each clone."""
    database = await Database.open(address, _ROLES, size=2)
    book = PolicyBook(database, Role.CONSOLE)
    try:
        await book.refresh()
        ids = RandomIds(clocks.wall) if seed == "template" else SeededIds(seed, clocks.wall)
        yield replace(house, database=database, clocks=clocks, policy=book, ids=ids)
    finally:
        await book.close()
        await database.close()


async def _tell(
    lender: House, address: Address, bearer: str, story: Story, voices: Sequence[Voice],
    channels: Mapping[str, Channel],
) -> Observed:  # fmt: skip
    """Live through the story on one clone, and look at every channel after each of its moments."""
    clock = StoppedClock(BEGIN)
    moments: dict[str, dict[str, Any]] = {}
    async with _open(lender, address, Clocks(clock, clock), "two clones") as house:
        door = build(house)
        headers = {"authorization": f"Bearer {bearer}"}
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(door), base_url="http://clone.invalid", headers=headers
        ) as client:
            clone = Clone(house, client, {})

            async def look(moment: str) -> None:
                moments[moment] = {name: await channel(clone) for name, channel in channels.items()}

            await _live(clone, clock, story, voices, look)
        await door.close()
    return Observed(moments)


async def _live(
    clone: Clone, clock: StoppedClock, story: Story, voices: Sequence[Voice], look: Callable[[str], Awaitable[None]]
) -> None:  # fmt: skip
    house = clone.house
    first, second = await _accounts(house)
    await _flag(house, clock, story, [one for one in voices if one.minutes < 300])
    _go(clock, DECIDED_AFTER - timedelta(minutes=20))
    await look("flagged")
    claimed = await next_case(house, first)
    _go(clock, DECIDED_AFTER)
    if claimed is None:
        msg = "no case waits: somebody has to flag before the decision"
        raise ValueError(msg)
    ruled = await decide_case(house, first, await _judgement(house, story, claimed.case))
    await look("decided")
    _go(clock, DECIDED_AFTER + timedelta(hours=26))
    await _settle(house)
    await look("in effect")
    await _flag(house, clock, story, [one for one in voices if one.minutes >= 2000])
    _go(clock, timedelta(days=3))
    await _appeal(clone, story, ruled.decision, second)
    await look("appealed")
    if story.reverses:
        with contextlib.suppress(FlagstaffError):  # an appeal that was upheld has done it already
            await reverse_decision(house, second, Reversal(claimed.case, "It was read without its context."))
    _go(clock, timedelta(days=4))
    await _settle(house)
    await look("answered")
    _go(clock, timedelta(days=40))
    await _settle(house)
    await look("a month later")


async def _accounts(house: House) -> list[Account]:
    async with house.database.reading(Role.CONSOLE) as connection:
        found = await staff.list_accounts(connection)
    return sorted(found, key=lambda one: one.login)


async def _flag(house: House, clock: StoppedClock, story: Story, voices: Sequence[Voice]) -> None:
    for voice in sorted(voices, key=lambda one: one.minutes):
        _go(clock, timedelta(minutes=voice.minutes))
        for answer in await receive_flags(house, [_sent(story, voice)]):
            if isinstance(answer, FlagstaffError):
                raise answer


def _sent(story: Story, voice: Voice) -> Sent:
    private = story.kind == "private_message"
    in_community = story.kind.startswith("community_")
    seen = Seen(
        ref=SubjectRef(_PLATFORM, SubjectKind(story.kind), "subject-1"),
        place=Place(Surface.COMMUNITY, "forum", "general") if in_community else Place(Surface.MARKETPLACE),
        author=AUTHOR,
        title=story.title,
        words=story.words,
        language="en",
        posted_at=BEGIN - timedelta(days=2),
        audience=story.audience,
    )
    return Sent(
        reporter=PersonRef(_PLATFORM, voice.reporter),
        seen=seen,
        option=voice.option,
        menu_version=3,
        language="en",
        details=voice.words,
        participants=(AUTHOR, voice.reporter) if private else None,
    )


async def _judgement(house: House, story: Story, case: str) -> Judgement:
    """Decide as the ladder proposes."""
    if story.verdict is not Verdict.VIOLATION:
        return Judgement(case=case, verdict=story.verdict, reason="Looked at with care.")
    async with house.database.reading(Role.CONSOLE) as connection:
        found = await moves.find(connection, case)
        subject = await judging.judged(connection, found.subject) if found else None
        past = await decisions.past_of(connection, subject.author) if subject and subject.author else ()
    rung = propose(terms_for(house, subject), subject, story.clause, past, house.now) if subject else None
    return Judgement(
        case=case,
        verdict=story.verdict,
        reason="Looked at with care.",
        clauses=(ClauseId(story.clause),),
        measures=rung.step if rung else (),
    )


async def _appeal(clone: Clone, story: Story, decision: str, reviewer: Account) -> None:
    """Let the author appeal under their notice, twice, and let somebody else answer."""
    if not story.appeals:
        return
    notices = (await clone.get(f"/v1/my/notices?person={AUTHOR}"))["body"]["items"]
    for turn, text in enumerate(("Please look again.", "And once more.")):
        if notices:
            wanted = {"notice": notices[-1]["number"], "text": text}
            answer = await clone.client.post(f"/v1/my/appeals?person={AUTHOR}", json=wanted)
            clone.answers[f"appeal {turn + 1}"] = {"status": answer.status_code, "body": answer.json()}
    async with clone.house.database.transaction(Role.CONSOLE) as connection:
        found = await decisions.find_decision(connection, decision)
        lodged = await appeals.of_decision(connection, found.key) if found else None
    if lodged is not None:
        await claim_appeal(clone.house, reviewer, lodged.number)
        await answer_appeal(
            clone.house, reviewer, AppealAnswer(lodged.number, story.upheld, "Looked at again.")
        )


async def _settle(house: House) -> None:
    for job in (take_effect, end_measures, leave_appeals):
        await job(house)
    while (done := await publish(house)).events + done.entries:
        pass
    await close_cases(house)


def _go(clock: StoppedClock, since: timedelta) -> None:
    """Let it be so long after the beginning, unless it is later already."""
    if BEGIN + since > clock.now():
        clock.move(BEGIN + since - clock.now())

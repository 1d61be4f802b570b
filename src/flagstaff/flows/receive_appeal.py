"""Take an appeal: of the author about a decision or a hold, or of a reporter about the answer to their flag."""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from flagstaff.appeals import holds, rules, storage as appeals
from flagstaff.appeals.model import Admission, Admitted, Voice
from flagstaff.appeals.storage import Appeal, Speaker
from flagstaff.audit import storage as audit
from flagstaff.audit.model import Entry
from flagstaff.decisions import contested as held, storage as decisions
from flagstaff.delivery import storage as delivery, told_holds
from flagstaff.flags import outcomes
from flagstaff.flows.contested import Contested, appeal_of, lock_contested, questioned
from flagstaff.flows.house import House
from flagstaff.flows.leave_appeals import answer_notice
from flagstaff.flows.policy_terms import zone_of
from flagstaff.flows.tell_people import (
    author_notice,
    reporter_notice,
    send_notices,
    told_in,
    tongue_for,
)
from flagstaff.kernel.clock import day_of
from flagstaff.kernel.errors import NotFound, Refusal
from flagstaff.kernel.ids import NumberKind, read_number
from flagstaff.store.database import Connection
from flagstaff.store.roles import Role
from flagstaff.subjects import judging
from flagstaff.vault import admission
from flagstaff.vault.admission import Words
from flagstaff.vocabulary.origins import Party
from flagstaff.vocabulary.references import PersonRef

ANSWER_WITHIN = timedelta(days=14)


class NothingToAppeal(NotFound):
    """Nothing of this number concerns this person, or the code is another notice's: both read the same."""

    slug = "nothing-to-appeal"
    title = "There is nothing here to appeal"


class NoAppeal(Refusal):
    """The rules take no appeal here; the text says why."""

    slug = "no-appeal"
    status = 409
    title = "No appeal is possible here"


class Asked(msgspec.Struct, frozen=True):
    """Who asks for a second look, of what, and in which words.

    `number` is that of a notice, a decision or a flag of one's own. Without `person` it is a notice's number, and
    `code` shows that it was received: so that somebody who is suspended can appeal. `language` is what they read.
    """

    number: str
    text: str
    person: PersonRef | None = None
    code: str = ""
    language: str = ""


class Taken(msgspec.Struct, frozen=True):
    """What staff call the appeal and whether it joined one, and apart from that what whoever asked is told.

    Their number and their day are their own: they read the same whether or not somebody asked before.
    """

    appeal: str
    joined: bool
    number: str
    answer_by: datetime


class _Ground(msgspec.Struct, frozen=True):
    """What is appealed (a decision or a hold, of which case), by whom, and when they were told."""

    case: UUID
    informed_at: datetime
    decision: UUID | None = None
    hold: UUID | None = None
    author: UUID | None = None
    flag: UUID | None = None


async def receive_appeal(house: House, asked: Asked) -> Taken:
    """Lodge an appeal or let it join, as `take_appeal` does, in a transaction of its own."""
    async with house.database.transaction(Role.INTAKE) as connection:
        return await take_appeal(house, connection, asked)


async def take_appeal(house: House, connection: Connection, asked: Asked) -> Taken:
    """Lodge an appeal or let it join the one second look; raises NothingToAppeal, NoAppeal or Refusal."""
    if not asked.text.strip():
        msg = "an appeal says in words what should be looked at again"
        raise Refusal(msg, where="text", mend="write a sentence")
    ground = await _find(house, connection, asked)
    about = await lock_contested(connection, ground.case, ground.decision, ground.hold) if ground else None
    # Whoever had it before may have taken back what is appealed, or corrected the answer to this flag.
    if ground is None or about is None or await _find(house, connection, asked) != ground:
        msg = "no decision under this number concerns you"
        raise NothingToAppeal(msg, where="number", mend="copy the number from the notice")
    standing = await appeal_of(connection, about)
    admitted = await _admit(house, connection, ground, about, standing)
    appeal = standing or await _lodge(house, connection, about)
    joined = admitted.admission in {Admission.JOIN, Admission.LATE}
    if joined:
        rules.apply(appeal.state, "join")
    if admitted.admission is Admission.REVIVE:
        await appeals.move(connection, appeal.key, rules.apply(appeal.state, "revive"))
    speaker = await _speak(house, connection, appeal, ground, asked.text)
    await _confirm(house, connection, appeal, ground, asked.language)
    if admitted.admission is Admission.LATE:
        await _answer_later(house, connection, appeal, about, speaker, asked.language)
    entry = Entry(
        house.ids.key(), day_of(house.now), "appeal.received",
        "author" if ground.author else "reporter", f"appeal:{appeal.key}", appeal.platform,
    )  # fmt: skip
    await audit.record(connection, [entry])
    return Taken(appeal.number, joined, speaker.number, house.now + ANSWER_WITHIN)


async def _find(house: House, connection: Connection, asked: Asked) -> _Ground | None:
    """Return what a number means for this person; None for what is not theirs."""
    read = read_number(asked.number)
    if read is None:
        return None
    kind, number = read
    if kind is NumberKind.NOTICE:
        return await _by_notice(house, connection, asked, number)
    if asked.person is None:
        return None
    if kind is NumberKind.DECISION:
        return await _by_decision(house, connection, asked.person, number)
    return await _by_flag(house, connection, asked.person, number) if kind is NumberKind.FLAG else None


async def _by_notice(house: House, connection: Connection, asked: Asked, number: str) -> _Ground | None:
    ground = await _told(house, connection, number)
    if ground is None:
        return None
    if asked.person is not None:
        own = (
            await judging.hold_author_named(connection, asked.person.platform, asked.person.id)
            == ground.author
        )
    else:
        own = house.sealer.shows_receipt(number, asked.code)
    return ground if own else None


async def _told(house: House, connection: Connection, number: str) -> _Ground | None:
    """Return what a notice told its author of: a decision, or a hold."""
    told = await told_holds.hold_told(connection, number, house.now)
    if told is not None:
        hold = await held.look_at_hold(connection, told.hold)
        return _Ground(hold.case, told.released_at, hold=hold.key, author=told.author) if hold else None
    notice = await delivery.notice_by_number(connection, number, house.now)
    if notice is None or notice.author is None or notice.decision is None or notice.released_at is None:
        return None
    decision = await decisions.look(connection, notice.decision)
    if decision is None:
        return None
    return _Ground(decision.case, notice.released_at, decision=decision.key, author=notice.author)


async def _by_decision(
    house: House, connection: Connection, person: PersonRef, number: str
) -> _Ground | None:
    decision = await decisions.find_decision(connection, number)
    author = await judging.hold_author_named(connection, person.platform, person.id)
    if decision is None or author is None or decision.author != author:
        return None
    told = [
        one.released_at
        for one in await delivery.told_of(connection, decision.key)
        if one.audience is Party.AUTHOR and one.released_at is not None and one.released_at <= house.now
    ]
    return _Ground(decision.case, min(told), decision=decision.key, author=author) if told else None


async def _by_flag(house: House, connection: Connection, person: PersonRef, number: str) -> _Ground | None:
    own = await admission.hold_flags_of(connection, house.sealer, person)
    flag = await outcomes.own(connection, number, own)
    if flag is None or flag.decision is None or flag.outcome_from is None or house.now < flag.outcome_from:
        return None
    decision = await decisions.look(connection, flag.decision)
    if decision is None:
        return None
    return _Ground(decision.case, flag.outcome_from, decision=decision.key, flag=flag.key)


async def _admit(
    house: House, connection: Connection, ground: _Ground, about: Contested, standing: Appeal | None
) -> Admitted:
    own = await _own_voices(connection, standing, ground.author, ground.flag) if standing else []
    heard = _heard_at(standing, own[0]) if standing and own else None
    party = Party.AUTHOR if ground.author else Party.REPORTER
    answered = heard is not None and heard <= house.now
    voice = Voice(party, house.now, ground.informed_at, bool(own), answered)
    zone = zone_of(house, about.either.platform)
    admitted = rules.admit(voice, await questioned(connection, about, standing), zone)
    if admitted.admission is Admission.REFUSE:
        raise NoAppeal(admitted.reason, where="number")
    return admitted


async def _own_voices(
    connection: Connection, appeal: Appeal, author: UUID | None, flag: UUID | None
) -> list[Speaker]:
    return [
        one
        for one in await appeals.voices(connection, appeal.key)
        if one.author == author and one.flag == flag
    ]


def _heard_at(appeal: Appeal, first: Speaker) -> datetime | None:
    """Return when somebody who spoke first with these words may read the answer."""
    return rules.answered_at(first.received_at, appeal.received_at, appeal.left_at)


async def _answer_later(
    house: House, connection: Connection, appeal: Appeal, about: Contested, speaker: Speaker, language: str
) -> None:
    """Tell who speaks after the answer left what it was, once; before that it leaves for all voices together."""
    first, *more = await _own_voices(connection, appeal, speaker.author, speaker.flag)
    at = _heard_at(appeal, first)
    if appeal.left_at is not None and at is not None and not more:
        notice = await answer_notice(house, connection, appeal, about, speaker, at, language)
        await send_notices(house, connection, [notice], house.now)


async def _lodge(house: House, connection: Connection, about: Contested) -> Appeal:
    appeal = Appeal(
        key=house.ids.key(),
        number=house.ids.number(NumberKind.APPEAL),
        platform=about.either.platform,
        decision=about.decision.key if about.decision else None,
        hold=about.hold.key if about.hold else None,
        case=about.either.case,
        state=rules.apply(None, "lodge"),
        received_at=house.now,
        answer_by=house.now + ANSWER_WITHIN,
    )
    await (appeals.lodge if about.decision else holds.lodge_about_hold)(connection, appeal)
    return appeal


async def _speak(house: House, connection: Connection, appeal: Appeal, ground: _Ground, text: str) -> Speaker:
    """Keep who speaks, and seal what they say: an appeal is read like details of a flag."""
    party = Party.AUTHOR if ground.author else Party.REPORTER
    speaker = Speaker(
        house.ids.key(),
        house.ids.number(NumberKind.APPEAL),
        party,
        ground.author,
        ground.flag,
        has_words=True,
        received_at=house.now,
    )
    await appeals.speak(connection, appeal.key, speaker)
    words = Words("appeal", speaker.key, appeal.case, appeal.platform, text)
    await admission.leave_words(connection, [words], house.sealer.batch(), house.ids, house.now.date())
    return speaker


async def _confirm(
    house: House, connection: Connection, appeal: Appeal, ground: _Ground, language: str
) -> None:
    """Tell whoever asked that somebody else looks again."""
    guidelines, now = told_in(house, appeal.platform, language), house.now
    values = {
        "platform": house.policy.host(appeal.platform).name,
        "answer_by": tongue_for(guidelines).day(now + ANSWER_WITHIN, zone_of(house, appeal.platform).key),
        "status": "appealed",
    }
    if ground.author is not None:
        notice = author_notice(
            house, platform=appeal.platform, author=ground.author, text_key="appeal_received", guidelines=guidelines,
            values=values, at=now, not_before=now, appeal=appeal.key, released=True,
        )  # fmt: skip
    else:
        notice = reporter_notice(
            house, platform=appeal.platform, flag=ground.flag or UUID(int=0), text_key="appeal_received",
            guidelines=guidelines, values=values, at=now, not_before=now, appeal=appeal.key,
        )  # fmt: skip
    await send_notices(house, connection, [notice], now)

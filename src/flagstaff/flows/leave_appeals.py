"""Let answers to appeals leave: an upheld one lifts the hold, reverses the decision, or lets it be made anew."""

from datetime import datetime
from uuid import UUID

from flagstaff.appeals import storage as appeals
from flagstaff.appeals.storage import Appeal, Leaving, Speaker
from flagstaff.cases import moves
from flagstaff.delivery.model import NewNotice
from flagstaff.flags import outcomes
from flagstaff.flows.contested import Contested, lock_contested
from flagstaff.flows.house import House
from flagstaff.flows.one_by_one import one_by_one
from flagstaff.flows.place_hold import finish_hold
from flagstaff.flows.reverse_decision import reverse
from flagstaff.flows.tell_people import (
    author_notice,
    reporter_notice,
    send_notices,
    told_in,
    tongue_for,
)
from flagstaff.store.database import Connection
from flagstaff.store.roles import Role
from flagstaff.subjects import judging
from flagstaff.subjects.judging import Judged
from flagstaff.vocabulary.origins import Party
from flagstaff.vocabulary.states import AppealState

_BATCH = 50


async def leave_appeals(house: House) -> int:
    """Let what is due leave, one appeal a transaction, and return how many; any number of workers may do it."""
    async with house.database.reading(Role.WORKER) as connection:
        due = await appeals.leaving(connection, house.now, _BATCH)
    return await one_by_one(due, lambda one: _one(house, one))


async def _one(house: House, due: Leaving) -> bool:
    async with house.database.transaction(Role.WORKER) as connection:
        seen = await moves.look(connection, due.case)
        if seen is None or not await judging.try_lock(connection, seen.subject):
            return False
        about = await lock_contested(connection, due.case, due.decision, due.hold)
        appeal = await appeals.hold(connection, due.key)
        subject = await judging.judged(connection, seen.subject)
        if appeal is None or about is None or subject is None or not _leaves(appeal, house.now):
            return False
        if appeal.state is AppealState.UPHELD:
            await _uphold(house, connection, appeal, about, subject)
        await _tell(house, connection, appeal, about, subject)
        await appeals.left(connection, appeal.key, house.now)
        return True


def _leaves(appeal: Appeal, now: datetime) -> bool:
    answered = appeal.state in {AppealState.UPHELD, AppealState.REJECTED} and appeal.left_at is None
    return answered and appeal.not_before is not None and now >= appeal.not_before


async def _uphold(
    house: House, connection: Connection, appeal: Appeal, about: Contested, subject: Judged
) -> None:
    if not about.stands:
        return  # it was taken back meanwhile, or is over; all were told then
    if about.decision is not None:
        reason = appeal.reason or "an appeal was upheld"
        await reverse(house, connection, about.decision, subject, str(appeal.reviewer), reason)
    if about.hold is not None:
        await finish_hold(house, connection, about.hold, subject, "lift", house.now)


async def _tell(
    house: House, connection: Connection, appeal: Appeal, about: Contested, subject: Judged
) -> None:
    """Tell every voice how it ended, each once."""
    told: set[tuple[UUID | None, UUID | None]] = set()
    notices = []
    for voice in await appeals.voices(connection, appeal.key):
        if (voice.author, voice.flag) not in told:
            told.add((voice.author, voice.flag))
            notices.append(
                await answer_notice(house, connection, appeal, about, voice, house.now, subject.language)
            )
    await send_notices(house, connection, notices, house.now)


async def answer_notice(
    house: House,
    connection: Connection,
    appeal: Appeal,
    about: Contested,
    voice: Speaker,
    not_before: datetime,
    language: str | None,
) -> NewNotice:
    """Return what one voice is told of how the second look ended, to be read from `not_before` on.

    `language` is what an author reads, as far as it is known; a reporter reads that of their flag.
    """
    upheld = appeal.state is AppealState.UPHELD
    flag = await outcomes.flag_of(connection, voice.flag) if voice.flag else None
    guidelines = told_in(house, appeal.platform, flag.language if flag else language)
    now = house.now
    clause = guidelines.clause_by_key.get(about.clause) if about.clause else None
    values = {
        "platform": house.policy.host(appeal.platform).name,
        "clause": clause.title if clause else tongue_for(guidelines).gettext("our guidelines"),
        "clause_key": clause.key if clause else "",
    }
    text = "appeal_upheld" if upheld else "appeal_rejected"
    if voice.voice is Party.AUTHOR and voice.author is not None:
        return author_notice(
            house, platform=appeal.platform, author=voice.author, text_key=text, guidelines=guidelines, values=values,
            at=now, not_before=not_before, appeal=appeal.key, released=True,
        )  # fmt: skip
    status = flag.outcome.value if flag and flag.outcome else "received"
    return reporter_notice(
        house, platform=appeal.platform, flag=voice.flag or UUID(int=0), text_key=text, guidelines=guidelines,
        values=values | {"status": status}, at=now, not_before=not_before, appeal=appeal.key,
    )  # fmt: skip

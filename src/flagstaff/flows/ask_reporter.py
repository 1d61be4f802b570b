"""Ask one reporter, or the author, before deciding; seven days later it is decided on what there is."""

from datetime import datetime

import msgspec

from flagstaff.audit import storage as audit
from flagstaff.cases import desk, moves, rules, storage as cases
from flagstaff.delivery import storage as delivery
from flagstaff.delivery.model import NewNotice
from flagstaff.flags import outcomes
from flagstaff.flows.case_desk import NothingWaits, Seat, demand, entry, step, take_seat
from flagstaff.flows.house import House
from flagstaff.flows.policy_terms import zone_of
from flagstaff.flows.tell_people import (
    author_notice,
    reporter_notice,
    send_notices,
    subject_words,
    told_in,
    tongue_for,
)
from flagstaff.guidelines.model import Guidelines
from flagstaff.kernel.errors import Refusal
from flagstaff.staff.model import Account
from flagstaff.store.database import Connection
from flagstaff.store.roles import Role


class Question(msgspec.Struct, frozen=True):
    """What is asked about a case: of the reporter of `flag` (its number), or with None of the author."""

    case: str
    text: str
    flag: str | None = None


async def ask_reporter(house: House, by: Account, question: Question) -> datetime:
    """Ask, let the case wait, and return until when. Raises NoSuchCase, NotYours, Refusal or NothingWaits."""
    async with house.database.transaction(Role.CONSOLE) as connection:
        seat = await take_seat(house, connection, by, question.case)
        demand(desk.may_decide(seat.viewer, seat.case.desk(), seat.now))
        if not question.text.strip():
            msg = "there is no question"
            raise Refusal(msg, where="text", mend="write what you need to know")
        until = seat.now + desk.QUESTION_LASTS
        notice = (
            _to_author(house, seat, question, until)
            if question.flag is None
            else await _to_reporter(house, connection, seat, question, question.flag, until)
        )
        await send_notices(house, connection, [notice], seat.now)
        target = rules.apply(seat.case.state, "ask")
        await moves.move(connection, seat.case, target, wakes_at=until, note="waits for an answer")
        await cases.append_steps(connection, [step(seat, "ask", target)], house.ids)
        asked = "reporter" if question.flag else "author"
        await audit.record(connection, [entry(house, seat, "case.asked", asked=asked)])
        await delivery.wake(connection, delivery.WORK)
    return until


async def _to_reporter(
    house: House, connection: Connection, seat: Seat, question: Question, number: str, until: datetime
) -> NewNotice:
    flag = await outcomes.flag_called(connection, seat.case.key, number)
    if flag is None or not await outcomes.question(connection, flag.key, until, seat.now):
        msg = "this flag waits for no answer of ours any more"
        raise NothingWaits(msg, where="flag", mend="choose a flag of this case that was not taken back")
    guidelines = told_in(house, seat.case.platform, flag.language)
    values = _values(house, seat, question, guidelines, until) | {"number": flag.number, "option": flag.label}
    return reporter_notice(
        house, platform=seat.case.platform, flag=flag.key, text_key="question",
        guidelines=guidelines, values=values | {"status": "question"}, at=seat.now, not_before=seat.now,
    )  # fmt: skip


def _to_author(house: House, seat: Seat, question: Question, until: datetime) -> NewNotice:
    if seat.subject.author is None:
        msg = "nobody said who wrote this"
        raise NothingWaits(msg, mend="decide on what there is")
    guidelines = told_in(house, seat.case.platform, seat.subject.language)
    said = subject_words(seat.subject, guidelines)
    values = _values(house, seat, question, guidelines, until) | {"subject": said}
    return author_notice(
        house, platform=seat.case.platform, author=seat.subject.author, text_key="question_author",
        guidelines=guidelines, values=values, at=seat.now, not_before=seat.now, question=seat.case.key,
        released=True,
    )  # fmt: skip


def _values(
    house: House, seat: Seat, question: Question, guidelines: Guidelines, until: datetime
) -> dict[str, str]:
    return {
        "platform": house.policy.host(seat.case.platform).name,
        "question": question.text.strip(),
        "answer_by": tongue_for(guidelines).day(until, zone_of(house, seat.case.platform).key),
    }

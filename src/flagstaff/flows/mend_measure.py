"""Let content return that its author was asked to mend: somebody looked at the new words."""

import msgspec

from flagstaff.audit import storage as audit
from flagstaff.decisions import storage as decisions
from flagstaff.decisions.rules import MEASURE
from flagstaff.flows.case_desk import NothingWaits, demand, entry, take_seat
from flagstaff.flows.house import House
from flagstaff.flows.tell_people import author_notice, send_notices, subject_words, told_in
from flagstaff.flows.tell_platform import of_measure, tell_platform
from flagstaff.kernel.errors import Refusal
from flagstaff.staff import rules as staff_rules
from flagstaff.staff.model import Account
from flagstaff.store.roles import Role
from flagstaff.vocabulary.references import MeasureKind, Platform
from flagstaff.vocabulary.roles import Permission
from flagstaff.vocabulary.states import MeasureState

REQUEST_EDIT = MeasureKind("request_edit")


class Mending(msgspec.Struct, frozen=True):
    """Which case's measure `number` ends because the passage was mended, and what was found."""

    case: str
    number: str
    reason: str


async def mend_measure(house: House, by: Account, mending: Mending) -> None:
    """End a request to edit, let the platform show the content, and tell its author.

    Raises NoSuchCase, NotYours, NothingWaits where no such request runs or nothing was changed, or Refusal.
    """
    if not mending.reason.strip():
        msg = "say what was mended"
        raise Refusal(msg, where="reason", mend="write a sentence")
    async with house.database.transaction(Role.CONSOLE) as connection:
        seat = await take_seat(house, connection, by, mending.case)
        demand(staff_rules.may(by, Permission.DECIDE, seat.subject.place, Platform(seat.case.platform)))
        measure = await decisions.measure_of_case(connection, seat.case.key, mending.number)
        if measure is None or measure.kind != REQUEST_EDIT or measure.state is not MeasureState.RUNNING:
            msg = "no request to edit of this number runs"
            raise NothingWaits(msg, mend="open the case again; what runs stands there")
        judged = await decisions.look(connection, measure.decision)
        if judged is None or judged.snapshot == seat.subject.snapshot:
            msg = "nothing was changed since it was asked for"
            raise NothingWaits(msg, mend="wait for the author, or reverse the decision")
        target = MEASURE.apply(measure.state, "mend")
        await decisions.move_measures(connection, [measure.key], target)
        await decisions.append_measure_steps(
            connection, [measure.key], "mend", target, seat.actor, seat.now, house.ids, mending.reason
        )
        change = of_measure(measure, applied=False)
        await tell_platform(house, connection, [change] if change else [], seat.now, seat.now)
        if judged.author is not None:
            guidelines = told_in(house, judged.platform, seat.subject.language)
            values = {
                "platform": house.policy.host(judged.platform).name,
                "subject": subject_words(seat.subject, guidelines),
            }
            notice = author_notice(
                house, platform=judged.platform, author=judged.author, text_key="mended",
                guidelines=guidelines, values=values, at=seat.now, not_before=seat.now,
                released=True,
            )  # fmt: skip
            await send_notices(house, connection, [notice], seat.now)
        await audit.record(connection, [entry(house, seat, "measure.mended", measure=measure.number)])

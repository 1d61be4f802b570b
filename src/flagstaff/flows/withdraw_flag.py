"""Take a flag back: it stops counting, and a case with nothing else in it closes."""

import msgspec

from flagstaff.audit import storage as audit
from flagstaff.audit.model import Entry
from flagstaff.cases import storage as cases
from flagstaff.delivery import storage as delivery
from flagstaff.flags import outcomes, rules as flag_rules, storage as flags
from flagstaff.flags.model import Seen
from flagstaff.flags.storage import Found
from flagstaff.flows.close_cases import close_if_empty
from flagstaff.flows.hold_case import hold_case
from flagstaff.flows.house import House
from flagstaff.flows.score_cases import score_cases
from flagstaff.kernel.clock import day_of
from flagstaff.kernel.errors import Conflict, NotFound
from flagstaff.store.roles import Role
from flagstaff.vault import admission
from flagstaff.vocabulary.references import PersonRef
from flagstaff.vocabulary.states import FlagState


class NoSuchFlag(NotFound):
    """This person has no flag of that number."""

    slug = "no-such-flag"
    title = "You have no flag of this number"


class TooLate(Conflict):
    """A flag was answered before it was taken back."""

    slug = "too-late"
    title = "This flag has its answer"


class Withdrawal(msgspec.Struct, frozen=True):
    """Who takes back which flag."""

    person: PersonRef
    number: str


async def withdraw_flag(house: House, request: Withdrawal) -> None:
    """Take back one of a person's own flags; doing it twice is the same as once.

    Raises NoSuchFlag for a number that is not theirs, TooLate once it has its answer.
    """
    async with house.database.transaction(Role.INTAKE) as connection:
        own = await admission.hold_flags_of(connection, house.sealer, request.person)
        mine = await outcomes.own(connection, request.number, own)
        if mine is not None:
            await hold_case(connection, mine.case)
        now = house.now  # whoever had the case before may have answered the flag meanwhile
        flag = await flags.find_own(connection, request.number, own)
        if flag is None:
            what = f"there is no flag {request.number} of yours"
            raise NoSuchFlag(what, where="number", mend="see /v1/my/flags for your numbers")
        if flag.state is FlagState.WITHDRAWN:
            return
        ruling = flag_rules.may_withdraw(_seen(flag), now)
        if not ruling:
            raise TooLate(ruling.reason, mend="you can appeal its outcome instead")
        await flags.withdraw(connection, flag.key, now)
        await delivery.recall(connection, flag.key, now)
        await score_cases(house, connection, [flag.case], now)
        case = await cases.hold(connection, flag.case)
        if case is not None:
            await close_if_empty(house, connection, case, "reporter")
        day = day_of(now)
        entry = Entry(house.ids.key(), day, "flag.withdrawn", "reporter", f"flag:{flag.key}")
        await audit.record(connection, [entry])
        await delivery.wake(connection, delivery.WORK)


def _seen(flag: Found) -> Seen:
    return Seen(flag.state, flag.received_at, flag.outcome, flag.outcome_from, flag.question_until)

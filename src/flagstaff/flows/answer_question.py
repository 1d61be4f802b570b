"""Take the answer of a reporter to a question: sealed, and the case is open again."""

import msgspec

from flagstaff.cases import moves, rules, storage as cases
from flagstaff.cases.moves import Held
from flagstaff.cases.storage import Step
from flagstaff.delivery import storage as delivery
from flagstaff.flags import outcomes, storage as flags
from flagstaff.flows.case_desk import NothingWaits
from flagstaff.flows.hold_case import hold_case
from flagstaff.flows.house import House
from flagstaff.flows.withdraw_flag import NoSuchFlag
from flagstaff.kernel.errors import Refusal
from flagstaff.store.database import Connection
from flagstaff.store.roles import Role
from flagstaff.vault import admission
from flagstaff.vault.admission import Words
from flagstaff.vocabulary.references import PersonRef
from flagstaff.vocabulary.states import CaseState


class GivenAnswer(msgspec.Struct, frozen=True):
    """What a reporter answers about their flag `number`."""

    person: PersonRef
    number: str
    text: str


async def answer_question(house: House, given: GivenAnswer) -> None:
    """Keep an answer and wake the case, as `take_answer` does, in a transaction of its own."""
    async with house.database.transaction(Role.INTAKE) as connection:
        await take_answer(house, connection, given)


async def take_answer(house: House, connection: Connection, given: GivenAnswer) -> None:
    """Keep an answer and wake the case; raises NoSuchFlag, NothingWaits where nothing was asked, or Refusal."""
    if not given.text.strip():
        msg = "there is no answer"
        raise Refusal(msg, where="text", mend="write a sentence")
    now = house.now
    own = await admission.hold_flags_of(connection, house.sealer, given.person)
    mine = await outcomes.own(connection, given.number, own)
    case = await hold_case(connection, mine.case) if mine else None
    flag = await flags.find_own(connection, given.number, own)
    if case is None or flag is None:
        msg = f"there is no flag {given.number} of yours"
        raise NoSuchFlag(msg, where="number", mend="see /v1/my/flags for your numbers")
    if flag.question_until is None or now >= flag.question_until:
        msg = "no question about this flag is open"
        raise NothingWaits(msg, mend="you can still add to your flag by sending it again")
    words = Words("answer", flag.key, flag.case, given.person.platform, given.text)
    await admission.leave_words(connection, [words], house.sealer.batch(), house.ids, now.date())
    await outcomes.end_question(connection, flag.key, now)
    await wake(house, connection, case, "reporter")


async def wake(house: House, connection: Connection, case: Held, by: str) -> None:
    """Open the case again where it waited for this alone."""
    if case.state is CaseState.ASKED:
        target = rules.apply(case.state, "answered")
        await moves.move(connection, case, target)
        step = Step(case.key, house.now, "answered", case.state, target, by)
        await cases.append_steps(connection, [step], house.ids)
        await delivery.wake(connection, delivery.WORK)

"""Take back one's own request for a second look; it ends where nobody else asked for it."""

import msgspec

from flagstaff.appeals import rules, storage as appeals
from flagstaff.audit import storage as audit
from flagstaff.audit.model import Entry
from flagstaff.flows.appeal_desk import NoSuchAppeal
from flagstaff.flows.hold_case import hold_case
from flagstaff.flows.house import House
from flagstaff.kernel.clock import day_of
from flagstaff.kernel.errors import Conflict
from flagstaff.kernel.ids import NumberKind, read_number
from flagstaff.store.database import Connection
from flagstaff.store.roles import Role
from flagstaff.subjects import judging
from flagstaff.vault import admission
from flagstaff.vocabulary.references import PersonRef
from flagstaff.vocabulary.states import AppealState

_OPEN = {AppealState.RECEIVED, AppealState.CLAIMED}


class AnsweredAlready(Conflict):
    """The second look is over, or as good as over."""

    slug = "appeal-answered"
    title = "This appeal has its answer"


class TakenBack(msgspec.Struct, frozen=True):
    """Who takes back which appeal; `number` is the one that they were told."""

    person: PersonRef
    number: str


async def withdraw_appeal(house: House, request: TakenBack) -> None:
    """Take back one's voice; doing it twice is the same as once.

    Raises NoSuchAppeal for one in which this person never spoke, AnsweredAlready once somebody has looked again.
    """
    read = read_number(request.number)
    async with house.database.transaction(Role.INTAKE) as connection:
        flags = await admission.hold_flags_of(connection, house.sealer, request.person)
        author = await judging.hold_author_named(connection, request.person.platform, request.person.id)
        number = read[1] if read and read[0] is NumberKind.APPEAL else ""
        found = await appeals.spoken_under(connection, number, author, flags)
        if found is None:
            raise _unknown(request.number)
        await hold_case(connection, found.case)
        appeal = await appeals.hold(connection, found.key)
        if appeal is None:
            raise _unknown(request.number)
        if appeal.state is AppealState.WITHDRAWN:
            return
        if appeal.state not in _OPEN:
            msg = "somebody has looked again already"
            raise AnsweredAlready(msg, where="number", mend="the answer stands in your notices")
        await appeals.fall_silent(connection, found.key, author, flags, house.now)
        if not await appeals.voices(connection, found.key):
            await appeals.move(connection, found.key, rules.apply(appeal.state, "withdraw"))
        await _log(house, connection, appeal.platform, f"appeal:{appeal.key}")


async def _log(house: House, connection: Connection, platform: str, appeal: str) -> None:
    day = day_of(house.now)
    entry = Entry(house.ids.key(), day, "appeal.taken_back", "person", appeal, platform)
    await audit.record(connection, [entry])


def _unknown(number: str) -> NoSuchAppeal:
    msg = f"there is no appeal {number} of yours"
    return NoSuchAppeal(msg, where="number", mend="copy the number from the answer to your appeal")

"""Show a person their own flags: option, day and status, never the words, which stay sealed."""

from datetime import datetime

import msgspec

from flagstaff.flags import rules, storage
from flagstaff.flags.model import Seen
from flagstaff.flags.storage import Shown
from flagstaff.flows.house import House
from flagstaff.flows.pace import Expected
from flagstaff.flows.receipts import expected_of
from flagstaff.flows.withdraw_flag import NoSuchFlag
from flagstaff.store.roles import Role
from flagstaff.vault import admission
from flagstaff.vocabulary.references import PersonRef
from flagstaff.vocabulary.states import FlagStatus


class OwnFlag(msgspec.Struct, frozen=True):
    """One flag as its reporter sees it now; `withdrawable`: it has no answer that could be read.

    `legacy`: it was raised before Flagstaff came.
    """

    number: str
    kind: str
    option: str
    label: str
    status: FlagStatus
    received_at: datetime
    expected: Expected
    withdrawable: bool
    legacy: bool


async def show_my_flags(house: House, person: PersonRef) -> list[OwnFlag]:
    """Return a person's own flags, the newest first; what they show depends on these flags' own times alone."""
    async with house.database.transaction(Role.INTAKE) as connection:
        await house.pace.refresh(connection, house.now)
        keys = await admission.flags_of(connection, house.sealer, person)
        return [_own(house, one) for one in await storage.shown(connection, keys)]


async def show_my_flag(house: House, person: PersonRef, number: str) -> OwnFlag:
    """Return one of a person's own flags; raises NoSuchFlag for a number that is not theirs."""
    found = next((one for one in await show_my_flags(house, person) if one.number == number), None)
    if found is None:
        what = f"there is no flag {number} of yours"
        raise NoSuchFlag(what, where="number", mend="see /v1/my/flags for your numbers")
    return found


def _own(house: House, one: Shown) -> OwnFlag:
    seen = Seen(one.state, one.received_at, one.outcome, one.outcome_from, one.question_until)
    return OwnFlag(
        number=one.number,
        kind=one.kind,
        option=one.option,
        label=one.label,
        status=rules.shown_status(seen, house.now),
        received_at=one.received_at,
        expected=expected_of(house, one.platform, one.kind, one.severity),
        withdrawable=bool(rules.may_withdraw(seen, house.now)),
        legacy=one.legacy,
    )

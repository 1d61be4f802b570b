"""Show a person their own flags: option, day and status, never the words, which stay sealed."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from flagstaff.decisions.in_force import clauses_in_force
from flagstaff.flags import rules, storage
from flagstaff.flags.model import Seen
from flagstaff.flags.storage import Shown
from flagstaff.flows.house import House
from flagstaff.flows.pace import Expected
from flagstaff.flows.receipts import expected_of
from flagstaff.flows.withdraw_flag import NoSuchFlag
from flagstaff.menus import storage as menus
from flagstaff.menus.helped import Heeded, Helped, helped
from flagstaff.store.database import Connection
from flagstaff.store.roles import Role
from flagstaff.vault import admission
from flagstaff.vocabulary.references import PersonRef
from flagstaff.vocabulary.states import FlagStatus


class OwnFlag(msgspec.Struct, frozen=True):
    """One flag as its reporter sees it now; `withdrawable`: it has no answer that could be read.

    `legacy`: it was raised before Flagstaff came. `answer_until`: until when a question waits for an answer, None where
    none does. `helped`: the option that was added because of flags like this one.
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
    answer_until: datetime | None = None
    helped: Helped | None = None


async def show_my_flags(house: House, person: PersonRef) -> list[OwnFlag]:
    """Return a person's own flags, the newest first; what they show depends on these flags' own times alone."""
    async with house.database.transaction(Role.INTAKE) as connection:
        await house.pace.refresh(connection, house.now)
        keys = await admission.flags_of(connection, house.sealer, person)
        shown = await storage.shown(connection, keys)
        added = await _helped(house, connection, shown)
    return [_own(house, one, added.get(one.number)) for one in shown]


async def show_my_flag(house: House, person: PersonRef, number: str) -> OwnFlag:
    """Return one of a person's own flags; raises NoSuchFlag for a number that is not theirs."""
    found = next((one for one in await show_my_flags(house, person) if one.number == number), None)
    if found is None:
        what = f"there is no flag {number} of yours"
        raise NoSuchFlag(what, where="number", mend="see /v1/my/flags for your numbers")
    return found


async def _helped(house: House, connection: Connection, shown: Sequence[Shown]) -> dict[str, Helped]:
    """Return by number which option each flag helped to add; only what its reporter may read by now counts."""
    acted = {
        one.number: one.decision
        for one in shown
        if one.decision is not None and rules.shown_status(_seen(one), house.now) is FlagStatus.ACTED
    }
    ruled = await clauses_in_force(connection, list(acted.values()))
    if not ruled:
        return {}
    platform = shown[0].platform
    lineage = await menus.lineage(connection, platform)
    history = house.policy.menus_history(platform)
    found = {
        one.number: helped(_heeded(one, ruled, acted[one.number]), history, lineage)
        for one in shown
        if one.number in acted
    }
    return {number: option for number, option in found.items() if option is not None}


def _heeded(one: Shown, ruled: dict[UUID, frozenset[str]], decision: UUID) -> Heeded:
    return Heeded(option=one.option, received_at=one.received_at, clauses=ruled.get(decision, frozenset()))


def _seen(one: Shown) -> Seen:
    return Seen(one.state, one.received_at, one.outcome, one.outcome_from, one.question_until)


def _own(house: House, one: Shown, added: Helped | None) -> OwnFlag:
    seen = _seen(one)
    status = rules.shown_status(seen, house.now)
    return OwnFlag(
        number=one.number,
        kind=one.kind,
        option=one.option,
        label=one.label,
        status=status,
        received_at=one.received_at,
        expected=expected_of(house, one.platform, one.kind, one.severity),
        withdrawable=bool(rules.may_withdraw(seen, house.now)),
        legacy=one.legacy,
        answer_until=one.question_until if status is FlagStatus.QUESTION else None,
        helped=added,
    )

"""Look into how somebody uses flags, without learning who: one flag of theirs stands for them, and the vault acts.

The subject bears the number of that flag and has no author. What follows reaches the person through the vault (ordinary
flags are kept for a time) and through the reporters' notices of that flag. Two flags of one person are nowhere linked:
so no ladder counts here, and a person weighs number, share, gravity and intent in the reason.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec

from flagstaff.decisions.model import Chosen
from flagstaff.decisions.rules import ends_at
from flagstaff.decisions.storage import Measure
from flagstaff.flags import misuse, outcomes
from flagstaff.flows.case_desk import NothingWaits, demand, take_seat
from flagstaff.flows.house import House
from flagstaff.flows.open_case import Opening, open_case
from flagstaff.guidelines.rules import FLAG_USE
from flagstaff.staff import rules as staff_rules
from flagstaff.staff.model import Account
from flagstaff.store.database import Connection
from flagstaff.store.roles import Role
from flagstaff.subjects import storage as subjects
from flagstaff.subjects.judging import Judged
from flagstaff.subjects.model import Seen
from flagstaff.vault import reporters
from flagstaff.vocabulary.references import MeasureKind, Place, Platform, SubjectKind, SubjectRef, Surface
from flagstaff.vocabulary.roles import Permission

RESTRICT = MeasureKind("restrict_flagging")
WITHOUT_AUTHOR = frozenset({RESTRICT, MeasureKind("educate"), MeasureKind("warning")})
"""Measures on a person that reach them through one flag of theirs."""
_FOR_GOOD = datetime(9999, 1, 1, tzinfo=UTC)


class Misuse(msgspec.Struct, frozen=True):
    """Which flag of which case looks like one of many in bad faith, and what was seen."""

    case: str
    flag: str
    reason: str


async def look_into_flag_use(house: House, by: Account, seen: Misuse) -> str:
    """Open a case about the way in which the sender of one flag uses flags, and return its number.

    Raises NoSuchCase, NotYours, NothingWaits for a flag that is not in the case, CaseStands, or Refusal.
    """
    async with house.database.transaction(Role.CONSOLE) as connection:
        seat = await take_seat(house, connection, by, seen.case)
        platform = Platform(seat.case.platform)
        demand(staff_rules.may(by, Permission.OPEN_CASE, seat.subject.place, platform))
        flag = await outcomes.flag_called(connection, seat.case.key, seen.flag)
        if flag is None:
            msg = "no flag of this number is in the case"
            raise NothingWaits(msg, where="flag", mend="choose a flag of this case")
    use = SubjectRef(platform, SubjectKind(FLAG_USE), flag.number)
    async with house.database.transaction(Role.CONSOLE) as connection:
        shown = Seen(ref=use, place=Place(Surface.MARKETPLACE), author=None)
        await subjects.keep(connection, [shown], [b""], house.ids, house.now)
    clauses = house.policy.guidelines(platform).clauses
    clause = next((one.key for one in clauses if FLAG_USE in one.scope), "")
    return await open_case(house, by, Opening(use, seen.reason, clause))


async def keep_flags(
    connection: Connection, subject: Judged, started: Sequence[Measure], now: datetime
) -> None:
    """Let the vault know that a restriction began: intake keeps what is not urgent."""
    for one in started:
        if one.kind == RESTRICT:
            ends = ends_at(Chosen(one.kind, one.days), now)
            await _until(connection, subject, ends or _FOR_GOOD)


async def free_flags(
    connection: Connection, subject: Judged, ended: Sequence[Measure], now: datetime
) -> None:
    """Let a restriction be over from now on; a job then lets the kept flags count."""
    if any(one.kind == RESTRICT for one in ended):
        await _until(connection, subject, now)


async def _until(connection: Connection, subject: Judged, until: datetime) -> None:
    flag = await misuse.flag_behind_use(connection, subject.key) if subject.kind == FLAG_USE else None
    if flag is not None:
        await reporters.restrict(connection, flag.key, until)

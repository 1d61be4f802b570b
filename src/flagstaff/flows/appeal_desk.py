"""Bring a staff account before an appeal: locked, and only if it took no part in what is looked at again."""

from datetime import datetime

import msgspec

from flagstaff.appeals import rules, storage as appeals
from flagstaff.appeals.model import Reviewer
from flagstaff.appeals.storage import Appeal
from flagstaff.audit.model import Entry
from flagstaff.cases import moves
from flagstaff.flows.case_desk import NotYours, is_party, reaches
from flagstaff.flows.contested import Contested, lock_contested, who_took_part
from flagstaff.flows.house import House
from flagstaff.kernel.errors import NotFound
from flagstaff.staff.model import Account
from flagstaff.store.database import Connection
from flagstaff.subjects import judging
from flagstaff.subjects.judging import Judged
from flagstaff.vocabulary.references import AccountKey


class NoSuchAppeal(NotFound):
    """There is no such appeal, or none that this account may know of."""

    slug = "no-such-appeal"
    title = "There is no such appeal"


class Bench(msgspec.Struct, frozen=True):
    """An account before an appeal that stays locked, with what is in question and its subject."""

    appeal: Appeal
    about: Contested
    subject: Judged
    case: moves.Held
    by: AccountKey
    now: datetime


async def take_bench(house: House, connection: Connection, by: Account, number: str) -> Bench:
    """Lock an appeal for an account; raises NoSuchAppeal, or NotYours for whoever took part or is a party."""
    found = await appeals.find(connection, number)
    if found is None or not reaches(by, found.platform):
        raise _nothing()
    about = await lock_contested(connection, found.case, found.decision, found.hold)
    case = await moves.hold(connection, found.case)
    subject = await judging.judged(connection, case.subject) if case else None
    appeal = await appeals.hold(connection, found.key)
    if subject is None or case is None or about is None or appeal is None:
        raise _nothing()
    party = await is_party(house, by, appeal.platform, appeal.case, subject.staff_hash)
    took_part = frozenset(map(AccountKey, await who_took_part(connection, about)))
    ruling = rules.may_review(Reviewer(AccountKey(by.key), by.permissions, party), took_part)
    if not ruling:
        raise NotYours(ruling.reason)
    return Bench(appeal, about, subject, case, AccountKey(by.key), house.now)


def bench_entry(house: House, bench: Bench, deed: str) -> Entry:
    """Return what the audit keeps of a deed on an appeal."""
    appeal = bench.appeal
    return Entry(house.ids.key(), bench.now, deed, str(bench.by), f"appeal:{appeal.key}", appeal.platform)


def _nothing() -> NoSuchAppeal:
    msg = "no appeal of this number is open to you"
    return NoSuchAppeal(msg, mend="look in the list of appeals")

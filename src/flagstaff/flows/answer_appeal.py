"""Answer an appeal, once, by somebody who took no part; the answer leaves after the seconds of undo."""

from datetime import datetime

import msgspec

from flagstaff.appeals import rules, storage as appeals
from flagstaff.audit import storage as audit
from flagstaff.cases.desk import CLAIM_LASTS
from flagstaff.decisions.rules import reversal_not_before
from flagstaff.delivery import storage as delivery
from flagstaff.flows.appeal_desk import bench_entry, take_bench
from flagstaff.flows.case_desk import NothingWaits, NotYours
from flagstaff.flows.claim_appeal import demand_held
from flagstaff.flows.house import House
from flagstaff.kernel.errors import Refusal
from flagstaff.staff.model import Account
from flagstaff.store.roles import Role
from flagstaff.vocabulary.states import AppealState


class AppealAnswer(msgspec.Struct, frozen=True):
    """How an appeal is answered: `uphold` means that the appellant was right."""

    appeal: str
    uphold: bool
    reason: str


async def answer_appeal(house: House, by: Account, answer: AppealAnswer) -> datetime:
    """Answer an appeal in hand and return when that leaves; raises NoSuchAppeal, NotYours, or Refusal."""
    if not answer.reason.strip():
        msg = "an answer has a reason"
        raise Refusal(msg, where="reason", mend="write a sentence")
    async with house.database.transaction(Role.CONSOLE) as connection:
        bench = await take_bench(house, connection, by, answer.appeal)
        demand_held(bench)
        arrow = "uphold" if answer.uphold else "reject"
        not_before = reversal_not_before(bench.now)
        await appeals.move(
            connection, bench.appeal.key, rules.apply(bench.appeal.state, arrow), reviewer=by.key,
            answered_at=bench.now, not_before=not_before, reason=answer.reason,
        )  # fmt: skip
        await audit.record(connection, [bench_entry(house, bench, f"appeal.{arrow}")])
        await delivery.wake(connection, delivery.WORK)
    return not_before


async def undo_answer(house: House, by: Account, number: str) -> None:
    """Take an answer back before it leaves; raises NoSuchAppeal, NotYours or NothingWaits."""
    async with house.database.transaction(Role.CONSOLE) as connection:
        bench = await take_bench(house, connection, by, number)
        appeal = bench.appeal
        if appeal.reviewer != by.key:
            msg = "somebody else answered this appeal"
            raise NotYours(msg)
        if not bench.about.stands:
            msg = "what it is about was taken back meanwhile"
            raise NothingWaits(msg)
        waits = appeal.state in {AppealState.UPHELD, AppealState.REJECTED} and appeal.left_at is None
        if not waits or appeal.not_before is None or bench.now >= appeal.not_before:
            msg = "this answer has left"
            raise NothingWaits(msg)
        state = rules.apply(appeal.state, "undo")
        until = bench.now + CLAIM_LASTS
        await appeals.move(connection, appeal.key, state, reviewer=by.key, claimed_until=until)
        await audit.record(connection, [bench_entry(house, bench, "appeal.answer_undone")])

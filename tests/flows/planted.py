"""Plant flags and decisions of which every figure is known beforehand."""

from collections.abc import Sequence
from datetime import date, timedelta

import msgspec

from flagstaff.flows.count_use import count_again, count_use
from flagstaff.flows.house import House
from flagstaff.flows.reverse_decision import Reversal, reverse_decision
from flagstaff.flows.take_effect import take_effect
from flagstaff.flows.withdraw_flag import Withdrawal, withdraw_flag
from flagstaff.insight.model import Asked, Confusion, Usage, UsageRow
from flagstaff.kernel.clock import StoppedClock
from flagstaff.staff.model import Account
from flagstaff.store.roles import Role
from flagstaff.vault import reporters
from flagstaff.vocabulary.references import Platform
from flagstaff.vocabulary.states import Verdict
from tests.desks import case_of
from tests.flows.desks import REMOVE, decided
from tests.houses import HARBORLANE, flag, person, seen, sent

MARCH = Asked(platform=HARBORLANE, since=date(2026, 3, 1), until=date(2026, 3, 31))
FREE, VAGUE, AD = "job_post.free_work", "job_post.unclear_incomplete", "job_post.freelancer_ad"
OTHER, LOW_PAY = "job_post.something_else", "job_post.low_pay"
SPAM, LINK_OR_SPAM = "private_message.spam", "private_message.suspicious_link_or_spam"


class Planter(msgspec.Struct, frozen=True):
    """Somebody who plants: a house, a moderator, and the clock that goes on between a flag and its decision."""

    house: House
    by: Account
    business: StoppedClock

    async def flags(
        self, job: str, *flags: tuple[str, str], author: str = "ann", version: int = 3, **more: object
    ) -> str:
        """Let reporters flag something and return the number of its case."""
        kind = flags[0][1].partition(".")[0]
        shown = seen(kind, job, author=author, words=f"Some words of {job}.")
        if kind == "private_message":
            more["participants"] = tuple(who for who, _ in flags)
        details = "Something that no option says." if flags[0][1] == OTHER else ""
        told = [
            sent(who, shown, option, menu_version=version, details=details, **more) for who, option in flags
        ]
        await flag(self.house, *told)
        if flags[0][1] == LOW_PAY:
            return ""
        async with self.house.database.reading(Role.OWNER) as connection:
            key = await case_of(self.house, job)
            found: str = await connection.fetchval("select number from cases.case where key = $1", key)
            return found

    async def decide(
        self,
        case: str,
        *clauses: str,
        verdict: Verdict = Verdict.VIOLATION,
        after: timedelta = timedelta(hours=1),
    ) -> None:
        """Decide a case a while after its flags, and let that take effect."""
        self.business.move(after)
        measures = REMOVE if verdict is Verdict.VIOLATION else ()
        await decided(
            self.house, self.by, case, verdict=verdict, clauses=clauses or ("MT-6",), measures=measures
        )
        self.business.move(timedelta(days=2))
        await take_effect(self.house)

    async def both(self, job: str, *flags: tuple[str, str], clauses: Sequence[str], **more: object) -> None:
        """Flag and decide."""
        await self.decide(await self.flags(job, *flags, **more), *clauses)  # type: ignore[arg-type]

    async def counted(self, platform: Platform = HARBORLANE) -> None:
        """Count everything as it stands now."""
        await count_use(self.house)
        await count_again(self.house, self.by, platform)
        while await count_use(self.house):
            pass


async def plant_menu(planter: Planter) -> None:
    """Plant one or two of everything that can become of a flag; the tests say what it comes to."""
    await planter.both(
        "alike", *((who, FREE) for who in ("rita", "sam", "tom")), ("uma", VAGUE), clauses=["MT-6"]
    )
    await planter.both("else", ("una", FREE), clauses=["MT-9"])
    await planter.both("two rules", ("vic", FREE), clauses=["MT-9", "MT-6"])
    for job, verdict in (("fine", Verdict.NO_VIOLATION), ("unclear", Verdict.COULD_NOT_VERIFY)):
        await planter.decide(await planter.flags(job, (f"wil-{job}", FREE)), verdict=verdict)
    await planter.flags("open", ("yan", FREE))
    await planter.flags("taken back", ("zoe", FREE))
    await _take_back(planter.house, "zoe")
    reversed_ = await planter.flags("reversed", ("amy", FREE))
    await planter.decide(reversed_, "MT-6")
    await reverse_decision(planter.house, planter.by, Reversal(reversed_, "It was paid after all."))
    await planter.both("by a hint", ("abe", FREE), clauses=["MT-6"], hinted=True)
    await planter.decide(await planter.flags("tidied", ("bea", VAGUE)), verdict=Verdict.HOUSEKEEPING)
    await planter.both("other", ("cal", OTHER), clauses=["MT-8"])
    await planter.flags("not for me", ("dan", LOW_PAY), ("eve", LOW_PAY))
    await planter.both("old label", ("fay", SPAM), clauses=["CG-8a"], version=1)
    await planter.both("new label", ("gus", LINK_OR_SPAM), clauses=["CG-5d"])
    await _restrict(planter.house, "wil-fine", "kept")


async def plant_confusion(planter: Planter) -> None:
    """Plant an option of which fourteen cases of twenty-four are decided under the rule of another."""
    for place in range(24):
        clause = "MT-9" if place < 14 else "MT-8"
        await planter.both(f"ad {place}", (f"hal-{place}", AD), (f"ivy-{place}", AD), clauses=[clause])


async def _take_back(house: House, who: str) -> None:
    async with house.database.reading(Role.OWNER) as connection:
        number = await connection.fetchval(
            "select number from flags.flag where state = 'live' order by key desc limit 1"
        )
    await withdraw_flag(house, Withdrawal(person(who), number))


async def _restrict(house: House, who: str, job: str) -> None:
    """Let a reporter be restricted and then flag something, which is kept."""
    async with house.database.reading(Role.OWNER) as connection:
        key = await connection.fetchval(
            "select l.flag from vault.link l join vault.person p on p.key = l.person where p.hash = $1 limit 1",
            house.sealer.person_hash(person(who)),
        )
    async with house.database.transaction(Role.WORKER) as connection:
        await reporters.restrict(connection, key, house.now + timedelta(days=60))
    await flag(house, sent(who, seen(id_=job), VAGUE))


def row_of(usage: Usage, option: str, version: int = 0) -> UsageRow:
    """Return the one row of an option."""
    (found,) = [row for row in usage.rows if (row.option, row.version) == (option, version)]
    return found


def cells(confusion: Confusion) -> dict[tuple[str, str], tuple[int, int, int]]:
    """Return the matrix as flags, cases and those as chosen by option and what was decided."""
    return {(one.option, one.decided): (one.flags, one.cases, one.as_chosen) for one in confusion.cells}

"""Work in the past: a house whose clocks were set back, with the hands of those who work in it."""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from flagstaff.cases import moves
from flagstaff.decisions import storage as decisions
from flagstaff.decisions.model import Deviation, Step
from flagstaff.flows.answer_second import Answer, answer_second
from flagstaff.flows.claim_case import Claimed
from flagstaff.flows.close_cases import close_cases
from flagstaff.flows.decide_case import Judgement, Ruled, decide_case
from flagstaff.flows.end_holds import end_holds
from flagstaff.flows.end_measures import end_measures
from flagstaff.flows.house import House
from flagstaff.flows.lapse_claims import lapse_claims
from flagstaff.flows.leave_appeals import leave_appeals
from flagstaff.flows.next_case import next_case
from flagstaff.flows.placing import Receipt
from flagstaff.flows.policy_terms import propose, terms_for
from flagstaff.flows.publish import publish
from flagstaff.flows.receive_flags import receive_flags
from flagstaff.flows.sent_flag import Sent
from flagstaff.flows.take_effect import take_effect
from flagstaff.flows.wake_cases import wake_cases
from flagstaff.kernel.clock import Clock, Clocks, StoppedClock
from flagstaff.kernel.ids import Ids, RandomIds
from flagstaff.staff.model import Account
from flagstaff.store.roles import Role
from flagstaff.subjects import judging
from flagstaff.subjects.judging import Judged
from flagstaff.vocabulary.references import ClauseId, PersonRef, Platform
from flagstaff.vocabulary.states import Verdict

HARBORLANE = Platform("harborlane")


class SeedingFailed(Exception):
    """A flow refused what the demo asked of it: the material and the policy no longer fit."""


@dataclass
class Past:
    """A house at some moment of its past, and the hands that work in it."""

    house: House
    clock: StoppedClock
    staff: Mapping[str, Account]
    lots: random.Random = field(default_factory=lambda: random.Random(1966))  # noqa: S311 - invented, the same each time

    def go_to(self, moment: datetime) -> None:
        """Let it be that moment, unless it is later already."""
        if moment > self.clock.now():
            self.clock.move(moment - self.clock.now())

    def wait(self, **span: float) -> None:
        """Let some time pass."""
        self.clock.move(timedelta(**span))

    async def flags(self, sent: Sequence[Sent]) -> list[Receipt]:
        """Take flags in; a refusal is a mistake in the material."""
        answers = await receive_flags(self.house, sent)
        receipts = [one for one in answers if isinstance(one, Receipt)]
        if len(receipts) < len(answers):
            refused = next(one for one in answers if not isinstance(one, Receipt))
            raise SeedingFailed(str(refused)) from refused
        return receipts

    async def take(self, who: str) -> tuple[Claimed, Judged] | None:
        """Let somebody take the next case, and say which subject it is about."""
        claimed = await next_case(self.house, self.staff[who])
        return (claimed, await self.subject_of(claimed.case)) if claimed else None

    async def subject_of(self, number: str) -> Judged:
        """Return the subject of a case."""
        async with self.house.database.reading(Role.CONSOLE) as connection:
            case = await moves.find(connection, number)
            subject = await judging.judged(connection, case.subject) if case else None
        if subject is None:
            raise SeedingFailed(number)
        return subject

    async def step_for(self, subject: Judged, clause: str) -> Step:
        """Return what the ladder proposes."""
        terms = terms_for(self.house, subject)
        async with self.house.database.reading(Role.CONSOLE) as connection:
            past = await decisions.past_of(connection, subject.author) if subject.author else ()
        rung = propose(terms, subject, clause, past, self.house.now)
        return rung.step if rung else ()

    async def decide(
        self, who: str, case: str, verdict: Verdict, reason: str, clause: str = "",
        measures: Step | None = None, deviation: Deviation | None = None,
    ) -> Ruled:  # fmt: skip
        """Decide a case in hand; without measures the ladder's step is taken."""
        clauses = (ClauseId(clause),) if verdict is Verdict.VIOLATION else ()
        if measures is None:
            measures = await self.step_for(await self.subject_of(case), clause) if clauses else ()
        judgement = Judgement(
            case=case, verdict=verdict, reason=reason, clauses=clauses, measures=measures, deviation=deviation
        )
        return await decide_case(self.house, self.staff[who], judgement)

    async def second(self, who: str, case: str, *, confirm: bool, reason: str = "") -> None:
        """Let somebody answer as the second person."""
        await answer_second(self.house, self.staff[who], Answer(case, confirm, reason))

    async def settle(self) -> None:
        """Do what the jobs of a running house would have done by now."""
        for job in (
            take_effect,
            end_measures,
            end_holds,
            lapse_claims,
            wake_cases,
            leave_appeals,
        ):
            await job(self.house)
        while (done := await publish(self.house)).events + done.entries:
            pass
        await close_cases(self.house)


def set_back(
    house: House, to: datetime, staff: Mapping[str, Account], ids: Callable[[Clock], Ids] = RandomIds
) -> Past:
    """Return a house that stands at a moment of its past; both clocks and the time inside its keys are set back."""
    clock = StoppedClock(to)
    then = replace(house, clocks=Clocks(clock, clock), ids=ids(clock))
    return Past(then, clock, staff)


def person(name: str) -> PersonRef:
    """Name somebody of Harborlane."""
    return PersonRef(HARBORLANE, name)

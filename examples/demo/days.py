"""Live through six months: flags come in, people decide, some are wrong, some appeal, and time does the rest."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

import msgspec

from flagstaff.decisions.model import Chosen, Deviation
from flagstaff.flows.answer_appeal import AppealAnswer, answer_appeal
from flagstaff.flows.case_desk import NotYours
from flagstaff.flows.claim_appeal import claim_appeal
from flagstaff.flows.place_hold import Holding, place_hold
from flagstaff.flows.receive_appeal import Asked, receive_appeal
from flagstaff.flows.reverse_decision import Reversal, reverse_decision
from flagstaff.flows.sent_flag import Sent
from flagstaff.flows.undo_decision import undo_decision
from flagstaff.flows.withdraw_flag import Withdrawal, withdraw_flag
from flagstaff.subjects.model import Seen
from flagstaff.vocabulary.audience import Audience
from flagstaff.vocabulary.references import MeasureKind, Place, SubjectKind, SubjectRef, Surface
from flagstaff.vocabulary.states import Verdict

from .cast import COMMUNITY, DECIDING, stranger
from .past import HARBORLANE, Past, person
from .texts import Entry, Material

DAYS: Final = 182
EVERY: Final = 3
PER_SITTING: Final = (3, 4, 4, 5)
_OFTEN: Final = ("dario", "vesper", "quickhire", "graham", "ivo", "brisk-media", "halvard", "northlight")
"""Who wrote more than one of the things that were decided; the first ones are Harborlane's own."""
_LATEST_OF_SHOWN: Final = 40
"""Days before now after which nothing new is decided about people whom Harborlane shows: they are not locked out."""
_FLAGGERS: Final = ("ines", "bruno", "noor", "priya", "leo", "sabine")


class Planned(msgspec.Struct, frozen=True):
    """One case of the past: what it is about, what was said, and what is to be decided. `case`: once it is known."""

    seen: Seen
    entry: Entry
    flags: tuple[Sent, ...]
    appeal: str = ""
    overturned: bool = False
    reversed: bool = False


class Decided(msgspec.Struct, frozen=True):
    """What was decided, for what follows later."""

    plan: Planned
    case: str
    decision: str


class Sitting:
    """One working day of three: flags since the last one, the cases they made, and what earlier ones led to."""

    def __init__(self, past: Past, material: Material, today: datetime) -> None:
        """Begin with nothing decided."""
        self.past = past
        self.material = material
        self.today = today
        self.count = 0
        self.appeals: list[Decided] = []
        self.reversals: list[Decided] = []
        self.kept: dict[str, Decided] = {}

    async def hold(self, plans: list[Planned]) -> None:
        """Take in the flags of these cases, decide them, and let it take effect."""
        past, waiting = self.past, {one.seen.ref.id: one for one in plans}
        await past.settle()
        receipts = await past.flags([flag for one in plans for flag in one.flags])
        await self._take_back(plans, [one.number for one in receipts])
        past.wait(minutes=25)
        done: list[Decided] = []
        turns = 0
        while waiting and turns < 40:
            turns += 1
            who = (COMMUNITY, *DECIDING)[turns % 4]
            taken = await past.take(who)
            if taken is None:
                continue
            plan = waiting.pop(taken[1].outside_id, None)
            if plan is not None:
                done.append(await self._decide(who, taken[0].case, plan))
                self.kept[plan.seen.ref.id] = done[-1]
                past.wait(minutes=4 + turns % 9)
        await self._look_again()
        past.wait(minutes=61)
        await past.settle()
        self.appeals = [one for one in done if one.plan.appeal]
        self.reversals = [one for one in done if one.plan.reversed]

    async def _take_back(self, plans: list[Planned], numbers: list[str | None]) -> None:
        """Let one reporter in a while think better of it."""
        at = 0
        for plan in plans:
            if len(plan.flags) > 2 and self.past.lots.random() < 0.2 and numbers[at]:
                await withdraw_flag(self.past.house, Withdrawal(plan.flags[0].reporter, str(numbers[at])))
            at += len(plan.flags)

    async def _decide(self, who: str, case: str, plan: Planned) -> Decided:
        past, entry, lots = self.past, plan.entry, self.past.lots
        self.count += 1
        verdict = Verdict(entry.verdict)
        if entry.clause and self.count % 19 == 0:
            why = "Hidden while the author is asked: it may do harm meanwhile."
            await place_hold(past.house, past.staff[who], Holding(case, why, entry.clause))
        if self.count % 31 == 0:
            await past.decide(who, case, Verdict.NO_VIOLATION, "At first sight nothing is wrong here.")
            await undo_decision(past.house, past.staff[who], case)
        mild = entry.clause and self.count % 17 == 0
        measures = (Chosen(MeasureKind("warning")),) if mild else None
        reason = "It was plainly not meant; the author wrote to us at once."
        deviation = Deviation("honest_mistake", reason) if mild else None
        ruled = await past.decide(who, case, verdict, entry.reason, entry.clause, measures, deviation)
        if ruled.waiting:
            past.wait(minutes=35)
            other = next(one for one in DECIDING if one not in (who, "mira"))
            if lots.random() < 0.15:
                why = "Too hard for what was written: a warning will do."
                await past.second(other, case, confirm=False, reason=why)
                ruled = await past.decide(
                    who, case, verdict, entry.reason, entry.clause, (Chosen(MeasureKind("warning")),),
                    Deviation("honest_mistake", "The second person asked for a milder step."),
                )  # fmt: skip
            else:
                await past.second(other, case, confirm=True)
        return Decided(plan, case, ruled.decision)

    async def _look_again(self) -> None:
        """Deal with what the last sitting led to: appeals are answered by somebody else, mistakes are taken back."""
        past = self.past
        for one in self.reversals:
            why = "Another look showed that it was taken out of its thread: it is harmless there."
            await reverse_decision(past.house, past.staff["mira"], Reversal(one.case, why))
        for one in self.appeals:
            taken = await receive_appeal(
                past.house, Asked(one.decision, one.plan.appeal, person(one.plan.seen.author or ""))
            )
            past.wait(minutes=50)
            await self._answer(taken.appeal, uphold=one.plan.overturned)

    async def _answer(self, appeal: str, *, uphold: bool) -> None:
        reason = (
            "The words were read without what stood round them. The decision is lifted, with everything it brought."
            if uphold
            else "We looked at all of it again. The words stand as they were judged."
        )
        past = self.past
        for who in ("mira", *DECIDING):
            try:
                await claim_appeal(past.house, past.staff[who], appeal)
            except NotYours:
                continue
            await answer_appeal(past.house, past.staff[who], AppealAnswer(appeal, uphold, reason))
            return


class Plans:
    """Draw the cases of the past from the material."""

    def __init__(self, past: Past, material: Material, today: datetime) -> None:
        """Begin with the first case."""
        self._past = past
        self._material = material
        self._today = today
        self._count = 0
        self._people = 2000

    def draw(self, day: datetime, many: int) -> list[Planned]:
        """Return some cases whose flags came in before `day`."""
        return [self._one(day) for _ in range(many)]

    def _one(self, day: datetime) -> Planned:
        lots = self._past.lots
        number, self._count = self._count, self._count + 1
        entries = self._material.entries
        entry = entries[number * 7 % len(entries)].filled(self._material.slots, lots)
        author = self._author(day, number)
        at = day - timedelta(minutes=lots.randrange(60, 60 * 60))
        seen = seen_of(entry, f"{entry.kind.replace('_', '-')}-{number:04}", author, at - timedelta(hours=7))
        flags = tuple(
            sent(entry, seen, who, text, at + timedelta(minutes=11 * place))
            for place, (who, text) in enumerate(self._voices(entry, author))
        )
        appeals = entry.verdict == "violation" and number % 6 == 1
        return Planned(
            seen,
            entry,
            flags,
            appeal="Please look again: it reads differently with what stood before it." if appeals else "",
            overturned=number % 12 == 1,
            reversed=entry.verdict == "violation" and number % 29 == 3 and not appeals,
        )

    def _author(self, day: datetime, number: int) -> str:
        often = _OFTEN if (self._today - day).days > _LATEST_OF_SHOWN else _OFTEN[5:]
        return often[number // 4 % len(often)] if number % 4 == 2 else stranger(number)

    def _voices(self, entry: Entry, author: str) -> list[tuple[str, str]]:
        """Return who flagged and what they said: mostly one or two, sometimes a crowd."""
        alone = entry.kind in {"private_message", "proposal"}
        many = 1 if alone else self._past.lots.choice((1, 1, 1, 2, 2, 3, 5))
        found = []
        for place in range(many):
            self._people += 1
            known = _FLAGGERS[self._people % len(_FLAGGERS)]
            who = (
                known if place == 0 and self._people % 9 == 0 and known != author else stranger(self._people)
            )
            found.append((who, entry.said[min(place, len(entry.said) - 1)]))
        return found


async def live(
    past: Past,
    material: Material,
    today: datetime,
    by_hand: Mapping[int, Sequence[Planned]],
    tell: Callable[[float], None],
) -> Mapping[str, Decided]:
    """Live from six months ago until three days before `today`, and return what was decided by subject.

    `by_hand`: further cases by how many days ago they are decided. `tell` hears how much is done, 0 to 1.
    """
    plans, sitting = Plans(past, material, today), Sitting(past, material, today)
    days = range(DAYS, 2, -EVERY)
    for turn, ago in enumerate(days):
        morning = (today - timedelta(days=ago)).replace(hour=8, minute=20)
        past.go_to(morning)
        drawn = plans.draw(morning, PER_SITTING[turn % len(PER_SITTING)])
        await sitting.hold([*drawn, *by_hand.get(ago, ())])
        tell((turn + 1) / len(days))
    return sitting.kept


def seen_of(entry: Entry, id_: str, author: str, posted_at: datetime) -> Seen:
    """Show something that Harborlane no longer has."""
    place = (
        Place(Surface.COMMUNITY, "forum", entry.board, None, id_)
        if entry.board
        else Place(Surface.MARKETPLACE)
    )
    private = entry.kind == "private_message"
    return Seen(
        ref=SubjectRef(HARBORLANE, SubjectKind(entry.kind), id_),
        place=place,
        author=author,
        title=entry.title or None,
        words=entry.text,
        language=entry.language,
        posted_at=posted_at,
        audience=Audience.ONE if private else Audience.MANY,
    )


def sent(entry: Entry, seen: Seen, who: str, text: str, at: datetime) -> Sent:
    """Send one flag of the past."""
    talking = (who, seen.author or "") if entry.kind == "private_message" else None
    return Sent(
        reporter=person(who),
        seen=seen,
        option=f"{entry.kind}.{entry.option}",
        menu_version=2,
        language="en",
        details=text,
        participants=talking,
        received_at=at,
    )

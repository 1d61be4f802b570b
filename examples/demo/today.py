"""Make what waits now: two appeals, cases in every state, twelve written by hand, and an ordinary queue of 120."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

import msgspec

from examples.marketplace.content import seed_items
from examples.marketplace.flagstaff import subject_of
from flagstaff.api.bodies import Subject
from flagstaff.api.subjects import seen_in_body
from flagstaff.decisions.model import Chosen, Deviation
from flagstaff.flows.ask_reporter import Question, ask_reporter
from flagstaff.flows.claim_case import claim_case
from flagstaff.flows.content_events import ContentEvent, ContentEventKind, follow_content
from flagstaff.flows.park_case import Parking, park_case
from flagstaff.flows.place_hold import Holding, place_hold
from flagstaff.flows.policy_book import PolicyBook
from flagstaff.flows.receive_appeal import Asked, receive_appeal
from flagstaff.flows.sent_flag import Sent
from flagstaff.subjects.model import Seen
from flagstaff.vocabulary.references import MeasureKind
from flagstaff.vocabulary.states import Verdict

from .cast import stranger
from .days import Decided, Planned, seen_of, sent
from .past import HARBORLANE, Past, person
from .texts import Entry, Material, Waiting

OPEN: Final = 120
_CLOSED: Final = "job-closed-case"
_STANDS: Final = "post-decision-stands"
_FALLS: Final = "post-decision-falls"


class Shown:
    """What Harborlane shows, as its server would name it."""

    def __init__(self, policy: PolicyBook, address: str, now: datetime) -> None:
        """Read the host's own seed."""
        self._policy = policy
        self._address = address
        self._items = {(item.kind, item.id): item for item in seed_items(now)}

    def seen(self, kind: str, id_: str) -> Seen:
        """Return one subject."""
        body = msgspec.convert(subject_of(self._items[kind, id_], self._address), Subject, strict=False)
        return seen_in_body(self._policy, HARBORLANE, body)

    def participants(self, kind: str, id_: str) -> tuple[str, ...] | None:
        """Return who takes part in a message."""
        item = self._items[kind, id_]
        return (item.author, item.participant) if kind == "private_message" else None


def by_hand(shown: Shown, today: datetime) -> Mapping[int, Sequence[Planned]]:
    """Return the cases whose decisions the present needs, by how many days ago they are decided."""
    closed = Entry(
        kind="job_post", option="something_else", verdict="no_violation", title="", text="",
        said=("They ask for work on a weekend, that is against the rules.",),
        reason="The post corrects a date. Nothing in it asks for anything that a contract does not cover.",
    )  # fmt: skip
    stands = Entry(
        kind="community_post", option="disrespect", verdict="violation", clause="CG-6a", title="", text="",
        said=("Calls all of us idiots.", "Please stop him."), reason="It insults everybody who does this work.",
    )  # fmt: skip
    falls = Entry(
        kind="community_post", option="threat_of_violence", verdict="violation", clause="CG-5d", title="", text="",
        said=("She writes that somebody will be killed.",), reason="The post speaks of somebody being killed.",
    )  # fmt: skip
    return {
        20: [_planned(shown, closed, _CLOSED, ("dario",), today - timedelta(days=20, hours=9))],
        5: [
            _planned(shown, stands, _STANDS, ("noor", "maren"), today - timedelta(days=6)),
            _planned(shown, falls, _FALLS, ("ivo",), today - timedelta(days=6, hours=2)),
        ],
    }


def _planned(shown: Shown, entry: Entry, id_: str, who: Sequence[str], at: datetime) -> Planned:
    seen = shown.seen(entry.kind, id_)
    flags = [
        sent(entry, seen, one, entry.said[place], at + timedelta(minutes=7 * place))
        for place, one in enumerate(who)
    ]
    return Planned(seen, entry, tuple(flags))


async def make_today(
    past: Past, shown: Shown, material: Material, waiting: Sequence[Waiting], known: Mapping[str, Decided],
    today: datetime,
) -> None:  # fmt: skip
    """Bring the house to the present moment."""
    past.go_to(today - timedelta(days=2))
    await _appeal(
        past, known[_STANDS], "graham", "I said what everybody thinks. It was a joke between colleagues."
    )
    await _appeal(
        past, known[_FALLS], "sabine",
        "I quoted a warning from a manual that is dangerous, and showed how to write it better. Nobody is threatened.",
    )  # fmt: skip
    past.go_to(today - timedelta(hours=26))
    await _states(past, material, today)
    past.go_to(today - timedelta(minutes=58))
    taken = await _reserve(past, material, today)
    past.go_to(today - timedelta(minutes=50))
    ordinary = [_flags(shown, one, today) for one in waiting]
    repeat = _again(shown, today)
    await past.flags([flag for flags in ordinary for flag in flags] + repeat)
    await past.flags(_fillers(past, material, OPEN - len(waiting), today))
    for one in waiting:
        if one.deleted_hours is not None:
            gone = ContentEvent(ContentEventKind.DELETED_BY_AUTHOR, shown.seen(one.kind, one.id))
            await follow_content(past.house, [gone])
    past.go_to(today - timedelta(minutes=11))
    await past.settle()
    await _in_hand(past, today, taken)
    past.go_to(today)


async def _appeal(past: Past, decided: Decided, author: str, text: str) -> None:
    past.wait(minutes=30)
    await receive_appeal(past.house, Asked(decided.decision, text, person(author)))


async def _states(past: Past, material: Material, today: datetime) -> None:
    """Leave one case in each state that waits: parked, asked, held, proposed; and a restriction that runs on."""
    at = today - timedelta(hours=40)
    entries = {one.option + one.verdict: one for one in material.entries}
    wanted = (
        "misleading_claims",
        "stolen_work",
        "suspicious_link_or_spam",
        "off_platform_payment",
        "feedback_coercion",
    )
    for turn, option in enumerate(wanted):
        entry = entries[option + "violation"].filled(material.slots, past.lots)
        seen = seen_of(entry, f"today-{option.replace('_', '-')}", stranger(9100 + turn), at)
        flag = sent(entry, seen, stranger(9000 + turn), entry.said[0], at + timedelta(hours=2))
        receipt = (await past.flags([flag]))[0]
        who = ("jonas", "mira")[turn % 2]
        taken = await past.take(who)
        if taken is None:
            continue
        case, by = taken[0].case, past.staff[who]
        if turn == 0:
            why = "The university was asked; it answers within two days."
            await park_case(past.house, by, Parking(case, today + timedelta(days=2), why))
        elif turn == 1:
            text = "You wrote that the original is older. Where can we see it?"
            await ask_reporter(past.house, by, Question(case, text, receipt.number))
        elif turn == 2:
            past.go_to(today - timedelta(hours=15))
            why = "The address asks for passwords; hidden until somebody has looked at all of it."
            await place_hold(past.house, by, Holding(case, why, entry.clause))
        else:
            harder = ("suspend_site", 30) if turn == 3 else ("restrict_posting", 7)
            step = (Chosen(MeasureKind("remove_content")), Chosen(MeasureKind(harder[0]), harder[1]))
            why = "The same text under nine accounts within one night."
            deviation = Deviation("planned_or_repeated", why)
            await past.decide(who, case, Verdict.VIOLATION, entry.reason, entry.clause, step, deviation)


def _flags(shown: Shown, one: Waiting, today: datetime) -> list[Sent]:
    seen = shown.seen(one.kind, one.id)
    who = [*one.by, *(stranger(7000 + number) for number in range(one.strangers))]
    first = today - timedelta(hours=one.hours)
    return [
        Sent(
            reporter=person(name),
            seen=seen,
            option=f"{one.kind}.{one.option}",
            menu_version=2,
            language="en",
            details=one.said[min(place, len(one.said) - 1)],
            participants=shown.participants(one.kind, one.id),
            received_at=first + timedelta(minutes=one.within * place / max(len(who), 1)),
        )
        for place, name in enumerate(who)
    ]


def _again(shown: Shown, today: datetime) -> list[Sent]:
    """Flag again what was found in order: by the same person, and by another."""
    again = Waiting(
        kind="job_post", id=_CLOSED, option="something_else", hours=6, within=120, by=("dario", "ivo"),
        said=("I still think that this is wrong, look again!", "They ask for work on a weekend."),
    )  # fmt: skip
    return _flags(shown, again, today)


def _fillers(past: Past, material: Material, many: int, today: datetime) -> list[Sent]:
    found = []
    for number in range(many):
        entry = material.entries[number * 5 % len(material.entries)].filled(material.slots, past.lots)
        at = today - timedelta(minutes=past.lots.randrange(65, 60 * (7 if past.lots.random() < 0.7 else 40)))
        seen = seen_of(entry, f"new-{number:03}", stranger(8000 + number), at - timedelta(hours=5))
        voices = past.lots.choice((1, 1, 1, 2, 3)) if entry.kind != "private_message" else 1
        found += [
            sent(entry, seen, stranger(6000 + number * 5 + one), entry.said[min(one, len(entry.said) - 1)],
                 at + timedelta(minutes=9 * one))
            for one in range(voices)
        ]  # fmt: skip
    return found


class _Reserved(msgspec.Struct, frozen=True):
    """A case that somebody took before the ones worth a look came in: those stay for the visitor."""

    who: str
    case: str
    entry: Entry


async def _reserve(past: Past, material: Material, today: datetime) -> list[_Reserved]:
    """Let ordinary cases come in and be taken."""
    fine = [
        one
        for one in material.entries
        if one.verdict == "no_violation" and one.kind in {"job_post", "review"}
    ]
    talk = [one for one in material.entries if one.board == "general"]
    found = []
    for number, who in enumerate(("marisol", "jonas", "mira", "jonas", "mira")):
        entry = (talk if who == "marisol" else fine)[number % 3].filled(material.slots, past.lots)
        at = today - timedelta(hours=3, minutes=number)
        seen = seen_of(entry, f"taken-{number}", stranger(9200 + number), at - timedelta(hours=2))
        await past.flags([sent(entry, seen, stranger(9300 + number), entry.said[0], at)])
        taken = await past.take(who)
        if taken is not None:
            found.append(_Reserved(who, taken[0].case, entry))
    return found


async def _in_hand(past: Past, today: datetime, taken: Sequence[_Reserved]) -> None:
    """Let some hold a case, and two decisions wait for their window."""
    for one in taken[:3]:
        await claim_case(past.house, past.staff[one.who], one.case)
    past.go_to(today - timedelta(minutes=4))
    for one in taken[3:]:
        await claim_case(past.house, past.staff[one.who], one.case)
        await past.decide(one.who, one.case, Verdict.NO_VIOLATION, one.entry.reason)

"""Keep the past flags of one batch in the caller's transaction: each is marked, nobody is told, nothing is taught."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from flagstaff.cases import importing as past_cases, rules as case_rules, storage as cases
from flagstaff.cases.storage import NewCase, Step
from flagstaff.flags import rules as flag_rules, storage as flags
from flagstaff.flags.model import Flag, Judgement
from flagstaff.flags.storage import Answer, Found, NewAddendum, NewFlag
from flagstaff.flows.house import House
from flagstaff.flows.import_past import ACTOR, closed_case, closing_step, copy, past_name
from flagstaff.flows.import_policy import Chosen, seen_of
from flagstaff.flows.score_cases import score_cases
from flagstaff.imports import storage as imports
from flagstaff.imports.model import PastFlag
from flagstaff.imports.storage import PastCase
from flagstaff.kernel.clock import day_of
from flagstaff.kernel.ids import NumberKind
from flagstaff.store.database import Connection
from flagstaff.subjects import storage as subjects
from flagstaff.subjects.model import KeptSubject, Seen
from flagstaff.vault import admission
from flagstaff.vault.admission import Newcomer, Words
from flagstaff.vocabulary.kinds import OptionKind
from flagstaff.vocabulary.origins import CaseOrigin
from flagstaff.vocabulary.references import CaseKey, FlagKey, FlagNumber, PersonRef, Platform
from flagstaff.vocabulary.states import FlagStatus

_NO_TAG = b""


class _Placed(msgspec.Struct, frozen=True):
    """A past flag with its copy and its case; `tag` stands for its reporter there."""

    past: PastFlag
    chosen: Chosen
    seen: Seen
    kept: KeptSubject
    case: PastCase
    tag: bytes = _NO_TAG
    reliability: float = 0.5


class _Cases:
    """Find or plan the case of each flag of a batch."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.opened: list[NewCase] = []
        self.made: list[PastCase] = []
        self.steps: list[Step] = []
        self.first: dict[UUID, datetime] = {}
        self.touched: set[UUID] = set()

    def closed(
        self,
        there: dict[tuple[UUID, UUID], PastCase],
        name: UUID,
        kept: KeptSubject,
        seen: Seen,
        one: PastFlag,
        chosen: Chosen,
    ) -> PastCase:
        """Return the closed case of a past one."""
        found = there.get((kept.subject, name))
        if found is None:
            severity = chosen.choice.severity
            case = closed_case(self.house, kept, seen, severity, one.at, staff_only=chosen.staff_only)
            self.opened.append(case)
            found = there[kept.subject, name] = PastCase(kept.subject, name, case.key)
            self.made.append(found)
            self.steps.append(closing_step(case))
        self._begins(found.case, one.at)
        return found

    def standing(
        self,
        there: dict[UUID, past_cases.StandingOne],
        kept: KeptSubject,
        seen: Seen,
        one: PastFlag,
        chosen: Chosen,
    ) -> PastCase:
        """Return the case of a flag that nobody answered yet: the one that stands, or a new one in the queue."""
        found = there.get(kept.subject)
        if found is None:
            case = self._open(kept, seen, one, chosen)
            found = there[kept.subject] = past_cases.StandingOne(kept.subject, case.key, case.state)
        else:
            target = case_rules.apply(found.state, "grow")
            self.steps.append(Step(found.key, day_of(one.at), "grow", found.state, target, ACTOR))
        self.touched.add(found.key)
        self._begins(found.key, one.at)
        return PastCase(kept.subject, UUID(int=0), found.key)

    def _open(self, kept: KeptSubject, seen: Seen, one: PastFlag, chosen: Chosen) -> NewCase:
        closed = closed_case(
            self.house, kept, seen, chosen.choice.severity, one.at, staff_only=chosen.staff_only
        )
        case = msgspec.structs.replace(closed, state=case_rules.apply(None, "open"), origin=CaseOrigin.IMPORT)
        self.opened.append(case)
        self.steps.append(
            Step(case.key, day_of(one.at), "open", "", case.state, ACTOR, "from before, unanswered")
        )
        return case

    def _begins(self, case: UUID, at: datetime) -> None:
        self.first[case] = min(at, self.first.get(case, at))


async def keep_past_flags(
    house: House, connection: Connection, platform: str, batch: Sequence[tuple[PastFlag, Chosen]]
) -> None:
    """Keep past flags: closed ones with their outcome, open ones in the queue, repeats as addenda."""
    preferred = [(one, chosen) for one, chosen in batch if chosen.choice.kind is OptionKind.PREFERENCE]
    await flags.count_preferences(
        connection,
        [(platform, str(c.choice.option), c.choice.menu_version, one.at.date()) for one, c in preferred],
    )
    placed = await _place(
        house,
        connection,
        platform,
        [pair for pair in batch if pair[1].choice.kind is not OptionKind.PREFERENCE],
    )
    if not placed:
        return
    found = await flags.find_by_tags(connection, [(one.case.case, one.tag) for one in placed])
    new, added, words, owners = _flags_and_addenda(house, placed, found)
    people = [PersonRef(Platform(platform), one.past.reporter) for one in owners]
    await admission.link(
        connection, house.sealer, people, [one.case for one in new], [one.key for one in new]
    )
    await flags.put_flags(connection, new)
    await flags.put_addenda(connection, added)
    await admission.leave_words(connection, words, house.sealer.batch(), house.ids, house.now.date())
    blanked = sorted({one.kept.subject for one in placed if one.seen.reference_only})
    await subjects.blank(connection, blanked, house.now)
    waiting = sorted({one.case.case for one in placed if not one.past.closed})
    await score_cases(house, connection, waiting, house.now)


async def _place(
    house: House, connection: Connection, platform: str, batch: Sequence[tuple[PastFlag, Chosen]]
) -> list[_Placed]:
    """Copy the subjects, find or open the cases, and let the vault admit the reporters."""
    if not batch:
        return []
    seen = [seen_of(platform, one.content, reference_only=chosen.reference_only) for one, chosen in batch]
    kept = await copy(house, connection, seen)
    names = [past_name(house, platform, one.case) for one, _ in batch]
    past = await imports.past_cases(
        connection, [(at.subject, name) for at, name in zip(kept, names, strict=True)]
    )
    standing = await past_cases.standing_of(connection, [at.subject for at in kept])
    plan = _Cases(house)
    placed = [
        _Placed(
            one,
            chosen,
            show,
            at,
            plan.closed(past, name, at, show, one, chosen)
            if one.closed
            else plan.standing(standing, at, show, one, chosen),
        )
        for (one, chosen), show, at, name in zip(batch, seen, kept, names, strict=True)
    ]
    await cases.open_cases(connection, plan.opened)
    await imports.put_past_cases(connection, plan.made)
    await past_cases.date_back(connection, plan.first)
    await cases.append_steps(connection, plan.steps, house.ids)
    newcomers = [Newcomer(PersonRef(Platform(platform), one.past.reporter), one.case.case) for one in placed]
    admitted = await admission.admit(connection, newcomers, house.sealer, house.sealer.batch(), house.ids)
    return [
        msgspec.structs.replace(one, tag=who.tag_standing or _NO_TAG, reliability=who.reliability)
        for one, who in zip(placed, admitted, strict=True)
    ]


def _flags_and_addenda(
    house: House, placed: Sequence[_Placed], found: dict[tuple[UUID, bytes], Found]
) -> tuple[list[NewFlag], list[NewAddendum], list[Words], list[_Placed]]:
    """Let the first of a reporter in a case be the flag and what follows be added to it, as it would have been here."""
    keys = {place: flag.key for place, flag in found.items()}
    new: list[NewFlag] = []
    added: list[NewAddendum] = []
    words: list[Words] = []
    owners: list[_Placed] = []
    for one in placed:
        place = (one.case.case, one.tag)
        owner = house.ids.key()
        if place in keys:
            added.append(_addendum(one, owner, keys[place]))
        else:
            keys[place] = owner
            new.append(_flag(house, one, owner))
            owners.append(one)
        if one.past.details.strip():
            platform = one.seen.ref.platform
            words.append(Words("details", owner, one.case.case, platform, one.past.details))
    return new, added, words, owners


def _flag(house: House, one: _Placed, key: UUID) -> NewFlag:
    return NewFlag(
        key=key,
        number=house.ids.number(NumberKind.FLAG),
        case=one.case.case,
        snapshot=one.kept.snapshot,
        platform=one.seen.ref.platform,
        tag=one.tag,
        kind=one.seen.ref.kind,
        reason=one.chosen.reason,
        choice=one.chosen.choice,
        reliability=one.reliability,
        state=flag_rules.apply(None, "import" if one.past.closed else "receive"),
        received_at=one.past.at,
        answer=_answer(one) if one.past.closed else None,
        legacy=True,
    )


def _answer(one: _Placed) -> Answer:
    """Return the outcome that the row says; else that of its case's verdict; else that it cannot be told any more."""
    outcome = one.past.outcome
    if outcome is None and one.case.verdict is not None:
        judged = Flag(
            FlagKey(one.case.case), FlagNumber(""), CaseKey(one.case.case), _NO_TAG,
            flag_rules.apply(None, "receive"), one.past.at, (one.chosen.choice,),
        )  # fmt: skip
        outcome = flag_rules.outcome(judged, Judgement(one.case.verdict)).status
    outcome = outcome or FlagStatus.COULD_NOT_VERIFY
    return Answer(outcome, outcome.value, one.past.at, one.case.decision)


def _addendum(one: _Placed, key: UUID, flag: UUID) -> NewAddendum:
    has_words = bool(one.past.details.strip())
    return NewAddendum(key, flag, one.chosen.reason, one.chosen.choice, has_words, one.past.at)

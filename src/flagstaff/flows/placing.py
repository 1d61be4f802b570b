"""Find the place of each flag of a batch: which case it enters or opens, and whether it is a flag or an addendum.

Nothing here touches the database. Flags of one batch see one another: the second flag on a subject attaches to the case
that the first one opens.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final
from uuid import UUID

import msgspec

from flagstaff.cases import rules as case_rules
from flagstaff.cases.model import IncomingFlag, Route, RouteKind, StandingCase
from flagstaff.cases.storage import Around, NewCase, Step
from flagstaff.flags import rules as flag_rules
from flagstaff.flags.model import Flag, Judgement
from flagstaff.flags.storage import Answer, Found, NewAddendum, NewFlag, Revival
from flagstaff.flows.pace import Expected
from flagstaff.flows.receipts import Rejoined
from flagstaff.flows.score_cases import Raised
from flagstaff.flows.sent_flag import Checked
from flagstaff.kernel.ids import Ids, NumberKind
from flagstaff.subjects.model import KeptSubject
from flagstaff.vault.admission import Admitted, Words
from flagstaff.vocabulary.origins import CaseOrigin
from flagstaff.vocabulary.references import CaseKey, FlagKey, FlagNumber, PersonRef, ReasonKey
from flagstaff.vocabulary.states import CaseState, FlagState, FlagStatus

NO_TAG: Final = b""
"""Stands where the vault has not given the tag yet."""
# Quarters of the target time, until a platform has its own figures of how long answers take.
_USUAL: Final = (0.25, 0.5, 0.75, 1.0)


class Arrived(msgspec.Struct, frozen=True):
    """One checked flag with what the rooms said about its subject and its reporter."""

    checked: Checked
    kept: KeptSubject
    around: Around
    admitted: Admitted
    earlier_standing: Found | None
    earlier_former: Found | None
    target_hours: float
    expected: Expected


class Receipt(msgspec.Struct, frozen=True):
    """What the reporter is told; a repeat is answered exactly like a first flag. `number` is None for a preference."""

    number: str | None
    status: FlagStatus
    option: str
    kind: str
    severity: int
    label: str
    expected_hours: float
    slow_hours: float | None = None

    @property
    def expected(self) -> Expected:
        """Return when to expect an answer."""
        return Expected(self.expected_hours, self.slow_hours)


class Placing(msgspec.Struct):
    """Gather what one batch writes, in the order in which it is written."""

    cases: list[NewCase] = []
    flags: list[NewFlag] = []
    persons: list[PersonRef] = []
    addenda: list[NewAddendum] = []
    revived: list[Revival] = []
    rejoined: list[Rejoined] = []
    words: list[Words] = []
    moves: list[tuple[UUID, CaseState, CaseState]] = []
    handed_back: list[UUID] = []
    joined: list[UUID] = []
    steps: list[Step] = []
    receipts: list[Receipt] = []
    touched: set[UUID] = set()
    blanked: set[UUID] = set()
    standing: dict[UUID, StandingCase] = {}
    mine: dict[tuple[PersonRef, UUID], UUID] = {}

    def raised(self) -> list[Raised]:
        """Return what each new flag brings to its case, additions of the same batch included."""
        added: dict[UUID, int] = {}
        for one in self.addenda:
            added[one.flag] = max(added.get(one.flag, 0), int(one.choice.severity))
        return [
            Raised(
                flag.case,
                flag.state is FlagState.LIVE,
                max(int(flag.choice.severity), added.get(flag.key, 0)),
                flag.reliability,
                flag.reason,
                flag.choice.clauses,
            )
            for flag in self.flags
        ]


def place_flags(arrived: Sequence[Arrived], now: datetime, ids: Ids) -> Placing:
    """Place the flags of a batch one after the other."""
    placing = Placing()
    for one in arrived:
        _place(placing, one, one.checked.sent.received_at or now, ids)
    return placing


def _place(placing: Placing, one: Arrived, at: datetime, ids: Ids) -> None:
    standing = placing.standing.get(one.kept.subject) or one.around.standing_case()
    earlier = _earlier(placing, one, standing)
    route = case_rules.route_flag(
        _incoming(one, at, earlier, ids), standing, one.around.former_case(), one.around.graves
    )
    if one.checked.seen.reference_only:
        placing.blanked.add(one.kept.subject)
    case = _enter(placing, one, route, standing, at, ids)
    if earlier is not None and earlier.case == case:
        owner, number = _add(placing, one, earlier, case, route, at, ids)
    else:
        owner, number = _raise(placing, one, case, route, at, ids)
    _leave_words(placing, one, owner, case)
    placing.receipts.append(_receipt(one, number))


def _earlier(placing: Placing, one: Arrived, standing: StandingCase | None) -> Found | None:
    """Return this reporter's flag in the case that stands, else in the latest one that ended."""
    if standing is not None:
        planned = placing.mine.get((one.checked.sent.reporter, standing.case))
        if planned is not None:
            flag = next(flag for flag in placing.flags if flag.key == planned)
            option = str(flag.choice.option)
            return Found(
                flag.key, flag.number, flag.case, NO_TAG, flag.state, int(flag.choice.severity), None, option,
                flag.received_at, None, None,
            )  # fmt: skip
        return one.earlier_standing
    return one.earlier_former


def _incoming(one: Arrived, at: datetime, earlier: Found | None, ids: Ids) -> IncomingFlag:
    option, kept = one.checked.option, _is_kept(one, at)
    return IncomingFlag(
        at=at,
        severity=one.checked.choice.severity,
        kind=one.checked.choice.kind,
        reason=ReasonKey(option.reason),
        clauses=one.checked.choice.clauses,
        content_hash=one.kept.content_hash,
        kept=kept,
        kept_until=_waking(one, ids) if kept else None,
        said_before=CaseKey(earlier.case) if earlier and earlier.state is not FlagState.WITHDRAWN else None,
    )


def _enter(
    placing: Placing, one: Arrived, route: Route, standing: StandingCase | None, at: datetime, ids: Ids
) -> UUID:
    """Return the case that the flag belongs to: the one it meets, or a new one."""
    severity = one.checked.choice.severity
    if route.case is None:
        return _open(placing, one, route, at, ids)
    case = route.case
    if route.kind is RouteKind.JOIN:
        placing.joined.append(case)
    if standing is None or case != standing.case:
        return case
    target = case_rules.apply(standing.state, route.arrow or "grow")
    placing.touched.add(case)
    if route.arrow == "hand_back":
        placing.handed_back.append(case)
    if target is not standing.state:
        placing.moves.append((case, standing.state, target))
    placing.steps.append(
        Step(case, at, route.arrow or "grow", standing.state, target, "reporter", route.reason)
    )
    placing.standing[one.kept.subject] = msgspec.structs.replace(
        standing,
        state=target,
        severity=case_rules.grown_severity(standing.severity, severity),
        only_kept=False,
    )
    return case


def _open(placing: Placing, one: Arrived, route: Route, at: datetime, ids: Ids) -> UUID:
    option, seen = one.checked.option, one.checked.seen
    severity = one.checked.choice.severity
    state = CaseState.PARKED if route.kind is RouteKind.OPEN_PARKED else CaseState.OPEN
    case = NewCase(
        key=ids.key(),
        number=ids.number(NumberKind.CASE),
        platform=seen.ref.platform,
        subject=one.kept.subject,
        state=state,
        origin=CaseOrigin.FLAG,
        severity=severity,
        place=seen.place,
        opened_at=at,
        staff_only=option.route == "staff_only",
        restricted=seen.reference_only,
        not_for=route.not_for,
        audience=seen.audience,
        wakes_at=route.wakes_at,
        names_case=route.names,
        opened_grave_hash=one.kept.content_hash if severity.grave else None,
    )
    placing.cases.append(case)
    placing.steps.append(Step(case.key, at, route.arrow or "open", "", state, "reporter", route.reason))
    placing.standing[one.kept.subject] = StandingCase(
        CaseKey(case.key), state, severity, only_kept=state is CaseState.PARKED
    )
    return case.key


def _add(
    placing: Placing, one: Arrived, earlier: Found, case: UUID, route: Route, at: datetime, ids: Ids
) -> tuple[UUID, str]:
    """Add to the reporter's own flag; one that was taken back lives again."""
    sent = one.checked.sent
    addendum = NewAddendum(
        ids.key(), earlier.key, one.checked.option.reason, one.checked.choice, _has_words(one), at
    )
    placing.addenda.append(addendum)
    if earlier.state is FlagState.WITHDRAWN:
        revival = _revival(one, earlier, route, at)
        placing.revived.append(revival)
        if revival.answer is not None:
            platform = one.checked.seen.ref.platform
            again = Rejoined(earlier.key, earlier.number, platform, one.checked.choice, revival.answer)
            placing.rejoined.append(again)
    placing.mine[sent.reporter, case] = earlier.key
    return addendum.key, earlier.number


def _raise(
    placing: Placing, one: Arrived, case: UUID, route: Route, at: datetime, ids: Ids
) -> tuple[UUID, str]:
    """Keep a new flag; one that joins a verdict carries its outcome, to be read when others would have theirs."""
    checked = one.checked
    state = flag_rules.apply(None, "keep" if _is_kept(one, at) else "receive")
    joins = route.kind is RouteKind.JOIN
    flag = NewFlag(
        key=ids.key(),
        number=ids.number(NumberKind.FLAG),
        case=case,
        snapshot=one.kept.snapshot,
        platform=checked.seen.ref.platform,
        tag=NO_TAG,
        kind=checked.seen.ref.kind,
        reason=checked.option.reason,
        choice=checked.choice,
        reliability=one.admitted.reliability,
        state=flag_rules.apply(state, "answer") if joins else state,
        received_at=at,
        answer=_answer(one, at) if joins else None,
        converted_from=checked.converted_from,
    )
    placing.flags.append(flag)
    placing.persons.append(checked.sent.reporter)
    placing.mine[checked.sent.reporter, case] = flag.key
    return flag.key, flag.number


def _revival(one: Arrived, earlier: Found, route: Route, at: datetime) -> Revival:
    """Let a flag that was taken back live again; where its case has its verdict, it joins that."""
    state = flag_rules.apply(earlier.state, "resend_kept" if _is_kept(one, at) else "resend")
    if route.kind is not RouteKind.JOIN:
        return Revival(earlier.key, state)
    return Revival(earlier.key, flag_rules.apply(state, "answer"), _answer(one, at))


def _waking(one: Arrived, ids: Ids) -> datetime | None:
    """Return when a case of kept flags alone wakes: within the day after the restriction, each at a moment of its own.

    The restriction's own end would stand in every such case and tie one reporter's flags together. The chance comes
    from a key that is thrown away, so that nobody can reckon back.
    """
    until = one.admitted.restricted_until
    chance = (ids.key().int & 0xFFFF_FFFF) / 2**32
    return until + timedelta(days=chance) if until is not None else None


def _is_kept(one: Arrived, at: datetime) -> bool:
    until = one.admitted.restricted_until
    return until is not None and at < until and not one.checked.option.urgent


def _answer(one: Arrived, at: datetime) -> Answer:
    """Return the outcome of a flag that joins a verdict, to be read when others would have theirs.

    The wait is drawn from the request itself, so that the same batch gives the same answers.
    """
    if one.around.former_verdict is None:
        message = "a flag joins a case that has a verdict"
        raise AssertionError(message)
    choice = one.checked.choice
    judged = Flag(
        FlagKey(one.kept.subject), FlagNumber(""), CaseKey(one.kept.subject), NO_TAG, FlagState.LIVE, at, (choice,)
    )  # fmt: skip
    outcome = flag_rules.outcome(judged, Judgement(one.around.former_verdict))
    seed = f"{one.checked.sent.reporter.id}\0{one.kept.subject}\0{at.isoformat()}"
    draw = int.from_bytes(sha256(seed.encode()).digest()[:6]) / 2**48
    usual = tuple(timedelta(hours=one.target_hours * share) for share in _USUAL)
    return Answer(
        outcome.status,
        outcome.sentence,
        at + case_rules.joined_outcome_wait(usual, draw),
        one.around.former_decision,
    )


def _has_words(one: Arrived) -> bool:
    sent = one.checked.sent
    return bool(sent.details.strip() or sent.answers or sent.neighbours)


def _leave_words(placing: Placing, one: Arrived, owner: UUID, case: UUID) -> None:
    sent, platform = one.checked.sent, one.checked.seen.ref.platform
    if sent.details.strip():
        placing.words.append(Words("details", owner, case, platform, sent.details))
    if sent.answers:
        answers = msgspec.json.encode(dict(sent.answers)).decode()
        placing.words.append(Words("answers", owner, case, platform, answers))
    if sent.neighbours:
        neighbours = msgspec.json.encode(sent.neighbours).decode()
        placing.words.append(Words("neighbours", owner, case, platform, neighbours))


def _receipt(one: Arrived, number: str) -> Receipt:
    """Say the same for a first, second, merged or late flag: it has just been received."""
    choice = one.checked.choice
    return Receipt(
        number, FlagStatus.RECEIVED, choice.option, choice.kind.value, int(choice.severity), choice.label,
        one.expected.hours, one.expected.slow,
    )  # fmt: skip

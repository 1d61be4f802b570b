"""Give cases their place in the queue from what counts in them now."""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

from msgspec import structs

from flagstaff.cases import priority, storage as cases
from flagstaff.cases.model import Priority, Targets, Voice, Weight
from flagstaff.cases.storage import Load, NewCase, Score
from flagstaff.flags import storage as flags
from flagstaff.flags.storage import Tally
from flagstaff.flows.house import House
from flagstaff.flows.policy_book import PolicyBook
from flagstaff.guidelines.model import Severity as SeverityLevel
from flagstaff.store.database import Connection
from flagstaff.store.roles import Role
from flagstaff.vocabulary.references import ClauseId
from flagstaff.vocabulary.severity import Severity


class Raised(NamedTuple):
    """What a new flag, with what was added to it in the same batch, brings to its case."""

    case: UUID
    live: bool
    severity: int
    reliability: float
    reason: str
    clauses: frozenset[ClauseId]


_BATCH = 1000
_FIRST = UUID(int=0)


async def score_cases(house: House, connection: Connection, keys: Sequence[UUID], now: datetime) -> None:
    """Count what lives in some cases and score them, in the transaction that changed them."""
    if not keys:
        return
    loads = await cases.weigh(connection, sorted(keys))
    staff_only, restricted = narrowed(house.policy, {load.platform for load in loads})
    tallies = await flags.tally(connection, [load.key for load in loads], staff_only, restricted)
    await cases.score(
        connection,
        [_score(house.policy, load, tallies.get(load.key, _nothing(load.key)), now) for load in loads],
    )


def scored(house: House, opened: Sequence[NewCase], placed: Sequence[Raised], now: datetime) -> list[NewCase]:
    """Give new cases their place from the flags that open them, so that each is written once."""
    if not opened:
        return []
    staff_only, restricted = map(frozenset, narrowed(house.policy, {case.platform for case in opened}))
    by_case: dict[UUID, list[Raised]] = {case.key: [] for case in opened}
    for one in placed:
        if one.case in by_case:
            by_case[one.case].append(one)
    scores = [
        _score(
            house.policy, _load_of(case), _tally_of(case.key, by_case[case.key], staff_only, restricted), now
        )
        for case in opened
    ]
    return [
        structs.replace(
            case,
            severity=Severity(score.severity),
            staff_only=case.staff_only or score.staff_only,
            restricted=case.restricted or score.restricted,
            score=score,
        )
        for case, score in zip(opened, scores, strict=True)
    ]


async def rescore_open_cases(house: House) -> int:
    """Let waiting count: score every open case anew, a batch at a time. Returns how many."""
    after, done = _FIRST, 0
    while True:
        async with house.database.transaction(Role.WORKER) as connection:
            loads = await cases.weigh_open(connection, after, _BATCH)
            places = [
                (load, _place(house.policy, load, load.voices, load.severity, house.now)) for load in loads
            ]
            await cases.reprioritise(
                connection, [(load.key, float(place.score), place.reason) for load, place in places]
            )
        done += len(loads)
        if len(loads) < _BATCH:
            return done
        after = loads[-1].key


def targets_of(policy: PolicyBook, platform: str) -> Targets:
    """Return the hours to the first decision by severity, from the live guidelines."""
    return _targets(policy.guidelines(platform).severities)


@lru_cache(maxsize=64)
def _targets(severities: tuple[SeverityLevel, ...]) -> Targets:
    hours = {severity.level: severity.target_hours for severity in severities}
    known = Targets()
    return Targets(
        low=hours.get(1) or known.low,
        medium=hours.get(2) or known.medium,
        high=hours.get(3) or known.high,
        critical=hours.get(4) or known.critical,
    )


def narrowed(policy: PolicyBook, platforms: set[str]) -> tuple[list[str], list[str]]:
    """Return the reasons that only staff may see, and the clauses of the restricted desk."""
    reasons = {
        reason.key
        for one in platforms
        for reason in policy.menus(one).reasons
        if reason.route == "staff_only"
    }
    clauses = {
        clause.key
        for one in platforms
        for clause in policy.guidelines(one).clauses
        if clause.reference_only == "everything"
    }
    return sorted(reasons), sorted(clauses)


def _score(policy: PolicyBook, load: Load, tally: Tally, now: datetime) -> Score:
    severity = max(load.severity, tally.severity)
    place = _place(policy, load, tally.voices, severity, now)
    return Score(
        load.key, severity, tally.voices, tally.counted, float(place.score), place.reason, place.due_at,
        tally.staff_only, tally.restricted,
    )  # fmt: skip


def _load_of(case: NewCase) -> Load:
    return Load(case.key, case.platform, int(case.severity), case.opened_at, (), case.audience, front=False)


def _tally_of(
    case: UUID, raised: Sequence[Raised], staff_only: frozenset[str], restricted: frozenset[str]
) -> Tally:
    live = [one for one in raised if one.live]
    return Tally(
        case,
        len(live),
        tuple(one.reliability for one in live),
        max((one.severity for one in live), default=0),
        staff_only=any(one.reason in staff_only for one in raised),
        restricted=any(one.clauses & restricted for one in raised),
    )


def _place(policy: PolicyBook, load: Load, voices: Sequence[float], severity: int, now: datetime) -> Priority:
    weight = Weight(
        severity=Severity(severity),
        opened_at=load.opened_at,
        voices=tuple(Voice(reliability) for reliability in voices),
        audience=load.audience,
        front=load.front,
    )
    return priority.priority(weight, now, targets_of(policy, load.platform))


def _nothing(case: UUID) -> Tally:
    return Tally(case, 0, (), 0, staff_only=False, restricted=False)

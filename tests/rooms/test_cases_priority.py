"""The first priority is a plain sum that people can check, and cannot be pushed the wrong way."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given, strategies as st

from flagstaff.cases.model import Targets, Voice, Weight
from flagstaff.cases.priority import due_at, priority
from flagstaff.vocabulary.audience import Audience
from flagstaff.vocabulary.severity import Severity

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
TARGETS = Targets()
change = msgspec.structs.replace

voices = st.builds(Voice, reliability=st.floats(0, 1), independent=st.booleans())
weights = st.builds(
    Weight,
    severity=st.sampled_from(Severity),
    opened_at=st.integers(0, 2000).map(lambda hours: NOW - timedelta(hours=hours)),
    voices=st.lists(voices, max_size=8).map(tuple),
    audience=st.none() | st.sampled_from(Audience),
    views=st.none() | st.integers(0, 10**7),
    suspicion=st.floats(0, 1),
    trusted=st.booleans(),
    front=st.booleans(),
)


def score(weight: Weight, now: datetime = NOW) -> int:
    return priority(weight, now, TARGETS).score


@given(weights)
def test_a_priority_is_the_sum_of_its_named_terms(weight: Weight) -> None:
    result = priority(weight, NOW, TARGETS)
    assert result.score == sum(term.points for term in result.terms)
    assert len({term.name for term in result.terms}) == len(result.terms) <= 8
    assert all(term.points >= 0 for term in result.terms)


@given(weights, st.sampled_from(Severity))
def test_a_graver_case_never_stands_lower(weight: Weight, other: Severity) -> None:
    low, high = sorted((weight.severity, other))
    assert score(change(weight, severity=low)) <= score(change(weight, severity=high))


@given(weights, weights)
def test_a_critical_case_stands_before_all_others(weight: Weight, other: Weight) -> None:
    critical = change(weight, severity=Severity.CRITICAL, front=False)
    lesser = change(other, severity=min(other.severity, Severity.HIGH), front=False)
    assert score(critical) > score(lesser)


@given(weights, weights)
def test_a_case_whose_hold_ran_out_goes_to_the_front(weight: Weight, other: Weight) -> None:
    assert score(change(weight, front=True)) > score(change(other, front=False))


@given(weights, voices)
def test_one_flag_more_never_lowers_a_case(weight: Weight, voice: Voice) -> None:
    assert score(change(weight, voices=(*weight.voices, voice))) >= score(weight)


@given(weights)
def test_the_order_of_flags_does_not_matter(weight: Weight) -> None:
    assert score(change(weight, voices=weight.voices[::-1])) == score(weight)


@given(weights, st.integers(0, 1000))
def test_waiting_never_lowers_a_case(weight: Weight, hours: int) -> None:
    assert score(weight, NOW + timedelta(hours=hours)) >= score(weight)


def test_a_brigade_weighs_less_than_one_step_of_severity() -> None:
    alone = Weight(Severity.LOW, NOW, (Voice(0.5),))
    brigade = change(alone, voices=(Voice(0.5), *[Voice(0.5, independent=False)] * 29))
    assert score(brigade) < score(change(alone, severity=Severity.MEDIUM))


@pytest.mark.parametrize(("severity", "hours"), [(1, 72), (2, 24), (3, 8), (4, 1)])
def test_a_case_is_due_by_its_severity(severity: int, hours: int) -> None:
    assert due_at(Severity(severity), NOW, TARGETS) == NOW + timedelta(hours=hours)


def test_the_reason_names_the_weightiest_first() -> None:
    weight = Weight(Severity.HIGH, NOW - timedelta(hours=8), (Voice(1.0), Voice(1.0)), Audience.MANY)
    assert priority(weight, NOW, TARGETS).reason == (
        "severity 3, high (+500); past its target (+100); 2 independent reporters (+62); seen by about 20 (+44)"
    )

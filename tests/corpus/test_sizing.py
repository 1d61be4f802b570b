"""Shares by an audit that a coder helps: they sum to one, hold what they promise, and gain by a better coder only."""

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from flagstaff.insight.dive import Basis
from flagstaff.insight.shares import score_interval
from flagstaff.insight.sizing import estimate

THEMES = 4


def world(seed: int, rows: int, right: float) -> tuple["np.ndarray", "np.ndarray"]:
    """Return true themes, and what a coder says that is right so often."""
    chance = np.random.default_rng(seed)
    truth = chance.choice(THEMES, rows, p=[0.5, 0.3, 0.15, 0.05])
    guess = np.where(chance.random(rows) < right, truth, chance.integers(0, THEMES, rows))
    said = np.full((rows, THEMES), 0.1)
    said[np.arange(rows), guess] = 0.7
    return truth, said


@given(st.integers(0, 10_000), st.integers(1, 60), st.floats(0, 1))
@settings(max_examples=60, deadline=None)
def test_shares_sum_to_one_inside_their_intervals(seed: int, audited: int, right: float) -> None:
    truth, said = world(seed, 60, right)
    rows = np.arange(audited)
    for side in (estimate(truth[rows], rows, said).helped, estimate(truth[rows], rows, said).audit):
        assert all(0 <= one.low <= one.share <= one.high <= 1 for one in side)
    assert sum(one.share for one in estimate(truth[rows], rows, said).audit) == pytest.approx(1.0)


@given(st.integers(0, 10_000), st.floats(0, 1))
@settings(max_examples=30, deadline=None)
def test_no_interval_is_wider_than_the_audits_own(seed: int, right: float) -> None:
    truth, said = world(seed, 400, right)
    rows = np.arange(100)
    found = estimate(truth[rows], rows, said)
    for helped, audit in zip(found.helped, found.audit, strict=True):
        assert helped.high - helped.low <= 1.02 * (audit.high - audit.low)


def test_a_coder_that_knows_narrows_and_one_that_guesses_does_not() -> None:
    widths = {}
    for right in (0.0, 0.9):
        truth, said = world(1, 2_000, right)
        rows = np.arange(300)
        found = estimate(truth[rows], rows, said)
        widths[right] = (found.helped[0].high - found.helped[0].low) / (
            found.audit[0].high - found.audit[0].low
        )
        assert found.helped[0].basis is (Basis.CORRECTED if right else found.helped[0].basis)
    assert widths[0.9] < 0.7 < widths[0.0]


def test_intervals_hold_the_truth_nineteen_times_of_twenty() -> None:
    truth, said = world(3, 1_000, 0.8)
    shares = np.bincount(truth) / len(truth)
    inside = np.zeros(THEMES)
    for seed in range(300):
        rows = np.random.default_rng(seed).permutation(1_000)[:200]
        found = estimate(truth[rows], rows, said).helped
        inside += [one.low <= share <= one.high for one, share in zip(found, shares, strict=True)]
    assert (inside / 300 >= 0.92).all()
    assert (inside / 300).mean() <= 0.985


def test_a_theme_of_fewer_than_ten_audited_rows_keeps_the_audits_own_interval() -> None:
    truth, said = world(2, 1_000, 0.95)
    rows = np.arange(100)
    found = estimate(truth[rows], rows, said)
    rare = found.helped[3]
    assert rare.audited < 10
    assert (rare.low, rare.high, rare.basis) == (found.audit[3].low, found.audit[3].high, Basis.AUDIT)


def test_who_read_everything_knows_everything() -> None:
    truth, said = world(5, 50, 0.5)
    found = estimate(truth, np.arange(50), said)
    assert [(one.low, one.high) for one in found.helped] == [(one.share, one.share) for one in found.helped]


def test_an_audit_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="0 audited rows of 5"):
        estimate(np.zeros(0, np.int64), np.zeros(0, np.int64), np.full((5, 2), 0.5))


@pytest.mark.parametrize(("share", "n", "low", "high"), [(0.0, 10, 0.0, 0.2775), (0.5, 100, 0.4038, 0.5962)])
def test_wilsons_interval_is_the_books(share: float, n: float, low: float, high: float) -> None:
    assert score_interval(share, n) == pytest.approx((low, high), abs=1e-4)

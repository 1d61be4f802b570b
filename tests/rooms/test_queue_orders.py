"""The simulator of the queue weighs cases by the product's own priority, and its worlds are the same at every run."""

from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given, strategies as st

from bench.queue_parts.orders import (
    BEGIN,
    ORDERS,
    TARGETS,
    Book,
    Look,
    plain,
    plain_with_views,
    reach_by_bucket,
    reach_by_views,
    severity_points,
    voices_points,
    waiting_by_ticks,
)
from bench.queue_parts.simulation import simulate
from bench.queue_parts.world import TICK_HOURS, invent
from flagstaff.cases.model import Voice, Weight
from flagstaff.cases.priority import priority
from flagstaff.vocabulary.audience import Audience
from flagstaff.vocabulary.severity import Severity

SMALL = {"per_day": 400, "brigades_per_day": 1.0, "serial": 10}
GRAVITIES = (Severity.LOW, Severity.MEDIUM, Severity.HIGH, Severity.CRITICAL)


@given(
    claim=st.integers(0, 3),
    ticks=st.integers(0, 4320),
    voices=st.lists(st.sampled_from([0.1, 0.3, 0.5, 0.7, 0.9]), min_size=1, max_size=40),
    views=st.none() | st.integers(0, 5000),
    bucket=st.sampled_from(Audience),
)
def test_the_points_of_the_tables_add_up_to_the_products_priority(
    claim: int, ticks: int, voices: list[float], views: int | None, bucket: Audience
) -> None:
    weight = Weight(
        GRAVITIES[claim], BEGIN, tuple(map(Voice, voices)), None if views is not None else bucket, views
    )
    real = priority(weight, BEGIN + timedelta(hours=ticks * TICK_HOURS), TARGETS).score
    reach = (
        reach_by_views()[min(views, 1100)]
        if views is not None
        else reach_by_bucket()[list(Audience).index(bucket)]
    )
    table = severity_points()[claim] + waiting_by_ticks()[claim, ticks] + reach
    assert table + voices_points(tuple(sorted(voices, reverse=True))) == real


@pytest.mark.parametrize("order", [plain, plain_with_views])
def test_an_order_gives_the_products_score_to_every_open_case(order: object) -> None:
    world = invent(3, **SMALL)  # type: ignore[arg-type]
    book = Book(world, learns_voices=True)
    end = int(np.searchsorted(world.flag_at, 240.0))
    book.receive(world.flag_item[:end], world.flag_by[:end], world.flag_claim[:end], 240.0)
    opened = np.unique(world.flag_item[:end])
    scores = order(Look(book, opened, 270.0))  # type: ignore[operator]
    for item, score in list(zip(opened.tolist(), scores.tolist(), strict=True))[:200]:
        bucket = Audience.of(int(book.audience[item]))
        views = int(world.views_before(np.array([item]), 270.0)[0])
        weight = Weight(
            GRAVITIES[int(book.claim[item])],
            BEGIN,
            tuple(Voice(0.5) for _ in range(int(book.flags[item]))),
            bucket,
            views if order is plain_with_views else None,
        )
        assert (
            round(score + 1e-6 * world.first[item])
            == priority(weight, BEGIN + timedelta(hours=30), TARGETS).score
        )


def test_the_same_seed_gives_the_same_month_and_nobody_beats_the_truth() -> None:
    found = {order: simulate(invent(1, **SMALL), order) for order in ORDERS}  # type: ignore[arg-type]
    assert found["plain priority"] == simulate(invent(1, **SMALL), "plain priority")  # type: ignore[arg-type]
    best = found.pop("oracle")
    assert all(one.prevented <= best.prevented for one in found.values())
    assert found["Discourse's score"].prevented > found["first in, first out"].prevented


def test_the_figures_of_a_whole_month_stay_what_they_were() -> None:
    """Worlds, views and reviewers are those that the goals were set by: these two figures come from there."""
    world = invent(0)
    assert (int(world.flagged.sum()), len(world.flag_at)) == (12709, 26444)
    assert simulate(world, "most flags").prevented == pytest.approx(0.794409627101032)
    assert simulate(world, "Discourse's score").prevented == pytest.approx(0.8282555777140429)

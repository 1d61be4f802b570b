"""Put open cases in order: as they came, by flags, by a forum's score, by the product's own priority, or by the truth.

The product's priority is not copied: its points are read from `flagstaff.cases.priority` itself. They are sums of named
terms, each of which depends on few things; so every term is asked for once and kept in a table, and a test holds the
sum equal to the product's own.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import NamedTuple

import numpy as np

from bench.queue_parts.world import HOURS, TICK_HOURS, Numbers, Whole, World
from flagstaff.cases.model import Targets, Voice, Weight
from flagstaff.cases.priority import priority
from flagstaff.vocabulary.audience import Audience
from flagstaff.vocabulary.severity import Severity

BEGIN = datetime(2026, 3, 2, tzinfo=UTC)
TARGETS = Targets()
_SEVERITIES = (Severity.LOW, Severity.MEDIUM, Severity.HIGH, Severity.CRITICAL)
MOST_VIEWERS = 1100
"""More viewers give no more points."""


class Book:
    """What the house knows: of each item what its flags add up to, of each reporter how they were judged."""

    def __init__(self, world: World, *, learns_voices: bool) -> None:
        """Begin with nothing known; `learns_voices` where the order weighs each flag by its reporter."""
        self.world = world
        self.flags = np.zeros(world.items)
        self.forum = np.zeros(world.items)
        self.claim = np.zeros(world.items, np.int64)
        self.opened = np.zeros(world.items)
        self.audience = np.zeros(world.items, np.int64)
        self.voices = np.zeros(world.items, np.int64)
        self.agreed = np.zeros(len(world.reporter))
        self.disagreed = np.zeros(len(world.reporter))
        self._heard: dict[int, list[float]] = {}
        self._learns = learns_voices

    def receive(self, item: Whole, by: Whole, claim: Whole, hour: float) -> None:
        """Count flags that came in since the last look, at the end of this tick."""
        np.add.at(self.flags, item, 1)
        trust = 1.0 + self.world.trust[by] + accuracy_bonus(self.agreed[by], self.disagreed[by])
        np.add.at(self.forum, item, np.maximum(trust, 0))
        np.maximum.at(self.claim, item, claim)
        fresh = np.unique(item[self.opened[item] == 0])
        self.opened[fresh] = hour
        self.audience[fresh] = np.minimum(self.world.views_before(fresh, hour), MOST_VIEWERS).astype(np.int64)
        if self._learns:
            self._hear(item, by)

    def _hear(self, item: Whole, by: Whole) -> None:
        """Weigh voices as the house does: by what is known of each reporter when the flag comes in."""
        for one, who in zip(
            item.tolist(), reliability(self.agreed[by], self.disagreed[by]).tolist(), strict=True
        ):
            self._heard.setdefault(one, []).append(who)
        for one in np.unique(item).tolist():
            self.voices[one] = voices_points(tuple(sorted(self._heard[one], reverse=True)))

    def learn(self, by: Whole, *, right: bool) -> None:
        """Note what a decision says about those who flagged."""
        np.add.at(self.agreed if right else self.disagreed, by, 1)


class Look(NamedTuple):
    """One look at the queue: what is open now."""

    book: Book
    open: Whole
    hour: float


Order = Callable[[Look], Numbers]


def reliability(agreed: Numbers, disagreed: Numbers) -> Numbers:
    """Return what the vault tells of reporters, in its five steps (`vault.reliability`)."""
    return np.minimum(4, np.floor(5.0 * (agreed + 1) / (agreed + disagreed + 2))) * 0.2 + 0.1


def accuracy_bonus(agreed: Numbers, disagreed: Numbers) -> Numbers:
    """Return Discourse's bonus for who was right before (`ReviewableScore.calc_user_accuracy_bonus`)."""
    total = agreed + disagreed
    share = np.divide(agreed, total, out=np.zeros_like(agreed), where=total > 0)
    distance = np.where(share >= 0.7, (share - 0.7) / 0.3, -(0.7 - share) / 0.7)
    bonus = np.round(distance * np.log(np.maximum(total, 1)) / np.log(4) * 5.0, 2)
    return np.where(total > 5, bonus, 0.0)


def first_come(look: Look) -> Numbers:
    """Take the oldest first."""
    return -look.book.world.first[look.open]


def most_flags(look: Look) -> Numbers:
    """Take what most people flagged, the oldest of these first."""
    return look.book.flags[look.open] - 1e-6 * look.book.world.first[look.open]


def discourse(look: Look) -> Numbers:
    """Take the highest score of Discourse: trust and past accuracy of all who flagged; the newest of equals."""
    return look.book.forum[look.open] + 1e-9 * look.book.world.first[look.open]


def oracle(look: Look) -> Numbers:
    """Take what would do most harm: the truth with all views to come. Nobody can do this; it is the ceiling."""
    world = look.book.world
    harm = np.array(world.constants.harm)[world.severity[look.open]] * world.views_after(look.open, look.hour)
    return np.where(world.wrong[look.open], harm, -1.0 + 1e-9 * world.first[look.open])


def plain(look: Look) -> Numbers:
    """Take the product's priority as it scores today: with the bucket of the audience."""
    buckets = buckets_of(look.book.audience[look.open])
    return known(look) + reach_by_bucket()[buckets]


def plain_with_views(look: Look) -> Numbers:
    """Take the product's priority where the platform sends counts of views."""
    views = look.book.world.views_before(look.open, look.hour)
    return known(look) + reach_by_views()[np.minimum(views, MOST_VIEWERS).astype(np.int64)]


def plain_without_views(look: Look) -> Numbers:
    """Take the product's priority where the platform says nothing about who saw it."""
    return known(look) + points("reach", Weight(Severity.LOW, BEGIN))


def known(look: Look) -> Numbers:
    """Return the points that do not depend on views: severity, waiting, voices; the oldest of equals first."""
    book, open_ = look.book, look.open
    claim = book.claim[open_]
    ticks = np.rint((look.hour - book.opened[open_]) / TICK_HOURS).astype(np.int64)
    waited = waiting_by_ticks()[claim, ticks]
    return severity_points()[claim] + waited + book.voices[open_] - 1e-6 * book.world.first[open_]


def points(name: str, weight: Weight, after: timedelta = timedelta()) -> int:
    """Ask the product for the points of one term."""
    found = priority(weight, weight.opened_at + after, TARGETS)
    return next(term.points for term in found.terms if term.name == name)


@cache
def severity_points() -> Numbers:
    return np.array([points("severity", Weight(one, BEGIN)) for one in _SEVERITIES], float)


@cache
def waiting_by_ticks() -> Numbers:
    """Return the points for waiting, by severity and whole ticks."""
    ticks = range(round(HOURS / TICK_HOURS) + 1)
    return np.array(
        [
            [points("waiting", Weight(one, BEGIN), timedelta(hours=at * TICK_HOURS)) for at in ticks]
            for one in _SEVERITIES
        ],
        float,
    )


@cache
def reach_by_views() -> Numbers:
    every = range(MOST_VIEWERS + 1)
    return np.array([points("reach", Weight(Severity.LOW, BEGIN, views=views)) for views in every], float)


@cache
def reach_by_bucket() -> Numbers:
    return np.array([points("reach", Weight(Severity.LOW, BEGIN, audience=one)) for one in Audience], float)


def buckets_of(views: Whole) -> Whole:
    """Return the place of each bucket of the audience."""
    least = np.array([one.least for one in Audience])
    return np.maximum(np.searchsorted(least, views, side="right") - 1, 0)


@cache
def voices_points(reliabilities: tuple[float, ...]) -> int:
    """Return the points of voices, the weightiest first."""
    return points("voices", Weight(Severity.LOW, BEGIN, voices=tuple(Voice(one) for one in reliabilities)))


ORDERS: dict[str, Order] = {
    "first in, first out": first_come,
    "most flags": most_flags,
    "Discourse's score": discourse,
    "plain priority": plain,
    "plain priority, with view counts": plain_with_views,
    "plain priority, without views": plain_without_views,
    "oracle": oracle,
}
WEIGHS_VOICES = {plain, plain_with_views, plain_without_views}

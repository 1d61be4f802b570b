"""Let reviewers work through a queue in some order for a month, and measure what that prevented."""

from typing import NamedTuple

import numpy as np

from bench.queue_parts.orders import ORDERS, WEIGHS_VOICES, Book, Look
from bench.queue_parts.world import (
    DAYS,
    FIRST_DAY,
    HOURS,
    LAST_DAY,
    TICK_HOURS,
    Numbers,
    Truths,
    Whole,
    World,
)

_BY_HOUR = np.array([0.35] * 7 + [1.2] * 12 + [0.9] * 3 + [0.35] * 2)
REVIEWERS = _BY_HOUR / _BY_HOUR.mean()
"""How many review at each hour of the day, on average one."""
CRITICAL = 3
NEW, OPEN, REMOVED, KEPT = range(4)


class Measured(NamedTuple):
    """What one order did; shares of one, and how many were reviewed."""

    prevented: float
    critical_in_an_hour: float
    high_in_a_day: float
    brigade_share: float
    precision: float
    reviewed: int


class _Month:
    """The state of one simulated month."""

    def __init__(self, world: World, order: str) -> None:
        self.world = world
        self.order = ORDERS[order]
        self.book = Book(world, learns_voices=self.order in WEIGHS_VOICES)
        self.status = np.zeros(world.items, np.int8)
        self.acted = np.full(world.items, np.inf)
        self.open: Whole = np.zeros(0, np.int64)
        self.waiting: tuple[Whole, Whole] = (np.zeros(0, np.int64), np.zeros(0, np.int64))
        self.reviewed = self.counted = self.right = self.of_brigades = 0

    def receive(self, begin: int, end: int, hour: float) -> None:
        """Take in flags; those on what was decided already come too late to matter here."""
        world = self.world
        item, by, claim = (part[begin:end] for part in (world.flag_item, world.flag_by, world.flag_claim))
        counts = self.status[item] < REMOVED
        item, by, claim = item[counts], by[counts], claim[counts]
        if len(item):
            self.book.receive(item, by, claim, hour)
            fresh = np.unique(item[self.status[item] == NEW])
            self.status[fresh] = OPEN
            self.open = np.concatenate([self.open, fresh])
            self.waiting = np.concatenate([self.waiting[0], item]), np.concatenate([self.waiting[1], by])

    def review(self, many: int, hour: float) -> None:
        """Review so many of what comes first."""
        score = self.order(Look(self.book, self.open, hour))
        top = np.argpartition(-score, many - 1)[:many] if many < len(score) else np.arange(len(score))
        chosen = self.open[top]
        wrong = self._decide(chosen, hour)
        self.reviewed += len(chosen)
        if FIRST_DAY * 24 <= hour < LAST_DAY * 24:
            self.counted += len(chosen)
            self.right += int(wrong.sum())
            self.of_brigades += int(self.world.brigaded[chosen].sum())
        left = np.ones(len(self.open), bool)
        left[top] = False
        self.open = self.open[left]

    def _decide(self, chosen: Whole, hour: float) -> Truths:
        """Decide, seldom wrongly, and learn from it about those who flagged."""
        constants, chance = self.world.constants, self.world.chance[chosen]
        wrong = self.world.wrong[chosen]
        removed = np.where(wrong, chance > constants.missed, chance < constants.mistaken)
        self.status[chosen] = np.where(removed, REMOVED, KEPT)
        self.acted[chosen[removed]] = hour
        item, by = self.waiting
        status = self.status[item]
        self.book.learn(by[status == REMOVED], right=True)
        self.book.learn(by[status == KEPT], right=False)
        self.waiting = item[status < REMOVED], by[status < REMOVED]
        return wrong


def simulate(world: World, order: str, capacity: float = 0.3, per_day: float | None = None) -> Measured:
    """Simulate a month; `capacity` is the share of flagged items that can be reviewed, or `per_day` says how many."""
    month = _Month(world, order)
    daily = per_day or capacity * world.flagged.sum() / DAYS
    done, credit = 0, 0.0
    for tick in range(round(HOURS / TICK_HOURS)):
        hour = (tick + 1) * TICK_HOURS
        end = int(np.searchsorted(world.flag_at, hour))
        if end > done:
            month.receive(done, end, hour)
            done = end
        credit += daily * REVIEWERS[int(hour) % 24] * TICK_HOURS / 24
        many = min(int(credit), len(month.open))
        # Idle time is not saved for later.
        credit = float(many) if many == len(month.open) else credit
        credit -= many
        if many:
            month.review(many, hour)
    return _measure(month)


def _measure(month: _Month) -> Measured:
    world = month.world
    within = (world.first >= FIRST_DAY * 24) & (world.first < LAST_DAY * 24)
    items = np.flatnonzero(world.flagged & within & world.wrong)
    harm = np.array(world.constants.harm)[world.severity[items]]
    left_over = world.views_after(items, HOURS)
    could: Numbers = harm * (world.views_after(items, world.first[items]) - left_over)
    did = harm * (world.views_after(items, np.minimum(month.acted[items], HOURS)) - left_over)
    delay = month.acted[items] - world.first[items]
    critical, high = world.severity[items] == CRITICAL, world.severity[items] == CRITICAL - 1
    return Measured(
        prevented=float(did.sum() / could.sum()),
        critical_in_an_hour=float((delay[critical] <= 1.0).mean()),
        high_in_a_day=float((delay[high] <= 24.0).mean()),
        brigade_share=month.of_brigades / max(month.counted, 1),
        precision=month.right / max(month.counted, 1),
        reviewed=month.reviewed,
    )

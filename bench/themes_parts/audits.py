"""With labels: many random audits by a simulated reviewer, each estimated twice, with the coder's help and without."""

import os
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from bench.themes_parts.corpus import Ready
from flagstaff.corpus import estimating
from flagstaff.corpus.coding import leave_out
from flagstaff.corpus.features import Numbers
from flagstaff.insight.sizing import estimate

LARGEST: Final = 4
COMMON: Final = 0.025
STOPS: Final = (200, 300, 400, 500, 600)


class Audits(msgspec.Struct, frozen=True):
    """What came of many audits of one size.

    Errors and widths in points; `coverage` over themes of 2.5 % and more, mean and least; `plain_…`: the audit alone.
    """

    labels: int
    audits: int
    largest: float
    plain_largest: float
    all: float
    plain_all: float
    width: float
    width_common: float
    coverage: float
    least: float
    plain_coverage: float
    accuracy: float
    noise: float
    seconds: float


def audited(ready: Ready, labels: int, audits: int, *, first: int = 0) -> Audits:
    """Draw audits of one size and score them; half of the cores work, and no more than there are."""
    with ProcessPoolExecutor(
        max(1, (os.cpu_count() or 1) // 2), initializer=threadpool_limits, initargs=(1,)
    ) as pool:
        rows = list(pool.map(partial(_one, ready, labels), range(first, first + audits), chunksize=5))
    return _summed(ready, labels, rows)


def stopped(ready: Ready, audits: int) -> tuple[float, float, float]:
    """Return coverage (mean, least) where each audit ends by the stop rule, and the labels it took on average."""
    with ProcessPoolExecutor(
        max(1, (os.cpu_count() or 1) // 2), initializer=threadpool_limits, initargs=(1,)
    ) as pool:
        rows = list(pool.map(partial(_stopping, ready), range(audits), chunksize=5))
    truth = _truth(ready)
    inside = np.mean([(low <= truth) & (truth <= high) for _, low, high in rows], axis=0)[truth >= COMMON]
    return float(inside.mean()), float(inside.min()), float(np.mean([taken for taken, _, _ in rows]))


def _stopping(ready: Ready, seed: int) -> tuple[int, Numbers, Numbers]:
    for labels in STOPS:
        helped, _, _ = _estimated(ready, labels, seed)
        common = helped[:, 0] >= COMMON
        if labels == STOPS[-1] or (helped[common, 2] - helped[common, 1] <= estimating.NARROW).all():
            return labels, helped[:, 1], helped[:, 2]
    raise AssertionError


def _one(ready: Ready, labels: int, seed: int) -> tuple[Numbers, Numbers, float, float, float]:
    began = time.process_time()
    helped, plain, said = _estimated(ready, labels, seed)
    took = time.process_time() - began
    order = np.random.default_rng(seed).permutation(len(ready.truth))[:labels]
    right = float((said[order].argmax(1) == ready.truth[order]).mean())
    noise = len(ready.columns) - 1
    rest = np.setdiff1d(np.flatnonzero(ready.truth == noise), order)
    caught = float((said[rest].argmax(1) == noise).mean()) if len(rest) else 1.0
    return helped, plain, right, caught, took


def _estimated(ready: Ready, labels: int, seed: int) -> tuple[Numbers, Numbers, Numbers]:
    order = np.sort(np.random.default_rng(seed).permutation(len(ready.truth))[:labels])
    said = leave_out(ready.looked, ready.guess, order, ready.truth[order])
    found = estimate(ready.truth[order], order, said)
    table = [
        np.array([(one.share, one.low, one.high) for one in side]) for side in (found.helped, found.audit)
    ]
    return table[0], table[1], said


def _truth(ready: Ready) -> Numbers:
    counts: Numbers = np.bincount(ready.truth, minlength=len(ready.columns)) / len(ready.truth)
    return counts


def _summed(ready: Ready, labels: int, rows: list[tuple[Numbers, Numbers, float, float, float]]) -> Audits:
    truth = _truth(ready)
    real = (truth > 0) & (np.arange(len(truth)) < len(truth) - 1)
    largest = np.argsort(-np.where(real, truth, 0))[:LARGEST]
    common = truth >= COMMON
    helped = np.stack([one[0] for one in rows])
    plain = np.stack([one[1] for one in rows])
    ratio = (helped[:, :, 2] - helped[:, :, 1]) / (plain[:, :, 2] - plain[:, :, 1])

    def errors(side: Numbers, themes: NDArray[np.intp]) -> float:
        return 100 * float(np.abs(side[:, themes, 0] - truth[themes]).mean())

    def covered(side: Numbers) -> Numbers:
        inside: Numbers = (
            (side[:, common, 1] <= truth[common]) & (truth[common] <= side[:, common, 2])
        ).mean(0)
        return inside

    return Audits(
        labels=labels, audits=len(rows), largest=errors(helped, largest), plain_largest=errors(plain, largest),
        all=errors(helped, np.flatnonzero(real)), plain_all=errors(plain, np.flatnonzero(real)),
        width=float(ratio[:, largest].mean()), width_common=float(ratio[:, common].mean()),
        coverage=100 * float(covered(helped).mean()), least=100 * float(covered(helped).min()),
        plain_coverage=100 * float(covered(plain).mean()),
        accuracy=100 * float(np.mean([one[2] for one in rows])), noise=100 * float(np.mean([one[3] for one in rows])),
        seconds=float(np.mean([one[4] for one in rows])),
    )  # fmt: skip

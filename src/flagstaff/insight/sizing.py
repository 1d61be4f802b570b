"""Size themes by a random audit, helped by what a coder says of every row: shares with intervals that hold.

The estimator is prediction-powered and power-tuned (PPI++: Angelopoulos, Duchi and Zrnic 2023, arXiv:2311.01453) on
predictions that left each row's own label out (Zrnic and Candès 2024, PNAS 121(15)), for a finite population whose
audited rows are known.
"""

from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from flagstaff.insight.dive import Basis, Sized
from flagstaff.insight.shares import score_interval

Numbers = NDArray[np.float64]
Places = NDArray[np.int64]

HELPED_FROM: Final = 10
"""Audited rows of a theme from which the coder's help narrows its interval; rarer differences are not seen yet."""
_TINY: Final = 1e-12


class Estimate(msgspec.Struct, frozen=True, kw_only=True):
    """Shares of all themes: `helped` by the coder and by the `audit` alone, in the order of the columns."""

    helped: tuple[Sized, ...]
    audit: tuple[Sized, ...]


def estimate(said: Places, audited: Places, predicted: Numbers) -> Estimate:
    """Return the shares of themes over all rows.

    `predicted`: rows × themes, probabilities that no row's own label went into. `audited`: numbers of the rows drawn at
    random. `said`: for each of those the column of the reviewer's theme. Raises ValueError without an audited row.
    """
    rows, themes = predicted.shape
    n = len(audited)
    if not 0 < n <= rows:
        msg = f"{n} audited rows of {rows}"
        raise ValueError(msg)
    marks = np.zeros((n, themes))
    marks[np.arange(n), said] = 1.0
    plain: list[float] = marks.mean(0).tolist()
    counts = tuple(int(one) for one in marks.sum(0))
    if n == rows:
        counted = tuple(
            Sized(share=p, low=p, high=p, basis=Basis.COUNTED, audited=c)
            for p, c in zip(plain, counts, strict=True)
        )
        return Estimate(helped=counted, audit=counted)
    left = 1.0 - n / rows
    audit = tuple(_sized(p, n / left, n, Basis.AUDIT, c) for p, c in zip(plain, counts, strict=True))
    shares, spread = _helped(
        marks,
        predicted[audited],
        (predicted.sum(0, dtype=np.float64) - predicted[audited].sum(0, dtype=np.float64)) / (rows - n),
        left,
    )
    helped = []
    for theme in range(themes):
        p = float(shares[theme])
        alone = audit[theme]
        effective = n * p * (1 - p) / max(float(spread[theme]) * left, _TINY)
        if counts[theme] < HELPED_FROM or effective <= n / left:
            helped.append(msgspec.structs.replace(alone, share=min(max(p, alone.low), alone.high)))
        else:
            helped.append(_sized(p, effective, n, Basis.CORRECTED, counts[theme]))
    return Estimate(helped=tuple(helped), audit=audit)


def _helped(marks: Numbers, seen: Numbers, rest: Numbers, left: float) -> tuple[Numbers, Numbers]:
    """Return shares that sum to one, and the variance of what the coder leaves unexplained in each."""
    n = len(marks)
    off, far = marks - marks.mean(0), seen - seen.mean(0)
    tuned = np.clip((off * far).sum(0) / np.maximum((far**2).sum(0), _TINY), 0.0, 1.0)
    errors = marks - tuned * seen
    spread = np.maximum(((errors - errors.mean(0)) ** 2).sum(0) / max(n - 2, 1), 1.0 / n**2)
    shares = (1 - left) * marks.mean(0) + left * (tuned * rest + errors.mean(0))
    # Each theme is tuned by itself, so that they miss one together by a little: the least certain give way.
    shares = shares - spread / spread.sum() * (shares.sum() - 1.0)
    return np.clip(shares, 0.0, 1.0), spread


def _sized(share: float, effective: float, n: int, basis: Basis, audited: int) -> Sized:
    """Return a share with Wilson's interval (1927) on an effective number of rows, with Student's t of n - 1."""
    low, high = score_interval(share, effective, _t(n - 1))
    return Sized(share=share, low=min(low, share), high=max(high, share), basis=basis, audited=audited)


def _t(freedom: int) -> float:

    return float(stdtrit(max(freedom, 1), 0.975))

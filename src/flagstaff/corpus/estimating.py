"""Fourth stage: shares of themes with intervals, from the random audit helped by the coder, or as unverified ranges."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from flagstaff.corpus.features import Numbers
from flagstaff.corpus.likest import Places
from flagstaff.insight.auditing import last_look
from flagstaff.insight.dive import Basis, Sized
from flagstaff.insight.shares import score_interval
from flagstaff.insight.sizing import estimate

AUDIT_FROM: Final = 20
"""Audited rows from which an interval is shown: fewer say less than the range of guesses."""
NARROW: Final = 0.06
"""An interval as wide as this is narrow enough to act on: three points to either side."""
TOLD_FROM: Final = 0.025
"""Themes below this share are too rare for the stop rule to wait for."""


def sized(
    probabilities: Numbers, guesses: Sequence[Numbers], audited: Places, said: Places
) -> tuple[Sized, ...]:
    """Return the share of each column, in its order.

    `guesses`: probabilities by several ways of guessing, all as good as the first; `audited`: numbers of random rows,
    `said`: the column of each by its reviewer.
    """
    if len(audited) >= min(AUDIT_FROM, len(probabilities)):
        return estimate(said, audited, probabilities).helped
    return tuple(
        _unverified(column, probabilities, guesses, said) for column in range(probabilities.shape[1])
    )


def _unverified(column: int, probabilities: Numbers, guesses: Sequence[Numbers], said: Places) -> Sized:
    """Return a share that nobody checked, with the range of several guesses and their counting errors."""
    share = float(probabilities[:, column].mean())
    shares = [share]
    for one in guesses:
        shares += [float(one[:, column].mean()), float((one.argmax(1) == column).mean())]
    many = len(probabilities)
    low, _ = score_interval(min(shares), many)
    _, high = score_interval(max(shares), many)
    return Sized(share=share, low=low, high=high, basis=Basis.UNVERIFIED, audited=int((said == column).sum()))


def narrow(probabilities: Numbers, audited: Places, said: Places) -> bool | None:
    """Tell whether every interval of a theme that is not rare was narrow enough when it was last time to look.

    Looked at with 200 audited rows, 300 and so on, whatever was answered since: whoever looks after each row stops when
    chance is kind. None before the first look.
    """
    look = last_look(len(audited))
    if not look:
        return None
    found = sized(probabilities, (), audited[:look], said[:look])
    return all(one.high - one.low <= NARROW for one in found if one.share >= TOLD_FROM)


def unsure(probabilities: Numbers, labelled: Places, most: int) -> list[int]:
    """Return numbers of unlabelled comments whose two likeliest themes lie closest together, the closest first."""
    if probabilities.shape[1] < 2:
        return []
    ranked = np.sort(probabilities, axis=1)
    margins = ranked[:, -1] - ranked[:, -2]
    margins[labelled] = np.inf
    order = np.argsort(margins, kind="stable")[:most]
    return [int(one) for one in order if np.isfinite(margins[one])]

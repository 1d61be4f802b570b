"""Decide when a delivery that failed is tried again, and when it is given up."""

import hashlib
from datetime import datetime, timedelta

PAUSES = tuple(
    timedelta(seconds=seconds)
    for seconds in (5, 60, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400, 86_400)
)
"""Pauses after the first, second, … failure: about four days in all (after Standard Webhooks' proposal)."""
_JITTER = 0.2
LEASE = timedelta(seconds=60)
"""How long a delivery under way belongs to its worker; longer than one try can take."""


def next_try(message: str, tries: int, at: datetime) -> datetime | None:
    """Return when to try again after `tries` failures, up to a fifth later than its pause; None: give up.

    The spread comes from the event's own name, so that a thousand deliveries that failed together do not come back
    together, and a test knows the moment.
    """
    if tries > len(PAUSES):
        return None
    pause = PAUSES[tries - 1]
    drawn = int.from_bytes(hashlib.sha256(f"{message}:{tries}".encode()).digest()[:4]) / 2**32
    return at + pause * (1 + _JITTER * drawn)

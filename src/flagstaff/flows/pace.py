"""Remember for an hour how long answers take: the same in every process, whoever asks."""

import math
from datetime import datetime

import msgspec

from flagstaff.decisions.pace import measure
from flagstaff.store.database import Connection

_HOUR = 3600


class Expected(msgspec.Struct, frozen=True):
    """When to expect an answer, in hours; nine in ten come within `slow`, None where `hours` is the policy's target."""

    hours: float
    slow: float | None = None


class Pace:
    """Hold the figures of the last full hour, so that what a reporter reads says nothing of the minute just gone."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._until: datetime | None = None
        self._known: dict[tuple[str, str, int], Expected] = {}

    async def refresh(self, connection: Connection, now: datetime) -> None:
        """Measure anew where the hour has turned; any role that may read decisions, cases and subjects."""
        until = now.replace(minute=0, second=0, microsecond=0)
        if until == self._until:
            return
        found = await measure(connection, until)
        self._known = {
            (one.platform, one.kind, one.severity): Expected(_whole(one.median), _whole(one.slow))
            for one in found
        }
        self._until = until

    def usual(self, platform: str, kind: str, severity: int) -> Expected | None:
        """Return how long answers take, in whole hours, one at least; None where too few decisions were made lately."""
        return self._known.get((platform, kind, severity))


def _whole(seconds: float) -> float:
    return float(max(1, math.ceil(seconds / _HOUR)))

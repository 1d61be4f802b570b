"""How many could have seen a content, in four buckets; the bucket travels, the count stays with the platform."""

from enum import StrEnum

K = 5
"""Fewest viewers among whom one reporter is hidden: below it nothing is quoted and the notice waits for another day."""


class Audience(StrEnum):
    """Say roughly how many saw a content or could have; a platform that sends none counts as the smallest."""

    ONE = "1"
    FEW = "2-4"
    SOME = "5-19"
    MANY = "20+"

    @property
    def least(self) -> int:
        """Return the fewest people that this bucket stands for."""
        return {Audience.ONE: 1, Audience.FEW: 2, Audience.SOME: 5, Audience.MANY: 20}[self]

    @classmethod
    def of(cls, viewers: int) -> "Audience":
        """Return the bucket for a number of people (0 counts as one: whoever flags has seen it)."""
        return next(bucket for bucket in reversed(cls) if viewers >= bucket.least or bucket is cls.ONE)


def hides_reporter(audience: Audience | None) -> bool:
    """Tell whether at least k people could have flagged; an unknown audience could be one person."""
    return audience is not None and audience.least >= K

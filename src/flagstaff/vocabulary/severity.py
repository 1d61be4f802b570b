"""How grave a thing is, on the policy's scale from 0 to 4."""

from enum import IntEnum


class Severity(IntEnum):
    """Grade a flag, clause or case; from HIGH on the house acts at once."""

    PREFERENCE = 0
    LOW = 1
    MEDIUM = 2
    HIGH = 3
    CRITICAL = 4

    @property
    def grave(self) -> bool:
        """Tell whether this is 3 or more: no waiting for windows, wakes a parked case, never moot."""
        return self >= Severity.HIGH

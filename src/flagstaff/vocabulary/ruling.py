"""An answer to "may this be done?" that always carries its reason in words, stored and shown."""

import msgspec


class Ruling(msgspec.Struct, frozen=True):
    """Allow or refuse, and say why; true in a condition when allowed."""

    allowed: bool
    reason: str

    def __bool__(self) -> bool:
        """Tell whether it is allowed."""
        return self.allowed


def allow(reason: str) -> Ruling:
    """Allow, and say why."""
    return Ruling(allowed=True, reason=reason)


def refuse(reason: str) -> Ruling:
    """Refuse, and say why."""
    return Ruling(allowed=False, reason=reason)

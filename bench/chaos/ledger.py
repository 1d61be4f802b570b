"""Remember what the outside was told: every answer that somebody may rely on from then on."""

import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any


@dataclass
class SentFlag:
    """One flag under one idempotency key, with every answer it got."""

    key: str
    body: bytes
    subject: str
    repeats: bool = False
    """Its reporter flagged that subject before: an addendum is expected, not a flag."""
    tries: int = 0
    number: str | None = None
    receipt: Any = None


@dataclass
class SentAppeal:
    """One appeal under one idempotency key."""

    key: str
    notice: str
    number: str | None = None


@dataclass
class Ledger:
    """What was acknowledged, and what was answered otherwise."""

    flags: list[SentFlag] = field(default_factory=list)
    appeals: list[SentAppeal] = field(default_factory=list)
    acknowledged: Counter[tuple[str, str]] = field(default_factory=Counter)
    """By deed and case: how many were answered as done."""
    tried: Counter[tuple[str, str]] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    surprises: list[str] = field(default_factory=list)
    """What should never happen: a 5xx that is no 503, a receipt that changes, an answer that does not come."""
    slowest: float = 0.0

    def answered(self, flag: SentFlag, receipt: Any) -> None:
        """Note a receipt; one that differs from the first is a surprise."""
        if flag.receipt is None:
            flag.receipt, flag.number = receipt, receipt["number"]
        elif flag.receipt != receipt:
            self.surprises.append(f"the receipt of {flag.number} changed: {flag.receipt} / {receipt}")

    def kept_flags(self) -> dict[str, list[SentFlag]]:
        """Return the acknowledged flags by their number."""
        found: dict[str, list[SentFlag]] = defaultdict(list)
        for flag in self.flags:
            if flag.number is not None:
                found[flag.number].append(flag)
        return found


class Accepting:
    """Tell when a flag was accepted again whose request began after a given moment."""

    def __init__(self) -> None:
        self.count = 0
        self._since = float("inf")
        self._first: float | None = None

    def accepted(self, began: float) -> None:
        """Note an acknowledged flag."""
        self.count += 1
        if self._first is None and began > self._since:
            self._first = time.monotonic()

    def watch(self) -> None:
        """Begin to wait, from now."""
        self._since, self._first = time.monotonic(), None

    @property
    def after(self) -> float | None:
        """Return the seconds from `watch` to the first flag accepted since; None while there is none."""
        return None if self._first is None else self._first - self._since

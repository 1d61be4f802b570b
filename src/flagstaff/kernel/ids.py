"""Make internal keys, which sort by time and stay inside, and outside numbers, which tell nothing."""

import hashlib
import os
import random
from collections.abc import Callable
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from flagstaff.kernel.clock import Clock, WallClock

# Crockford's base32 leaves out I, L, O and U, so that a number survives being read aloud or copied by hand.
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_MISREAD = str.maketrans("ILO", "110")
_NUMBER_BITS = 60
_GROUP = 4
_KEY_RANDOM_BITS = 62


class NumberKind(StrEnum):
    """Name what an outside number stands for; the value is its first letter."""

    FLAG = "F"
    CASE = "C"
    DECISION = "D"
    MEASURE = "M"
    NOTICE = "N"
    REPLY = (
        "R"  # a notice to a reporter: a stream of its own, lest it show in the authors' how many there were
    )
    APPEAL = "A"
    PERSON = "P"
    SUGGESTION = "S"
    THREAD = "T"
    GROUP = "G"
    QUERY = "Q"
    DIVE = "I"


class Ids(Protocol):
    """Give out every random name of the house."""

    def key(self) -> UUID:
        """Return a new internal key (UUIDv7), larger than every one before it."""

    def number(self, kind: NumberKind) -> str:
        """Return a new outside number such as `F-8K2M-Q4TZ-9HWN`: 60 random bits."""


def _plain(whole: bytes) -> UUID:
    return UUID(bytes=whole)


class _Keys:
    """Build UUIDv7 (RFC 9562, section 5.7): PostgreSQL 15 has none, and ids are made before the row."""

    def __init__(self, wall: Clock, bits: Callable[[int], int], form: Callable[[bytes], UUID]) -> None:
        self._wall = wall
        self._bits = bits
        self._form = form
        self._last = 0

    def next(self) -> UUID:
        # Milliseconds and the 12 bits after them count as one number that only grows (RFC 9562, section 6.2):
        # keys made within one millisecond, or after the wall clock stepped back, still sort by their making.
        tick = max(int(self._wall.now().timestamp() * 1000) << 12, self._last + 1)
        self._last = tick
        high = (tick >> 12) << 16 | 0x7000 | (tick & 0xFFF)
        whole = high << 64 | 0b10 << _KEY_RANDOM_BITS | self._bits(_KEY_RANDOM_BITS)
        return self._form(whole.to_bytes(16))


# Four letters are twenty bits; two at a time keep the table small.
_PAIRS = tuple(high + low for high in _CROCKFORD for low in _CROCKFORD)


def _spell(kind: NumberKind, value: int) -> str:
    groups = (
        _PAIRS[value >> shift + 10 & 1023] + _PAIRS[value >> shift & 1023]
        for shift in range(_NUMBER_BITS - 20, -1, -20)
    )
    return f"{kind.value}-{'-'.join(groups)}"


class _OwnBits:
    """Ask the operating system for randomness by the page: a call per key costs more than all the rest of it."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def take(self, bits: int) -> int:
        try:
            piece = self._pieces.pop()  # atomic, so that two threads never get the same one
        except IndexError:
            page = os.urandom(2048)
            self._pieces.extend(page[at : at + 8] for at in range(8, 2048, 8))
            piece = page[:8]
        return int.from_bytes(piece) >> (64 - bits)


class RandomIds:
    """Draw from the operating system's randomness: the ids of a real house."""

    def __init__(self, wall: Clock | None = None, form: Callable[[bytes], UUID] = _plain) -> None:
        """Take the time inside keys from `wall`, the machine's when none is given, and make keys of bytes by `form`."""
        self._bits = _OwnBits().take
        self._keys = _Keys(wall or WallClock(), self._bits, form)

    def key(self) -> UUID:
        """Return a new internal key."""
        return self._keys.next()

    def number(self, kind: NumberKind) -> str:
        """Return a new outside number."""
        return _spell(kind, self._bits(_NUMBER_BITS))


class SeededIds:
    """Repeat the same ids for the same seed, with one independent stream per kind and one for keys.

    Two clones of a house that differ in their flags then still agree on every decision number, so that the
    author's side of both can be compared without masking anything.
    """

    def __init__(self, seed: str, wall: Clock) -> None:
        """Derive all streams from `seed`; tests and demos only, for whoever knows it knows every number."""
        self._keys = _Keys(wall, _stream(seed, "key"), _plain)
        self._numbers = {kind: _stream(seed, kind.value) for kind in NumberKind}

    def key(self) -> UUID:
        """Return the next key of this seed."""
        return self._keys.next()

    def number(self, kind: NumberKind) -> str:
        """Return the next number of this kind's own stream."""
        return _spell(kind, self._numbers[kind](_NUMBER_BITS))


def _stream(seed: str, name: str) -> Callable[[int], int]:
    digest = hashlib.sha256(f"{name}\0{seed}".encode()).digest()
    return random.Random(int.from_bytes(digest)).getrandbits  # noqa: S311 - repeatable on purpose


def read_number(text: str) -> tuple[NumberKind, str] | None:
    """Read an outside number as a person typed it, or return None.

    Case, spaces and dashes do not matter, and I, L, O are read as 1, 1, 0 (Crockford). The number comes back
    in the one spelling that is stored.
    """
    bare = "".join(text.split()).replace("-", "").upper()
    kind, letters = bare[:1], bare[1:].translate(_MISREAD)
    if kind not in set(NumberKind) or len(letters) != _NUMBER_BITS // 5 or set(letters) - set(_CROCKFORD):
        return None
    groups = (letters[at : at + _GROUP] for at in range(0, len(letters), _GROUP))
    return NumberKind(kind), f"{kind}-{'-'.join(groups)}"

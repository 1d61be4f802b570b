"""What may be done with a reporter whom nobody names: learn from a decision, restrict, compare, count and unmask."""

from flagstaff.vault.storage import (
    ask_unmasking,
    confirm_unmasking,
    end_restrictions,
    held,
    is_party,
    learn,
    persons_behind,
    release_repeats,
    restrict,
    unmaskings_of,
)

__all__ = [
    "ask_unmasking",
    "confirm_unmasking",
    "end_restrictions",
    "held",
    "is_party",
    "learn",
    "persons_behind",
    "release_repeats",
    "restrict",
    "unmaskings_of",
]

"""Word what somebody is told who suggested an option or wrote to the team; the reason is the one that staff wrote."""

from collections.abc import Mapping
from types import MappingProxyType

TEXTS: Mapping[str, str] = MappingProxyType(
    {
        "suggestion_accepted": "Thank you for your suggestion {number}. We are preparing an option for it, “{option}”. "
        "Why: {reason}",
        "suggestion_merged": "Thank you for your suggestion {number}. There is an option for it: “{option}”. "
        "Why: {reason}",
        "suggestion_declined": "Thank you for your suggestion {number}. We do not add an option for it. Why: {reason}",
        "letter_answered": "The team of {platform} has answered your letter {number}. Read the answer at {page}.",
        "letter_closed": "Your letters under {number} are closed; you may write again at {page}.",
    }
)
"""The texts by their keys; the keys stand with the notices for ever."""

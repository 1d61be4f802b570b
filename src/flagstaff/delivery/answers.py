"""Word what somebody is told who suggested an option or wrote to the team; the reason is the one that staff wrote."""

from collections.abc import Mapping
from types import MappingProxyType

from flagstaff.language.marking import marked

TEXTS: Mapping[str, str] = MappingProxyType(
    {
        "suggestion_accepted": marked(
            "Thank you for your suggestion {number}. We are preparing an option for it, “{option}”. Why: {reason}"
        ),
        "suggestion_merged": marked(
            "Thank you for your suggestion {number}. There is an option for it: “{option}”. Why: {reason}"
        ),
        "suggestion_declined": marked(
            "Thank you for your suggestion {number}. We do not add an option for it. Why: {reason}"
        ),
        "letter_answered": marked(
            "The team of {platform} has answered your letter {number}. Read the answer at {page}."
        ),
        "letter_closed": marked("Your letters under {number} are closed; you may write again at {page}."),
    }
)
"""The texts by their keys; the keys stand with the notices for ever."""

"""Read which languages somebody asked for, and in which order."""

import re
from collections.abc import Iterable
from typing import Final

from flagstaff.language.tongues import nearest

# RFC 9110, section 12.5.4: ranges with weights of up to three decimals; RFC 5646 for what a tag looks like.
_RANGE: Final = re.compile(
    r"\s*(?P<tag>[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*|\*)\s*(?:;\s*q\s*=\s*(?P<weight>[01](?:\.\d{0,3})?))?\s*"
)
_MOST: Final = 20


def accepted(header: str) -> tuple[str, ...]:
    """Return the tags of an Accept-Language header, the dearest first; what cannot be read counts as not sent."""
    weighed: list[tuple[float, str]] = []
    for part in header.split(",")[:_MOST]:
        found = _RANGE.fullmatch(part)
        weight = float(found["weight"] or 1) if found else 0.0
        if found and weight > 0 and found["tag"] != "*":
            weighed.append((weight, found["tag"]))
    return tuple(tag for _, tag in sorted(weighed, key=lambda one: -one[0]))


def first_known(wanted: Iterable[str], known: tuple[str, ...]) -> str | None:
    """Return the first wanted tag that some known language answers, or None."""
    return next((tag for tag in wanted if nearest(tag, known)), None)

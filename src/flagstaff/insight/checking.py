"""Say what sets a table that was made again apart from the one that was stored."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec

from flagstaff.insight.dive import Table

_PLAIN: Final = (str, int, float)
DIGEST: Final = "digest of the table"


class Difference(msgspec.Struct, frozen=True):
    """One thing that is not as it was stored: how it stands in the database, and how it comes out now."""

    what: str
    stored: str
    now: str


def differences(stored: Table, now: Table) -> tuple[Difference, ...]:
    """Return what differs, what made it (code, model, parameters) first; figures of a theme under its key."""
    one, other = msgspec.to_builtins(stored), msgspec.to_builtins(now)
    parameters = one.pop("parameters"), other.pop("parameters")
    rows, made = ({row["key"]: row for row in table.pop("rows")} for table in (one, other))
    found = [*_between("", one, other, first=("code", "model")), *_between("parameter ", *parameters)]
    for key in dict.fromkeys([*rows, *made]):
        if key not in rows or key not in made:
            found.append(Difference(f"theme {key}", _there(key in rows), _there(key in made)))
        else:
            one, other = ({**row[key], **row[key]["sized"]} for row in (rows, made))
            found += _between(f"theme {key}: ", one, other)
    if not found and [*rows] != [*made]:
        found.append(Difference("order of themes", " ".join(rows), " ".join(made)))
    return tuple(found)


def _between(
    about: str, one: Mapping[str, Any], other: Mapping[str, Any], first: tuple[str, ...] = ()
) -> Iterator[Difference]:
    for name in dict.fromkeys([*first, *one, *other]):
        if name == "sized" or one.get(name) == other.get(name):
            continue
        yield Difference(f"{about}{name}", _told(one.get(name)), _told(other.get(name)))


def _told(value: object) -> str:
    """Return a figure as it is; of lists and of words, which may be somebody's, only that they are there."""
    return str(value) if value is None or isinstance(value, _PLAIN) else "…"


def _there(there: object) -> str:
    return "there" if there else "missing"

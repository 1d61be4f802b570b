"""What a person may still do while measures run: pure, from the list of restrictions."""

from datetime import datetime

import msgspec

from .content import Books, Item

FORUM = "forum"  # the part of the Community that holds boards and groups


class Restriction(msgspec.Struct, frozen=True):
    """One running measure against a person; `ref` names the group, board or part."""

    scope: str
    ref: str
    until: datetime | None
    measure: str


class Deed(msgspec.Struct, frozen=True):
    """What somebody wants to do, and where; an empty board means outside the Community's boards."""

    community: bool = False
    board: str = ""
    group: str = ""
    writes: bool = False
    contract: bool = False  # part of a running contract: its messages stay open while posting is not
    trust: bool = False  # notices, flags and appeals are always open


def first_closing(restrictions: list[Restriction], deed: Deed) -> Restriction | None:
    """Return the restriction that forbids a deed, or None where it is allowed."""
    return next((one for one in restrictions if _closes(one, deed)), None)


def _closes(one: Restriction, deed: Deed) -> bool:
    """Tell whether one restriction forbids a deed.

    `flagging` closes nothing here: urgent flags stay open and Flagstaff keeps the others aside, so a host that closed
    the button would silence the flags that matter most.
    """
    if deed.trust:
        return False
    match one.scope:
        case "site":
            return deed.writes or not deed.contract
        case "posting" | "person":
            return deed.writes and not deed.contract
        case "community":
            return deed.community
        case "part":
            return deed.community and bool(deed.board) and one.ref in ("", FORUM)
        case "board":
            return deed.community and deed.board == one.ref
        case "group":
            return deed.community and bool(deed.group) and deed.group == one.ref
    return False


def restrictions_of(books: Books, person: str) -> list[Restriction]:
    """Return the restrictions that run against a person now; one past its end has ended by itself."""
    rows = books.rows("select scope, ref, until, measure from restriction where person = ?", person)
    running = [msgspec.convert(dict(row), Restriction) for row in rows]
    return [one for one in running if one.until is None or one.until > books.now()]


def hidden_items(books: Books) -> frozenset[tuple[str, str]]:
    """Return kind and id of everything that Flagstaff hides."""
    return frozenset((row["kind"], row["id"]) for row in books.rows("select distinct kind, id from hidden"))


def may_read(item: Item, reader: str | None, job_client: str = "") -> bool:
    """Tell whether an item is meant for a reader at all; hiding by a measure comes on top."""
    if item.kind == "private_message":
        return reader in (item.author, item.participant)
    if item.kind == "proposal":
        return reader in (item.author, job_client)
    return True

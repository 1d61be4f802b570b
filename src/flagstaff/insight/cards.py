"""Cards of coders: how often each gave a comment the reviewer's theme that it had not seen, with its interval."""

import msgspec

from flagstaff.insight.dive import HOUSE, Table
from flagstaff.insight.shares import Share, share_of


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """One coder of a run. `coder`: HOUSE, MODEL or BOTH; `audited`: counted over comments drawn at random alone."""

    coder: str
    agreed: Share
    audited: bool


def cards_of(table: Table) -> tuple[Card, ...]:
    """Return the cards of a run; without a model the house's coder over all labelled comments, without labels none."""
    if table.coders:
        return tuple(
            Card(coder=one.coder, agreed=share_of(one.right, one.of), audited=True) for one in table.coders
        )
    if table.accuracy is None:
        return ()
    agreed = share_of(round(table.accuracy * table.labels), table.labels)
    return (Card(coder=HOUSE, agreed=agreed, audited=False),)

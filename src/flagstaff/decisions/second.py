"""The second person: who may confirm what another proposed, and what somebody alone may do after a wait."""

from datetime import datetime, timedelta

from flagstaff.decisions.model import Confirmation, Deed, Proposal
from flagstaff.vocabulary.references import AccountKey, SnapshotKey
from flagstaff.vocabulary.roles import Permission

ALONE_AFTER: dict[Deed, timedelta] = {
    Deed.PUBLICATION: timedelta(minutes=15),
    Deed.MEASURES: timedelta(hours=12),
}
"""Where only one account could confirm, it confirms its own proposal after so long; never an unmasking."""

_NEEDS = {
    Deed.MEASURES: Permission.CONFIRM,
    Deed.PUBLICATION: Permission.PUBLISH,
    Deed.UNMASKING: Permission.UNMASK,
}


def may_confirm(
    proposal: Proposal,
    account: AccountKey,
    permissions: frozenset[Permission],
    others: int,
    now: datetime,
    newest: SnapshotKey | None = None,
) -> Confirmation:
    """Say whether an account may confirm or refuse a proposal.

    `others`: further active accounts that could. `newest`: the subject's newest snapshot; a proposal about an
    older one must be looked at again first. The caller has asked `may_see` before.
    """
    if _NEEDS[proposal.deed] not in permissions:
        return Confirmation(allowed=False, reason="Your roles do not confirm this.")
    if newest != proposal.snapshot:
        return Confirmation(
            allowed=False, reason="The content changed; look at the newest copy, then confirm."
        )
    if account != proposal.proposed_by:
        return Confirmation(allowed=True, reason="You are a second person.")
    if others:
        return Confirmation(allowed=False, reason="You proposed it; somebody else confirms.")
    return _alone(proposal, now)


def alone_from(proposal: Proposal) -> datetime | None:
    """Return from when the only account may confirm its own proposal; None: never."""
    wait = ALONE_AFTER.get(proposal.deed)
    return None if wait is None else proposal.proposed_at + wait


def _alone(proposal: Proposal, now: datetime) -> Confirmation:
    since = alone_from(proposal)
    if since is None:
        return Confirmation(allowed=False, reason="Nobody opens who flagged without a second person.")
    if now < since:
        return Confirmation(
            allowed=False, reason=f"You are alone here: you may confirm from {since:%Y-%m-%d %H:%M} UTC."
        )
    return Confirmation(allowed=True, reason="Only one account exists; confirmed after the wait.", alone=True)

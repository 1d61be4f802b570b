"""Decide what of a seen subject is kept, and whether it is new."""

import hashlib

from flagstaff.subjects.model import Seen, Standing

# A separator that cannot stand in a text (the doors refuse it), so that moving words between fields changes the hash.
_BETWEEN = b"\x00"


def says_nothing(seen: Seen) -> bool:
    """Tell whether the platform named the subject without showing any of it."""
    return seen.hash is None and seen.title is None and seen.words is None and seen.link is None


def content_hash(seen: Seen) -> bytes:
    """Return SHA-256 over what can be read of a subject, or the hash that the platform gave in its place."""
    if seen.hash is not None:
        return seen.hash
    parts = (seen.title or "", seen.words or "", seen.link or "")
    return hashlib.sha256(_BETWEEN.join(part.encode() for part in parts)).digest()


def needs_copy(seen: Seen, standing: Standing) -> bool:
    """Tell whether a snapshot is to be written: there is none, or it shows something else than the newest one."""
    if standing.snapshot is None:
        return True
    if seen.unsigned:
        return False
    return not says_nothing(seen) and content_hash(seen) != standing.content_hash

"""Read and write the text that a machine sends as its key: `fs_<id>_<secret>`."""

import hashlib
import hmac
import re
from typing import Final

import msgspec

from flagstaff.kernel.errors import Unauthorised
from flagstaff.staff.model import ApiKey

# The prefix lets scanners of repositories and logs find a key that leaked.
_SPELLING: Final = re.compile(r"fs_(?P<id>[0-9a-f]{8,32})_(?P<secret>[A-Za-z0-9_-]{43})")


class BadKey(Unauthorised):
    """The API key is unknown, revoked or not written as one; one answer for all three."""

    slug = "bad-key"
    title = "This API key is not valid"


class Shown(msgspec.Struct, frozen=True):
    """A key as somebody showed it, not yet checked."""

    id: str
    secret: str

    def __repr__(self) -> str:
        """Name the key without showing it."""
        return f"Shown({self.id})"


def spell(key_id: str, secret: str) -> str:
    """Return what the holder sends."""
    return f"fs_{key_id}_{secret}"


def read(bearer: str) -> Shown:
    """Take a shown key apart; raises BadKey."""
    found = _SPELLING.fullmatch(bearer)
    if found is None:
        raise bad_key()
    return Shown(found["id"], found["secret"])


def check(shown: Shown, key: ApiKey | None) -> ApiKey:
    """Return the stored key where the shown secret fits and it is not revoked; raises BadKey."""
    digest = hashlib.sha256(shown.secret.encode()).digest()
    fits = hmac.compare_digest(digest, key.digest if key else bytes(32))
    if key is None or not fits or key.revoked_at is not None:
        raise bad_key()
    return key


def bad_key() -> BadKey:
    """Return the one answer for every key that does not hold."""
    msg = "this API key is unknown, was revoked, or is not written as one"
    return BadKey(
        msg,
        where="Authorization",
        mend="send `Bearer fs_<id>_<secret>`, as `flagstaff platform add` printed it",
    )

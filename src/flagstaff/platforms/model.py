"""What is known of a host: its names and links, what it can carry out, its secrets and where events go."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

import msgspec

from flagstaff.vocabulary.effects import Effect
from flagstaff.vocabulary.references import Platform


class LinkName(StrEnum):
    """Name a page of the host that Flagstaff's notices and pages point to."""

    MY_FLAGS = "my_flags"
    APPEAL = "appeal"
    RULES = "rules"
    PRIVATE_FORM = "private_form"
    SUGGEST = "suggest"


class Purpose(StrEnum):
    """Say what a shared secret is for; each has at most two live at a time."""

    TOKEN = "token"  # noqa: S105 - a name, not a secret
    MEASURES = "measures"
    REPORTER_NOTICES = "reporter_notices"


class Feed(StrEnum):
    """Name a stream of events; reporter notices go apart, so that what hides content never learns who flagged."""

    MEASURES = "measures"
    REPORTER_NOTICES = "reporter_notices"

    @property
    def purpose(self) -> Purpose:
        """Return which secrets sign this stream."""
        return Purpose(self.value)


class Host(msgspec.Struct, frozen=True, kw_only=True):
    """A platform that Flagstaff serves.

    `links` are templates of the host's own pages, `effects` what it declared that it can carry out, `offers` what
    its page can do for a reporter after sending (mute_user, leave_group …). Months and days run in `zone`.
    """

    key: Platform
    name: str
    zone: str = "UTC"
    languages: tuple[str, ...] = ("en",)
    origins: tuple[str, ...] = ()
    links: Mapping[LinkName, str] = {}
    effects: frozenset[Effect] = frozenset()
    offers: tuple[str, ...] = ()
    made_at: datetime


class SealedSecret(msgspec.Struct, frozen=True):
    """A shared secret as it lies in the database: sealed under the service key, which lies outside."""

    platform: Platform
    kid: str
    purpose: Purpose
    sealed: bytes
    made_at: datetime
    retired_at: datetime | None = None


class LiveSecret(msgspec.Struct, frozen=True):
    """A shared secret opened, in the memory of a process that needs it now."""

    platform: Platform
    kid: str
    text: str

    def __repr__(self) -> str:
        """Name the secret without showing it, in a log or a traceback."""
        return f"LiveSecret({self.platform}, {self.kid})"


class Endpoint(msgspec.Struct, frozen=True):
    """Where a stream of events is sent, and with which secret it is signed."""

    platform: Platform
    feed: Feed
    url: str
    kid: str
    active: bool
    made_at: datetime

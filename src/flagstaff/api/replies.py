"""What whoever suggests an option or writes to the team is answered, field by field."""

from datetime import datetime

import msgspec


class _Answer(msgspec.Struct, frozen=True, kw_only=True):
    pass


class SuggestionAnswer(_Answer, frozen=True, kw_only=True):
    """That a suggested option is here; one that says the same as others reads like any other."""

    number: str
    status: str
    text: str


class MySuggestion(_Answer, frozen=True, kw_only=True):
    """One suggestion as its own writer sees it. `status`: received, accepted, merged or declined, with the `reason`.

    `option`: the label of the option that is prepared, or that covers it. The words stay sealed.
    """

    number: str
    kind: str
    status: str
    status_text: str
    received_at: datetime
    reason: str
    option: str


class MySuggestions(_Answer, frozen=True, kw_only=True):
    """A person's own suggestions, the newest first."""

    items: tuple[MySuggestion, ...]


class ThreadAnswer(_Answer, frozen=True, kw_only=True):
    """Where a letter went. With `code` the thread is found at /contact without an account."""

    number: str
    code: str
    status: str
    text: str


class MyLetter(_Answer, frozen=True, kw_only=True):
    """One letter: `by` person or team. `text` is the team's answer; one's own words stay sealed, and it is null."""

    by: str
    at: datetime
    text: str | None


class MyThread(_Answer, frozen=True, kw_only=True):
    """One thread with the team: `status` open, answered or closed, its letters first to last."""

    number: str
    status: str
    status_text: str
    opened_at: datetime
    letters: tuple[MyLetter, ...]


class MyThreads(_Answer, frozen=True, kw_only=True):
    """A person's own threads, the latest first."""

    items: tuple[MyThread, ...]

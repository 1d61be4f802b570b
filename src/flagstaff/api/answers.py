"""What is answered, field by field. Nothing in it comes from another person's flag."""

from datetime import datetime

import msgspec

from flagstaff.flows.show_menu import ResourceAnswer


class _Answer(msgspec.Struct, frozen=True, kw_only=True):
    pass


class Expected(_Answer, frozen=True, kw_only=True):
    """When to expect an answer: `target`: our aim; else half of the answers came within `hours`."""

    text: str
    hours: float
    target: bool


class OfferAnswer(_Answer, frozen=True, kw_only=True):
    """Something a reporter may do now; the platform's own page does it."""

    key: str
    text: str


class Advice(_Answer, frozen=True, kw_only=True):
    """A short card of advice."""

    key: str
    text: str


class FlagReceipt(_Answer, frozen=True, kw_only=True):
    """What a reporter is told at once; a repeat, a merged and a late flag read like a first one.

    `number` is null for a choice that breaks no rule: it is counted and nobody is looked at.
    """

    number: str | None
    status: str
    status_text: str
    text: str
    received: bool
    expected: Expected | None
    next: tuple[OfferAnswer, ...]
    advice: Advice | None
    tips: dict[str, str]
    resources: tuple[ResourceAnswer, ...]
    withdraw_url: str | None


class AddedOption(_Answer, frozen=True, kw_only=True):
    """The option that was added to the menus because of flags like this one, with the version that brought it."""

    option: str
    label: str
    version: int
    text: str


class MyFlag(_Answer, frozen=True, kw_only=True):
    """One flag as its own reporter sees it; their words stay sealed. `legacy`: it was raised before Flagstaff came.

    `answer_by` and `answer_url`: while a question waits for an answer; `helped`: null where nothing proves it.
    """

    number: str
    kind: str
    option: str
    label: str
    status: str
    status_text: str
    open: bool
    received_at: datetime
    expected: Expected | None
    withdraw_url: str | None
    answer_by: datetime | None
    answer_url: str | None
    helped: AddedOption | None
    legacy: bool


class MyFlags(_Answer, frozen=True, kw_only=True):
    """A person's own flags, the newest first."""

    items: tuple[MyFlag, ...]


class MyNotice(_Answer, frozen=True, kw_only=True):
    """One notice to this person, as author or as reporter."""

    number: str
    to: str
    at: datetime
    text: str
    flag: str | None
    links: dict[str, str]


class MyNotices(_Answer, frozen=True, kw_only=True):
    """What this person was told, the newest first."""

    items: tuple[MyNotice, ...]


class RunningMeasure(_Answer, frozen=True, kw_only=True):
    """One measure that runs; `until` null: it has no end of its own."""

    kind: str
    says: str
    until: datetime | None


class MyStanding(_Answer, frozen=True, kw_only=True):
    """Where somebody stands as an author: what counts, what runs, and what would follow next."""

    counted: int
    running: tuple[RunningMeasure, ...]
    next: dict[str, tuple[str, ...]]
    decay_days: int


class AppealAnswer(_Answer, frozen=True, kw_only=True):
    """What became of an appeal."""

    number: str
    status: str
    text: str
    answer_by: datetime


class Accepted(_Answer, frozen=True, kw_only=True):
    """How much was taken in. Whether a subject was known here before is not told: a flag may have made it known."""

    accepted: int


class FeedEvent(_Answer, frozen=True, kw_only=True):
    """One event of a feed, with the body that the webhook had."""

    type: str
    position: str
    at: datetime
    data: dict[str, object]


class FeedPage(_Answer, frozen=True, kw_only=True):
    """Some events in order. `next`: pass it as `after` to go on; it is always there, also at the end."""

    items: tuple[FeedEvent, ...]
    next: str


class Health(_Answer, frozen=True, kw_only=True):
    """That this process answers."""

    status: str


class Problem(_Answer, frozen=True, kw_only=True, omit_defaults=True):
    """What went wrong, where, and what to do next (RFC 9457); some types carry further members."""

    type: str
    title: str
    status: int
    detail: str
    where: str = ""
    mend: str = ""


class BulkResult(_Answer, frozen=True, kw_only=True, omit_defaults=True):
    """What one flag of a batch would have got alone: 202 with its receipt, else the problem."""

    status: int
    receipt: FlagReceipt | None = None
    problem: Problem | None = None


class BulkAnswer(_Answer, frozen=True, kw_only=True):
    """One result for each flag, in the order sent."""

    results: tuple[BulkResult, ...]


class OptionLifeAnswer(_Answer, frozen=True, kw_only=True):
    """One option: offered from version `first` to `last`; `now` is the option that counts for it today."""

    key: str
    first: int
    last: int
    live: bool
    now: str | None


class EdgeAnswer(_Answer, frozen=True, kw_only=True):
    """What happened to an option in a version: add, remove, merge, restore, reword or split."""

    version: int
    edge: str
    before: str
    after: str


class LineageAnswer(_Answer, frozen=True, kw_only=True):
    """Where every option of a platform came from and went; `live` is the menu version that is live."""

    platform: str
    live: int
    lives: tuple[OptionLifeAnswer, ...]
    edges: tuple[EdgeAnswer, ...]

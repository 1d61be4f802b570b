"""What platforms and people send, field by field; a field that is not here is refused by its name."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from flagstaff.vocabulary.references import Place

PersonId = Annotated[
    str, Meta(min_length=1, max_length=200, description="The platform's own id of a person.")
]
SubjectId = Annotated[
    str, Meta(min_length=1, max_length=200, description="The platform's own id of a subject.")
]
Kind = Annotated[str, Meta(min_length=1, max_length=60, examples=["job_post"])]
Line = Annotated[str, Meta(max_length=1000)]
Words = Annotated[str, Meta(max_length=60_000)]
Language = Annotated[
    str, Meta(max_length=35, pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$", examples=["en"])
]
Bucket = Literal["1", "2-4", "5-19", "20+"]
Viewers = Annotated[int, Meta(ge=0, le=1_000_000_000)]


class _Body(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


class Reporter(_Body, frozen=True, kw_only=True):
    """Who flags, as their platform names them."""

    id: PersonId
    language: Language | None = None


class Subject(_Body, frozen=True, kw_only=True):
    """What is flagged, pushed or changed. Of a private message, `participant` names who takes part in it.

    `audience`: how many could see it, a bucket or a number; absent: nothing is quoted, and the next day's window holds.
    """

    kind: Kind
    id: SubjectId
    author: PersonId
    participant: PersonId | tuple[PersonId, ...] | None = None
    place: Place | None = None
    posted_at: datetime | None = None
    edited_at: datetime | None = None
    audience: Bucket | Viewers | None = None
    title: Line | None = None
    text: Words | None = None
    link: Annotated[str, Meta(max_length=2000)] | None = None
    hash: Annotated[str, Meta(max_length=200)] | None = None
    language: Language | None = None


class NeighbourMessage(_Body, frozen=True, kw_only=True):
    """One message beside the flagged one, ticked by its reporter."""

    id: SubjectId
    text: Annotated[str, Meta(max_length=10_000)]


class FlagBody(_Body, frozen=True, kw_only=True):
    """One flag. From a server with an API key: `reporter` and `subject`. From a browser with a person token: `ticket`.

    `title` and `text` count only where the ticket carries none and no copy of the subject is here: a browser may
    invent them. `hinted`: while something was written under Other, a hint led to this option.
    """

    option: Annotated[str, Meta(min_length=1, max_length=120, examples=["job_post.free_work"])]
    menu_version: Annotated[int, Meta(ge=1, le=2_147_483_647)]
    reporter: Reporter | None = None
    subject: Subject | None = None
    ticket: Annotated[str, Meta(max_length=131_072)] | None = None
    language: Language | None = None
    hinted: bool = False
    details: Words = ""
    answers: dict[Annotated[str, Meta(max_length=60)], Annotated[str, Meta(max_length=1000)]] = {}
    neighbours: Annotated[tuple[NeighbourMessage, ...], Meta(max_length=20)] = ()
    title: Line | None = None
    text: Words | None = None


class HintBody(_Body, frozen=True, kw_only=True):
    """What somebody wrote so far under Other of one menu; nothing of it is kept."""

    kind: Kind
    text: Words
    language: Language | None = None


class BulkFlag(FlagBody, frozen=True, kw_only=True):
    """One flag of a batch: what a server sends alone, and the key that makes sending it again safe."""

    idempotency_key: Annotated[str, Meta(min_length=1, max_length=200, examples=["report-81723"])]


class BulkBody(_Body, frozen=True, kw_only=True):
    """Flags of one platform, each answered in its place."""

    flags: Annotated[tuple[BulkFlag, ...], Meta(min_length=1, max_length=500)]


class ContentEventBody(_Body, frozen=True, kw_only=True):
    """One thing that happened to a subject on its platform."""

    type: Literal["edited", "deleted_by_author", "restored"]
    subject: Subject


class ContentEventsBody(_Body, frozen=True, kw_only=True):
    """What happened, oldest first."""

    events: Annotated[tuple[ContentEventBody, ...], Meta(min_length=1, max_length=500)]


class PersonEventBody(_Body, frozen=True, kw_only=True):
    """One thing that happened to an account: `closed`, or `erased` with everything they wrote."""

    type: Literal["closed", "erased"]
    person: PersonId


class PersonEventsBody(_Body, frozen=True, kw_only=True):
    """What happened, oldest first."""

    events: Annotated[tuple[PersonEventBody, ...], Meta(min_length=1, max_length=100)]


class AppealBody(_Body, frozen=True, kw_only=True):
    """A request for a second look, naming one of: a notice, a decision, one's own flag."""

    text: Annotated[str, Meta(min_length=1, max_length=20_000)]
    notice: Annotated[str, Meta(max_length=40)] | None = None
    decision: Annotated[str, Meta(max_length=40)] | None = None
    flag: Annotated[str, Meta(max_length=40)] | None = None


class SuggestionBody(_Body, frozen=True, kw_only=True):
    """An option that somebody misses on one menu: its label, and in `details` what it is for."""

    kind: Kind
    label: Annotated[str, Meta(min_length=1, max_length=1000, examples=["Asks for my password"])]
    details: Annotated[str, Meta(max_length=20_000)] = ""
    language: Language | None = None


class LetterBody(_Body, frozen=True, kw_only=True):
    """What somebody writes to the team about anything that is no flag."""

    text: Annotated[str, Meta(min_length=1, max_length=20_000)]


class AnswerBody(_Body, frozen=True, kw_only=True):
    """The answer to a question: about one's own flag, or about one's own content."""

    text: Annotated[str, Meta(min_length=1, max_length=20_000)]

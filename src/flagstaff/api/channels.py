"""Everything an author or an outsider can observe, listed by hand, each with why nothing about flags is in it.

What an author can observe depends only on decisions and their time windows: not on who, how many, when or in which
words people flagged. A test compares these lists with the router, the document, the events and the notice texts in
both directions: a new channel fails the build until somebody has thought about it and written down why it is safe.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

_PUBLISHED: Final = "the same for everybody, from published versions"
_PINNED: Final = (
    "the same for everybody, pinned when it was published: of whole menus and whole months that are over, of a hundred "
    "flags or more with no part of one to four, and no finer than one flag could move it"
)
_OWN_FLAGS: Final = "shows its caller their own flags; an author's own flags are about others"
_NO_STORE: Final = "says only that it was taken in; nothing that is stored goes into it"

ROUTES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "GET /v1/menus/{kind}": _PUBLISHED,
        "GET /help/flags": _PUBLISHED,
        "GET /help/flags/changes": _PUBLISHED,
        "POST /help/flags/changes/{version}": "counts a reader of a note; nothing that is stored goes into its answer",
        "GET /help/flags/figures/{number}": _PINNED,
        "GET /v1/lineage": _PUBLISHED,
        "GET /guidelines": _PUBLISHED,
        "GET /problems/{slug}": "explains a kind of failure, the same for everybody",
        "GET /schema/openapi.json": "the contract, the same for everybody",
        "GET /static/{name}": "files of this version",
        "GET /health": "looks at nothing",
        "POST /v1/flags": "the receipt is made from the sender's own choice and published words; one's own content is "
        "refused before anything is looked up",
        "POST /v1/hints": "made from what its caller just typed and from published words; nothing stored goes into it, "
        "and nothing of it is kept",
        "POST /v1/flags:bulk": "each row as POST /v1/flags: a receipt from what was sent and published words",
        "GET /v1/my/flags": _OWN_FLAGS,
        "GET /v1/my/flags/{number}": _OWN_FLAGS,
        "DELETE /v1/my/flags/{number}": _OWN_FLAGS,
        "POST /v1/my/flags/{number}/answer": _OWN_FLAGS,
        "GET /v1/my/notices": "an author's notices are rendered from AuthorSide, which has no field of a flag",
        "POST /v1/my/notices/{number}/answer": "is taken for seven days from the question, whatever became of the case",
        "GET /v1/my/standing": "folded from decisions in effect and measures that run; no flag is read",
        "POST /v1/my/appeals": "names the appeal and its day; whether others asked before is left out",
        "DELETE /v1/my/appeals/{number}": "ends one's own voice; whether others asked is left out",
        "GET /appeal": "an empty form",
        "POST /appeal": "as /v1/my/appeals and /v1/my/notices/{number}/answer; a wrong code and an unknown number read "
        "the same",
        "POST /v1/option-suggestions": "the same words for every suggestion, whether or not others made it before",
        "GET /v1/my/suggestions": "one's own suggestions; an answer is shown a day after they came at the earliest",
        "POST /v1/contact": _NO_STORE,
        "GET /v1/my/contact": "one's own letters' days and what the team answered to them",
        "POST /v1/my/contact/{number}": _NO_STORE,
        "GET /contact": "an empty form",
        "POST /contact": "as /v1/contact and /v1/my/contact, for whoever the token in the form names",
        "POST /contact/thread": "one thread's days and answers; a wrong code and an unknown number read the same",
        "GET /suggest": "an empty form",
        "POST /suggest": "as /v1/option-suggestions and /v1/my/suggestions, for whoever the token in the form names",
        "GET /my-flags": "says where the page is opened from",
        "POST /my-flags": "as /v1/my/flags with its deeds, for whoever the token in the form names",
        "POST /v1/content": _NO_STORE,
        "POST /v1/content-events": _NO_STORE,
        "POST /v1/person-events": _NO_STORE,
        "GET /v1/measures": "decisions and holds that took effect, under positions of their own feed",
        "GET /v1/versions": "publications of menus and guidelines",
    }
)
"""Every address of this door: an author could call each with a token of their own, or stand behind their platform."""

FIELDS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "MyNotice": ("number", "to", "at", "text", "flag", "links"),
        "MyNotices": ("items",),
        "MyStanding": ("counted", "running", "next", "decay_days"),
        "RunningMeasure": ("kind", "says", "until"),
        "AppealAnswer": ("number", "status", "text", "answer_by"),
        "Accepted": ("accepted",),
        "FeedPage": ("items", "next"),
        "FeedEvent": ("type", "position", "at", "data"),
        "Problem": ("type", "title", "status", "detail", "where", "mend"),
        "Health": ("status",),
        "MenuAnswer": (
            *("platform", "version", "kind", "language", "fallback", "button", "community_button"),
            *("top", "more", "preference", "last", "details", "tips", "prompts"),
            *("texts", "spoken", "links"),
        ),
        "OptionAnswer": (
            *("key", "label", "help", "details", "prompts", "rule", "after"),
            *("allowed", "severe", "copied", "hints", "resources"),
        ),
        "ResourceAnswer": ("key", "text", "name", "url"),
        "HintsAnswer": ("version", "hints"),
        "HintAnswer": ("key", "label", "help", "why"),
        "PromptAnswer": ("ask", "answer", "pick"),
        "RuleAnswer": ("title", "url"),
        "LineageAnswer": ("platform", "live", "lives", "edges"),
        "OptionLifeAnswer": ("key", "first", "last", "live", "now"),
        "EdgeAnswer": ("version", "edge", "before", "after"),
        "DetailsAnswer": ("min", "max"),
    }
)
"""Answers that an author or their platform reads, field by field. `flag` of a notice is null on the author's side."""

REPORTERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "FlagReceipt": "goes to the sender of one flag, about that flag",
        "BulkAnswer": "goes to the server that sent the flags, row by row",
        "BulkResult": "one row of it: a receipt or the problem with what was sent",
        "Expected": "a time from the published targets, or from twenty decisions and more in effect, to the sender",
        "OfferAnswer": "part of the receipt",
        "Advice": "part of the receipt",
        "SuggestionAnswer": "goes to whoever suggests an option, and says the same of all",
        "MySuggestion": "goes to whoever made the suggestion",
        "MySuggestions": "goes to whoever made the suggestions",
        "ThreadAnswer": "goes to whoever wrote the letter",
        "MyLetter": "goes to whoever the thread belongs to",
        "MyThread": "goes to whoever the thread belongs to",
        "MyThreads": "goes to whoever the threads belong to",
        "AddedOption": "part of a reporter's own flag, from their own answer and published versions",
        "MyFlag": "goes to the reporter whose flag it is",
        "MyFlags": "goes to the reporter whose flags they are",
    }
)
"""Answers that only the reporter of the very flag gets, and why no author does."""

EVENTS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "measure.applied": (
            "measure",
            "kind",
            "revision",
            "effect",
            "decision",
            "subject",
            "person",
            "scope",
            "until",
        ),
        "measure.lifted": (
            "measure",
            "kind",
            "revision",
            "effect",
            "decision",
            "subject",
            "person",
            "scope",
            "until",
        ),
        "notice.author": ("person", "notice", "code", "text", "links"),
        "menu.published": ("version",),
        "guidelines.published": ("version",),
    }
)
"""Webhooks that reach the side of a platform that authors see, with every field of their data."""

EVENTS_TO_REPORTERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "notice.reporter": "its endpoint and secret are apart; no subject is in it",
        "notice.person": "goes the same way, to whoever suggested or wrote; about no subject and no flag",
    }
)

NOTICES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "statement_of_reasons": "built from AuthorSide: the decision, its clause and measures",
        "hold_author": "a hold's clause and end; that trusted evidence came in is one of three deliberate releases",
        "hold_lifted": "says that a hold is over",
        "mended": "says that a person looked at what was mended",
        "housekeeping_author": "what was tidied and why",
        "care_author": "where to find help",
        "correction": "says that a decision was taken back",
        "question_author": "a question by staff, about the content",
        "appeal_received": "that somebody else looks again, and by when",
        "appeal_upheld": "that the decision changed",
        "appeal_rejected": "the same result, under its clause",
        "group_change": "how a group changes",
    }
)
"""Texts that authors are sent; what may fill them is checked with the policy (`placeholders`)."""

PAGES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "page.html": "the frame",
        "parts.html": "why something was not done, and when a letter was written",
        "help_flags.html": _PUBLISHED,
        "changes.html": f"{_PUBLISHED}; what came of a version as in figure.html",
        "figure.html": _PINNED,
        "guidelines.html": _PUBLISHED,
        "problem.html": "a kind of failure",
        "appeal.html": "what its visitor wrote themselves, and the problem with it",
        "appealed.html": "the number of the appeal and its day",
        "contact.html": "what its visitor wrote themselves, and their own threads",
        "contacted.html": "the number and code of a letter",
        "thread.html": "one thread's days and answers",
        "suggest.html": "the menus' names, and what became of its visitor's own suggestions",
        "my_flags.html": "its visitor's own flags and what they were told of them",
        "answered.html": "that an answer was taken in",
    }
)
"""Templates of public pages."""

NEVER: Final = frozenset(
    {
        *(
            "reporter",
            "reporters",
            "flags",
            "option",
            "options",
            "menu_version",
            "answers",
            "neighbours",
            "tag",
            "case",
        ),
        *("count", "reliability", "priority", "severity", "received_at", "joined", "joiners"),
    }
)
"""Names that no field of an author's answer or event bears."""

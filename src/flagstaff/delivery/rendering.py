"""Turn references into what people read and platforms receive.

The two sides are kept apart by type: `AuthorSide` has no field for a flag, a reporter, a count or words of either, so
that no template, however it is written, can let one through.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from flagstaff.delivery.model import EventKind, Feed, cursor
from flagstaff.kernel.errors import FlagstaffError
from flagstaff.language.marking import marked
from flagstaff.language.tongues import Tongue

_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
_GAPS = re.compile(r"[ \t]{2,}")


class TextUnfinished(FlagstaffError):
    """A notice text uses a placeholder for which nothing was given."""

    slug = "text-unfinished"
    title = "A notice cannot be rendered"


class Links(msgspec.Struct, frozen=True, kw_only=True):
    """Hold where a notice leads: the host's own pages where it named them, else those of this house."""

    my_flags: str
    appeal: str
    rules: str
    private_form: str

    def filled(self, values: Mapping[str, str]) -> dict[str, str]:
        """Return the values of the placeholders for links; a template may name {number}, {code} or {clause}."""
        given = {"number": "", "code": ""} | dict(values) | {"clause": values.get("clause_key", "").lower()}
        return {
            "appeal_link": _put(self.appeal, given),
            "status_link": _put(self.my_flags, given),
            "clause_link": _put(self.rules, given),
            "private_link": _put(self.private_form, given),
        }


def links_of(templates: Mapping[str, str], house: str) -> Links:
    """Return the links of a platform, each with the house's own page as fallback."""
    return Links(
        my_flags=templates.get("my_flags") or f"{house}/help/flags",
        appeal=templates.get("appeal") or f"{house}/appeal",
        rules=templates.get("rules") or f"{house}/guidelines#{{clause}}",
        private_form=templates.get("private_form") or f"{house}/help/flags",
    )


def _put(template: str, given: Mapping[str, str]) -> str:
    return _PLACEHOLDER.sub(lambda found: given.get(found[1], ""), template)


class MeasureSide(msgspec.Struct, frozen=True):
    """Hold what an author is told of one measure."""

    says: str
    ends_at: datetime | None
    lasting: bool
    on_person: bool


class AuthorSide(msgspec.Struct, frozen=True, kw_only=True):
    """Hold everything a notice to an author may know: the decision alone.

    `facts` are the decision's words about the content; `quotable` is false where fewer than k people saw it: then the
    rule's own sentence stands in their place.
    """

    platform: str
    subject: str
    posted_at: datetime | None
    undated: bool
    guidelines_version: int
    clause: str
    clause_title: str
    clause_summary: str
    facts: str
    quotable: bool
    automation: str
    measures: Sequence[MeasureSide]
    next_step: Sequence[str]
    appeal_until: datetime
    redress: str
    mend: str = ""
    zone: str = "UTC"


class ReporterSide(msgspec.Struct, frozen=True, kw_only=True):
    """Hold everything a notice to a reporter may know: their own flag, and one sentence of the decision."""

    platform: str
    number: str
    option: str
    why: str
    clause: str
    clause_title: str
    guidelines_version: int
    appeal_until: datetime
    zone: str = "UTC"


def author_values(side: AuthorSide, tongue: Tongue) -> dict[str, str]:
    """Return what fills an author's notice, in their language; links are added when it is read."""
    return {
        "platform": side.platform,
        "subject": side.subject,
        "posted_at": _posted(side, tongue),
        "guidelines_version": str(side.guidelines_version),
        "clause": side.clause_title,
        "clause_key": side.clause,
        "facts": side.facts if side.quotable and side.facts else side.clause_summary,
        "automation": side.automation,
        "measures": " ".join(measure.says for measure in side.measures),
        "ends": _ends(side.measures, side.zone, tongue),
        "mend": side.mend,
        "next_step": " ".join(side.next_step) or tongue.gettext("nothing more than this."),
        "appeal_until": tongue.day(side.appeal_until, side.zone),
        "redress": side.redress,
        "resources": "",
        "question": "",
        "answer_by": "",
    }


def reporter_values(side: ReporterSide, tongue: Tongue) -> dict[str, str]:
    """Return what fills a reporter's notice, in their language; links are added when it is read."""
    return {
        "platform": side.platform,
        "number": side.number,
        "option": side.option,
        "why": side.why,
        "clause": side.clause_title or tongue.gettext("none of ours"),
        "clause_key": side.clause,
        "guidelines_version": str(side.guidelines_version),
        "appeal_until": tongue.day(side.appeal_until, side.zone),
    }


def fill(text: str, values: Mapping[str, str], links: Links) -> str:
    """Return a notice's text with every placeholder filled; raises TextUnfinished for one that has no value."""
    known = {**values, **links.filled(values)} if "_link}" in text else values

    def put(found: re.Match[str]) -> str:
        name = found[1]
        if name not in known:
            msg = f"the text uses {{{name}}}, for which this notice has no value"
            raise TextUnfinished(msg, mend="see `placeholders` in the guidelines for what each side may use")
        return known[name]

    filled = _GAPS.sub(" ", _PLACEHOLDER.sub(put, text)).strip()
    return filled[:1].upper() + filled[1:]


def _posted(side: AuthorSide, tongue: Tongue) -> str:
    if side.posted_at is None or side.undated:
        return tongue.gettext("on a day we do not know (we used the rules of the day we first saw it)")
    return tongue.day(side.posted_at, side.zone)


def _ends(measures: Sequence[MeasureSide], zone: str, tongue: Tongue) -> str:
    if any(measure.lasting for measure in measures):
        return tongue.gettext("This has no end of its own.")
    ends = [measure.ends_at for measure in measures if measure.on_person and measure.ends_at is not None]
    return tongue.gettext("This ends on {day}.", day=tongue.day(max(ends), zone)) if ends else ""


_WORDS = {
    "job_post": marked("your job post"),
    "profile": marked("your profile"),
    "portfolio_item": marked("an item of your portfolio"),
    "private_message": marked("a message of yours"),
    "proposal": marked("a proposal of yours"),
    "review": marked("a review of yours"),
    "community_post": marked("your post"),
    "community_group": marked("your group"),
    "flag_use": marked("the way you use flags"),
}


def subject_words(
    kind: str, tongue: Tongue, *, name: str = "", board: str | None = None, group: str | None = None
) -> str:
    """Return a subject's kind and place in words, such as "your post in general".

    `name`: what the policy calls a kind that this house has no words for.
    """
    if kind == "community_post" and group:
        return tongue.gettext("your post in the group {group}", group=group)
    if kind == "community_post" and board:
        return tongue.gettext("your post in {board}", board=board)
    if kind in _WORDS:
        return tongue.gettext(_WORDS[kind])
    return tongue.gettext("your {kind}", kind=name or kind.replace("_", " "))


# ---------------------------------------------------------------- what platforms receive
class SubjectName(msgspec.Struct, frozen=True):
    """Name a subject as its platform does."""

    kind: str
    id: str


class Scope(msgspec.Struct, frozen=True, omit_defaults=True):
    """Say how far a measure on a person reaches: `id` is the board or group where the level needs one."""

    level: str
    id: str = ""


class MeasureData(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Tell a platform to carry something out. A receiver ignores a revision not newer than the last of that target."""

    measure: str
    kind: str
    revision: int
    effect: str
    decision: str = ""
    subject: SubjectName | None = None
    person: str | None = None
    scope: Scope | None = None
    until: datetime | None = None


class AuthorNoticeData(msgspec.Struct, frozen=True, kw_only=True):
    """Give a platform a message for an author. `code` with `notice` opens /appeal to somebody who cannot sign in."""

    person: str
    notice: str
    code: str
    text: str
    links: dict[str, str]


class ReporterNoticeData(msgspec.Struct, frozen=True, kw_only=True):
    """Give a platform a message for a reporter; no subject is in it."""

    person: str
    flag: str
    status: str
    text: str


class PersonNoticeData(msgspec.Struct, frozen=True, kw_only=True):
    """Give a platform a message for somebody who suggested an option or wrote to the team.

    `about` is `suggestion` or `letter`; `number` is what they were told when it was taken in.
    """

    person: str
    about: str
    number: str
    status: str
    text: str


class MenuData(msgspec.Struct, frozen=True, kw_only=True):
    """Tell that menus changed: fetch them anew."""

    version: int


class GuidelinesData(msgspec.Struct, frozen=True, kw_only=True):
    """Tell that the guidelines changed."""

    version: int


Data = MeasureData | AuthorNoticeData | ReporterNoticeData | PersonNoticeData | MenuData | GuidelinesData

DATA_OF: Mapping[EventKind, type[Data]] = {
    EventKind.MEASURE_APPLIED: MeasureData,
    EventKind.MEASURE_LIFTED: MeasureData,
    EventKind.NOTICE_AUTHOR: AuthorNoticeData,
    EventKind.NOTICE_REPORTER: ReporterNoticeData,
    EventKind.NOTICE_PERSON: PersonNoticeData,
    EventKind.MENU_PUBLISHED: MenuData,
    EventKind.GUIDELINES_PUBLISHED: GuidelinesData,
}


def body(kind: EventKind, feed: Feed, position: int, at: datetime, data: Data) -> str:
    """Return the body of one event, as text: it is signed as text and sent as it was signed."""
    event = {"type": kind.value, "position": cursor(feed, position), "at": at, "data": data}
    return msgspec.json.encode(event).decode()

"""Say what one record means under a mapping, or precisely why it means nothing. History may be below today's rules."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final, Literal, NoReturn
from zoneinfo import ZoneInfo

import msgspec

from flagstaff.imports.model import (
    Content,
    Fault,
    Past,
    PastFlag,
    PastPerson,
    PastVerdict,
    Plan,
    Record,
    RowKind,
)
from flagstaff.vocabulary.audience import Audience
from flagstaff.vocabulary.references import Place, Surface
from flagstaff.vocabulary.states import FlagStatus, Verdict

_NAMES: Final = frozenset({"id", "subject", "author", "person", "reporter", "case", "option"})
EARLIEST: Final = datetime(1990, 1, 1, tzinfo=UTC)
"""Nothing on a platform is older; 1970 stands for a time that nobody filled in."""
_LONGEST: Final = {"id": 200, "kind": 60, "subject": 200, "author": 200, "reporter": 200, "person": 200, "title": 1000,
    "link": 2000, "option": 200, "label": 200, "reason": 4000, "case": 200, "part": 200, "board": 200, "group": 200,
    "thread": 200}  # fmt: skip
_ANY: Final = 1 << 30
_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*")
_LIKE_A_KEY: Final = re.compile(r"[A-Za-z0-9_.:+-]{1,40}")
_STATES: Final[tuple[Literal["standing", "deleted_by_author", "removed"], ...]] = (
    "standing",
    "deleted_by_author",
    "removed",
)
_OUTCOMES: Final = ("acted", "no_violation", "could_not_verify")
_SURFACES: Final = tuple(one.value for one in Surface)
_VERDICTS: Final = tuple(one.value for one in Verdict)
_PREFIXED: Final = frozenset({"subject", "author", "reporter", "person", "case", "id"})


class Faulty(Exception):
    """One field of a record means nothing."""

    def __init__(self, fault: Fault) -> None:
        """Carry the fault."""
        super().__init__(fault.what)
        self.fault = fault


class Meant(msgspec.Struct, frozen=True):
    """A record that means something; `name` is the export's own id of the row, None where it has none."""

    past: Past
    name: str | None


class Slot(msgspec.Struct, frozen=True):
    """Where one field of a row comes from; made once per file, looked at for every row."""

    constant: str | None
    column: str
    values: Mapping[str, str]
    prefix: str
    longest: int


def slots_of(plan: Plan) -> dict[str, Slot]:
    """Return the fields that a mapping gives, each with where it comes from."""
    return {
        field: Slot(
            plan.constants.get(field),
            plan.columns.get(field, f"[constants] {field}"),
            plan.values.get(field, {}),
            plan.prefix.get(field, "") if field in _PREFIXED else "",
            _LONGEST.get(field, _ANY),
        )
        for field in (*plan.columns, *plan.constants)
    }


def read_record(
    record: Record, plan: Plan, slots: Mapping[str, Slot], now: datetime, zone: ZoneInfo
) -> Meant | Fault:
    """Return what a record means, or the first thing that is wrong with it.

    `slots` are those of `plan`. `now` is business time: history ends there. `zone` holds for times without an offset.
    """
    if record.fault is not None:
        return record.fault
    fields = _Fields(record.values, plan, slots, now, zone)
    try:
        return Meant(_READERS[plan.rows](fields), fields.text("id"))
    except Faulty as error:
        return error.fault


def subject_kind(record: Record, plan: Plan) -> str:
    """Return under which kind a record is summed up; "?" where that cannot be told."""
    field = "role" if plan.rows is RowKind.PERSONS else "kind"
    if field in plan.constants:
        return plan.constants[field]
    column = plan.columns.get(field)
    if column is None:
        return "author" if field == "role" else "?"
    found = _find(record.values, column)
    word = plan.values.get(field, {}).get(found, found) if isinstance(found, str) else ""
    return word.strip() if _LIKE_A_KEY.fullmatch(word.strip()) else "?"


class _Fields:
    """Read the fields of one record; an empty one was not said."""

    def __init__(
        self,
        values: Mapping[str, object],
        plan: Plan,
        slots: Mapping[str, Slot],
        now: datetime,
        zone: ZoneInfo,
    ) -> None:
        self._values, self._plan, self._slots, self._now, self._zone = values, plan, slots, now, zone

    def text(self, field: str) -> str | None:
        """Return a field as text, translated and with its prefix."""
        slot = self._slots.get(field)
        if slot is None:
            return None
        if slot.constant is not None:
            return slot.constant or None
        found = self._plain(field, _find(self._values, slot.column))
        if not found or found.isspace():
            return None
        self._refuse_broken(field, found)
        found = slot.values.get(found, found)
        if field in _PREFIXED:
            found = slot.prefix + found.strip()
        if len(found) > slot.longest:
            self.fail(
                field, f"it has {len(found)} characters; at most {slot.longest} are taken", "shorten it"
            )
        return found

    def needed(self, field: str) -> str:
        """Return a field that must be there."""
        found = self.text(field)
        if found is None:
            self.fail(field, f"nothing says what {field!r} is", "fill it in, or leave the row out")
        return found

    def one_of(self, field: str, allowed: Sequence[str]) -> str | None:
        """Return a field that is one of some words."""
        found = self.text(field)
        if found is not None and (word := found.strip().lower()) not in allowed:
            self.fail(
                field,
                f"{shown(word)} is no {field}",
                f"use one of: {', '.join(allowed)}; or translate it under [values.{field}]",
            )
        return found.strip().lower() if found else None

    def whole(self, field: str, least: int, most: int) -> int | None:
        """Return a field that is a whole number."""
        found = self.text(field)
        if found is None:
            return None
        if not found.strip().isascii() or not found.strip().isdigit() or not least <= int(found[:20]) <= most:
            self.fail(field, f"it is no whole number from {least} to {most}", "write digits only")
        return int(found)

    def time(self, field: str) -> datetime | None:
        """Return a field that is a time, in UTC: neither before 1990 nor in the future."""
        found = self.text(field)
        if found is None:
            return None
        try:
            at = _READ_TIME[self._plan.times](found.strip())
        except (ValueError, OverflowError, OSError):
            self.fail(
                field,
                "it is no time",
                f"write it as {_HOW[self._plan.times]}, or name another form: times = …",
            )
        if at.tzinfo is None:
            at = at.replace(tzinfo=self._zone)
        try:
            at = at.astimezone(UTC)
        except OverflowError:
            self.fail(field, "it lies beyond all time", "correct it")
        if at > self._now:
            self.fail(
                field, "it lies in the future", "history ends now; look at the zone, or at day and month"
            )
        if at < EARLIEST:
            self.fail(
                field,
                "it lies before 1990",
                "correct it, or leave the field empty; 1970 often stands for no time",
            )
        return at

    def moment(self, field: str) -> datetime:
        """Return a time that must be there."""
        self.needed(field)
        at = self.time(field)
        if at is None:
            raise AssertionError(field)
        return at

    def fail(self, field: str, what: str, mend: str) -> NoReturn:
        """Turn the record down."""
        slot = self._slots.get(field)
        raise Faulty(Fault(slot.column if slot else field, what, mend))

    def _plain(self, field: str, found: object) -> str:
        if isinstance(found, str):
            return found
        if found is None:
            return ""
        if isinstance(found, float) and found.is_integer():
            return str(int(found))  # what a table tool writes for the number 42 of a column with gaps
        if isinstance(found, (bool, float)) and field in _NAMES:
            self.fail(field, "it holds true, false or a fraction, which names nothing", "write it as text")
        if isinstance(found, bool):
            return str(found).lower()
        if isinstance(found, (int, float)):
            return str(found)
        if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
            self.fail(field, "it holds an object or a list", 'name what is in it in the mapping: "author.id"')
        return " ".join(found)

    def _refuse_broken(self, field: str, found: str) -> None:
        if "\0" in found:
            self.fail(field, f"it holds a NUL byte, at character {found.index(chr(0)) + 1}", "take it out")
        try:
            found.encode()
        except UnicodeEncodeError as error:
            what = f"it is not {self._plan.encoding}, at character {error.start + 1}"
            self.fail(field, what, "save the row in that encoding, or name another in the mapping")


def _find(values: Mapping[str, object], column: str) -> object:
    """Return what stands in a column; in JSON "author.id" also means what is inside."""
    if column in values or "." not in column:
        return values.get(column)
    found: object = values
    for name in column.split("."):
        found = found.get(name) if isinstance(found, dict) else None
    return found


def shown(word: str) -> str:
    """Quote a word only where it looks like a key: a mapping one column off must not print what people wrote."""
    return repr(word) if _LIKE_A_KEY.fullmatch(word) else "what stands there"


# ---------------------------------------------------------------- what each kind of row says
def _content(fields: _Fields, *, whole: bool) -> Content:
    surface = fields.one_of("surface", _SURFACES)
    levels = {name: fields.text(name) for name in ("part", "board", "group", "thread")}
    community = surface == Surface.COMMUNITY.value or (surface is None and any(levels.values()))
    if any(levels.values()) and not community:
        fields.fail(
            "surface",
            "a part, board, group or thread lies in the community",
            "use community, or leave it empty",
        )
    language = fields.text("language") if whole else None
    return Content(
        kind=fields.needed("kind").strip(),
        subject=fields.needed("subject"),
        author=fields.text("author"),
        title=fields.text("title"),
        words=fields.text("words"),
        link=fields.text("link"),
        language=_language(fields, language) if language else None,
        posted_at=fields.time("posted_at"),
        edited_at=fields.time("edited_at"),
        audience=_audience(fields),
        place=Place(Surface.COMMUNITY if community else Surface.MARKETPLACE, **levels),
        state=_state(fields) if whole else "standing",
    )


def _state(fields: _Fields) -> Literal["standing", "deleted_by_author", "removed"]:
    found = fields.one_of("state", _STATES) or "standing"
    return next(state for state in _STATES if state == found)


def _audience(fields: _Fields) -> Audience | None:
    found = fields.text("audience")
    if found is None:
        return None
    if found.strip() in set(Audience):
        return Audience(found.strip())
    viewers = fields.whole("audience", 0, 1_000_000_000)
    return Audience.of(viewers) if viewers is not None else None


def _language(fields: _Fields, found: str) -> str:
    if not _LANGUAGE.fullmatch(found.strip()) or len(found) > 35:
        fields.fail("language", "it is no language", "such as en or pt-BR (BCP 47)")
    return found.strip()


def _subject(fields: _Fields) -> Content:
    return _content(fields, whole=True)


def _person(fields: _Fields) -> PastPerson:
    role = fields.one_of("role", ("author", "reporter")) or "author"
    state = fields.one_of("state", ("active", "closed")) or "active"
    return PastPerson(
        fields.needed("person"),
        "reporter" if role == "reporter" else "author",
        "closed" if state == "closed" else "active",
    )


def _flag(fields: _Fields) -> PastFlag:
    outcome = fields.one_of("outcome", _OUTCOMES)
    state = fields.one_of("state", ("open", "closed")) or "closed"
    if state == "open" and outcome is not None:
        fields.fail(
            "outcome", "a flag that is still open has an outcome", "close it, or take the outcome away"
        )
    return PastFlag(
        reporter=fields.needed("reporter"),
        content=_content(fields, whole=False),
        option=fields.needed("option").strip(),
        at=fields.moment("at"),
        details=fields.text("details") or "",
        language=_language(fields, fields.text("language") or "en"),
        label=fields.text("label"),
        menu_version=fields.whole("menu_version", 1, 1_000_000),
        severity=fields.whole("severity", 1, 4),
        closed=state == "closed",
        outcome=FlagStatus(outcome) if outcome else None,
        case=fields.text("case"),
    )


def _verdict(fields: _Fields) -> PastVerdict:
    verdict = fields.one_of("verdict", _VERDICTS) or fields.needed("verdict")
    clauses = tuple((fields.text("clauses") or "").replace(",", " ").split())
    if verdict == Verdict.VIOLATION.value and not clauses:
        fields.fail(
            "clauses", "a violation names no clause", "name one, or one for all rows under [constants]"
        )
    return PastVerdict(
        content=_content(fields, whole=False),
        verdict=Verdict(verdict),
        at=fields.moment("at"),
        clauses=tuple(dict.fromkeys(clauses)),
        reason=fields.text("reason"),
        facts=fields.text("facts") or "",
        severity=fields.whole("severity", 1, 4),
        case=fields.text("case"),
    )


_HOW: Final = {
    "iso": "ISO 8601, such as 2025-03-01T14:05:00Z",
    "unix": "seconds since 1970",
    "unix_ms": "milliseconds since 1970",
}
_READERS: Final[Mapping[RowKind, Callable[[_Fields], Past]]] = {
    RowKind.SUBJECTS: _subject,
    RowKind.PERSONS: _person,
    RowKind.FLAGS: _flag,
    RowKind.DECISIONS: _verdict,
}
_READ_TIME: Final[Mapping[str, Callable[[str], datetime]]] = {
    "iso": datetime.fromisoformat,
    "unix": lambda text: datetime.fromtimestamp(float(text), UTC),
    "unix_ms": lambda text: datetime.fromtimestamp(float(text) / 1000, UTC),
}

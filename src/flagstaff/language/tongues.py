"""Say things in a reader's language: messages out of the catalogs, and days, numbers and durations as CLDR has them.

The sources are written in English, which needs no catalog. A catalog is read when somebody first asks for its
language; whoever asks for one that is not there is answered in English.
"""

import gettext
import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from functools import cache, lru_cache
from importlib import resources
from typing import Final
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_time
from babel.numbers import format_decimal
from babel.units import format_unit

SOURCE: Final = "en"
_CLDR: Final = {
    SOURCE: "en_001"
}  # the English of no country in particular, which writes the day before the month
_HOURS_PER_DAY: Final = 24
# Any language's plurals show in these: CLDR tells them apart by the last two digits, and by whole millions.
_SAMPLES: Final = (*range(101), 1_000_000)


class Tongue:
    """One language: what it is called in `lang`, which way it is written, and how it says things."""

    def __init__(self, language: str, messages: gettext.NullTranslations) -> None:
        """Speak `language`, a tag such as `es`, with the messages of its catalog."""
        self.language = language
        self._messages = messages
        self._locale = Locale.parse(_CLDR.get(language, language), sep="-" if "-" in language else "_")

    @property
    def direction(self) -> str:
        """Return `ltr` or `rtl`."""
        return str(self._locale.text_direction)

    def gettext(self, message: str, /, **values: object) -> str:
        """Return a message with its `{placeholders}` filled in; without values they stay."""
        return _filled(self._messages.gettext(message), values)

    def ngettext(self, one: str, many: str, n: int, /, **values: object) -> str:
        """Return a message in the form that goes with `n`, which fills `{n}`."""
        return _filled(self.form(one, many, n), {"n": self.number(n), **values})

    def form(self, one: str, many: str, n: int) -> str:
        """Return the form of a message that goes with `n`, its placeholders as they are."""
        return self._messages.ngettext(one, many, n)

    def pgettext(self, context: str, message: str, /, **values: object) -> str:
        """Return a message that means different things in different places."""
        return _filled(self._messages.pgettext(context, message), values)

    def counted(self, one: str, many: str) -> dict[str, str]:
        """Return the forms of a message by CLDR's names (`one`, `few`, …, `other`), for who counts elsewhere."""
        forms: dict[str, str] = {}
        for n in _SAMPLES:
            forms.setdefault(self._locale.plural_form(n), self.form(one, many, n))
        return forms | {"other": forms.get("other", many)}

    def number(self, number: float) -> str:
        """Return a number with this language's signs."""
        return format_decimal(number, locale=self._locale)

    def tenths(self, number: float) -> str:
        """Return a number with one place behind the sign that this language sets."""
        return format_decimal(number, "#,##0.0", self._locale)

    def day(self, at: datetime, zone: str = "UTC") -> str:
        """Return a day in words, as it is in a zone."""
        return format_date(at.astimezone(ZoneInfo(zone)).date(), "long", self._locale)

    def brief(self, day: date) -> str:
        """Return a day with its month in few letters."""
        return format_date(day, "medium", self._locale)

    def moment(self, at: datetime, zone: str) -> str:
        """Return a day and time in words."""
        time = format_time(at.astimezone(ZoneInfo(zone)), "HH:mm", locale=self._locale)
        return f"{self.day(at, zone)}, {time} ({zone})"

    def span(self, hours: float) -> str:
        """Return a duration in words: in hours below a day, else in days to one decimal."""
        if hours < _HOURS_PER_DAY:
            return str(format_unit(hours, "hour", locale=self._locale))
        return str(format_unit(round(hours / _HOURS_PER_DAY, 1), "day", locale=self._locale))

    def named_in(self, language: str) -> str:
        """Return what a language is called in this one; its tag where CLDR has no name."""
        return Locale.parse(language, sep="-").get_display_name(self._locale) or language


def _filled(message: str, values: Mapping[str, object]) -> str:
    return message.format(**values) if values else message


# ---------------------------------------------------------------- which there are
@cache
def languages() -> tuple[str, ...]:
    """Return every language that can be spoken here, English first."""
    names = (entry.name for entry in resources.files("flagstaff.language").joinpath("catalogs").iterdir())
    return (SOURCE, *sorted(name.removesuffix(".po") for name in names if name.endswith(".po")))


@lru_cache(maxsize=1024)
def tongue_of(*wanted: str) -> Tongue:
    """Return the first language there is of those wanted, the dearest first; English where there is none."""
    found = (nearest(tag, languages()) for tag in wanted)
    return _tongue(next((one for one in found if one), SOURCE))


def nearest(wanted: str, known: tuple[str, ...]) -> str | None:
    """Return the tag that is wanted, else the first of the same language, else None: `es-MX` is answered by `es`."""
    tags = {one.lower(): one for one in reversed(known)}
    families = {one.lower().partition("-")[0]: one for one in reversed(known)}
    return tags.get(wanted.lower()) or families.get(wanted.lower().partition("-")[0])


@cache
def _tongue(language: str) -> Tongue:
    return Tongue(language, gettext.NullTranslations() if language == SOURCE else _read(language))


def _read(language: str) -> gettext.GNUTranslations:
    # Its own import: what reads catalogs is a third of Babel, and an English house never needs it.
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    with resources.files("flagstaff.language").joinpath("catalogs", f"{language}.po").open("rb") as lines:
        catalog = read_po(lines, locale=language.replace("-", "_"))
    for message in list(catalog):
        forms = message.string if isinstance(message.string, (list, tuple)) else (message.string,)
        if message.id and not all(forms):  # compiled, an empty form would be said as it is: nothing
            catalog.delete(message.id, message.context)
    compiled = io.BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


# ---------------------------------------------------------------- which is spoken now
_now: Final[ContextVar[Tongue | None]] = ContextVar("tongue", default=None)


def spoken() -> Tongue:
    """Return the language of the page that is made now; English where nobody said."""
    return _now.get() or tongue_of(SOURCE)


@contextmanager
def speaking(tongue: Tongue) -> Iterator[None]:
    """Make everything inside in one language."""
    before = _now.set(tongue)
    try:
        yield
    finally:
        _now.reset(before)

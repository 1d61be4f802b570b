"""Readers are spoken to in their language where there is one, and in English where there is none."""

import subprocess
import sys
from datetime import UTC, datetime

import pytest
from babel.messages.plurals import get_plural
from babel.messages.pofile import read_po
from hypothesis import given, strategies as st
from jinja2 import DictLoader, Environment

from flagstaff.language.asked import accepted, first_known
from flagstaff.language.messages import CATALOGS
from flagstaff.language.templates import EXTENSIONS, speak_in
from flagstaff.language.tongues import SOURCE, Tongue, languages, speaking, spoken, tongue_of
from flagstaff.menus.dialog import DIALOG_COUNTS, DIALOG_WORDS, dialog_words

TRANSLATED = [language for language in languages() if language != SOURCE]
AT = datetime(2026, 11, 21, 23, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("wanted", "answered"),
    [
        (("es",), "es"),
        (("es-MX",), "es"),
        (("ES-419",), "es"),
        (("xx",), "en"),
        (("",), "en"),
        (("de", "es"), "es"),
        (("en-GB", "es"), "en"),
        (("../es",), "en"),
    ],
)
def test_the_first_language_there_is_answers_and_english_where_there_is_none(
    wanted: tuple[str, ...], answered: str
) -> None:
    assert tongue_of(*wanted).language == answered


@pytest.mark.parametrize(
    ("header", "tags"),
    [
        ("es", ("es",)),
        ("en-US,en;q=0.9,es;q=0.8", ("en-US", "en", "es")),
        ("fr;q=0.1, es;q=0.7", ("es", "fr")),
        ("de;q=0, *;q=0.5, es", ("es",)),
        ("", ()),
        (";;;, es;q=2, en;q=x", ()),
    ],
)
def test_a_browsers_languages_are_read_in_the_order_of_their_weight(
    header: str, tags: tuple[str, ...]
) -> None:
    assert accepted(header) == tags


def test_a_reader_gets_the_dearest_language_that_a_policy_is_written_in() -> None:
    assert first_known(("de", "es-AR", "en"), ("en", "es")) == "es-AR"
    assert first_known(("de",), ("en", "es")) is None


@given(st.text(max_size=200))
def test_no_header_breaks_a_page(header: str) -> None:
    assert tongue_of(*accepted(header)).language in languages()


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_language_counts_as_cldr_says(language: str) -> None:
    """The head of a catalog has the plurals that Babel knows, and each counted message has that many forms."""
    with (CATALOGS / f"{language}.po").open("rb") as lines:
        catalog = read_po(lines, locale=language)
    assert catalog.plural_forms == get_plural(language).plural_forms
    for message in catalog:
        if message.pluralizable:
            assert len(message.string or ()) == catalog.num_plurals


def test_numbers_days_and_durations_are_said_as_the_language_says_them() -> None:
    english, spanish = tongue_of("en"), tongue_of("es")
    assert (english.day(AT), spanish.day(AT)) == ("21 November 2026", "21 de noviembre de 2026")
    assert spanish.day(AT, "Asia/Tokyo") == "22 de noviembre de 2026"
    assert english.moment(AT, "Europe/Kyiv") == "22 November 2026, 01:30 (Europe/Kyiv)"
    assert [english.span(hours) for hours in (1, 2, 24, 36)] == ["1 hour", "2 hours", "1 day", "1.5 days"]
    assert [spanish.span(hours) for hours in (1, 2, 24, 36)] == ["1 hora", "2 horas", "1 día", "1,5 días"]
    assert (english.number(12345.5), spanish.number(12345.5)) == ("12,345.5", "12.345,5")
    assert tongue_of("es").direction == "ltr"


def test_what_the_dialog_counts_goes_out_in_every_form_that_its_language_has() -> None:
    words = dialog_words(tongue_of("es"))
    assert (words["left.one"], words["left"]) == ("Queda {n} carácter.", "Quedan {n} caracteres.")
    polish = Tongue("pl", tongue_of("en")._messages)
    assert set(polish.counted("{n} day", "{n} days")) == {"one", "few", "many", "other"}


@pytest.mark.parametrize("language", languages())
def test_the_dialog_has_all_its_words_in_every_language(language: str) -> None:
    words = dialog_words(tongue_of(language))
    assert set(DIALOG_WORDS) | set(DIALOG_COUNTS) <= set(words)
    assert all(words.values())


def test_templates_speak_the_language_of_the_page_and_escape_what_is_filled_in() -> None:
    pages = speak_in(
        Environment(
            loader=DictLoader(
                {
                    "words": "{% macro close() %}{{ _('Close') }}{% endmacro %}",
                    "page": "{% from 'words' import close %}{{ close() }} "
                    "{% trans rule=rule %}Allowed here if this fits: {{ rule }}{% endtrans %}",
                }
            ),
            autoescape=True,
            extensions=EXTENSIONS,
        )
    )
    page = pages.get_template("page")
    with speaking(tongue_of("es")):
        assert spoken().language == "es"
        assert page.render(rule="<b>").startswith("Cerrar Allowed here if this fits: &lt;b&gt;")
    assert page.render(rule="100%") == "Close Allowed here if this fits: 100%"


def test_starting_in_english_reads_no_catalog() -> None:
    """What reads catalogs is loaded when somebody first asks for another language."""
    code = (
        "import sys; from flagstaff.language.tongues import tongue_of; tongue_of('en').gettext('Close');"
        "assert not [name for name in sys.modules if name.startswith('babel.messages')], 'read'"
    )
    subprocess.run([sys.executable, "-P", "-c", code], check=True)

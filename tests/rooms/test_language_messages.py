"""The catalogs say exactly what the sources say, in every language, on every machine."""

import re

import pytest
from babel.messages.catalog import Catalog
from jinja2 import Environment

from flagstaff.language.messages import CATALOGS, TEMPLATE, carried, faults, gathered, template
from flagstaff.language.templates import EXTENSIONS, speak_in
from flagstaff.language.tongues import SOURCE, languages, speaking, tongue_of
from tests.architecture.tree import PACKAGE

TRANSLATED = [language for language in languages() if language != SOURCE]
MEND = "call `python3 dev.py messages`, write what it names, and commit the catalogs"


@pytest.fixture(scope="module")
def found() -> Catalog:
    return gathered()


def test_the_template_holds_the_messages_of_the_sources(found: Catalog) -> None:
    assert TEMPLATE.read_text("utf-8") == template(found), MEND


def test_what_says_a_message_has_no_other_name() -> None:
    """Messages are gathered by the name of what says them: under another one they would stay in English."""
    renamed = re.compile(r"= [\w.()]+\.n?p?gettext$", re.MULTILINE)
    assert [path.name for path in PACKAGE.rglob("*.py") if renamed.search(path.read_text("utf-8"))] == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_each_language_holds_the_messages_of_the_sources(found: Catalog, language: str) -> None:
    assert (CATALOGS / f"{language}.po").read_text("utf-8") == carried(language, found), MEND


@pytest.mark.parametrize("language", TRANSLATED)
def test_each_language_says_every_message_with_the_same_values_and_tags(language: str) -> None:
    """None is missing, none waits to be looked at again."""
    assert list(faults(language)) == [], MEND


def test_a_block_with_a_per_cent_sign_is_said_in_the_language_of_the_page() -> None:
    page = speak_in(Environment(extensions=EXTENSIONS, autoescape=True)).from_string(
        "{% trans %}Thin lines: the interval of each point at 95 %.{% endtrans %}"
    )
    with speaking(tongue_of("es")):
        assert page.render() == "Líneas finas: el intervalo de cada punto al 95 %."
    assert page.render().endswith("at 95 %.")


def test_the_catalogs_name_no_day_and_no_place_of_anybodys() -> None:
    for path in CATALOGS.iterdir():
        text = path.read_text("utf-8")
        assert "Date" not in text.partition("\n\n")[0]
        assert all(
            line.startswith("#: ") is False or not line.startswith("#: /") for line in text.splitlines()
        )
        assert not [line for line in text.splitlines() if line.startswith("#: ") and ":" in line[3:]]


@pytest.mark.parametrize(
    ("string", "fault"),
    [
        ("", "not translated"),
        ("Hola", "other placeholders or tags"),
        ("<b>Hola</b> %(nombre)s", "other placeholders or tags"),
        ("Hola <b>%(name)s", "other placeholders or tags"),
    ],
)
def test_what_a_translation_lacks_is_said(string: str, fault: str) -> None:
    from flagstaff.language.messages import _faults_of

    catalog = Catalog(locale="es")
    message = catalog.add("Hello <b>%(name)s</b>", string)
    assert list(_faults_of(message, 2)) == [fault]

"""What the console shows stands in the catalogs: no template holds words of its own, no key goes without a name."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from importlib import resources

import pytest

import flagstaff.app  # noqa: F401 - every kind of refusal is defined once all is imported
from flagstaff.cases.priority import priority
from flagstaff.console import names, wording
from flagstaff.console.dives import STAGES
from flagstaff.console.pages import ROLE_NAMES, day, moment
from flagstaff.console.refusals import KNOWN, told
from flagstaff.insight.dive import Stage
from flagstaff.kernel.errors import FlagstaffError, Refusal
from flagstaff.language.tongues import speaking, spoken, tongue_of
from flagstaff.staff.model import AccountState
from flagstaff.subjects.model import SubjectState
from flagstaff.vocabulary.references import Place, Surface
from flagstaff.vocabulary.states import AppealState, CaseState, DecisionState
from tests.houses import default_policy

TEMPLATES = sorted(
    file.name for file in resources.files("flagstaff.console").joinpath("templates").iterdir()
    if file.name.endswith(".html")
)  # fmt: skip
SPANISH = tongue_of("es")

# ---------------------------------------------------------------- templates
_EXPRESSION = r"\{\{.*?\}\}|\{%.*?%\}"
_TRANSLATED = r"\{%-?\s*trans\b.*?endtrans\s*-?%\}"
_TOKEN = re.compile(
    rf"(?P<away>\{{#.*?#\}}|{_TRANSLATED}|"
    r"<(?P<raw>pre|kbd|code)\b.*?</(?P=raw)>|"
    r"\{%-?\s*block (?:width|scripts)\s*-?%\}.*?\{%-?\s*endblock\s*-?%\})"
    rf"|(?P<expression>{_EXPRESSION})"
    rf'|(?P<tag><(?:[^<>{{}}"]|"(?:{_EXPRESSION}|[^"])*"|{_EXPRESSION})*>)',
    re.DOTALL,
)
_TOLD = re.compile(r'\b(?:aria-label|placeholder|title|alt|data-label|data-key-says|data-done)="([^"]*)"')
_LITERAL = re.compile(r'"((?:[^"\\]|\\.)*)"')
_MESSAGE = re.compile(r"(?:\b_|ngettext|pgettext)\((?:[^()\"']|\"(?:[^\"\\]|\\.)*\"|'[^']*')*")
# Data of ours that reads like words: addresses, keys, formats, what is compared.
_NO_WORDS = re.compile(r"[^ ]*[/_.#%|{}=&][^ ]*| ?[a-z0-9-]+:?( [a-z-]+)?|[A-Z]{2,}|Europe/\w+|Flagstaff")


def test_no_template_holds_words_of_its_own() -> None:
    found = {name: list(_outside(name)) for name in TEMPLATES}
    assert {name: words for name, words in found.items() if words} == {}


def _outside(name: str) -> Iterator[str]:
    """Tell the words of a template that are no message: texts, what is told of an element, texts in expressions."""
    source = resources.files("flagstaff.console").joinpath("templates", name).read_text("utf-8")
    at = 0
    for token in _TOKEN.finditer(source):
        yield from _words(source[at : token.start()])
        at = token.end()
        if token["tag"]:
            for value in _TOLD.findall(_without_literals(token["tag"])):
                yield from _words(re.sub(rf"{_TRANSLATED}|{_EXPRESSION}", "", value))
            for expression in re.findall(_EXPRESSION, token["tag"], re.DOTALL):
                yield from _literals(expression)
        elif token["expression"]:
            yield from _literals(token["expression"])
    yield from _words(source[at:])


def _without_literals(tag: str) -> str:
    return re.sub(_EXPRESSION, lambda one: _LITERAL.sub("", one[0]), tag, flags=re.DOTALL)


def _words(text: str) -> Iterator[str]:
    said = re.sub(r"&\w+;|<!doctype html>", "", text).strip()
    if re.search(r"[A-Za-z]{2}", said.replace("Flagstaff", "")) and said != "fs_":
        yield said


def _literals(expression: str) -> Iterator[str]:
    if re.match(r"\{%-?\s*(extends|import|from|include)\b", expression):
        return
    for text in _LITERAL.findall(_MESSAGE.sub("", re.sub(r'== "[^"]*"', "", expression))):
        if re.search(r"[A-Za-z]{2}", text) and not _NO_WORDS.fullmatch(text):
            yield text


# ---------------------------------------------------------------- names
def test_every_key_that_pages_say_has_a_name_to_translate() -> None:
    guidelines = default_policy().guidelines
    kinds = {one.key.replace("_", " ").capitalize() for one in guidelines.subject_kinds}
    measures = {one.key.replace("_", " ").capitalize() for one in guidelines.measures}
    states = (CaseState, DecisionState, AppealState, AccountState, SubjectState)
    said = {one.value.replace("_", " ") for state in states for one in state} - {"standing"}
    codes = {one.replace("_", " ") for one in guidelines.ladder_rules.deviation.codes}
    assert kinds <= set(names.KINDS)
    assert measures <= set(names.MEASURES)
    assert said | codes <= set(names.STATES)


def test_names_counts_and_days_are_said_in_the_language_of_the_page() -> None:
    at = datetime(2026, 9, 5, 14, 3, tzinfo=UTC)
    spoken: dict[str, Callable[[], str]] = {
        "Anuncio de trabajo": lambda: names.kind("job_post"),
        "Retirar el contenido": lambda: names.measure("remove_content"),
        "Comunidad · foro help · grupo espanol": lambda: wording.place(
            Place(Surface.COMMUNITY, board="help", group="espanol")
        ),
        "vence en 3\u00a0d 2\u00a0h": lambda: wording.due(at + timedelta(hours=74), at),
        "1 día": lambda: wording.length(1),
        "7 días": lambda: wording.length(7),
        "5 sept 2026": lambda: wording.brief(date(2026, 9, 5)),
        '<time datetime="2026-09-05">5 sept 2026</time>': lambda: day(at),
        '<time datetime="2026-09-05T14:03:00+00:00">5 sept 2026, 14:03 UTC</time>': lambda: moment(at),
    }
    with speaking(SPANISH):
        assert [say() for say in spoken.values()] == list(spoken)
    assert (wording.brief(date(2026, 9, 5)), wording.length(1)) == ("5 Sep 2026", "1 day")


def test_a_key_that_nobody_named_reads_as_its_own_words() -> None:
    with speaking(SPANISH):
        assert names.kind("podcast_episode") == "Podcast episode"


def test_every_role_has_a_name_in_spanish() -> None:
    assert all(SPANISH.gettext(name) != name for name in ROLE_NAMES.values())


# ---------------------------------------------------------------- what rules say in English
LADDER = [
    "0 earlier decisions count under 'fraud' within 365 days.",
    "1 earlier decision counts under 'fraud' within 365 days; the last step repeats.",
    "0 earlier decisions count under 'order' within 365 days. What it was flagged for can be mended first.",
]


@pytest.mark.parametrize("reason", LADDER)
def test_what_a_ladder_says_is_said_in_the_language_of_the_page(reason: str) -> None:
    assert wording.ladder_why(reason, {}) == reason
    with speaking(SPANISH):
        said = wording.ladder_why(reason, {"fraud": "Fraude"})
    assert "365 días" in said
    assert not re.search("earlier|mended|repeats", said)


def test_why_a_case_stands_where_it_stands_is_said_in_the_language_of_the_page() -> None:
    reason = "severity 3, high (+300); past its target (+120); seen by about 40 (+53); a detector saw something (+10)"
    assert wording.why_here(reason) == "Past its target; seen by about 40; a detector saw something"
    with speaking(SPANISH):
        assert wording.why_here(reason) == "Pasado de plazo; visto por unas 40 personas; un detector vio algo"
        assert wording.why_here("severity 1, low (+100)") == "Por su gravedad"


def test_every_term_of_the_queue_is_known() -> None:
    source = resources.files("flagstaff.cases").joinpath("priority.py").read_text("utf-8")
    assert callable(priority)
    for words in wording.SAID_BY_RULES[1:6]:
        assert words in source


# ---------------------------------------------------------------- refusals
def _kinds(kind: type[FlagstaffError] = FlagstaffError) -> Iterator[type[FlagstaffError]]:
    yield kind
    for one in kind.__subclasses__():
        yield from _kinds(one)


def test_every_refusal_that_has_words_of_its_own_is_one_of_ours() -> None:
    titles = {one.slug: one.title for one in _kinds() if one.__module__.startswith("flagstaff.")}
    assert {slug: title for slug, (title, _) in KNOWN.items()} == {slug: titles[slug] for slug in KNOWN}


class _Odd(Refusal):
    """A refusal that no page has words for."""

    slug = "odd"
    title = "This is odd"


def test_a_refusal_is_told_by_its_kind_and_in_marked_english_where_there_are_no_words() -> None:
    msg = "nobody knows"
    problem, odd = Refusal(msg, mend="ask"), _Odd(msg, mend="ask")
    assert told(problem).text == "Nobody knows. Ask."
    with speaking(SPANISH):
        assert told(problem) == (
            "Esto se rechazó",
            *["Comprueba lo que escribiste e inténtalo de nuevo."] * 2,
            False,
        )
        assert told(odd) == ("This is odd", "Nobody knows. Ask.", "Nobody knows.", True)


def test_every_step_of_a_deep_dive_is_told_on_its_page() -> None:
    assert set(STAGES) == set(Stage)
    with speaking(SPANISH):
        assert all(spoken().gettext(said) != said for said in STAGES.values())

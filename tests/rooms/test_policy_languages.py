"""The policy is whole in Spanish, in every version: what has no words in a language falls back, and says so."""

import re
from collections.abc import Iterator

import msgspec
import pytest
from hypothesis import given, strategies as st

from flagstaff.flows.read_policy import known_guidelines
from flagstaff.guidelines import translating as guidelines_translating
from flagstaff.guidelines.translating import guidelines_in
from flagstaff.language.translating import check_texts, texts_of, with_texts
from flagstaff.language.yaml import Finding
from flagstaff.menus import translating as menus_translating
from flagstaff.menus.check import check_menus
from flagstaff.menus.model import MenuVersion
from flagstaff.menus.rules import language_of
from flagstaff.menus.translating import menus_in, source_texts
from flagstaff.menus.wording import check_translations
from tests.houses import default_policy

POLICY = default_policy()
NEWEST = POLICY.menu_versions[-1]
SAME_IN_BOTH = {"Español"}
"""Texts that read alike in English and in Spanish."""


def texts_of_menus(version: MenuVersion) -> Iterator[tuple[str, str]]:
    """Yield every text that a reader of a version may meet, by name."""
    yield from source_texts(version).items()
    yield "note", version.note
    for option in version.option_by_key.values():
        yield f"{option.key}.label", option.label
        yield f"{option.key}.help", option.help


@pytest.mark.parametrize("version", POLICY.menu_versions, ids=lambda version: str(version.number))
def test_every_text_of_every_menu_version_is_said_in_spanish(version: MenuVersion) -> None:
    spanish = dict(texts_of_menus(menus_in(version, "es")))
    english = dict(texts_of_menus(version))
    assert spanish.keys() == english.keys()
    assert [name for name, text in spanish.items() if text == english[name]] == []


def test_every_text_of_the_guidelines_is_said_in_spanish() -> None:
    def said(language: str) -> dict[str, str]:
        told = guidelines_in(POLICY.guidelines, language)
        return texts_of(msgspec.to_builtins(told), guidelines_translating.TRANSLATED)

    spanish, english = said("es"), said("en")
    assert spanish.keys() == english.keys()
    assert {text for name, text in spanish.items() if text == english[name]} <= SAME_IN_BOTH


def test_a_translation_changes_words_and_nothing_else() -> None:
    told = guidelines_in(POLICY.guidelines, "es")
    wordless = re.compile(r"title|summary|means|says|undo|text|sentence|person_judges|purpose")
    for one, other in zip(POLICY.guidelines.clauses, told.clauses, strict=True):
        for field in one.__struct_fields__:
            assert wordless.fullmatch(field) or getattr(one, field) == getattr(other, field)
    for option in NEWEST.option_by_key.values():
        spoken = menus_in(NEWEST, "es").option_by_key[option.key]
        again = msgspec.structs.replace(
            spoken, label=option.label, help=option.help, reporter_copy=option.reporter_copy
        )
        assert again == option


@pytest.mark.parametrize(
    ("wanted", "spoken"),
    [
        ("es", "es"),
        ("es-MX", "es"),
        ("ES-es", "es"),
        ("en-GB", "en"),
        ("", "en"),
        ("fr", None),
        ("%00", None),
    ],
)
def test_a_language_is_found_by_its_first_part_or_the_policy_s_own_is_read(
    wanted: str, spoken: str | None
) -> None:
    assert language_of(NEWEST, wanted) == spoken
    assert guidelines_translating.language_of(POLICY.guidelines, wanted) == spoken
    assert menus_in(NEWEST, wanted).locale == (spoken or "en")
    assert guidelines_in(POLICY.guidelines, wanted).locale == (spoken or "en")
    assert menus_in(NEWEST, wanted) is menus_in(NEWEST, wanted), "it is put together once"


def test_old_versions_read_in_spanish_as_they_read_then() -> None:
    first, _, third = (menus_in(version, "es").option_by_key for version in POLICY.menu_versions)
    assert first["private_message.spam"].label == "El mensaje parece spam"
    assert first["job_post.something_else"].help == "Describe el problema."
    assert third["job_post.something_else"].help == "Cuéntanos qué, dónde y cuándo."


def test_a_platform_keeps_the_languages_it_speaks() -> None:
    english = menus_translating.kept_to(NEWEST, ("en",))
    assert english.languages == ("en",)
    assert (english.words, english.cues) == ({}, NEWEST.cues)
    assert menus_translating.kept_to(NEWEST, ("en", "es-MX")) == NEWEST
    assert guidelines_translating.kept_to(POLICY.guidelines, ("fr",)).languages == ("en",)
    assert guidelines_translating.kept_to(POLICY.guidelines, ("es",)) == POLICY.guidelines


def test_a_version_that_lost_words_on_the_way_is_not_sound() -> None:
    words = {path: text for path, text in NEWEST.words["es"].items() if path != "tips.be_specific"}
    half = msgspec.structs.replace(NEWEST, words={"es": words})
    assert [finding.what for finding in check_menus(half, known_guidelines(POLICY.guidelines))] == [
        "`tips.be_specific` has no words in `es`"
    ]
    options = {key: one for key, one in NEWEST.translations["es"].items() if key != "review.fake_review"}
    fewer = msgspec.structs.replace(NEWEST, translations={"es": options})
    assert [finding.at for finding in check_translations(fewer)] == [
        ("translations", "es", "menus", "review")
    ]


TEXTS = st.dictionaries(
    st.text("abc.", min_size=1, max_size=4), st.text("ab {}x", min_size=1, max_size=12), max_size=4
)


@given(TEXTS, TEXTS)
def test_of_two_sets_of_texts_each_difference_is_told_where_it_is(
    source: dict[str, str], given_: dict[str, str]
) -> None:
    found: list[Finding] = list(check_texts(source, given_, "es"))
    assert all(finding.at[:2] == ("translations", "es") and finding.mend for finding in found)
    if source.keys() != given_.keys():
        assert found
    whole = {path: f"otra {text}" for path, text in source.items() if text.strip()}
    assert list(check_texts({path: source[path] for path in whole}, whole, "es")) == []


@given(st.dictionaries(st.text("abc", min_size=1), st.text("xy"), max_size=3))
def test_texts_that_were_taken_out_can_be_put_back(texts: dict[str, str]) -> None:
    data = {"one": [{"key": key, "says": text, "count": 1} for key, text in texts.items()]}
    found = texts_of(data, (("one", "*", "says"),))
    assert found == {f"one.{key}.says": text for key, text in texts.items()}
    blank = with_texts(data, dict.fromkeys(found, ""))
    assert with_texts(blank, found) == data

"""Whatever somebody writes, at most three live options are proposed, never Other, and only in words of their own."""

import msgspec
import pytest
from hypothesis import given, settings, strategies as st

from flagstaff.language.stems import words_of
from flagstaff.menus.check import check_cues
from flagstaff.menus.hints import LOOKED_AT, HintIndex, index_of, propose
from flagstaff.menus.model import MenuVersion, Wording
from tests.houses import default_policy

POLICY = default_policy()
VERSION = POLICY.menu_versions[-1]
RULES = {clause.key: clause.title for clause in POLICY.guidelines.clauses}
INDEXES = {menu.subject: index_of(VERSION, menu, RULES) for menu in VERSION.menus}
_OWN = sorted({cue for by in VERSION.cues.values() for cues in by.values() for cue in cues})


def hinted(text: str, index: HintIndex | None = None) -> list[str]:
    """Return the reasons that are proposed on a job post, the best first."""
    return [hint.option.reason for hint in propose(index or INDEXES["job_post"], text)]


def own_words(kind: str, key: str) -> set[str]:
    """Return every phrase, and every word, that an option itself is written in."""
    option = VERSION.option_by_key[key]
    cues = [cue for by in VERSION.cues.values() for at in (option.reason, key) for cue in by.get(at, ())]
    rules = [RULES[clause] for clause in option.clauses if clause in RULES]
    spoken = [words[key] for words in VERSION.translations.values() if key in words]
    phrases = [
        *cues,
        option.label,
        option.help,
        *rules,
        *(text for one in spoken for text in (one.label, one.help)),
    ]
    parts = [part.strip() for phrase in phrases for part in phrase.replace(";", ",").split(",")]
    return {*phrases, *parts, *(word for phrase in phrases for word in words_of(phrase))}


@given(
    st.sampled_from(sorted(INDEXES)),
    st.lists(st.one_of(st.text(max_size=30), st.sampled_from(_OWN)), max_size=12).map(" ".join),
)
@settings(max_examples=150)
def test_at_most_three_live_options_never_other_for_words_of_their_own(kind: str, text: str) -> None:
    menu = VERSION.menu_by_kind[kind]
    found = propose(INDEXES[kind], text)
    keys = [hint.option.key for hint in found]
    assert len(keys) <= 3
    assert len(set(keys)) == len(keys)
    assert set(keys) <= {option.key for option in menu.options} - {menu.last.key}
    for hint in found:
        assert 1 <= len(hint.why) <= 3
        assert set(hint.why) <= own_words(kind, hint.option.key)
    assert propose(INDEXES[kind], text) == found, "the same text finds the same"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("They want three samples and only the winner is paid", "free_work"),
        ("client wont pay for the trial", "free_work"),
        ("wants me to write his thesis", "illegal_or_unethical"),
        ("hes a freelancer loking for clients", "freelancer_ad"),
        ("the descripton is incomplet, cant tell what they want", "unclear_incomplete"),
        ("add me on Telegram before anything", "contact_before_contract"),
        ("quiere alquilar mi cuenta", "account_rental"),
        ("pide una PRUEBA gratis, free sample otra vez", "free_work"),
        ("demande un test gratuit", "free_work"),
        ("безкоштовна робота", "free_work"),
        ("$2 an hour lol", "low_pay"),
        ("no women, only men", "discriminatory_requirement"),
    ],
)
def test_what_people_write_finds_its_option(text: str, reason: str) -> None:
    assert reason in hinted(text)[:2]


@pytest.mark.parametrize("text", ["", ".", "hello", "thanks", "asdfgh qwe", "🙂 🙂", "\u200b", "!" * 4000])
def test_where_nothing_fits_nothing_is_proposed(text: str) -> None:
    assert hinted(text) == []


def test_with_no_it_reads_otherwise_than_without() -> None:
    assert hinted("no pay at all")[0] == "free_work"
    assert "free_work" not in hinted("pay is fine")[:1]


def test_a_word_of_the_reporter_is_never_a_reason() -> None:
    for hint in propose(INDEXES["job_post"], "Maximilian Mustermann wants a freee sampel from me"):
        assert not {"Maximilian", "Mustermann", "freee", "sampel"} & set(" ".join(hint.why).split())


def test_words_beyond_those_looked_at_change_nothing() -> None:
    start = "free sample " * (LOOKED_AT // 2)
    assert hinted(start + "whatsapp") == hinted(start)


def test_a_menu_without_cues_is_found_by_its_own_words_and_a_translation_by_its() -> None:
    bare: MenuVersion = msgspec.structs.replace(VERSION, cues={})
    assert hinted("free work", index_of(bare, bare.menu_by_kind["job_post"], {}))[0] == "free_work"
    words = {"job_post.free_work": Wording(label="Kunde verlangt Gratisarbeit", help="Probe ohne Vertrag.")}
    german = msgspec.structs.replace(bare, translations={"de": words})
    assert hinted("Gratisarbeiten verlangt", index_of(german, german.menu_by_kind["job_post"], {})) == [
        "free_work"
    ]


def test_a_menu_that_grants_no_hints_proposes_none() -> None:
    menu = VERSION.menu_by_kind["job_post"]
    silent = msgspec.structs.replace(menu, last=msgspec.structs.replace(menu.last, hints=0))
    assert propose(index_of(VERSION, silent, RULES), "free work") == ()


def test_cues_that_lead_nowhere_are_told_all_at_once() -> None:
    cues = {"en": {"fre_work": ("free work",), "free_work": ("the of",), "something_else": ("odd",)}}
    told = [finding.what for finding in check_cues(msgspec.structs.replace(VERSION, cues=cues))]
    assert told == [
        "unknown reason or option `fre_work`",
        "`the of` has no word to be found by",
        "`something_else` is never proposed",
    ]


def test_every_reason_that_can_be_proposed_has_cues() -> None:
    last = VERSION.rules.last
    assert {reason.key for reason in VERSION.reasons} - set(VERSION.cues["en"]) == {last}

"""A comment's language is told where its words tell it, and left open where they are too few."""

import pytest
from py3langid.langid import MODEL_FILE, LanguageIdentifier  # type: ignore[import-untyped]

from flagstaff.language.written_in import LANGUAGES, UNKNOWN, written_in


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("the client wants me to pay a deposit before we begin", "en"),
        ("me piden pagar un depósito antes de firmar el contrato", "es"),
        ("il faut payer une caution avant de commencer la mission", "fr"),
        ("der Kunde will, dass ich vor dem Auftrag eine Kaution zahle", "de"),
        ("клиент требует внести залог до начала работы", "ru"),
        ("私は仕事を始める前にお金を払うように言われました", "ja"),
    ],
)
def test_a_sentence_is_told_by_its_words(text: str, language: str) -> None:
    assert written_in(text) == language


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "hola",
        "not ok lol",
        "asdf asdf asdf asdf",
        "1234 5678 910 11",
        "😀 😀 😀 😀 😀",
        "\x00\x01\x1b[31m",
        "x" * 100_000,
    ],
    ids=[
        "nothing",
        "blanks",
        "a word",
        "three words",
        "keys",
        "numbers",
        "signs",
        "control characters",
        "100 kB",
    ],
)
def test_what_is_too_little_to_tell_is_not_guessed(text: str) -> None:
    assert written_in(text) == UNKNOWN


def test_control_characters_and_length_change_nothing() -> None:
    text = "the client wants me to pay a deposit before we begin"
    assert written_in("\x00\x1b\n" + text + "\u202e") == "en"
    assert written_in(f"{text} " * 2_000) == "en"


def test_every_language_that_may_be_answered_can_be_asked_for() -> None:
    model = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    assert {*map(str, model.nb_classes), UNKNOWN} - {"zxx", "mul"} == LANGUAGES

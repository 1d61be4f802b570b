"""A redacted text says what happened and not who wrote it."""

import re

import msgspec
import pytest
from hypothesis import given, settings, strategies as st

from flagstaff.language.folding import fold
from flagstaff.language.spans import find_names, find_spans
from flagstaff.vault.redaction import redact, redact_json
from tests.examples import examples

CASES = [
    # written                                              read
    ("Hi, I'm Jane Doe, write to jane.doe@example.com", "Hi, I'm [name], write to [e-mail]"),
    ("call +1 (415) 555-0100 today", "call [phone] today"),
    ("my phone is 555-0100", "my phone is [phone]"),
    ("zero seven seven zero zero nine zero zero one two three", "[phone]"),
    ("٠٧٧٠٠٩٠٠١٢٣", "[phone]"),
    ("my name is john smith and he cheated me", "my name is [name] and he cheated me"),
    ("My NAME is John. John paid.", "My NAME is [name]. [name] paid."),
    ("My name is Jane Doe. Jane told him so", "My name is [name]. [name] told him so"),
    ("Me llamo José Álvarez. jose alvarez vive aquí", "Me llamo [name]. [name] vive aquí"),
    ("Ich heiße Jürgen Groß und melde das", "Ich heiße [name] und melde das"),
    ("Je m'appelle Zoé", "Je m'appelle [name]"),
    ("This is Mark from support", "This is [name] from support"),
    ("I'm Dr. Who", "I'm Dr. [name]"),
    ("He lied.\nThanks,\nMaria de la Cruz", "He lied.\nThanks,\n[name]"),
    ("Меня зовут Анна", "Меня зовут [name]"),
    ("j a n e @ g m a i l . c o m please", "[e-mail] please"),
    ("jane (at) gmail (dot) com", "[e-mail]"),
    ("jane at gmail dot com", "[e-mail]"),
    ("ｊａｎｅ＠ｅｘａｍｐｌｅ．ｃｏｍ", "[e-mail]"),
    ("ja\u200bne@exam\u200bple.com", "[e-mail]"),
    ("I am J\u200bane", "I am [name]"),
    ("telegram: @scam_king", "telegram: [handle]"),
    ("my telegram is scamking77", "my telegram is [handle]"),
    ("whatsapp is 447700900123", "whatsapp is [phone]"),
    ("discord scam#1234", "discord [handle]"),
    ("see https://evil.example/login?x=1 or bit.ly/abc", "see [link] or [link]"),
    ("go to example [dot] com", "go to [link]"),
    ("www.example.test/me", "[link]"),
]
KEPT = [
    "I am very angry. I AM VERY ANGRY.",
    "I'm American and I am Muslim",
    "we met at noon on 2026-03-02, he asked for $1,200,000.00",
    "order 12345678 was never delivered",
    "he uses telegram to cheat people, messages on whatsapp are bad",
    "call me now, my name is not on it",
    "Node.js, e.g. this, i.e. that. So it goes. Me too.",
    "this is spam",
    "It was 10:30 on 02.03.2026, years 2019-2024",
    "He took credit.So what",
]


@pytest.mark.parametrize(("written", "read"), CASES)
def test_who_wrote_it_becomes_a_mark(written: str, read: str) -> None:
    assert redact(written) == read


@pytest.mark.parametrize("text", KEPT)
def test_what_names_nobody_stays_as_it_was_written(text: str) -> None:
    assert redact(text) == text


def test_names_that_are_known_go_however_they_are_written() -> None:
    assert redact("ANN lee and Änn  Lee, not Annlee", ["Ann Lee"]) == "[name] and [name], not Annlee"


def test_the_shape_of_answers_stays_and_every_text_in_them_is_redacted() -> None:
    text = '{"when":"2026-03-02","who":["I am Jane Doe",{"phone":4915112345678}],"paid":true}'
    assert msgspec.json.decode(redact_json(text)) == {
        "when": "2026-03-02", "who": ["I am [name]", {"phone": "[phone]"}], "paid": True,
    }  # fmt: skip
    assert redact_json("no JSON, I am Jane") == "no JSON, I am [name]"


_BITS = st.sampled_from(
    [
        *(
            "I am ",
            "my name is ",
            "Jane",
            "jane",
            " Doe",
            "@",
            ".com",
            "gmail",
            " at ",
            " dot ",
            "555",
            "-0100",
        ),
        *("+44", "7700 900", " ", "\n", "\u200b", "https://", "x", "telegram: ", "Thanks,\n", ". ", "[name]"),
        *("é", "#1234", "www.", "ﬁ", "İ", "ß"),
    ]
)
texts = st.one_of(st.lists(_BITS, max_size=14).map("".join), st.text(max_size=60))


@settings(max_examples=examples(150))
@given(texts)
def test_nothing_that_was_found_remains(text: str) -> None:
    read = redact(text)
    rest = re.sub(r"\[[a-z-]+\]", "\ufdd0", read)
    assert find_spans(rest) == []
    for span in find_spans(text):
        value = text[span.start : span.end]
        if len(fold(value).text.strip()) > 1:
            assert find_names(rest, (value,)) == []


@settings(max_examples=examples(100))
@given(texts)
def test_redacting_again_changes_nothing(text: str) -> None:
    assert redact(redact(text)) == redact(text)


@given(st.text(max_size=80))
def test_spans_lie_inside_the_text_in_order(text: str) -> None:
    spans = find_spans(text)
    edges = [edge for span in spans for edge in (span.start, span.end)]
    assert edges == sorted(edges)
    assert all(0 <= edge <= len(text) for edge in edges)


@pytest.mark.parametrize("piece", ["a.", "1-", "@a", "I am A", "a dot ", "x ", "one ", "www."])
def test_a_long_hostile_text_is_read_in_reasonable_time(piece: str) -> None:
    redact(piece * (6000 // len(piece)))


@given(st.text(alphabet=st.characters(max_codepoint=127), max_size=60))
def test_plain_letters_fold_the_short_way_as_they_would_the_long_way(text: str) -> None:
    beyond = fold(f"{text}é")
    assert fold(text).text == beyond.text[:-1]
    assert fold(text).places == beyond.places[:-1]

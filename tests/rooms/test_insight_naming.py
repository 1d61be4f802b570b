"""A theme is called by nobody's own words, and by nothing that says who somebody is."""

from collections.abc import Sequence

import pytest
from hypothesis import given, strategies as st

from flagstaff.insight.naming import (
    SAME_WORDS,
    Name,
    SaysWho,
    WordsOfAComment,
    refuse_who,
    refuse_words_of,
    spelled_out,
)

REPEATED = [
    ("asks me to work for free", "He asks me to work for free, again!", True),
    ("Asks me… to WORK for frée", "he asks me to work for free", True),
    ("asks people to work for free", "he asks me to work for free", False),
    ("asks for free work", "asks for free work", False),
    ("works outside the platform and is paid there", "paid there and works outside the platform", False),
    ("他要求我在平台外面付款给他", "昨天他要求我在平台外面付款给他。", True),
    ("平台外付款", "平台外付款", False),
    ("", "", False),
]


@pytest.mark.parametrize(("name", "comment", "repeats"), REPEATED)
def test_a_public_name_does_not_repeat_a_comment(name: str, comment: str, *, repeats: bool) -> None:
    assert Name(name).stands_in(spelled_out(comment)) is repeats


WORDS = st.lists(
    st.sampled_from(["free", "work", "asks", "unpaid", "trial", "before", "hire", "money"]), max_size=14
)


@given(WORDS, WORDS, WORDS)
def test_six_words_in_a_row_are_found_wherever_they_stand(
    before: Sequence[str], said: Sequence[str], behind: Sequence[str]
) -> None:
    name = Name(" ".join(said))
    assert name.needs_comments is (len(said) >= SAME_WORDS)
    if name.needs_comments:
        assert name.stands_in(spelled_out(" ".join([*before, *said[:SAME_WORDS], *behind])))
        assert name.stands_in(spelled_out("  ".join([*before, *said[-SAME_WORDS:], *behind]).upper()))
        assert not name.stands_in(spelled_out(", ".join(f"{one} x" for one in said)))


def test_a_refusal_names_the_field_and_quotes_no_comment() -> None:
    comment = "Mira wants me to work for free until June"
    with pytest.raises(WordsOfAComment) as caught:
        refuse_words_of(["else", comment], name="Unpaid", meaning="He wants me to work for free, they say")
    assert caught.value.where == "meaning"
    assert not {"wants", "free", "Mira", "June"} & set(str(caught.value).replace(",", " ").split())
    refuse_words_of([comment], name="Wants me to work free", meaning="")


WHO = [
    ("Write to mira@shop.example", "an e-mail address"),
    ("Call +34 600 123 456", "a phone number"),
    ("See www.pay-elsewhere.example/now", "a link"),
    ("Telegram: @mira_pays", "an account with another service"),
    ("My name is Mira Solana", "the name of a person"),
]


@pytest.mark.parametrize(("said", "like"), WHO)
def test_what_says_who_somebody_is_names_no_theme(said: str, like: str) -> None:
    with pytest.raises(SaysWho, match=like) as caught:
        refuse_who(name="Free work", meaning=said)
    assert caught.value.where == "meaning"
    assert said not in str(caught.value)


@pytest.mark.parametrize(
    "said",
    [
        "",
        "Asks to write on WhatsApp or Telegram",
        "Pays 20 or 30 a month",
        "Works for free",
        "Phones at night",
    ],
)
def test_a_theme_about_contacts_is_a_theme(said: str) -> None:
    refuse_who(name=said)

"""How far two coders agree is Krippendorff's alpha, as its author computes it."""

from collections.abc import Sequence

import pytest
from hypothesis import given, strategies as st

from flagstaff.insight.agreement import Apart, agreement

# Four observers, twelve units with gaps: Krippendorff 2011, "Computing Krippendorff's Alpha-Reliability", section C.
PRINTED = ["111", "2232", "3333", "3333", "2222", "1234", "4444", "1121", "2222", "555", "11", "3"]


@pytest.mark.parametrize(
    ("units", "alpha"),
    [
        (PRINTED, 0.743),
        # Ten units, two observers, binary data: the same paper, section A.
        (["01", "11", "01", "00", "00", "01", "00", "00", "10", "00"], 0.095),
        (["aa", "bb"] * 20, 1.0),
        (["ab"] * 10, -0.9),
        (["aa"] * 10, None),
        ([], None),
    ],
)
def test_alpha_is_what_its_author_printed(units: Sequence[str], alpha: float | None) -> None:
    assert agreement(units).alpha == (None if alpha is None else pytest.approx(alpha, abs=0.0005))


ANSWERS = st.lists(st.lists(st.sampled_from("abcd"), max_size=4), max_size=40)


@given(ANSWERS, st.randoms(use_true_random=False))
def test_alpha_knows_neither_the_order_of_comments_nor_of_coders(
    units: list[list[str]], random: object
) -> None:
    turned = [list(reversed(one)) for one in reversed(units)]
    found, other = agreement(units), agreement(turned)
    assert (found.comments, found.same, found.apart) == (other.comments, other.same, other.apart)
    assert found.alpha == (None if other.alpha is None else pytest.approx(other.alpha))


@given(ANSWERS)
def test_alpha_is_one_only_where_all_say_the_same(units: list[list[str]]) -> None:
    found = agreement(units)
    assert found.same <= found.comments
    if found.alpha is not None:
        assert found.alpha <= 1
        assert (found.alpha == 1) == (found.same == found.comments)


def test_what_one_person_alone_read_says_nothing_of_agreement() -> None:
    assert agreement([*PRINTED, "4", "5", ""]) == agreement(PRINTED)


def test_answers_that_stand_against_each_other_are_named_the_most_frequent_first() -> None:
    found = agreement(["ab", "ba", "bc", "aa"])
    assert found.apart == (Apart("a", "b", 2), Apart("b", "c", 1))
    assert (found.comments, found.same) == (4, 1)

"""A deep dive is a function of its rows: in any order, of any content, every comment counted once."""

from collections.abc import Callable

import msgspec
import pytest
from hypothesis import given, settings, strategies as st

from flagstaff.corpus.dive import Asked, Found, dive
from flagstaff.insight.dive import NOT_USABLE, OTHER, POOLED, Basis, Comment, Drawn
from tests.corpus.comments import LINES, comment, comments, label

COMMENTS, ABOUT = comments()
IN_ORDER = sorted(COMMENTS, key=lambda one: one.place)
VECTORS = dive(Asked(comments=COMMENTS, lines=LINES)).vectors


def dived(rows: tuple[Comment, ...] = COMMENTS, labelled: int = 0) -> Found:
    said = tuple(label(one.row, ABOUT[one.row]) for one in IN_ORDER[:labelled])
    return dive(Asked(comments=rows, lines=LINES, labels=said, vectors=VECTORS))


REFERENCE = {labelled: dived(labelled=labelled) for labelled in (0, 25)}


@given(st.permutations(COMMENTS), st.sampled_from([0, 25]))
@settings(max_examples=4, deadline=None)
def test_the_same_rows_in_any_order_give_the_same_bytes(rows: list[Comment], labelled: int) -> None:
    found = dived(tuple(rows), labelled)
    assert msgspec.json.encode(found.table) == msgspec.json.encode(REFERENCE[labelled].table)
    assert found.coded == REFERENCE[labelled].coded


def test_vectors_of_an_earlier_run_give_the_same_table_and_are_not_made_again() -> None:
    anew = dive(Asked(comments=COMMENTS, lines=LINES))
    assert anew.table == dived().table
    assert anew.vectors
    assert not dived().vectors


@pytest.mark.parametrize("labelled", [0, 25, 30])
def test_every_comment_is_counted_once_and_shares_sum_to_the_whole(labelled: int) -> None:
    table = dived(labelled=labelled).table
    assert sum(one.rows for one in table.rows) == table.of == len(COMMENTS)
    assert sum(one.sized.share for one in table.rows) == pytest.approx(1.0)
    assert all(0 <= one.sized.low <= one.sized.share <= one.sized.high <= 1 for one in table.rows)


def test_where_everything_is_labelled_shares_are_counted() -> None:
    table = dived(labelled=30).table
    assert {one.key: one.sized.share for one in table.rows} == pytest.approx(
        {"unpaid": 1 / 3, "elsewhere": 1 / 3, "noise": 1 / 3, OTHER: 0.0, NOT_USABLE: 0.0}
    )
    assert {one.sized.basis for one in table.rows} == {Basis.COUNTED}


def test_without_an_audit_a_share_is_an_unverified_range() -> None:
    assert {one.sized.basis for one in dived().table.rows} == {Basis.UNVERIFIED}


def test_the_coder_without_labels_gives_most_comments_to_their_line() -> None:
    coded = dived().coded
    assert sum(one.theme == ABOUT[one.row] for one in coded) >= 24


def test_rows_drawn_because_the_coder_is_unsure_train_and_are_no_audit() -> None:
    said = tuple(label(one.row, ABOUT[one.row], Drawn.UNSURE) for one in IN_ORDER[5:])
    table = dive(Asked(comments=COMMENTS, lines=LINES, labels=said, vectors=VECTORS)).table
    assert (table.labels, table.audit) == (25, 0)
    assert {one.sized.basis for one in table.rows} == {Basis.UNVERIFIED}


def test_the_audit_ends_before_the_first_row_without_an_answer() -> None:
    said = tuple(label(one.row, ABOUT[one.row]) for one in IN_ORDER if one is not IN_ORDER[22])
    table = dive(Asked(comments=COMMENTS, lines=LINES, labels=said, vectors=VECTORS)).table
    assert (table.labels, table.audit) == (29, 22)


def test_themes_of_fewer_than_five_persons_are_told_together() -> None:
    rows = tuple(
        msgspec.structs.replace(one, person=b"one") if ABOUT[one.row] == "noise" else one for one in COMMENTS
    )
    told = dived(rows, 30).table.rows
    pool = next(one for one in told if one.key == POOLED)
    assert "noise" not in {one.key for one in told}
    assert pool.persons is not None
    assert pool.persons >= 5
    assert (pool.examples, pool.keywords) == ((), ())


def test_a_keyword_is_used_by_five_persons() -> None:
    told = {one.key: one.keywords for one in dived(labelled=30).table.rows}
    assert "telegram" not in told["elsewhere"]
    assert set(told["unpaid"]) <= {"free", "unpaid", "test", "sample"}


CANARY = "+44 7700 900123"
STRANGE: dict[str, Callable[[], list[str]]] = {
    "none": list,
    "one": lambda: ["they want a free sample"],
    "four": lambda: ["free sample", "telegram", "rude", "free"],
    "identical": lambda: ["free sample please"] * 30,
    "empty": lambda: ["", " ", "\u200b", "\n\t"] * 5,
    "a hundred kilobytes": lambda: ["free work " * 10_000, *["unpaid test", "telegram name"] * 6],
    "unknown scripts": lambda: ["ⴰⵣⵓⵍ ⴼⵍⵍⴰⵡⵏ", "ᏣᎳᎩ ᎦᏬᏂᎯᏍᏗ", "𐌲𐌿𐍄𐌹𐍃𐌺", "日本語のコメント", "한국어 댓글"] * 4,
    "control characters": lambda: (
        ["free\x00 sample\x1b[31m", "tele\x07gram\u202e name", "\ud7ff rude \x9b"] * 5
    ),
    "personal data": lambda: [f"he wrote call me {CANARY}", f"number {CANARY} again"] * 8,
}


@pytest.mark.parametrize("lines", [LINES, ()], ids=["lines", "no lines"])
@pytest.mark.parametrize("what", STRANGE)
def test_strange_comments_are_counted_and_nothing_breaks(what: str, lines: tuple[()]) -> None:
    rows = tuple(comment(number, words) for number, words in enumerate(STRANGE[what]()))
    table = dive(Asked(comments=rows, lines=lines, gone=2)).table
    assert sum(one.rows for one in table.rows) == len(rows)
    assert (table.of, table.gone) == (len(rows) + 2, 2)
    few = len({one.person for one in rows}) < 5
    assert not few or {one.key for one in table.rows} <= {POOLED}
    told = b"".join(msgspec.json.encode((one.keywords, one.months)) for one in table.rows)
    assert not any(part in told.decode() for part in CANARY.split())


def test_what_says_nothing_is_not_usable() -> None:
    rows = tuple(comment(number, "?!" if number % 2 else "they want a free sample") for number in range(20))
    found = dive(Asked(comments=rows, lines=LINES))
    silent = {one.row for one in rows if one.words == "?!"}
    assert {one.theme for one in found.coded if one.row in silent} == {NOT_USABLE}
    assert OTHER not in {one.theme for one in found.coded}

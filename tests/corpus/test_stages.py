"""Each stage keeps its promise by itself: one order, lines from groups, a student nearly like its teacher."""

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
import regex
from hypothesis import example, given
from hypothesis.strategies import lists, sampled_from, text

from flagstaff.corpus import reading
from flagstaff.corpus.discover import discover
from flagstaff.corpus.dive import Asked, dive
from flagstaff.corpus.estimating import narrow, unsure
from flagstaff.corpus.prepare import LONGEST, clean, fold, prepare, readable
from flagstaff.corpus.rows import table_of
from flagstaff.insight.dive import MOST_LINES
from flagstaff.language.embedding import MiniLM
from flagstaff.language.student import Student
from tests.corpus.comments import LINES, comments

COMMENTS, ABOUT = comments()
WORDS = [one.words for one in COMMENTS]
TEACHER = MiniLM()
MEANING = TEACHER.embed(WORDS)


def test_two_comments_of_one_place_are_refused() -> None:
    twice = msgspec.structs.replace(COMMENTS[0], place=COMMENTS[1].place)
    with pytest.raises(ValueError, match="one place"):
        prepare(table_of([twice, *COMMENTS[1:]]))


def test_comments_that_say_the_same_point_to_the_first_of_them() -> None:
    rows = prepare(table_of([msgspec.structs.replace(one, words="Free, WORK!") for one in COMMENTS]))
    assert set(rows["same"].to_pylist()) == {0}


@pytest.mark.parametrize(
    ("words", "cleaned"),
    [("  a\t b\n", "a b"), ("a\x00b\x1b", "a b"), ("e\u0301", "é"), ("", ""), ("x" * 9_000, "x" * LONGEST)],
)
def test_words_stand_on_one_line_without_control_characters(words: str, cleaned: str) -> None:
    assert clean(words) == cleaned


@pytest.mark.parametrize(
    ("words", "told"), [("ok", True), ("?!", False), ("7", False), ("に本", True), ("", False)]
)
def test_two_letters_in_a_row_say_something(words: str, told: bool) -> None:
    assert readable(words) is told


def test_folding_leaves_letters_and_digits() -> None:
    assert fold("Ｆree   WORK — 3×!") == "free work 3"


def test_a_vector_does_not_depend_on_what_stands_beside_it() -> None:
    alone = np.vstack([TEACHER.embed([one]) for one in WORDS])
    assert np.abs(alone - MEANING).max() <= 1e-3
    assert np.linalg.norm(MEANING, axis=1) == pytest.approx(np.ones(len(WORDS)), abs=1e-3)


def test_what_means_the_same_is_likelier_than_what_does_not() -> None:
    free, unpaid, rude = TEACHER.embed(["wants work for free", "asks for an unpaid sample", "he insulted me"])
    assert free @ unpaid > free @ rude


def test_a_student_points_nearly_where_its_teacher_does() -> None:
    student = Student(TEACHER, WORDS)
    assert float((student.embed(WORDS) * MEANING).sum(1).mean()) > 0.8
    assert not student.embed([""]).any()


@given(text(max_size=60) | lists(sampled_from(WORDS), max_size=2).map("  ".join))
@example("0\x850")
def test_a_text_is_made_of_the_tokens_of_its_words(text_as_sent: str) -> None:
    """A student splits each word once instead of each text; it reads what was prepared."""
    said = clean(text_as_sent)
    words = pc.utf8_split_whitespace(pa.scalar(said)).as_py()
    assert [token for one in TEACHER.split(words) for token in one] == TEACHER.split([said])[0]


@given(text(max_size=60))
def test_what_is_clean_stays_as_it_is(said: str) -> None:
    assert clean(clean(said)) == clean(said)
    assert not regex.search(r"\s{2}|[\t\n]|\p{C}", clean(said))


def test_very_many_comments_are_read_by_a_student(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bound is lowered: ten thousand different comments would take minutes."""
    monkeypatch.setattr("flagstaff.corpus.dive.BY_STUDENT_FROM", 10)
    found = dive(Asked(comments=COMMENTS, lines=LINES))
    assert found.table.model == "student of all-MiniLM-L6-v2"
    assert sum(one.rows for one in found.table.rows) == len(COMMENTS)
    assert sum(one.theme == ABOUT[one.row] for one in found.coded) >= 20
    assert not found.vectors


def test_lines_are_proposed_from_groups_that_five_persons_wrote() -> None:
    persons = [one.person for one in COMMENTS]
    lines = discover(WORDS * 3, [*persons, *persons, *persons], np.vstack([MEANING] * 3))
    assert 0 < len(lines) <= MOST_LINES
    assert {one.name for one in lines} <= set(WORDS)
    assert not discover(WORDS, [b"one"] * len(WORDS), MEANING)


@pytest.mark.parametrize(
    ("audited", "told"), [(199, None), (200, False), (299, False), (900, True), (937, True), (1_000, True)]
)
def test_the_stop_rule_looks_from_two_hundred_rows_in_steps_of_a_hundred(
    audited: int, told: bool | None
) -> None:
    """What was answered since the last look changes nothing: whoever stopped at 237 is told what 200 said."""
    truth = np.arange(1_000) % 3
    nothing_known = np.full((1_000, 3), 1 / 3)
    rows = np.arange(audited)
    assert narrow(nothing_known, rows, truth[rows]) is told


def test_what_the_coder_is_least_sure_of_is_asked_next_and_never_twice() -> None:
    said = np.array([[0.5, 0.4, 0.1], [0.9, 0.05, 0.05], [0.34, 0.33, 0.33], [0.34, 0.33, 0.33]])
    assert unsure(said, np.array([2]), 2) == [3, 0]
    assert reading.columns_of(LINES)[-2:] == ("other", "not_usable")

"""What is asked next and how far the audit reaches follow from permanent places alone."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given, strategies as st

from flagstaff.insight.auditing import (
    Answered,
    Desk,
    Placed,
    Stack,
    audit_of,
    desk_of,
    drawn_for,
    last_look,
    next_look,
    widest_of,
)
from flagstaff.insight.codebook import TAKEN_BACK
from flagstaff.insight.dive import Drawn, Label

AT = datetime(2026, 9, 1, tzinfo=UTC)
ME, ANN = UUID(int=101), UUID(int=102)
ROWS = 12
FIRST = [Placed(UUID(int=n), bytes([n])) for n in range(ROWS)]
LETTERS = {"R": Drawn.RANDOM, "U": Drawn.UNSURE, "r": Drawn.RANDOM, "u": Drawn.UNSURE}


def answer(row: int, letter: str, reviewer: UUID = ME) -> Answered:
    """R, U: answered, drawn at random or for being unsure; small: to be asked again; 0: taken back."""
    drawn = LETTERS.get(letter, Drawn.RANDOM)
    theme = TAKEN_BACK if letter == "0" else "a"
    label = Label(
        row=UUID(int=row), theme=theme, reviewer=reviewer, drawn=drawn, at=AT, before_line=letter in "ru"
    )
    return Answered(label, bytes([row]))


def desk(mine: str, unsure: str = "", others: str = "") -> Desk:
    """Lay answers out by place, a dot for none; `unsure` names rows by number."""
    said = [answer(n, letter) for n, letter in enumerate(mine) if letter != "."]
    said += [answer(n, letter, ANN) for n, letter in enumerate(others) if letter != "."]
    return desk_of(FIRST, said, [UUID(int=int(one)) for one in unsure.split()], ME)


def numbers(rows: tuple[UUID, ...]) -> list[int]:
    return [one.int for one in rows]


@pytest.mark.parametrize(
    ("mine", "audited"),
    [
        ("", 0),
        ("RRR", 3),
        ("RR.R", 2),
        ("RRrR", 2),
        ("RR0R", 2),
        ("RRUR", 4),
        ("RRUU", 2),
        ("UU", 0),
        ("r", 0),
        ("R" * ROWS, ROWS),
    ],
)
def test_the_audit_is_the_longest_run_without_a_gap_that_ends_at_a_row_drawn_at_random(
    mine: str, audited: int
) -> None:
    assert numbers(desk(mine).audited) == list(range(audited))


def test_each_stack_holds_what_is_its_own_in_its_order() -> None:
    found = desk("RrU.R.u.R0u.", unsure="7 4 3 11")
    assert numbers(found.stacks[Stack.RANDOM]) == [3, 5, 7, 9, 11]
    assert numbers(found.stacks[Stack.AGAIN]) == [
        1,
        6,
    ]  # the unsure one behind the audit waits until it comes past
    assert numbers(found.stacks[Stack.UNSURE]) == [7, 3, 11]
    assert found.answered == 7


def test_a_second_coder_is_asked_what_others_drew_at_random_and_not_what_they_said_themselves() -> None:
    found = desk("R...", others="RRrUR0")
    assert numbers(found.stacks[Stack.SECOND]) == [1, 4]
    assert numbers(found.audited) == [0]


ANSWERS = st.text("RUru0.", max_size=ROWS)


@given(ANSWERS, ANSWERS)
def test_answers_of_others_move_nobodys_audit(mine: str, others: str) -> None:
    alone, beside = desk(mine), desk(mine, others=others)
    assert alone.audited == beside.audited
    assert all(alone.stacks[one] == beside.stacks[one] for one in (Stack.RANDOM, Stack.AGAIN, Stack.UNSURE))


@given(ANSWERS)
def test_answering_what_is_asked_makes_the_audit_whole(mine: str) -> None:
    found = desk(mine)
    said = {n: letter for n, letter in enumerate(mine) if letter != "."}
    for row in found.stacks[Stack.RANDOM]:
        said[row.int] = "R"
    for row in found.stacks[Stack.AGAIN]:
        said[row.int] = said[row.int].upper()
    # What is left was drawn for being unsure and lies behind: the audit has come past it now, and asks it again.
    then = desk_of(FIRST, [answer(n, letter) for n, letter in said.items()], [], ME)
    for row in then.stacks[Stack.AGAIN]:
        said[row.int] = said[row.int].upper()
    done = desk_of(FIRST, [answer(n, letter) for n, letter in said.items()], [], ME)
    assert not done.stacks[Stack.RANDOM]
    last = max((n for n, letter in said.items() if letter == "R"), default=-1)
    assert numbers(done.audited) == list(range(last + 1))


@given(ANSWERS, st.integers(0, ROWS))
def test_rows_drawn_for_being_unsure_never_decide_where_the_audit_ends(mine: str, row: int) -> None:
    audited = audit_of(FIRST, [answer(n, one).label for n, one in enumerate(mine) if one != "."])
    assert not audited or mine[len(audited) - 1] == "R"


@pytest.mark.parametrize(
    ("audited", "last", "following"),
    [(0, 0, 200), (199, 0, 200), (200, 200, 300), (299, 200, 300), (300, 300, 400), (455, 400, 500)],
)
def test_intervals_are_looked_at_from_two_hundred_rows_in_steps_of_a_hundred(
    audited: int, last: int, following: int
) -> None:
    assert (last_look(audited), next_look(audited)) == (last, following)


def test_an_answer_is_kept_by_why_its_row_was_drawn() -> None:
    assert [drawn_for(one) for one in Stack] == [Drawn.RANDOM, Drawn.RANDOM, Drawn.UNSURE, Drawn.RANDOM]


def test_the_widest_interval_narrows_with_what_is_left_and_is_nothing_when_all_is_read() -> None:
    said = ["a"] * 60 + ["b"] * 140
    few, many, whole = widest_of(said, 400), widest_of(said, 100_000), widest_of(said, 200)
    assert few is not None
    assert many is not None
    assert whole is not None
    assert 0 == whole.reach < few.reach < many.reach < 0.07
    assert widest_of([], 100) is None

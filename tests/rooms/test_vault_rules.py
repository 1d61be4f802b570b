"""Who holds a task reads; who does not, does not; every answer says why."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from flagstaff.vault.model import Field, Reader, Tasks, Words
from flagstaff.vault.rules import ReasonMissing, check_reason, may_read, may_reveal, redacted_copy
from flagstaff.vocabulary.roles import Permission

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
SOON, PAST = NOW + timedelta(minutes=1), NOW
ME, OTHER = UUID(int=1), UUID(int=2)
ALL = frozenset(Permission)
NONE = frozenset[Permission]()

CASES = [
    # reader, tasks, may read, may reveal
    (Reader(ME, ALL), Tasks(), False, False),
    (Reader(ME, ALL), Tasks(claimed_by=ME, claimed_until=SOON), True, True),
    (Reader(ME, ALL), Tasks(claimed_by=ME), True, True),
    (Reader(ME, NONE), Tasks(claimed_by=ME, claimed_until=SOON), True, False),
    (Reader(ME, ALL), Tasks(claimed_by=ME, claimed_until=PAST), False, False),
    (Reader(ME, ALL), Tasks(claimed_by=OTHER, claimed_until=SOON), False, False),
    (Reader(ME, ALL, party=True), Tasks(claimed_by=ME, claimed_until=SOON), False, False),
    (Reader(ME, ALL), Tasks(second_asked_by=OTHER), True, True),
    (Reader(ME, NONE), Tasks(second_asked_by=OTHER), False, False),
    (Reader(ME, ALL), Tasks(second_asked_by=ME), False, False),
    (Reader(ME, ALL, party=True), Tasks(second_asked_by=OTHER), False, False),
    (Reader(ME, ALL), Tasks(reviewer=ME, reviewer_until=SOON), True, True),
    (Reader(ME, ALL), Tasks(reviewer=ME, reviewer_until=PAST), False, False),
    (Reader(ME, ALL), Tasks(reviewer=OTHER, reviewer_until=SOON), False, False),
]


@pytest.mark.parametrize(("reader", "tasks", "read", "reveal"), CASES)
def test_a_task_opens_words_and_nothing_else_does(
    reader: Reader, tasks: Tasks, *, read: bool, reveal: bool
) -> None:
    rulings = may_read(reader, tasks, NOW), may_reveal(reader, tasks, NOW)
    assert (bool(rulings[0]), bool(rulings[1])) == (read, reveal)
    assert all(ruling.reason for ruling in rulings)


@pytest.mark.parametrize("reason", ["", "too short", " " * 30, "\u200b" * 30])
def test_a_reason_says_something(reason: str) -> None:
    with pytest.raises(ReasonMissing):
        check_reason(reason)


def test_a_reason_is_kept_without_its_outer_spaces() -> None:
    assert check_reason("  it is a threat ") == "it is a threat"


@pytest.mark.parametrize(
    ("field", "text", "copy"),
    [
        (Field.DETAILS, "I am Jane", "I am [name]"),
        (Field.ANSWERS, '{"who":"I am Jane"}', '{"who":"I am [name]"}'),
        (
            Field.NEIGHBOURS,
            '[{"id":"1","text":"call +44 7700 900123"}]',
            '[{"id":"1","text":"call [phone]"}]',
        ),
        (Field.ADDENDUM, None, "[cannot be opened]"),
    ],
)
def test_a_copy_is_made_in_the_shape_of_what_was_written(field: Field, text: str | None, copy: str) -> None:
    assert redacted_copy(Words(ME, "shop", field, ME, text)) == copy

"""What people wrote is counted by option, and of one to four comments nothing is told, by a sum neither."""

from collections import Counter
from itertools import product
from uuid import UUID

import pytest

from flagstaff.flows.hear_theme import batches_of, told_as
from flagstaff.insight.cells import FEWEST


@pytest.mark.parametrize("read", [5, 7, 9, 11, 14, 19, 23])
def test_who_knows_how_many_were_read_cannot_work_out_a_small_count(read: int) -> None:
    """What is told is gathered from every outcome there can be: it never leaves a small count one value alone."""
    behind: dict[str, list[set[int]]] = {}
    for counts in product(range(read + 1), repeat=3):
        left = read - sum(counts)
        if left < 0:
            continue
        shown = told_as("job_post", read, Counter(dict(zip("abc", counts, strict=True))))
        assert all(count >= FEWEST or key == shown.from_below for key, count in shown.proposed.items())
        could_be = behind.setdefault(str(shown), [set() for _ in range(4)])
        for place, count in enumerate((*counts, left)):
            could_be[place].add(count)
    for told, values in behind.items():
        assert not [one for one in values if len(one) == 1 and 0 < min(one) < FEWEST], told


def test_counts_are_told_as_they_are_unless_the_rest_is_of_one_to_four() -> None:
    assert told_as("job_post", 200, {"a": 120, "b": 3}).proposed == {"a": 120}
    assert told_as("job_post", 200, {"a": 200}).proposed == {"a": 200}
    nearly = told_as("job_post", 200, {"a": 197})
    assert (nearly.proposed, nearly.from_below) == ({"a": 196}, "a")
    assert told_as("job_post", 4, {"a": 4}).read == 0


@pytest.mark.parametrize("count", [5, 49, 50, 51, 53, 101, 154, 200])
def test_the_log_names_no_batch_of_fewer_than_five(count: int) -> None:
    flags = [UUID(int=n) for n in range(count)]
    batches = batches_of(flags)
    assert [flag for batch in batches for flag in batch] == flags
    assert all(FEWEST <= len(one) <= 50 for one in batches)

"""Keys sort by their making and stay inside; numbers tell nothing and survive being read aloud."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Thread
from uuid import RFC_4122, UUID

import pytest
from hypothesis import given, strategies as st

from flagstaff.kernel.clock import Clock, StoppedClock
from flagstaff.kernel.ids import Ids, NumberKind, RandomIds, SeededIds, read_number
from flagstaff.store.connection import key_of

MOMENT = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


WAYS: dict[str, Callable[[Clock], Ids]] = {
    "random": RandomIds,
    "random, in the driver's form": lambda wall: RandomIds(wall, key_of),
    "seeded": lambda wall: SeededIds("a house", wall),
}


@pytest.fixture(params=list(WAYS))
def any_ids(request: pytest.FixtureRequest) -> Ids:
    return WAYS[request.param](StoppedClock(MOMENT))


def test_a_key_is_a_version_7_uuid_of_its_moment(any_ids: Ids) -> None:
    key = any_ids.key()
    assert (key.version, key.variant) == (7, RFC_4122)
    assert key.int >> 80 == int(MOMENT.timestamp() * 1000)


@pytest.mark.parametrize("form", [key_of, lambda whole: UUID(bytes=whole)])
def test_keys_only_grow_within_a_millisecond_and_when_the_clock_steps_back(
    form: Callable[[bytes], UUID],
) -> None:
    wall = StoppedClock(MOMENT)
    ids = RandomIds(wall, form)
    keys = [ids.key() for _ in range(10_000)]
    wall.move(timedelta(seconds=-5))
    keys += [ids.key() for _ in range(10)]
    wall.move(timedelta(days=1))
    keys.append(ids.key())
    assert keys == sorted(keys)
    assert len(set(keys)) == len(keys)
    assert keys[-1].int >> 80 == int(wall.now().timestamp() * 1000)


def test_threads_never_share_a_key() -> None:
    ids = RandomIds()
    made: list[UUID] = []
    threads = [Thread(target=lambda: made.extend([ids.key() for _ in range(5000)])) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == 20_000


@pytest.mark.parametrize("kind", list(NumberKind))
def test_a_number_shows_its_kind_and_sixty_bits_in_groups_of_four(any_ids: Ids, kind: NumberKind) -> None:
    number = any_ids.number(kind)
    assert [len(part) for part in number.split("-")] == [1, 4, 4, 4]
    assert number.startswith(kind.value)
    assert not set(number[2:]) & set("ILOU")
    assert read_number(number) == (kind, number)


def test_numbers_use_all_their_bits() -> None:
    numbers = [RandomIds().number(NumberKind.FLAG)[2:].replace("-", "") for _ in range(400)]
    for place in range(12):
        assert len({number[place] for number in numbers}) == 32 or place == 0
    assert len(set(numbers)) == 400


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("f-8k2m-q4tz-9hwn", "F-8K2M-Q4TZ-9HWN"),
        (" F 8K2M Q4TZ 9HWN ", "F-8K2M-Q4TZ-9HWN"),
        ("D-OIL0-0000-0000", "D-0110-0000-0000"),
        ("X-8K2M-Q4TZ-9HWN", None),
        ("F-8K2M-Q4TZ-9HW", None),
        ("F-8K2M-Q4TZ-9HWU", None),
        ("", None),
    ],
)
def test_a_number_is_read_as_people_type_it(typed: str, stored: str | None) -> None:
    read = read_number(typed)
    assert (read and read[1]) == stored


@given(st.text())
def test_reading_never_fails(typed: str) -> None:
    read = read_number(typed)
    assert read is None or read_number(read[1]) == read


@given(seed=st.text(), drawn=st.lists(st.sampled_from([*NumberKind, None])), kind=st.sampled_from(NumberKind))
def test_a_seeded_stream_does_not_depend_on_how_often_the_others_are_used(
    seed: str, drawn: list[NumberKind | None], kind: NumberKind
) -> None:
    quiet, busy = (SeededIds(seed, StoppedClock(MOMENT)) for _ in range(2))
    for other in drawn:
        if other is None:
            busy.key()
        elif other is not kind:
            busy.number(other)
    assert quiet.number(kind) == busy.number(kind)


def test_another_seed_gives_other_numbers() -> None:
    numbers = {SeededIds(seed, StoppedClock(MOMENT)).number(NumberKind.CASE) for seed in ("a", "b", "c")}
    assert len(numbers) == 3

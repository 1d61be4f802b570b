"""A codebook changes by what people name; an answer is never counted for what its reviewer could not have said."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given, strategies as st

from flagstaff.insight.codebook import (
    TAKEN_BACK,
    BadTheme,
    Change,
    Codebook,
    CodebookFull,
    Deed,
    Merge,
    NamePublicly,
    New,
    NoSuchTheme,
    Rename,
    Restore,
    Retire,
    Split,
    TakeBack,
    after,
    codebook_of,
    new_keys,
    newest_that_stands,
    read_today,
    standing,
)
from flagstaff.insight.dive import MOST_LINES, NOT_USABLE, OTHER, POOLED, Drawn, Label, Line
from flagstaff.kernel.errors import FlagstaffError

AT = datetime(2026, 9, 1, tzinfo=UTC)
LATER = AT + timedelta(hours=1)


def book(*names: str) -> Codebook:
    return codebook_of(New(key=name, name=name, meaning="", at=AT) for name in names)


def parts(*names: str) -> tuple[Line, ...]:
    return tuple(Line(key=name, name=name, meaning="") for name in names)


# ---------------------------------------------------------------- changes
LIVE: list[tuple[Deed, list[str]]] = [
    (New(key="c", name="Third", meaning="why", at=LATER), ["a", "b", "c"]),
    (Rename(key="a", name="Free work", meaning="unpaid tests", at=LATER), ["a", "b"]),
    (Merge(key="a", into="b", at=LATER), ["b"]),
    (Split(key="a", parts=parts("c", "d"), at=LATER), ["b", "c", "d"]),
    (Retire(key="b", at=LATER), ["a"]),
    (NamePublicly(key="a", public="Asks for free work", at=LATER), ["a", "b"]),
]


@pytest.mark.parametrize(("change", "live"), LIVE)
def test_a_change_leaves_the_themes_it_says(change: Deed, live: list[str]) -> None:
    found = after(book("a", "b"), change)
    assert [one.key for one in found.live] == live
    assert {"a", "b"} <= found.themes.keys()


def test_a_theme_that_went_says_since_when_and_where_to_and_comes_back_as_it_was() -> None:
    merged = after(book("a", "b"), Merge(key="a", into="b", at=LATER))
    assert (merged.themes["a"].merged_into, merged.themes["a"].retired_at) == ("b", LATER)
    assert after(merged, Restore(key="a", at=LATER)) == book("a", "b")


def told_so(*keys: str) -> Codebook:
    """Return a codebook whose first theme readers are told as free work."""
    return after(book(*keys), NamePublicly(key=keys[0], public="Free work", at=AT))


REFUSED: list[tuple[Callable[[], object], type[FlagstaffError]]] = [
    (lambda: after(book("a"), New(key="b", name=" ", meaning="", at=AT)), BadTheme),
    (lambda: after(book("a"), New(key="b", name="Ä", meaning="", at=AT)), BadTheme),
    (lambda: after(book("a"), New(key="a", name="b", meaning="", at=AT)), BadTheme),
    (lambda: after(book("a"), New(key=OTHER, name="b", meaning="", at=AT)), BadTheme),
    (lambda: after(book("a"), New(key=POOLED, name="b", meaning="", at=AT)), BadTheme),
    (lambda: after(book("a"), New(key="b", name="b" * 81, meaning="", at=AT)), BadTheme),
    (lambda: after(book("a"), New(key="b", name="b", meaning="m" * 401, at=AT)), BadTheme),
    (lambda: after(book("a", "b"), Rename(key="a", name="B", meaning="", at=AT)), BadTheme),
    (lambda: after(book("a"), Merge(key="a", into="a", at=AT)), BadTheme),
    (lambda: after(book("a"), Merge(key="a", into="b", at=AT)), NoSuchTheme),
    (lambda: after(book("a"), Split(key="a", parts=parts("b"), at=AT)), BadTheme),
    (lambda: after(book("a"), Split(key="a", parts=parts("b", "b"), at=AT)), BadTheme),
    (lambda: after(book("a"), Retire(key="b", at=AT)), NoSuchTheme),
    (lambda: after(book("a"), Restore(key="a", at=AT)), NoSuchTheme),
    (lambda: after(book("a"), NamePublicly(key="a", public="p" * 81, at=AT)), BadTheme),
    (lambda: after(book("a"), New(key="b", name="\u200b", meaning="", at=AT)), BadTheme),
    (lambda: after(book("a"), New(key="b", name="\u200d", meaning="", at=AT)), BadTheme),
    (lambda: after(book("a"), New(key="b", name="?!", meaning="", at=AT)), BadTheme),
    (lambda: after(book("a"), New(key="b", name="free \u202ekrow", meaning="", at=AT)), BadTheme),
    (lambda: after(book("a"), New(key="b", name="b", meaning="m\x07", at=AT)), BadTheme),
    (lambda: after(book("a"), New(key="b", name="fits NO theme", meaning="", at=AT)), BadTheme),
    (lambda: after(book("a"), New(key="b", name="not_usable", meaning="", at=AT)), BadTheme),
    (lambda: after(book("a"), NamePublicly(key="a", public="\u200b", at=AT)), BadTheme),
    (lambda: after(told_so("a", "b"), NamePublicly(key="b", public="FREE work", at=AT)), BadTheme),
    (lambda: book(*(f"t{n}" for n in range(MOST_LINES + 1))), CodebookFull),
]


def test_letters_that_are_joined_by_what_nobody_sees_are_a_name() -> None:
    assert (
        after(book("a"), New(key="b", name="کار می\u200cخواهد", meaning="👩\u200d💻 works", at=AT))
        .themes["b"]
        .name
    )


@pytest.mark.parametrize(("deed", "refusal"), REFUSED)
def test_what_would_spoil_a_codebook_is_refused(
    deed: Callable[[], object], refusal: type[FlagstaffError]
) -> None:
    with pytest.raises(refusal) as caught:
        deed()
    assert caught.value.mend


def test_a_full_codebook_takes_a_theme_in_the_place_of_another() -> None:
    full = book(*(f"t{n}" for n in range(MOST_LINES)))
    split = after(after(full, Retire(key="t0", at=AT)), Split(key="t1", parts=parts("x", "y"), at=AT))
    assert len(split.live) == MOST_LINES
    with pytest.raises(CodebookFull):
        after(split, Restore(key="t0", at=AT))


def test_a_new_theme_gets_a_key_that_was_never_taken_and_says_nothing() -> None:
    gone = after(book("a", "theme-3", "theme-4"), Retire(key="theme-4", at=AT))
    assert new_keys(gone) == ("theme-5",)
    assert new_keys(book("a", "theme-3"), 2) == ("theme-4", "theme-5")
    assert new_keys(Codebook(), 2) == ("theme-1", "theme-2")


# ---------------------------------------------------------------- answers
SAID = ("a", "b", OTHER, NOT_USABLE, TAKEN_BACK)
SAME = ["a", "b", OTHER, NOT_USABLE]
ALL_AGAIN = ["a?", "b?", "other?", "not_usable?"]
A_IS_B, A_IS_GONE = ["b", *SAME[1:]], SAME[1:]


def answer(theme: str, at: datetime = AT) -> Label:
    return Label(row=UUID(int=1), theme=theme, reviewer=UUID(int=2), drawn=Drawn.RANDOM, at=at)


READ: list[tuple[list[Change], list[str]]] = [
    ([], SAME),
    ([New(key="c", name="c", meaning="", at=LATER)], ALL_AGAIN),
    ([New(key="c", name="c", meaning="", at=AT)], SAME),
    ([Split(key="a", parts=parts("c", "d"), at=LATER)], A_IS_GONE),
    ([Retire(key="a", at=LATER)], A_IS_GONE),
    ([Rename(key="a", name="x", meaning="", at=LATER)], SAME),
    ([NamePublicly(key="a", public="x", at=LATER)], SAME),
    ([Merge(key="a", into="b", at=LATER)], A_IS_B),
    ([Merge(key="a", into="b", at=LATER), Rename(key="b", name="x", meaning="", at=LATER)], A_IS_B),
    ([Merge(key="a", into="b", at=LATER), Retire(key="b", at=LATER)], SAME[2:]),
    ([Merge(key="a", into="b", at=LATER), Restore(key="a", at=LATER)], ALL_AGAIN),
    ([Retire(key="a", at=LATER), Restore(key="a", at=LATER)], ALL_AGAIN),
    (
        [Merge(key="a", into="b", at=LATER), Retire(key="b", at=LATER), Restore(key="b", at=LATER)],
        ["b?", *ALL_AGAIN[1:]],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "read"), READ)
def test_an_answer_says_what_its_reviewer_could_mean_or_is_asked_again(
    changes: list[Change], read: list[str]
) -> None:
    found = read_today(map(answer, SAID), changes)
    assert [one.theme + "?" * one.before_line for one in found] == read


NAMES = st.sampled_from("abcdef")
DEEDS = st.lists(
    st.tuples(st.sampled_from(["new", "merge", "split", "retire", "restore"]), NAMES, NAMES), max_size=12
)


def change_of(kind: str, one: str, other: str, at: datetime) -> Deed:
    if kind == "new":
        return New(key=one, name=one, meaning="", at=at)
    if kind == "merge":
        return Merge(key=one, into=other, at=at)
    if kind == "split":
        return Split(key=one, parts=parts(other, f"{one}{other}"), at=at)
    return Retire(key=one, at=at) if kind == "retire" else Restore(key=one, at=at)


@given(DEEDS)
def test_after_any_changes_every_answer_names_what_can_be_answered(deeds: list[tuple[str, str, str]]) -> None:
    now, changes, said = Codebook(), list[Deed](), [answer(OTHER), answer(NOT_USABLE)]
    for minute, deed in enumerate([("new", "a", ""), ("new", "b", ""), *deeds]):
        at = AT + timedelta(minutes=minute)
        try:
            change = change_of(*deed, at)
            now = after(now, change)
        except FlagstaffError:
            continue
        changes.append(change)
        said += [answer(one.key, at) for one in now.live[:1]]
    live = {one.key for one in now.live}
    assert now == codebook_of(changes)
    assert len(live) <= MOST_LINES
    assert {one.theme for one in read_today(said, changes)} <= {*live, OTHER, NOT_USABLE}


# ---------------------------------------------------------------- taken back
@given(DEEDS, st.integers(1, 4))
def test_what_is_taken_back_was_never_there_but_for_the_keys_it_spent(
    deeds: list[tuple[str, str, str]], back: int
) -> None:
    changes: list[Change] = []
    for minute, deed in enumerate([("new", "a", ""), ("new", "b", ""), *deeds]):
        change = change_of(*deed, AT + timedelta(minutes=minute))
        try:
            codebook_of([*changes, change])
        except FlagstaffError:
            continue
        changes.append(change)
    back = min(back, len(changes))
    ever = [*changes, *(TakeBack(key=one.key, at=LATER) for one in changes[-1 : -back - 1 : -1])]
    left = changes[: len(changes) - back]
    assert standing(ever) == tuple(left)
    assert codebook_of(ever).themes == codebook_of(left).themes
    assert not set(new_keys(codebook_of(ever), 3)) & codebook_of(changes).themes.keys()
    said = [answer("a"), answer(OTHER)]
    assert read_today(said, ever) == read_today(said, left)
    newest = newest_that_stands([(one, place) for place, one in enumerate(ever)][::-1])
    assert newest == ((left[-1], len(left) - 1) if left else None)

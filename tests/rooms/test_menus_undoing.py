"""What undoes a version makes the menus read as before it, by ordinary operations, and names what it leaves."""

import msgspec
import pytest
from hypothesis import given, settings, strategies as st

from flagstaff.flows.read_policy import known_guidelines
from flagstaff.menus.applying import apply_draft
from flagstaff.menus.draft_check import check_draft
from flagstaff.menus.drafts import Draft, DraftOperation, DraftRow, Merge, Remove, Reorder, Restore, Reword
from flagstaff.menus.model import Goal, LineageEdge, MenuVersion, Wording
from flagstaff.menus.rules import successor_of
from flagstaff.menus.undoing import Left, undo
from tests.houses import default_policy

POLICY = default_policy()
KNOWN = known_guidelines(POLICY.guidelines)
FIRST, SECOND, THIRD = POLICY.menu_versions
GOAL = Goal(primary="something_else_share", direction="down", watch=(), window_days=28)
OTHER = "job_post.something_else"
MENU = THIRD.menu_by_kind["job_post"]
HIGHER: tuple[DraftRow, ...] = ("top", "more")
MOVABLE = [one.key for one in (*MENU.top, *MENU.more) if not one.permanent]


def draft(*operations: DraftOperation) -> Draft:
    return Draft(
        title="Undo", base=3, operations=operations, goal=GOAL, owner="ruth", note="It did not help."
    )


def after(*operations: DraftOperation, on: tuple[MenuVersion, ...] = POLICY.menu_versions) -> tuple[MenuVersion, list[LineageEdge]]:  # fmt: skip  # noqa: E501
    done = apply_draft(draft(*operations), on, KNOWN)
    assert done.findings == ()
    return done.version, [*POLICY.lineage, *done.lineage]


def rows(version: MenuVersion) -> dict[str, list[tuple[str, str, str]]]:
    """Return every menu as its readers meet it: keys and words, in their order."""
    return {menu.subject: [(one.key, one.label, one.help) for one in menu.options] for menu in version.menus}


@pytest.mark.parametrize("place", [1, 2])
def test_each_version_of_the_policy_is_undone_to_the_letter(place: int) -> None:
    """The menus read as they did in every language, and nothing is wrong with the draft that was not wrong before."""
    before, version = POLICY.menu_versions[place - 1], POLICY.menu_versions[place]
    history = POLICY.menu_versions[: place + 1]
    found = undo(version, before, version, POLICY.lineage)
    one = draft(*found.operations)
    done = apply_draft(one, history, KNOWN)
    assert done.findings == ()
    assert rows(done.version) == rows(before)
    known = {key for version in history for key in version.option_by_key}
    for language, words in before.translations.items():
        there = {key: done.version.translations[language][key] for key in words}
        assert there == words, language
    assert done.version.option_by_key.keys() <= known


STEPS = st.lists(
    st.one_of(
        st.sampled_from(MOVABLE).map(lambda key: Remove(option=key, into=OTHER)),
        st.tuples(st.sampled_from(MOVABLE), st.sampled_from(MOVABLE)).map(
            lambda pair: Merge(sources=(pair[0],), into=pair[1])
        ),
        st.tuples(st.sampled_from(MOVABLE), st.integers(0, 5), st.sampled_from(HIGHER)).map(
            lambda one: Reorder(option=one[0], row=one[2], at=one[1])
        ),
        st.sampled_from(MOVABLE).map(lambda key: Reword(option=key, language="en", label=f"New {key}", help="Help.")),
        st.sampled_from(["job_post.spam", "private_message.spam"]).map(lambda key: Restore(option=key)),
        st.just(
            Merge(
                sources=tuple(MOVABLE[:2]), into="job_post.both_in_one", row="top", at=0,
                words={"en": Wording(label="Both", help="Either."), "es": Wording(label="Ambas", help="Una.")},
            )
        ),
    ),
    max_size=6,
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(STEPS)
def test_whatever_a_version_did_its_undoing_brings_back(steps: list[DraftOperation]) -> None:
    """Operations that do not fit are left out, as a draft does; what was live before is live again, word for word."""
    done = apply_draft(draft(*steps), POLICY.menu_versions, KNOWN)
    version, lineage = done.version, [*POLICY.lineage, *done.lineage]
    found = undo(version, THIRD, version, lineage)
    again = apply_draft(draft(*found.operations), (*POLICY.menu_versions, version), KNOWN)
    assert again.findings == ()
    assert rows(again.version) == rows(THIRD)
    assert again.version.translations == THIRD.translations
    for key in version.option_by_key:
        assert successor_of(key, again.version, [*lineage, *again.lineage]) is not None, "no flag is lost"
    wrong = [one.what for one in check_draft(draft(*found.operations), again, version, KNOWN)]
    assert wrong == [] or not found.operations


def test_flags_of_what_came_count_on_under_what_they_came_from() -> None:
    sources = ("job_post.upfront_fee", "job_post.account_rental")
    words = {
        "en": Wording(label="Money", help="Or account."),
        "es": Wording(label="Dinero", help="O cuenta."),
    }
    version, lineage = after(Merge(sources=sources, into="job_post.money_or_account", words=words))
    found = undo(version, THIRD, version, lineage)
    assert [one.option for one in found.operations if isinstance(one, Restore)] != []
    assert Remove(option="job_post.money_or_account", into=sources[0]) in found.operations


def test_what_changed_again_since_is_left_and_named() -> None:
    reworded, lineage = after(Reword(option=MOVABLE[0], language="en", label="One", help="One."))
    live = apply_draft(
        draft(
            Reword(option=MOVABLE[0], language="en", label="Two", help="Two."),
            Remove(option=MOVABLE[1], into=OTHER),
        ),
        (*POLICY.menu_versions, reworded), KNOWN,
    ).version  # fmt: skip
    found = undo(reworded, THIRD, live, lineage)
    assert found.operations == ()
    assert found.left == (Left("again", MOVABLE[0]),)


def test_what_no_draft_changes_is_named() -> None:
    first = THIRD.option_by_key[MOVABLE[0]]
    menu = msgspec.structs.replace(
        MENU, top=tuple(msgspec.structs.replace(one, severity=4) if one == first else one for one in MENU.top),
        more=tuple(msgspec.structs.replace(one, severity=4) if one == first else one for one in MENU.more),
    )  # fmt: skip
    texts = msgspec.structs.replace(THIRD.texts, tips={**THIRD.texts.tips, "more": "Say more."})
    menus = tuple(menu if one == MENU else one for one in THIRD.menus)
    version = msgspec.structs.replace(THIRD, number=4, menus=menus, texts=texts)
    found = undo(version, THIRD, version, POLICY.lineage)
    assert found.operations == ()
    assert {one.why for one in found.left} == {"meaning", "texts"}


def test_a_version_that_is_undone_already_leaves_nothing_to_do() -> None:
    version, lineage = after(Remove(option=MOVABLE[0], into=OTHER))
    found = undo(version, THIRD, version, lineage)
    again = apply_draft(draft(*found.operations), (*POLICY.menu_versions, version), KNOWN)
    twice = undo(version, THIRD, again.version, [*lineage, *again.lineage])
    assert twice.operations == ()

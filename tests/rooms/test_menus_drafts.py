"""A draft changes menus by operations that lose nothing: Other stays last, keys stay unique, history goes on."""

from collections import Counter
from collections.abc import Sequence

import msgspec
import pytest
from hypothesis import given, strategies as st

from flagstaff.flows.read_policy import known_guidelines
from flagstaff.menus.applying import apply_draft, last_seen
from flagstaff.menus.backtest import backtest
from flagstaff.menus.draft_check import check_draft
from flagstaff.menus.drafts import (
    Add,
    Applied,
    Draft,
    DraftOperation,
    DraftRow,
    Merge,
    NewReason,
    Remove,
    Reorder,
    Restore,
    Reword,
)
from flagstaff.menus.lineage import ancestors_of, rolled_back, rolled_forward
from flagstaff.menus.model import Goal, LineageEdge, MenuVersion, Wording
from flagstaff.menus.rules import differences, successor_of
from tests.houses import default_policy

POLICY = default_policy()
KNOWN = known_guidelines(POLICY.guidelines)
FIRST, SECOND, THIRD = POLICY.menu_versions
GOAL = Goal(primary="something_else_share", direction="down", watch=(), window_days=28)
WORDS = {"en": Wording(label="Wants something odd", help="Something nobody should ask for.")}
OTHER = "job_post.something_else"


def draft(*operations: DraftOperation, **more: object) -> Draft:
    """Make a draft that lacks nothing but what its operations get wrong."""
    fields = {"title": "A change", "base": 3, "goal": GOAL, "owner": "ruth", "note": "Readers asked.", **more}
    return Draft(operations=operations, **fields)  # type: ignore[arg-type]


def odd(kind: str, reason: str, like: str, clause: str) -> Add:
    """Add an option whose reason is new."""
    meaning = NewReason(like=like, clauses=(clause,), severity=1)
    return Add(kind=kind, reason=reason, words=WORDS, meaning=meaning)


def applied(one: Draft, history: Sequence[MenuVersion] = POLICY.menu_versions) -> Applied:
    return apply_draft(one, history, KNOWN)


def wrong(one: Draft, history: Sequence[MenuVersion] = POLICY.menu_versions) -> list[str]:
    done = applied(one, history)
    return [finding.what for finding in check_draft(one, done, history[-1], KNOWN)]


# ---------------------------------------------------------------- what each operation does
def test_adding_puts_an_option_where_it_was_wanted() -> None:
    done = applied(draft(Add(kind="review", reason="upfront_fee", words=WORDS, row="top", at=1)))
    added = done.version.menu_by_kind["review"].top[1]
    assert (added.key, added.label) == ("review.upfront_fee", "Wants something odd")
    assert [(edge.edge, edge.to_option) for edge in done.lineage] == [("add", "review.upfront_fee")]


def test_removing_says_where_flags_go_on() -> None:
    done = applied(draft(Remove(option="job_post.low_pay", into=OTHER)))
    assert "job_post.low_pay" not in done.version.option_by_key
    lineage = (*POLICY.lineage, *done.lineage)
    assert successor_of("job_post.low_pay", done.version, lineage) == OTHER


def test_merging_into_a_new_option_joins_the_clauses_of_its_sources() -> None:
    sources = ("job_post.upfront_fee", "job_post.account_rental")
    done = applied(draft(Merge(sources=sources, into="job_post.money_or_account", words=WORDS, row="top")))
    joined = done.version.option_by_key["job_post.money_or_account"]
    assert set(joined.clauses) == {key for one in sources for key in THIRD.option_by_key[one].clauses}
    assert not set(sources) & done.version.option_by_key.keys()
    assert {edge.from_option for edge in done.lineage if edge.edge == "merge"} == set(sources)


def test_merging_into_what_lives_leaves_its_words_alone() -> None:
    one = draft(Merge(sources=("job_post.upfront_fee",), into="job_post.looks_like_scam"))
    done = applied(one)
    assert (
        done.version.option_by_key["job_post.looks_like_scam"]
        == THIRD.option_by_key["job_post.looks_like_scam"]
    )
    assert not done.findings


def test_restoring_brings_back_key_words_and_series() -> None:
    """The story of the source documents: version 2 lacks what version 3 brings back."""
    done = applied(draft(Restore(option="job_post.free_work", row="top", at=1)), (FIRST, SECOND))
    again = done.version.option_by_key["job_post.free_work"]
    assert again.label == "Client is asking for free work"
    assert done.version.number == 3
    lineage = [edge for edge in POLICY.lineage if edge.version <= 2] + list(done.lineage)
    assert [edge.edge for edge in lineage if edge.from_option == again.key] == ["remove", "restore"]
    assert successor_of(again.key, done.version, lineage) == again.key


def test_an_option_that_was_merged_away_can_come_back_with_its_own_clauses() -> None:
    done = applied(draft(Restore(option="private_message.spam")))
    assert done.version.option_by_key["private_message.spam"].clauses == ("CG-8a", "CG-8b")
    assert not done.findings


def test_rewording_is_per_language_and_keeps_the_other_one() -> None:
    es = Reword(option=OTHER, language="es", label="Es otra cosa", help="Describe el problema.")
    done = applied(draft(es))
    assert done.version.option_by_key[OTHER].label == "It's something else"
    assert done.version.translations["es"][OTHER].label == "Es otra cosa"
    assert done.version.languages == ("en", "es")


def test_reordering_moves_one_line_and_nothing_else() -> None:
    done = applied(draft(Reorder(option="job_post.upfront_fee", row="top", at=0)))
    assert done.version.menu_by_kind["job_post"].top[0].key == "job_post.upfront_fee"
    assert {change.change for change in differences(THIRD, done.version)} == {"moved"}


# ---------------------------------------------------------------- what is refused, all of it at once
BAD: list[tuple[str, tuple[DraftOperation, ...], str]] = [
    (
        "a dangling clause",
        (odd("review", "odd", "low_pay", "CG-99"),),
        "unknown clause `CG-99`",
    ),
    (
        "a duplicate key",
        (Add(kind="job_post", reason="upfront_fee", words=WORDS),),
        "the key `job_post.upfront_fee` is taken",
    ),
    (
        "a retired key for something else",
        (odd("private_message", "spam", "upfront_fee", "MT-3"),),
        "a key is never used again",
    ),
    (
        "no words in its own language",
        (Add(kind="review", reason="upfront_fee", words={"es": WORDS["en"]}),),
        "`review.upfront_fee` has no words in `en`",
    ),
    (
        "a missing translation",
        (Add(kind="review", reason="upfront_fee", words={"en": WORDS["en"]}),),
        "1 option(s) of `review` have no words in `es`: `review.upfront_fee`",
    ),
    (
        "a language begun and not ended",
        (Reword(option=OTHER, language="pt", label="É outra coisa", help="Descreva o problema."),),
        "have no words in `pt`",
    ),
    (
        "a merge cycle",
        (
            Merge(sources=("job_post.upfront_fee",), into="job_post.looks_like_scam"),
            Merge(sources=("job_post.looks_like_scam",), into="job_post.upfront_fee"),
        ),
        "options go round in a circle",
    ),
    (
        "a merge into itself",
        (Merge(sources=("job_post.upfront_fee",), into="job_post.upfront_fee"),),
        "merged into itself",
    ),
    (
        "a merge across menus",
        (Merge(sources=("profile.account_rental",), into="job_post.account_rental"),),
        "stands on another menu",
    ),
    (
        "clauses out of scope",
        (odd("review", "odd", "upfront_fee", "MT-12"),),
        "does not reach `review`",
    ),
    ("Other removed", (Remove(option=OTHER, into="job_post.looks_like_scam"),), f"`{OTHER}` stays for good"),
    ("Other not last", (Reorder(option=OTHER, row="top", at=0),), f"`{OTHER}` stands last on every menu"),
    ("Other merged", (Merge(sources=(OTHER,), into="job_post.low_pay"),), f"`{OTHER}` stays for good"),
    ("an option of no menu", (Remove(option="job_post.nothing", into=OTHER),), "no menu has `job_post.nothing`"),
    ("never there", (Restore(option="job_post.never"),), "no version ever had `job_post.never`"),
    ("live already", (Restore(option="job_post.free_work"),), "is live already"),
    (
        "removed and brought back at once",
        (Remove(option="job_post.low_pay", into=OTHER), Restore(option="job_post.low_pay")),
        "this draft names `job_post.low_pay` twice",
    ),
    (
        "flags sent to another menu",
        (Remove(option="job_post.low_pay", into="profile.account_rental"),),
        "go on under",
    ),
    (
        "too many on top",
        (
            Add(kind="job_post", reason="disrespect", words=WORDS, row="top"),
            Reorder(option="job_post.upfront_fee", row="top"),
        ),
        "lines on top",
    ),
    (
        "a clause that nobody reaches any more",
        (Remove(option="job_post.off_platform_payment", into=OTHER),),
        "leads to `MT-1`",
    ),
    (
        "broken words",
        (Reword(option="job_post.low_pay", language="en", label="x", help="no"),),
        "broken label",
    ),
    ("nothing", (), "changes nothing yet"),
]  # fmt: skip


@pytest.mark.parametrize(("operations", "what"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_a_draft_says_what_is_wrong_with_it(operations: tuple[DraftOperation, ...], what: str) -> None:
    assert [one for one in wrong(draft(*operations)) if what in one]


def test_a_draft_without_goal_owner_or_reason_is_refused_for_each() -> None:
    one = draft(Remove(option="job_post.low_pay", into=OTHER), goal=None, owner=None, note=" ")
    assert len(wrong(one)) == 3
    assert "states no goal for `job_post.low_pay" in " ".join(wrong(one))


def test_all_problems_are_told_at_once_each_with_where_and_mend() -> None:
    one = draft(*(operation for _, operations, _ in BAD for operation in operations), goal=None)
    findings = check_draft(one, applied(one), THIRD, KNOWN)
    assert len(findings) >= 12
    assert all(finding.at and finding.what and finding.mend for finding in findings)


@pytest.mark.parametrize("history", [(FIRST, SECOND), POLICY.menu_versions], ids=["version 2", "version 3"])
def test_a_small_sound_draft_has_no_problem(history: Sequence[MenuVersion]) -> None:
    """What was wrong with the live menus before is not this draft's fault."""
    reword = Reword(
        option="review.something_else", language="en", label="It's something else", help="Tell us more."
    )
    assert wrong(draft(reword), history) == []


# ---------------------------------------------------------------- invariants
KEYS = sorted({key for version in POLICY.menu_versions for key in version.option_by_key})
KINDS = [menu.subject for menu in THIRD.menus]
rows: st.SearchStrategy[DraftRow] = st.sampled_from(("top", "more", "preference"))
keys = st.sampled_from(KEYS)
places = st.none() | st.integers(0, 12)
additions = st.builds(
    Add,
    kind=st.sampled_from(KINDS),
    reason=st.sampled_from([one.key for one in THIRD.reasons]),
    words=st.just(WORDS),
    row=rows,
    at=places,
    split_from=st.none() | keys,
)
removals = st.builds(Remove, option=keys, into=keys) | keys.map(
    lambda key: Remove(option=key, into=f"{key.partition('.')[0]}.something_else")
)


def merges_on(kind: str) -> st.SearchStrategy[Merge]:
    mine = st.sampled_from([key for key in KEYS if key.startswith(f"{kind}.")])
    sources = st.lists(mine, min_size=2, max_size=3).map(tuple)
    return st.builds(Merge, sources=sources, into=st.just(f"{kind}.joined"), words=st.just(WORDS), row=rows)


merges = st.builds(Merge, sources=st.lists(keys, min_size=1, max_size=3).map(tuple), into=keys) | (
    st.sampled_from(KINDS).flatmap(merges_on)
)
rewordings = st.builds(
    Reword,
    option=keys,
    language=st.sampled_from(["en", "es"]),
    label=st.just("Other words"),
    help=st.just("Help."),
)
others = st.builds(Restore, option=keys, row=rows, at=places) | st.builds(
    Reorder, option=keys, row=rows, at=places
)
operations = st.lists(additions | removals | merges | rewordings | others, max_size=8)
histories = st.sampled_from([(FIRST, SECOND), POLICY.menu_versions])


@given(operations, histories)
def test_whatever_a_draft_does_keys_are_unique_and_other_stands_last(
    wanted: list[DraftOperation], history: tuple[MenuVersion, ...]
) -> None:
    version = applied(draft(*wanted), history).version
    counted = Counter(option.key for menu in version.menus for option in menu.options)
    assert set(counted.values()) == {1}
    for menu in version.menus:
        assert menu.options[-1].key == f"{menu.subject}.something_else"
        assert all(option.subject == menu.subject for option in menu.options)
    shown = {option.reason for option in version.option_by_key.values()}
    assert {reason.key for reason in version.reasons} == shown


@given(operations, histories)
def test_no_option_ever_loses_its_history(
    wanted: list[DraftOperation], history: tuple[MenuVersion, ...]
) -> None:
    """Every option that was ever offered lives, or leads to one that does, over any number of versions."""
    past, lineage = list(history), [edge for edge in POLICY.lineage if edge.version <= len(history)]
    for part in (wanted[: len(wanted) // 2], wanted[len(wanted) // 2 :]):
        done = applied(draft(*part), past)
        past, lineage = [*past, done.version], [*lineage, *done.lineage]
        once = {key for version in past for key in version.option_by_key}
        assert all(successor_of(key, past[-1], lineage) in past[-1].option_by_key for key in once)
        assert all(last_seen(key, past) is not None for key in once)
        assert no_edge_to_itself(done.lineage)


def no_edge_to_itself(edges: Sequence[LineageEdge]) -> bool:
    return all(
        edge.from_option != edge.to_option for edge in edges if edge.edge in ("merge", "remove", "split")
    )


@given(operations, histories, st.dictionaries(keys, st.integers(0, 50)))
def test_counts_roll_up_both_ways_and_none_is_lost(
    wanted: list[DraftOperation], history: tuple[MenuVersion, ...], counts: dict[str, int]
) -> None:
    done = applied(draft(*wanted), history)
    lineage = [*(edge for edge in POLICY.lineage if edge.version <= len(history)), *done.lineage]
    forwards = rolled_forward(counts, done.version, lineage)
    assert sum(forwards.values()) == sum(counts.values())
    for version in (*history, done.version):
        back = rolled_back(counts, version, lineage)
        assert sum(back.values()) == sum(counts.values())
        assert all(set(group) <= version.option_by_key.keys() for group in back if len(group) > 1)


@given(operations, histories)
def test_what_a_draft_says_it_does_is_what_the_versions_show(
    wanted: list[DraftOperation], history: tuple[MenuVersion, ...]
) -> None:
    """Lineage and difference tell the same of additions, removals, merges and restorations."""
    done = applied(draft(*wanted), history)
    before, after = history[-1].option_by_key.keys(), done.version.option_by_key.keys()
    edges = {(edge.edge, edge.from_option, edge.to_option) for edge in done.lineage}
    gone = {before_ for edge, before_, _ in edges if edge in ("merge", "remove")}
    come = {after_ for edge, _, after_ in edges if edge in ("add", "restore", "merge")}
    assert before - after <= gone
    assert after - before <= come


def test_a_merge_is_told_together_when_counted_backwards() -> None:
    """Nobody can say which of two options a flag would have named before they were joined."""
    counts = {"private_message.suspicious_link_or_spam": 7, "private_message.spam": 2}
    back = rolled_back(counts, FIRST, POLICY.lineage)
    both = ("private_message.spam", "private_message.suspicious_link")
    assert back == {both: 7, ("private_message.spam",): 2}
    forwards = rolled_forward(counts, THIRD, POLICY.lineage)
    assert forwards == {"private_message.suspicious_link_or_spam": 9}


def test_a_part_split_off_is_counted_backwards_under_what_it_came_from() -> None:
    split = Add(
        kind="job_post", reason="disrespect", words=WORDS, split_from="job_post.threatening_or_abusive"
    )
    done = applied(draft(split))
    lineage = (*POLICY.lineage, *done.lineage)
    assert ancestors_of("job_post.disrespect", THIRD, lineage) == ("job_post.threatening_or_abusive",)
    assert ancestors_of("job_post.disrespect", done.version, lineage) == ("job_post.disrespect",)


def test_an_old_version_is_left_as_it_was() -> None:
    before = msgspec.json.encode(THIRD)
    applied(draft(Remove(option="job_post.low_pay", into=OTHER)))
    assert msgspec.json.encode(THIRD) == before


@given(operations, histories, st.dictionaries(keys, st.integers(0, 50)))
def test_a_backtest_loses_no_flag_and_moves_only_what_the_draft_moves(
    wanted: list[DraftOperation], history: tuple[MenuVersion, ...], counts: dict[str, int]
) -> None:
    done = applied(draft(*wanted), history)
    lineage = [edge for edge in POLICY.lineage if edge.version <= len(history)]
    found = backtest(counts, history[-1], lineage, done)
    assert found.flags == sum(counts.values())
    gone = {edge.from_option for edge in done.lineage if edge.edge in ("merge", "remove")}
    back = {edge.to_option for edge in done.lineage if edge.edge in ("restore", "add", "merge")}
    for route in found.routes:
        assert route.before == route.after or route.before in gone or route.after in back


def test_a_backtest_of_a_removal_and_a_merge_is_exact() -> None:
    done = applied(
        draft(
            Remove(option="job_post.low_pay", into=OTHER),
            Merge(sources=("job_post.upfront_fee",), into="job_post.looks_like_scam"),
        )
    )
    counts = {"job_post.low_pay": 3, "job_post.upfront_fee": 5, "job_post.looks_like_scam": 7, OTHER: 11}
    found = backtest(counts, THIRD, POLICY.lineage, done)
    moved = {(one.before, one.after): one.flags for one in found.routes if one.before != one.after}
    assert moved == {
        ("job_post.low_pay", OTHER): 3,
        ("job_post.upfront_fee", "job_post.looks_like_scam"): 5,
    }
    assert (found.flags, found.other_before, found.other_after) == (26, 11, 14)

"""Menus as data: what a reporter sees, how the versions came about, and where an option went."""

import msgspec
import pytest

from flagstaff.flows.read_policy import Policy, known_guidelines, read_policy
from flagstaff.menus import rules
from flagstaff.menus.check import check_history, check_menus
from flagstaff.menus.model import MenuHistory, MenuVersion, Operation

KINDS = [
    "job_post",
    "profile",
    "portfolio_item",
    "private_message",
    "proposal",
    "review",
    "community_post",
    "community_group",
]
REQUESTED = {
    "job_post.off_platform_payment": "Person is requesting payment outside of {platform}",
    "profile.off_platform_payment": "Person is requesting payment outside of {platform}",
    "private_message.off_platform_payment": "Person is requesting payment outside of {platform}",
    "private_message.suspicious_link_or_spam": "Message contains a suspicious link or looks like spam",
    "private_message.threatening_or_abusive": "Message is threatening or abusive",
    "profile.fake_or_stolen_profile": "Profile looks fake or contains stolen/plagiarized content",
    "job_post.free_work": "Client is asking for free work",
    "job_post.illegal_or_unethical": "Job post is Illegal or Unethical",
    "job_post.freelancer_ad": "This is a Freelancer ad not a job",
    "job_post.unclear_incomplete": "Job post is unclear or incomplete",
} | {f"{kind}.something_else": "It's something else" for kind in KINDS}
FOUR = ("free_work", "illegal_or_unethical", "freelancer_ad", "unclear_incomplete")


@pytest.fixture(scope="module")
def policy() -> Policy:
    """Give the default policy."""
    return read_policy()


@pytest.fixture(scope="module")
def versions(policy: Policy) -> tuple[MenuVersion, ...]:
    """Give its menu versions, oldest first."""
    return policy.menu_versions


@pytest.mark.parametrize(("key", "label"), REQUESTED.items())
def test_requested_labels_stand_word_for_word(policy: Policy, key: str, label: str) -> None:
    option = rules.option_of(policy.menu_versions[-1], key)
    assert option is not None
    assert option.label == label


def test_buttons_read_as_requested(versions: tuple[MenuVersion, ...]) -> None:
    buttons = {menu.subject: menu.button for menu in versions[-1].menus}
    assert (buttons["job_post"], buttons["profile"]) == ("Flag as inappropriate", "Flag as inappropriate")
    assert buttons["community_post"] == "Notify Moderator"


@pytest.mark.parametrize("number", [1, 2, 3])
@pytest.mark.parametrize("kind", KINDS)
def test_other_stands_last_on_every_menu_and_wants_details(
    versions: tuple[MenuVersion, ...], number: int, kind: str
) -> None:
    last = rules.options_for(versions[number - 1], kind)[-1]
    assert (last.reason, last.kind, last.details, last.details_min_graphemes) == (
        "something_else",
        "open",
        "required",
        10,
    )


def test_version_2_lacks_what_version_3_brings(versions: tuple[MenuVersion, ...]) -> None:
    _, second, third = versions
    assert not [key for key in second.option_by_key if key.partition(".")[2] in FOUR]
    assert all(f"job_post.{reason}" in third.option_by_key for reason in FOUR)


def test_version_1_still_has_what_version_2_merged_and_removed(versions: tuple[MenuVersion, ...]) -> None:
    first = versions[0]
    assert {
        "job_post.free_work",
        "private_message.spam",
        "profile.fake_profile",
    } <= first.option_by_key.keys()
    assert "private_message.suspicious_link_or_spam" not in first.option_by_key
    assert first.option_by_key["private_message.spam"].clauses == ("CG-8a", "CG-8b")


def test_an_option_offers_only_clauses_with_its_kind_in_scope(policy: Policy) -> None:
    scopes = {clause.key: clause.scope for clause in policy.guidelines.clauses}
    for version in policy.menu_versions:
        for option in version.option_by_key.values():
            assert all(option.subject in scopes[key] for key in option.clauses), option.key
    doxing = rules.option_of(policy.menu_versions[-1], "community_post.disrespect")
    assert doxing is not None
    assert doxing.clauses == ("CG-6a", "CG-6b", "CG-5d", "CG-5f", "CG-5g")


def test_unknown_options_and_kinds_are_none(versions: tuple[MenuVersion, ...]) -> None:
    assert rules.option_of(versions[-1], "job_post.nothing") is None
    assert rules.menu_of(versions[-1], "nothing") is None
    assert rules.options_for(versions[-1], "nothing") == ()


def test_the_platforms_name_is_filled_in() -> None:
    assert (
        rules.label_in("Wants to talk outside {platform} first", "Harborlane")
        == "Wants to talk outside Harborlane first"
    )


@pytest.mark.parametrize(
    ("key", "number", "became"),
    [
        ("private_message.spam", 1, "private_message.spam"),
        ("private_message.spam", 3, "private_message.suspicious_link_or_spam"),
        ("job_post.free_work", 1, "job_post.free_work"),
        ("job_post.free_work", 2, "job_post.something_else"),
        ("job_post.free_work", 3, "job_post.free_work"),
        ("job_post.freelancer_ad", 2, None),
        ("job_post.never_was", 3, None),
    ],
)
def test_an_option_gone_follows_its_lineage(
    policy: Policy, key: str, number: int, became: str | None
) -> None:
    assert rules.successor_of(key, policy.menu_versions[number - 1], policy.lineage) == became


def test_lineage_tells_merges_removal_restoring_additions_and_rewording(policy: Policy) -> None:
    told = {(edge.version, edge.edge, edge.from_option, edge.to_option) for edge in policy.lineage}
    assert (2, "merge", "profile.fake_profile", "profile.fake_or_stolen_profile") in told
    assert (2, "remove", "job_post.free_work", "job_post.something_else") in told
    assert (3, "restore", "job_post.free_work", "job_post.free_work") in told
    assert (3, "add", "job_post.freelancer_ad", "job_post.freelancer_ad") in told
    assert (3, "reword", "review.something_else", "review.something_else") in told


def test_the_difference_of_two_versions_is_what_its_operations_say(versions: tuple[MenuVersion, ...]) -> None:
    first, second, third = versions
    changes = rules.differences(second, third, rules.once_offered([first, second]))
    of = {
        change: {c.option for c in changes if c.change == change}
        for change in ("added", "restored", "removed", "reworded", "moved")
    }
    assert of["added"] | of["restored"] == third.option_by_key.keys() - second.option_by_key.keys()
    assert of["restored"] == {"job_post.free_work"}
    assert {f"job_post.{reason}" for reason in FOUR[1:]} <= of["added"]
    assert of["removed"] == set()
    assert of["reworded"] == {f"{kind}.something_else" for kind in KINDS}
    assert of["moved"] == {
        f"job_post.{reason}"
        for reason in (
            "discriminatory_requirement",
            "duplicate_or_miscategorised",
            "threatening_or_abusive",
            "feedback_coercion",
        )
    }
    assert rules.differences(third, third) == ()


def test_the_default_menus_have_no_findings(policy: Policy) -> None:
    known = known_guidelines(policy.guidelines)
    assert [check_menus(version, known) for version in policy.menu_versions[-1:]] == [[]]
    assert check_history(policy.history, known) == []


@pytest.mark.parametrize(
    "operation",
    [
        Operation(op="add", reason="never_was", kinds=("job_post",)),
        Operation(
            op="remove", reason="never_was", kinds=("job_post",), row="top", at=0, into="something_else"
        ),
        Operation(op="remove", reason="bid_bait", kinds=("job_post",), into="something_else"),
        Operation(op="reorder", reason="low_pay", kinds=("job_post",), row="top", at=99),
        Operation(op="merge", sources=("job_post.a",), into="job_post.low_pay", row="top", at=0),
    ],
)
def test_an_operation_that_cannot_have_happened_is_found(policy: Policy, operation: Operation) -> None:
    history = with_last_operation(policy.history, operation)
    with pytest.raises(rules.BadHistory) as bad:
        rules.version_at(history, 2)
    place = len(history.entries[-1].operations) - 1
    assert bad.value.finding.at[:4] == ("menus_history", 2, "operations", place)


def test_there_is_no_version_4(policy: Policy) -> None:
    with pytest.raises(rules.BadHistory):
        rules.version_at(policy.history, 4)


def with_last_operation(history: MenuHistory, operation: Operation) -> MenuHistory:
    """Add an operation after all others."""
    last = history.entries[-1]
    longer = msgspec.structs.replace(last, operations=(*last.operations, operation))
    return msgspec.structs.replace(history, entries=(*history.entries[:-1], longer))

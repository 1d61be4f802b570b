"""The same words stand in code and database, places lie in one another, and each role may do what its table says."""

import re
from enum import StrEnum
from importlib.resources import files

import pytest

from flagstaff.vocabulary.audience import Audience
from flagstaff.vocabulary.origins import CaseOrigin, HoldOrigin
from flagstaff.vocabulary.references import Level, Place, Surface
from flagstaff.vocabulary.roles import PERMISSIONS, SCOPED_ROLES, Permission, StaffRole, permissions_of
from flagstaff.vocabulary.severity import Severity
from flagstaff.vocabulary.states import (
    AppealState,
    CaseState,
    DecisionState,
    FlagState,
    HoldState,
    MeasureState,
    Verdict,
)

MIGRATIONS = files("flagstaff.store") / "migrations"
SCHEMA = "\n".join(
    file.read_text(encoding="utf-8")
    for file in sorted(MIGRATIONS.iterdir(), key=lambda file: file.name)
    if file.name.endswith(".sql")
)


@pytest.mark.parametrize(
    ("table", "column", "words"),
    [
        ("cases.case", "state", CaseState),
        ("cases.case", "origin", CaseOrigin),
        ("flags.flag", "state", FlagState),
        ("decisions.decision", "state", DecisionState),
        ("decisions.decision", "verdict", Verdict),
        ("decisions.measure", "state", MeasureState),
        ("decisions.hold", "state", HoldState),
        ("decisions.hold", "origin", HoldOrigin),
        ("appeals.appeal", "state", AppealState),
        ("subjects.snapshot", "audience", Audience),
    ],
)
def test_the_database_allows_exactly_the_words_of_the_vocabulary(
    table: str, column: str, words: type[StrEnum]
) -> None:
    body = re.search(rf"create table {re.escape(table)} \((.*?)\n\)", SCHEMA, re.DOTALL)
    assert body, f"{table} is in no migration"
    allowed = re.search(rf"check \({column} in\s*\((.*?)\)\)", body[1], re.DOTALL)
    assert allowed, f"{table}.{column} takes any word"
    assert set(re.findall(r"'([^']+)'", allowed[1])) == {str(word) for word in words}


SHOP = Place(Surface.MARKETPLACE)
COMMUNITY = Place(Surface.COMMUNITY)
FORUM = Place(Surface.COMMUNITY, part="forum")
BOARD = Place(Surface.COMMUNITY, part="forum", board="identity")
GROUP = Place(Surface.COMMUNITY, part="forum", board="identity", group="espanol")
THREAD = Place(Surface.COMMUNITY, part="forum", board="identity", group="espanol", thread="7")


@pytest.mark.parametrize(
    ("place", "levels"),
    [
        (SHOP, "site"),
        (COMMUNITY, "site community"),
        (FORUM, "site community part"),
        (BOARD, "site community part board"),
        (GROUP, "site community part board group"),
        (THREAD, "site community part board group"),
    ],
)
def test_a_place_knows_the_rings_round_it(place: Place, levels: str) -> None:
    assert " ".join(place.levels) == levels


def test_each_place_lies_in_every_wider_one_and_in_no_narrower() -> None:
    row = [COMMUNITY, FORUM, BOARD, GROUP, THREAD]
    for here, place in enumerate(row):
        for there, other in enumerate(row):
            assert place.lies_in(other) is (here >= there)
    assert not SHOP.lies_in(COMMUNITY)
    assert not COMMUNITY.lies_in(SHOP)


@pytest.mark.parametrize(
    ("level", "ring"),
    [
        ("site", None),
        ("community", COMMUNITY),
        ("part", FORUM),
        ("board", BOARD),
        ("group", GROUP),
        ("thread", THREAD),
    ],
)
def test_a_measure_closes_the_ring_that_its_level_names(level: str, ring: Place | None) -> None:
    assert THREAD.ring(Level(level)) == ring


def test_grave_begins_at_three() -> None:
    assert [severity.grave for severity in Severity] == [False, False, False, True, True]


def test_every_permission_is_somebodys_and_every_role_has_some() -> None:
    assert set(PERMISSIONS) == set(StaffRole)
    assert permissions_of(frozenset(StaffRole)) == frozenset(Permission)
    assert all(PERMISSIONS.values())
    assert permissions_of(frozenset()) == frozenset()


@pytest.mark.parametrize(
    "permission",
    [
        Permission.REVEAL_WORDS,
        Permission.RESTRICTED_DESK,
        Permission.UNMASK,
        Permission.CONFIRM,
        Permission.REVIEW_APPEAL,
        Permission.READ_AUDIT,
    ],
)
def test_a_community_moderator_never_has_this(permission: Permission) -> None:
    assert permission not in PERMISSIONS[StaffRole.COMMUNITY_MODERATOR]
    assert StaffRole.COMMUNITY_MODERATOR in SCOPED_ROLES


def test_who_makes_accounts_decides_nothing_and_who_audits_changes_nothing() -> None:
    assert not PERMISSIONS[StaffRole.ADMIN] & {
        Permission.DECIDE,
        Permission.SEE_QUEUE,
        Permission.REVEAL_WORDS,
    }
    assert PERMISSIONS[StaffRole.AUDITOR] == {Permission.READ_AUDIT, Permission.READ_FIGURES}

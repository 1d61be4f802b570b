"""Who may do what where, which passwords do, how long a session lives, when guessing waits."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec
import pytest
from hypothesis import given, strategies as st

from flagstaff.kernel.errors import Forbidden
from flagstaff.staff import rules
from flagstaff.staff.model import Account, AccountState, ApiKey, Invitation, Reach, Session
from flagstaff.vocabulary.references import AccountKey, Place, Platform, Surface
from flagstaff.vocabulary.roles import PERMISSIONS, SCOPED_ROLES, Permission, StaffRole
from flagstaff.vocabulary.scopes import ApiScope

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
SHOP, CLUB = Platform("shop"), Platform("club")
HELP = Place(Surface.COMMUNITY, part="boards", board="help")
ESPANOL = Place(Surface.COMMUNITY, part="boards", board="groups", group="espanol", thread="t1")
MARKET = Place(Surface.MARKETPLACE)


def account(*roles: StaffRole, places: tuple[str, ...] = (), platforms: tuple[Platform, ...] = ()) -> Account:
    return Account(
        key=AccountKey(UUID(int=7)),
        login="ada",
        name="Ada",
        roles=frozenset(roles),
        places=tuple(rules.read_reach(place) for place in places),
        platforms=frozenset(platforms),
        made_at=NOW,
    )


@pytest.mark.parametrize("role", list(StaffRole))
@pytest.mark.parametrize("permission", list(Permission))
def test_a_role_allows_what_the_table_says_and_nothing_else(role: StaffRole, permission: Permission) -> None:
    somebody = account(role, places=("board:help",) if role in SCOPED_ROLES else ())
    assert bool(rules.may(somebody, permission, HELP, SHOP)) == (permission in PERMISSIONS[role])


@pytest.mark.parametrize(
    ("places", "place", "allowed"),
    [
        (("board:help",), HELP, True),
        (("board:help",), ESPANOL, False),
        (("group:espanol",), ESPANOL, True),
        (("board:groups",), ESPANOL, True),
        (("board:help", "group:espanol"), HELP, True),
        (("board:help",), MARKET, False),
        (("board:help",), None, False),
        (("part:boards",), HELP, True),
    ],
)
def test_a_community_moderator_reaches_their_own_places_only(
    places: tuple[str, ...], place: Place | None, allowed: bool
) -> None:
    lead = account(StaffRole.COMMUNITY_MODERATOR, places=places)
    assert bool(rules.may(lead, Permission.DECIDE, place, SHOP)) is allowed


def test_a_moderator_who_also_leads_a_group_reaches_everything() -> None:
    both = account(StaffRole.MODERATOR, StaffRole.COMMUNITY_MODERATOR, places=("board:help",))
    assert rules.may(both, Permission.DECIDE, MARKET, SHOP)


def test_an_account_of_one_platform_does_nothing_on_another() -> None:
    somebody = account(StaffRole.MODERATOR, platforms=(SHOP,))
    assert rules.may(somebody, Permission.DECIDE, MARKET, SHOP)
    ruling = rules.may(somebody, Permission.DECIDE, MARKET, CLUB)
    assert not ruling
    assert "club" in ruling.reason


@pytest.mark.parametrize("state", [AccountState.INVITED, AccountState.LEFT])
@pytest.mark.parametrize("permission", list(Permission))
def test_who_is_not_in_or_gone_may_nothing(state: AccountState, permission: Permission) -> None:
    gone = msgspec.structs.replace(account(*StaffRole, places=("board:help",)), state=state)
    assert not rules.may(gone, permission, HELP, SHOP)
    assert not rules.may_somewhere(gone, permission)
    assert gone.permissions == frozenset()


@given(
    roles=st.frozensets(st.sampled_from(list(StaffRole))),
    permission=st.sampled_from(list(Permission)),
    place=st.sampled_from([HELP, ESPANOL, MARKET, None]),
    platform=st.sampled_from([SHOP, CLUB, None]),
)
def test_what_may_be_done_anywhere_opens_its_page(
    roles: frozenset[StaffRole], permission: Permission, place: Place | None, platform: Platform | None
) -> None:
    somebody = account(*roles, places=("board:help",), platforms=(SHOP,))
    ruling = rules.may(somebody, permission, place, platform)
    assert ruling.reason
    assert not ruling or rules.may_somewhere(somebody, permission)


def test_demand_lets_the_operator_through_and_names_the_reason_to_others() -> None:
    rules.demand(None, Permission.MANAGE_ACCOUNTS, None, None)
    with pytest.raises(Forbidden, match="manage_accounts"):
        rules.demand(account(StaffRole.AUDITOR), Permission.MANAGE_ACCOUNTS, None, None)


@pytest.mark.parametrize(
    ("roles", "places", "says"),
    [
        ((), (), "at least one role"),
        ((StaffRole.COMMUNITY_MODERATOR,), (), "at least one place"),
        ((StaffRole.AUDITOR,), ("board:help",), "community moderators only"),
    ],
)
def test_an_account_that_could_do_nothing_is_refused(
    roles: tuple[StaffRole, ...], places: tuple[str, ...], says: str
) -> None:
    with pytest.raises(rules.BadLogin, match=says):
        rules.check_roles(frozenset(roles), [rules.read_reach(place) for place in places])


@pytest.mark.parametrize("text", ["help", "board:", "thread:x", "board: help", "board:a:b", "site:all"])
def test_a_place_is_written_as_level_and_key(text: str) -> None:
    with pytest.raises(rules.BadLogin, match="no place"):
        rules.read_reach(text)
    assert str(Reach("board", "help")) == "board:help"


@pytest.mark.parametrize(("typed", "stored"), [(" Ada ", "ada"), ("Ada@Shop.Example", "ada@shop.example")])
def test_a_login_has_one_spelling(typed: str, stored: str) -> None:
    assert rules.read_login(typed) == stored


@pytest.mark.parametrize("typed", ["", "a", "a b", "<script>", "x" * 81, ".ada"])
def test_a_login_that_could_be_mistaken_is_refused(typed: str) -> None:
    with pytest.raises(rules.BadLogin):
        rules.read_login(typed)


@pytest.mark.parametrize(
    "password",
    [
        "short",
        "password1234!",
        "aaaaaaaaaaaaaaaa",
        "123456789012345",
        "Flagstaff2026!!",
        "my-ada-login-x",
        "x" * 129,
    ],
)
def test_passwords_that_are_tried_first_are_refused_with_what_to_do(password: str) -> None:
    with pytest.raises(rules.WeakPassword, match="easy to guess") as refused:
        rules.check_password(password, "ada")
    assert "random words" in refused.value.mend
    assert password not in str(refused.value)


@pytest.mark.parametrize(
    "password", ["correct horse battery staple", "ünïcode-is-føne-hier", "a1B2c3D4e5F6g7"]
)
def test_long_passwords_need_no_special_signs(password: str) -> None:
    rules.check_password(password, "ada")


@pytest.mark.parametrize(
    ("after", "idle", "alive"),
    [
        (timedelta(hours=1), timedelta(minutes=1), True),
        (timedelta(hours=3), timedelta(hours=2), False),
        (timedelta(hours=11, minutes=59), timedelta(minutes=1), True),
        (timedelta(hours=12), timedelta(0), False),
    ],
)
def test_a_session_ends_two_hours_after_its_last_and_twelve_after_its_first_use(
    after: timedelta, idle: timedelta, alive: bool
) -> None:
    now = NOW + after
    session = Session(AccountKey(UUID(int=7)), NOW, now - idle, NOW + rules.LONGEST)
    assert rules.alive(session, now) is alive


@pytest.mark.parametrize(
    ("failed", "seconds"), [(0, 0), (4, 0), (5, 15), (6, 30), (7, 60), (9, 240), (10, 300), (60, 300)]
)
def test_each_further_wrong_password_doubles_the_wait_up_to_five_minutes(failed: int, seconds: int) -> None:
    assert rules.wait_before_try([NOW] * failed, NOW) == timedelta(seconds=seconds)


@given(st.lists(st.timedeltas(timedelta(0), timedelta(hours=1)), max_size=40))
def test_nobody_is_shut_out_for_longer_than_five_minutes(ago: list[timedelta]) -> None:
    assert timedelta(0) <= rules.wait_before_try([NOW - span for span in ago], NOW) <= rules.LONGEST_WAIT


@pytest.mark.parametrize(
    "invitation",
    [
        None,
        Invitation(AccountKey(UUID(int=7)), NOW, None),
        Invitation(AccountKey(UUID(int=7)), NOW + timedelta(hours=1), NOW - timedelta(hours=1)),
    ],
)
def test_unknown_late_and_used_links_get_one_answer(invitation: Invitation | None) -> None:
    with pytest.raises(rules.SpentInvitation, match="used already, has run out, or never existed"):
        rules.check_invitation(invitation, NOW)


@pytest.mark.parametrize(
    ("scope", "platform", "revoked", "allowed"),
    [
        (ApiScope.FLAGS_WRITE, SHOP, None, True),
        (ApiScope.FLAGS_WRITE, CLUB, None, False),
        (ApiScope.CONTENT_WRITE, SHOP, None, False),
        (ApiScope.FLAGS_WRITE, SHOP, NOW, False),
    ],
)
def test_a_key_opens_its_scopes_on_its_platform_until_revoked(
    scope: ApiScope, platform: Platform, revoked: datetime | None, allowed: bool
) -> None:
    key = ApiKey("k", SHOP, bytes(32), frozenset({ApiScope.FLAGS_WRITE}), "x", NOW, revoked)
    assert bool(rules.key_may(key, scope, platform)) is allowed


def test_the_last_administrator_can_neither_leave_nor_be_demoted() -> None:
    admin = account(StaffRole.ADMIN)
    other = msgspec.structs.replace(account(StaffRole.MODERATOR), key=AccountKey(UUID(int=8)))
    assert not rules.leaves_an_admin([admin, other], msgspec.structs.replace(admin, roles=frozenset()))
    assert not rules.leaves_an_admin([admin, other], msgspec.structs.replace(admin, state=AccountState.LEFT))
    assert rules.leaves_an_admin([admin, other], msgspec.structs.replace(other, state=AccountState.LEFT))

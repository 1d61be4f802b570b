"""A platform is connected: its secrets are shown once and kept sealed, its keys are known within half a minute."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

import msgspec
import pytest

from flagstaff.flows.add_platform import AddPlatform, Connection, PlatformExists, add_platform
from flagstaff.flows.connect_webhook import connect_webhook
from flagstaff.flows.house import House
from flagstaff.flows.key_ring import KeyRing
from flagstaff.flows.make_api_key import MakeApiKey, make_api_key
from flagstaff.flows.platform_secrets import NoServiceKey, open_secret
from flagstaff.flows.revoke_api_key import revoke_api_key
from flagstaff.flows.rotate_secret import LastSecret, retire_secret, rotate_secret
from flagstaff.flows.secret_book import SecretBook
from flagstaff.flows.show_platforms import show_platform
from flagstaff.flows.welcome_platform import welcome_platform
from flagstaff.kernel.clock import Clocks, StoppedClock
from flagstaff.kernel.errors import Forbidden, NotFound
from flagstaff.kernel.ids import Ids
from flagstaff.kernel.settings import Settings
from flagstaff.platforms import storage
from flagstaff.platforms.model import Feed, Purpose
from flagstaff.platforms.rules import BadPlatform, BadWebhook
from flagstaff.platforms.tokens import BadToken, read_person_token
from flagstaff.staff.api_keys import BadKey
from flagstaff.staff.model import Account, Reach
from flagstaff.store.database import Database
from flagstaff.store.roles import Role
from flagstaff.vocabulary.effects import Effect
from flagstaff.vocabulary.references import Platform
from flagstaff.vocabulary.roles import StaffRole
from flagstaff.vocabulary.scopes import ApiScope
from tests.people import hire, staff_house
from tests.rooms.test_platforms_tokens import sign

SHOP = Platform("shop")


@pytest.fixture
async def house(own_database: Database, ids: Ids, clocks: Clocks) -> House:
    return staff_house(own_database, ids, clocks)


async def leads_outside(_: str, __: int) -> Sequence[str]:
    return ["93.184.216.34"]


async def leads_inside(_: str, __: int) -> Sequence[str]:
    return ["10.0.0.8"]


def shop(**more: str) -> AddPlatform:
    return AddPlatform(key=SHOP, name="Shop", origins=("https://shop.example",), **more)  # type: ignore[arg-type]


async def add(house: House, **more: str) -> Connection:
    return await add_platform(house, None, shop(**more), leads_outside)


def token(house: House, kid: str, secret: str, platform: str = SHOP) -> str:
    at = int(house.clocks.wall.now().timestamp())
    return sign({"iss": platform, "sub": "user-1", "iat": at, "exp": at + 600}, {"kid": kid}, secret=secret)


async def test_adding_a_platform_prints_all_that_its_host_needs(house: House) -> None:
    made = await add(house, webhook="https://shop.example/in", reporter_webhook="https://shop.example/told")
    assert made.host.effects == frozenset(Effect)
    assert [hook.feed for hook in made.webhooks] == [Feed.MEASURES, Feed.REPORTER_NOTICES]
    assert len({made.token_secret, *(hook.secret for hook in made.webhooks)}) == 3
    assert all(hook.secret.startswith("whsec_") for hook in made.webhooks)
    assert (await KeyRing(house).holder(made.api_key)).platform == SHOP
    secrets = await SecretBook(house).live("")
    shown = read_person_token(token(house, made.kid, made.token_secret), secrets, house.clocks.wall.now())
    assert shown.person.platform == SHOP
    assert made.token_secret not in repr(made)


async def test_no_secret_lies_open_in_the_database(house: House) -> None:
    made = await add(house, webhook="https://shop.example/in")
    async with house.database.reading(Role.CONSOLE) as connection:
        rows = await connection.fetch("select * from platforms.secret")
        keys = await connection.fetch("select * from staff.api_key")
    lying = str([dict(row) for row in [*rows, *keys]]).encode()
    for secret in (made.token_secret, made.webhooks[0].secret, made.api_key.rpartition("_")[2]):
        assert secret.encode() not in lying


async def test_a_secret_moved_to_another_platform_does_not_open(house: House) -> None:
    await add(house)
    async with house.database.reading(Role.CONSOLE) as connection:
        (sealed,) = await storage.live_secrets(connection, Purpose.TOKEN, SHOP)
    assert open_secret(house, sealed).text
    with pytest.raises(Exception, match="another place"):
        open_secret(house, msgspec.structs.replace(sealed, platform=Platform("club")))


async def test_a_platform_is_added_once_and_completely_or_not_at_all(house: House) -> None:
    await add(house)
    with pytest.raises(PlatformExists):
        await add(house)
    with pytest.raises(BadPlatform):
        await add_platform(house, None, AddPlatform(key=Platform("No Key"), name="x"))
    with pytest.raises(BadWebhook):
        await add_platform(
            house,
            None,
            AddPlatform(key=Platform("club"), name="Club", webhook="https://club.example/"),
            leads_inside,
        )
    assert await show_platform(house, Platform("club")) is None


async def test_an_address_inside_needs_the_operators_word(
    own_database: Database, ids: Ids, clocks: Clocks
) -> None:
    strict = staff_house(own_database, ids, clocks)
    await add(strict)
    with pytest.raises(BadWebhook):
        await connect_webhook(strict, None, SHOP, Feed.MEASURES, "http://127.0.0.1:9/x", leads_inside)
    demo = staff_house(own_database, ids, clocks, Settings(webhook_allow=("127.0.0.1:9",)))
    hook = await connect_webhook(demo, None, SHOP, Feed.MEASURES, "http://127.0.0.1:9/x", leads_inside)
    page = await show_platform(demo, SHOP)
    assert page is not None
    assert [(endpoint.url, endpoint.kid) for endpoint in page.endpoints] == [
        ("http://127.0.0.1:9/x", hook.kid)
    ]


async def test_after_a_rotation_two_secrets_hold_and_after_another_the_first_is_gone(
    house: House, wall: StoppedClock
) -> None:
    made = await add(house)
    book = SecretBook(house)
    held = {made.kid: made.token_secret}
    for _ in range(2):
        wall.move(timedelta(minutes=1))
        rotated = await rotate_secret(house, None, SHOP, Purpose.TOKEN)
        held[rotated.kid] = rotated.secret
        secrets = await book.live(token(house, rotated.kid, rotated.secret))
        assert set(secrets) == set(list(held)[-2:])
    gone = token(house, made.kid, made.token_secret)
    with pytest.raises(BadToken):
        read_person_token(gone, await book.live(gone), house.clocks.wall.now())


async def test_a_former_secret_can_be_retired_and_the_one_in_use_cannot(
    house: House, wall: StoppedClock
) -> None:
    made = await add(house)
    with pytest.raises(LastSecret):
        await retire_secret(house, None, SHOP, made.kid)
    wall.move(timedelta(minutes=1))
    rotated = await rotate_secret(house, None, SHOP, Purpose.TOKEN)
    await retire_secret(house, None, SHOP, made.kid)
    with pytest.raises(LastSecret):
        await retire_secret(house, None, SHOP, rotated.kid)
    with pytest.raises(NotFound):
        await retire_secret(house, None, SHOP, made.kid)


async def test_a_rotated_webhook_is_signed_with_the_new_secret(house: House) -> None:
    await add(house, webhook="https://shop.example/in")
    rotated = await rotate_secret(house, None, SHOP, Purpose.MEASURES)
    page = await show_platform(house, SHOP)
    assert page is not None
    assert page.endpoints[0].kid == rotated.kid


async def test_a_revoked_key_works_no_longer_than_half_a_minute(house: House, wall: StoppedClock) -> None:
    await add(house)
    made = await make_api_key(house, None, MakeApiKey(SHOP, "Export", frozenset({ApiScope.MEASURES_READ})))
    here, there = KeyRing(house), KeyRing(house)
    assert (await there.holder(made.bearer)).scopes == {ApiScope.MEASURES_READ}
    await revoke_api_key(house, None, made.key.id)
    with pytest.raises(BadKey):
        await here.holder(made.bearer)
    await there.holder(made.bearer)
    wall.move(timedelta(seconds=30))
    with pytest.raises(BadKey):
        await there.holder(made.bearer)


async def test_the_ring_asks_the_database_once_for_many_requests(house: House) -> None:
    made = await add(house)
    ring = KeyRing(house)
    await ring.holder(made.api_key)
    await house.database.close()
    assert (await ring.holder(made.api_key)).platform == SHOP


async def test_strangers_kids_make_the_book_look_once_a_second_at_most(
    house: House, wall: StoppedClock
) -> None:
    await add(house)
    book = SecretBook(house)
    await book.live("")
    await house.database.close()
    for at in range(50):
        await book.live(token(house, f"stranger{at}", "x" * 43))


async def test_a_process_without_the_service_key_says_so(
    own_database: Database, ids: Ids, clocks: Clocks
) -> None:
    whole = staff_house(own_database, ids, clocks)
    bare = House(own_database, ids, clocks, whole.sealer, whole.policy, whole.settings)
    with pytest.raises(NoServiceKey):
        await add(bare)


@pytest.mark.parametrize("role", [role for role in StaffRole if role is not StaffRole.ADMIN])
async def test_nobody_but_an_administrator_touches_platforms(house: House, role: StaffRole) -> None:
    made = await add(house)
    other: Account = await hire(house, role, places=[Reach("board", "help")])
    key_id = made.api_key.split("_")[1]
    deeds: list[Callable[[], Awaitable[object]]] = [
        lambda: add_platform(house, other, AddPlatform(key=Platform("club"), name="Club")),
        lambda: make_api_key(house, other, MakeApiKey(SHOP, "x")),
        lambda: revoke_api_key(house, other, key_id),
        lambda: rotate_secret(house, other, SHOP, Purpose.TOKEN),
        lambda: retire_secret(house, other, SHOP, made.kid),
        lambda: connect_webhook(house, other, SHOP, Feed.MEASURES, "https://shop.example/", leads_outside),
    ]
    for deed in deeds:
        with pytest.raises(Forbidden):
            await deed()


async def test_an_administrator_of_one_platform_leaves_the_others_alone(house: House) -> None:
    await add(house)
    other = await hire(house, StaffRole.ADMIN, platforms=[Platform("club")])
    with pytest.raises(Forbidden, match="does not work for 'shop'"):
        await rotate_secret(house, other, SHOP, Purpose.TOKEN)


async def test_a_welcomed_platform_has_a_live_menu(house: House) -> None:
    made = await welcome_platform(house, None, shop(), leads_outside)
    assert made.menu_version is not None
    assert house.policy.menus(SHOP).number == made.menu_version

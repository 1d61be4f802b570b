"""Make a platform ready for its first flag: add it and publish the default policy for it."""

import asyncio

from flagstaff.flows.add_platform import AddPlatform, Connection, add_platform
from flagstaff.flows.house import House
from flagstaff.flows.publish_policy import FirstPolicy, publish_first
from flagstaff.flows.read_policy import read_policy
from flagstaff.platforms.addresses import Resolve, resolve
from flagstaff.staff.model import Account
from flagstaff.staff.rules import actor_of


async def welcome_platform(
    house: House, by: Account | None, wanted: AddPlatform, find: Resolve = resolve
) -> Connection:
    """Return the connection of a platform with menus and guidelines; the version it names is live.

    Two transactions: should the second fail, the platform stands without a policy, and publishing can be repeated.
    """
    made = await add_platform(house, by, wanted, find)
    policy = await asyncio.to_thread(read_policy)
    newest = max(version.number for version in policy.menu_versions)
    first = FirstPolicy(made.host.key, {newest: house.now}, house.now, actor_of(by))
    await publish_first(house, policy, first)
    return made.at_version(newest)

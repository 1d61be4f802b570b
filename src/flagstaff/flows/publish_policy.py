"""Publish menus and guidelines: the first ones with their history, later ones with a second person."""

from datetime import datetime

import msgspec

from flagstaff.audit import storage as audit
from flagstaff.audit.model import Entry
from flagstaff.delivery.model import EventKind
from flagstaff.flows.announce_version import announce_version
from flagstaff.flows.house import House
from flagstaff.flows.read_policy import Policy
from flagstaff.guidelines import storage as guidelines_storage, translating as guidelines_translating
from flagstaff.kernel.errors import Conflict
from flagstaff.menus import storage as menus_storage, translating as menus_translating
from flagstaff.menus.model import MenuVersion
from flagstaff.platforms import storage as platforms_storage
from flagstaff.store.database import Connection
from flagstaff.store.roles import Role
from flagstaff.vocabulary.references import Platform


class AlreadyPublished(Conflict):
    """A version of that number stands already; what is published is never changed."""

    slug = "already-published"
    title = "This version was published before"


class FirstPolicy(msgspec.Struct, frozen=True):
    """Which versions a new platform starts with; `days` maps each menu version to the moment it is dated.

    History from before Flagstaff is dated in the past and marked as imported; the newest one is live.
    """

    platform: str
    days: dict[int, datetime]
    guidelines_from: datetime
    author: str


async def publish_first(house: House, policy: Policy, request: FirstPolicy) -> None:
    """Publish the policy a platform starts with, once, in the languages it speaks; raises AlreadyPublished.

    A first policy needs no second person: nothing is live that it could change.
    """
    async with house.database.transaction(Role.CONSOLE) as connection:
        if await guidelines_storage.count(connection, request.platform):
            what = f"the platform {request.platform!r} has a policy"
            raise AlreadyPublished(what, mend="propose a new version; a second person publishes it")
        host = await platforms_storage.find_host(connection, Platform(request.platform))
        languages = host.languages if host else policy.guidelines.languages
        await guidelines_storage.publish(
            connection, request.platform, guidelines_translating.kept_to(policy.guidelines, languages),
            author=request.author, approver=None, alone=False, at=request.guidelines_from,
        )  # fmt: skip
        for version in policy.menu_versions:
            if version.number in request.days:
                at = request.days[version.number]
                said = menus_translating.kept_to(version, languages)
                await _publish_menus(connection, policy, said, request, at)
                await announce_version(
                    house, connection, request.platform, EventKind.MENU_PUBLISHED, version.number, at
                )
        await announce_version(
            house, connection, request.platform, EventKind.GUIDELINES_PUBLISHED, policy.guidelines.version,
            request.guidelines_from,
        )  # fmt: skip
        entry = Entry(
            house.ids.key(), house.now, "policy.published", request.author, f"platform:{request.platform}",
            request.platform, {"menus": max(request.days), "guidelines": policy.guidelines.version},
        )  # fmt: skip
        await audit.record(connection, [entry])
    await house.policy.refresh()


async def _publish_menus(
    connection: Connection, policy: Policy, version: MenuVersion, request: FirstPolicy, at: datetime
) -> None:
    await menus_storage.publish(
        connection, request.platform, version, policy.lineage,
        author=request.author, approver=None, alone=False, at=at,
    )  # fmt: skip

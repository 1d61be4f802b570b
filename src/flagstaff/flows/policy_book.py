"""Hold every platform and every published version of its menus and guidelines in memory, fresh in every process."""

import asyncio
from bisect import bisect_right
from collections import defaultdict
from datetime import datetime
from typing import Final

import structlog

from flagstaff.guidelines import storage as guidelines_storage
from flagstaff.guidelines.model import Guidelines
from flagstaff.guidelines.rules import FLAG_USE
from flagstaff.kernel.errors import NotFound
from flagstaff.menus import storage as menus_storage
from flagstaff.menus.model import MenuVersion
from flagstaff.platforms import storage as platforms_storage
from flagstaff.platforms.model import Host
from flagstaff.store.database import Database
from flagstaff.store.roles import Role

_PAUSE_AFTER_ERROR: Final = 1.0

_log = structlog.get_logger()


class NothingPublished(NotFound):
    """A platform is unknown, or has no version yet."""

    slug = "nothing-published"
    title = "Nothing is published here"


class PolicyBook:
    """Answer which version is live, was named by a flag, or was in force on a day.

    Versions are immutable, so a copy in memory is never wrong, only late: `keep_fresh` reads again whenever a
    process publishes, and a version that is not here yet is looked up once more before it counts as unknown.
    """

    def __init__(self, database: Database, role: Role) -> None:
        """Read through `role`; empty until the first `refresh`."""
        self._database = database
        self._role = role
        self._hosts: dict[str, Host] = {}
        self._menus: dict[str, dict[int, MenuVersion]] = {}
        self._guidelines: dict[str, list[tuple[datetime, Guidelines]]] = {}
        self._stale = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def refresh(self) -> None:
        """Read all published versions."""
        async with self._database.reading(self._role) as connection:
            hosts = await platforms_storage.list_hosts(connection)
            menus = await menus_storage.published(connection)
            guidelines = await guidelines_storage.published(connection)
        by_platform: dict[str, dict[int, MenuVersion]] = defaultdict(dict)
        for platform, version in menus:
            by_platform[platform][version.number] = version
        rules: dict[str, list[tuple[datetime, Guidelines]]] = defaultdict(list)
        for platform, since, entry in guidelines:
            rules[platform].append((since, entry))
        self._hosts = {str(host.key): host for host in hosts}
        self._menus, self._guidelines = dict(by_platform), dict(rules)

    async def keep_fresh(self) -> None:
        """Listen for publications until `close`."""
        await self._database.listen("versions", self._stale.set, role=self._role)
        self._task = asyncio.create_task(self._follow())

    async def close(self) -> None:
        """Stop listening."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _follow(self) -> None:
        while True:
            await self._stale.wait()
            self._stale.clear()
            try:
                await self.refresh()
            except Exception as error:  # noqa: BLE001 - a book that stopped reading would stay old for ever, unseen
                _log.warning("the policy could not be read again yet", exc_info=error)
                self._stale.set()
                await asyncio.sleep(_PAUSE_AFTER_ERROR)

    def host(self, platform: str) -> Host:
        """Return what a platform declared of itself; raises NothingPublished where it is not known."""
        found = self._hosts.get(platform)
        if found is None:
            raise _nothing(platform)
        return found

    def hosts(self) -> list[Host]:
        """List all platforms by key."""
        return [host for _, host in sorted(self._hosts.items())]

    def has_kind(self, platform: str, kind: str) -> bool:
        """Tell whether a platform's live menus have one for this kind of subject; how somebody flags is ours alone."""
        return kind != FLAG_USE and kind in self.menus(platform).menu_by_kind

    def menus(self, platform: str) -> MenuVersion:
        """Return the live menus; raises NothingPublished."""
        versions = self._menus.get(platform)
        if not versions:
            raise _nothing(platform)
        return versions[max(versions)]

    def menus_version(self, platform: str, number: int) -> MenuVersion | None:
        """Return the version a flag names, or None where this platform never published it."""
        return self._menus.get(platform, {}).get(number)

    def menus_history(self, platform: str) -> list[MenuVersion]:
        """Return all versions of a platform, oldest first."""
        return [version for _, version in sorted(self._menus.get(platform, {}).items())]

    def guidelines(self, platform: str) -> Guidelines:
        """Return the live guidelines; raises NothingPublished."""
        return self._all(platform)[-1][1]

    def guidelines_version(self, platform: str, number: int) -> Guidelines | None:
        """Return one version by its number, or None."""
        return next(
            (entry for _, entry in self._guidelines.get(platform, []) if entry.version == number), None
        )

    def guidelines_history(self, platform: str) -> list[tuple[datetime, Guidelines]]:
        """Return all versions of a platform with the moment since which each holds, oldest first."""
        return list(self._all(platform))

    def guidelines_in_force(self, platform: str, at: datetime) -> Guidelines:
        """Return the version in force at a moment; before the first one, the first."""
        versions = self._all(platform)
        place = bisect_right([since for since, _ in versions], at)
        return versions[max(place - 1, 0)][1]

    def _all(self, platform: str) -> list[tuple[datetime, Guidelines]]:
        versions = self._guidelines.get(platform)
        if not versions:
            raise _nothing(platform)
        return versions


def _nothing(platform: str) -> NothingPublished:
    message = f"the platform {platform!r} has published nothing"
    return NothingPublished(message, mend="check its name, or run `flagstaff policy publish`")

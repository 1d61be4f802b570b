"""Hold the live token secrets of all platforms, opened, in the memory of the process that checks tokens."""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from flagstaff.flows.house import House
from flagstaff.flows.platform_secrets import open_secret
from flagstaff.platforms import storage
from flagstaff.platforms.model import LiveSecret, Purpose
from flagstaff.platforms.tokens import key_id_of
from flagstaff.store.roles import Role

FRESH: Final = timedelta(seconds=30)
_UNKNOWN_PAUSE: Final = timedelta(seconds=1)


class SecretBook:
    """Answer with the live secrets by kid: at most half a minute old, and looked up anew for a kid not met before."""

    def __init__(self, house: House, role: Role = Role.INTAKE) -> None:
        """Begin empty; `role` is the one that this process opened."""
        self._house = house
        self._role = role
        self._read_at: datetime | None = None
        self._secrets: Mapping[str, LiveSecret] = {}
        self._lock = asyncio.Lock()

    async def live(self, compact: str) -> Mapping[str, LiveSecret]:
        """Return the secrets to check this token or ticket with.

        A kid that is not known makes it look again, though not more than once a second: strangers may send any.
        """
        unknown = key_id_of(compact) not in self._secrets
        if self._is_stale(_UNKNOWN_PAUSE if unknown else FRESH):
            async with self._lock:
                if self._is_stale(_UNKNOWN_PAUSE if unknown else FRESH):
                    await self.refresh()
        return self._secrets

    def _is_stale(self, after: timedelta) -> bool:
        at = self._read_at
        return at is None or not timedelta(0) <= self._house.clocks.wall.now() - at < after

    async def refresh(self) -> None:
        """Read and open all live secrets now."""
        async with self._house.database.reading(self._role) as connection:
            sealed = await storage.live_secrets(connection, Purpose.TOKEN)
        self._secrets = {secret.kid: open_secret(self._house, secret) for secret in sealed}
        self._read_at = self._house.clocks.wall.now()

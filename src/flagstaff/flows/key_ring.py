"""Recognise the API keys of machines without asking the database for every request."""

from datetime import datetime, timedelta
from typing import Final

from flagstaff.flows.house import House
from flagstaff.staff import api_keys, storage
from flagstaff.staff.model import ApiKey
from flagstaff.store.roles import Role

FRESH: Final = timedelta(seconds=30)
_MOST: Final = 1024


class KeyRing:
    """Hold keys seen lately, at most half a minute: a revoked key works no longer than that elsewhere."""

    def __init__(self, house: House, role: Role = Role.INTAKE) -> None:
        """Begin empty; `role` is the one that this process opened."""
        self._house = house
        self._role = role
        self._known: dict[str, tuple[datetime, ApiKey]] = {}

    async def holder(self, bearer: str) -> ApiKey:
        """Return the key that somebody showed (the text after "Bearer "); raises BadKey.

        Scopes and platform are for the caller to check, with `staff.rules.key_may`.
        """
        shown = api_keys.read(bearer)
        now = self._house.clocks.wall.now()
        at, key = self._known.get(shown.id, (None, None))
        if at is None or not timedelta(0) <= now - at < FRESH:
            key = await self._look_up(shown.id, now)
        return api_keys.check(shown, key)

    def forget(self, key_id: str) -> None:
        """Drop a key at once, in the process that revoked it."""
        self._known.pop(key_id, None)

    async def _look_up(self, key_id: str, now: datetime) -> ApiKey | None:
        async with self._house.database.reading(self._role) as connection:
            key = await storage.find_api_key(connection, key_id)
        self.forget(key_id)
        if key is not None:
            if len(self._known) >= _MOST:
                self._known.pop(next(iter(self._known)))
            self._known[key_id] = (now, key)
        return key

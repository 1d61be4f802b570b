"""Make the redacted copies that staff read: a job that takes the oldest words without one."""

from functools import partial

from flagstaff.flows.house import House
from flagstaff.flows.open_on_record import open_on_record, opener_of
from flagstaff.store.roles import Role
from flagstaff.vault import opening
from flagstaff.vault.model import Asking, Purpose

BATCH = 20
"""Few enough that a process which also receives flags is held up for some ten milliseconds only."""


async def redact_words(house: House, most: int = BATCH) -> int:
    """Make up to `most` redacted copies and return how many were made; 0 means that none is missing.

    Two jobs at once may do the same copy twice; the first one kept stays.
    """
    opener_of(house)
    async with house.database.reading(Role.REDACTOR) as connection:
        refs = await opening.to_redact(connection, most)
    if not refs:
        return 0
    now = house.clocks.wall.now()
    asking = Asking(house.ids.key(), Purpose.REDACT, tuple(refs), "redacted copies", now)
    make = partial(opening.make_redacted, sealer=house.sealer)
    return await open_on_record(house, Role.REDACTOR, asking, make)

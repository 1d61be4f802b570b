"""Alert whoever answers for it when a suggestion or a letter waits past its day: once each, on the record.

The alert stands on every page of the console of those whom it concerns, until what waits is answered.
"""

from flagstaff.audit import storage as audit
from flagstaff.audit.model import Entry
from flagstaff.contact import storage as contact
from flagstaff.flows.house import House
from flagstaff.menus import suggested
from flagstaff.store.roles import Role


async def alert_owners(house: House) -> int:
    """Note everything that waits past its day and was not noted yet, a batch at a time; return how much it was."""
    now = house.now
    async with house.database.transaction(Role.WORKER) as connection:
        groups = await suggested.late(connection, now)
        threads = await contact.unanswered(connection, now)
        await suggested.note_alert(connection, [one.key for one in groups], now)
        await contact.note_alert(connection, [one.key for one in threads], now)
        entries = [
            Entry(house.ids.key(), now, "suggestion.overdue", "house", f"suggestion_group:{one.key}", one.platform)
            for one in groups
        ]  # fmt: skip
        entries += [
            Entry(house.ids.key(), now, "letter.overdue", "house", f"thread:{one.key}", one.platform)
            for one in threads
        ]
        if entries:
            await audit.record(connection, entries)
    return len(entries)

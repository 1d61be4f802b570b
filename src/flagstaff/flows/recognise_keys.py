"""Refuse to start on a database that was sealed with other keys: a lost folder must not be replaced unnoticed."""

from flagstaff.flows.house import House
from flagstaff.kernel.errors import FlagstaffError
from flagstaff.store.marks import find_mark, make_mark
from flagstaff.store.roles import Role

_MARK = "hash key"


class OtherKeys(FlagstaffError):
    """The keys found do not belong to this database."""

    slug = "other-keys"
    title = "These are not the keys of this database"


async def recognise_keys(house: House) -> None:
    """Remember the hash key's fingerprint at the first start; raise OtherKeys when a later one brings another.

    With a new hash key every person would be a stranger, and erasing would find nobody. Role console.
    """
    fingerprint = house.sealer.fingerprint()
    async with house.database.transaction(Role.CONSOLE) as connection:
        await make_mark(connection, _MARK, fingerprint, house.clocks.wall.now())
        known = await find_mark(connection, _MARK)
    if known != fingerprint:
        msg = "this database was sealed with another hash key than the one found"
        mend = "put the folder of keys back from its backup, or set FLAGSTAFF_KEYS to where it lies"
        raise OtherKeys(msg, where=str(house.settings.keys_folder), mend=mend)

"""Choose in which language one reads the console; it is kept with the account and holds in every browser."""

from flagstaff.flows.house import House
from flagstaff.kernel.errors import NotFound
from flagstaff.language.tongues import languages
from flagstaff.staff import storage
from flagstaff.staff.model import Account
from flagstaff.store.roles import Role


async def choose_language(house: House, account: Account, language: str) -> None:
    """Keep an account's own language, or with "" what its browser asks for; raises NotFound for one not spoken here."""
    if language and language not in languages():
        msg = f"nothing is translated into {language!r}"
        raise NotFound(msg, where="language", mend="choose one of the list")
    async with house.database.transaction(Role.CONSOLE) as connection:
        await storage.set_language(connection, account.key, language)

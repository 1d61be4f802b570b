"""Note which person of a platform an account also is, so that it never meets a case of that person."""

from flagstaff.audit import storage as audit
from flagstaff.audit.model import Entry
from flagstaff.flows.house import House
from flagstaff.kernel.errors import Conflict, Forbidden, NotFound
from flagstaff.staff import rules, storage
from flagstaff.staff.model import Account, LinkedPerson
from flagstaff.store.roles import Role
from flagstaff.vocabulary.references import AccountKey, PersonRef
from flagstaff.vocabulary.roles import Permission


class LinkedAlready(Conflict):
    """An account is linked to a person once: whoever could change it at will could try who flagged what."""

    slug = "linked-already"
    title = "This account is linked to a person already"


async def link_person(house: House, by: Account | None, key: AccountKey, person: PersonRef | None) -> None:
    """Link an account to a person, or with None to nobody. Kept are keyed hashes, and the audit names no id.

    Everybody may link their own account, once; for others it takes who manages accounts. Unlinking takes another
    account that manages them: a case vanishes for its parties, so links that one hand could change would tell, person
    by person, who flagged it. Raises LinkedAlready or Forbidden.
    """
    if by is None or by.key != key or person is None:
        rules.demand(by, Permission.MANAGE_ACCOUNTS, None, None)
    if by is not None and by.key == key and person is None:
        msg = "nobody takes back their own link"
        raise Forbidden(msg, mend="ask another administrator")
    linked = None
    if person is not None:
        hashes = house.sealer.person_hash(person), house.sealer.staff_hash(person)
        linked = LinkedPerson(person.platform, *hashes)
    async with house.database.transaction(Role.CONSOLE) as connection:
        if await storage.find_account(connection, key) is None:
            msg = "there is no such account"
            raise NotFound(msg)
        if not await storage.set_link(connection, key, linked):
            msg = "this account is linked to another person"
            raise LinkedAlready(msg, where="person", mend="ask an administrator to take the link back first")
        entry = Entry(
            house.ids.key(),
            house.now,
            "account.linked" if linked else "account.unlinked",
            rules.actor_of(by),
            f"account:{key}",
            platform=linked.platform if linked else None,
        )
        await audit.record(connection, [entry])

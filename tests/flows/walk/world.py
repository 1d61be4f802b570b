"""Hold what a walk needs beside the database: the house, its clock, the people, and who sent which flag."""

from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import msgspec

from flagstaff.flows.house import House
from flagstaff.kernel.clock import StoppedClock
from flagstaff.staff import storage as staff
from flagstaff.staff.model import Account
from flagstaff.store.roles import Role
from flagstaff.subjects.model import Seen as Shown
from flagstaff.vault import admission
from flagstaff.vault.admission import Newcomer
from flagstaff.vocabulary.roles import StaffRole
from tests.flows.desks import rows_of
from tests.flows.walk.scene import Scene
from tests.houses import flag, person, seen, sent


class World:
    """Carry one walk."""

    def __init__(self, house: House, clock: StoppedClock, accounts: list[Account]) -> None:
        self.house = house
        self.clock = clock
        self.accounts = accounts
        self.sent_by: dict[str, str] = {}
        self.restricted: dict[str, datetime] = {}
        self.words: Counter[str] = Counter()
        self._people = 0

    def somebody(self) -> str:
        """Return a reporter who has sent nothing so far."""
        self._people += 1
        return f"reporter-{self._people}"

    async def somebody_restricted(self) -> str:
        """Return a new reporter who may send no ordinary flag for ten days."""
        who, until = self.somebody(), self.house.now + timedelta(days=10)
        house = self.house
        async with house.database.transaction(Role.INTAKE) as connection:
            await admission.admit(
                connection, [Newcomer(person(who))], house.sealer, house.sealer.batch(), house.ids
            )
        await rows_of(
            house,
            "update vault.person set restricted_until = $2 where hash = $1",
            house.sealer.person_hash(person(who)),
            until,
        )
        self.restricted[who] = until
        return who

    def is_restricted(self, who: str) -> bool:
        """Tell whether a reporter may send no ordinary flag now."""
        return who in self.restricted and self.house.now < self.restricted[who]

    async def flag(self, scene: Scene, who: str, option: str) -> None:
        """Send a flag about a subject as its page shows it now."""
        (receipt,) = await flag(self.house, sent(who, self.shown(scene), option, details="I saw it there."))
        self.sent_by[str(receipt.number)] = who

    def shown(self, scene: Scene) -> Shown:
        """Return a subject as its platform shows it now."""
        return seen(id_=scene.id, author=author_of(scene.id), words=self.words_of(scene.id))

    def words_of(self, id_: str) -> str:
        """Return what a subject says now."""
        return f"Logo wanted, three samples first. Version {self.words[id_]}."

    def account(self, key: object) -> Account:
        """Return an account by its key."""
        return next(one for one in self.accounts if str(one.key) == str(key))

    def other(self, *but: object) -> Account:
        """Return an account that is none of these."""
        keys = {str(one) for one in but}
        return next(one for one in self.accounts if str(one.key) not in keys)

    def until(self, moment: datetime) -> None:
        """Let time pass until a moment; it never runs back."""
        self.clock.move(max(moment - self.clock.now(), timedelta()))

    async def alone(self, by: Account, deed: Callable[[], Awaitable[object]]) -> None:
        """Do something while nobody else could confirm it."""
        others = [one for one in self.accounts if one.key != by.key]
        for roles in (frozenset({StaffRole.AUDITOR}), frozenset({StaffRole.MODERATOR})):
            async with self.house.database.transaction(Role.CONSOLE) as connection:
                for one in others:
                    await staff.set_roles(connection, msgspec.structs.replace(one, roles=roles))
            if StaffRole.AUDITOR in roles:
                await deed()


def author_of(id_: str) -> str:
    """Return the author of a subject of the walk."""
    return f"author-of-{id_}"

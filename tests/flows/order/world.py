"""Hold one case in one house: who works there, who flagged it, and what everybody knows about it by now."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count

from flagstaff.flows.house import House
from flagstaff.kernel.clock import StoppedClock
from flagstaff.staff.model import Account
from flagstaff.subjects.model import Seen
from flagstaff.vocabulary.references import PersonRef
from flagstaff.vocabulary.roles import StaffRole
from tests.flows.desks import account
from tests.flows.order.gates import Gate, PacedDatabase
from tests.houses import flag, person, seen, sent

BEGIN = datetime(2026, 3, 2, 10, 1, tzinfo=UTC)
STAFF = {
    "mia": StaffRole.MODERATOR,
    "noor": StaffRole.MODERATOR,
    "omar": StaffRole.MODERATOR,
    "pia": StaffRole.MODERATOR,
    "lea": StaffRole.MODERATOR,
}
LOW, OTHER, GRAVE = "job_post.free_work", "job_post.contact_before_contract", "job_post.upfront_fee"
_NUMBERS = count(1)


class World:
    """Carry one case and what is known of it; every case of a run concerns people of its own."""

    def __init__(self, house: House, clock: StoppedClock, staff: dict[str, Account]) -> None:
        """Begin at the same moment each time."""
        self.house = house
        self.clock = clock
        self.staff = staff
        self.run = next(_NUMBERS)
        self.case = ""
        self.decision = ""
        self.appeal = ""
        self.told = ""
        self.sent_by: dict[str, str] = {}
        self.at(timedelta())

    def at(self, after: timedelta) -> None:
        """Set the business clock to a time after the beginning."""
        self.clock.move(BEGIN + after - self.clock.now())

    def through(self, gate: Gate, *, careless: bool = False) -> House:
        """Return the same house for one actor, whose every statement passes a gate."""
        return replace(self.house, database=PacedDatabase(self.house.database, gate, careless=careless))

    def name(self, who: str) -> str:
        """Return the id of a person of this case on the platform."""
        return f"{who}-{self.run}"

    def person(self, who: str) -> PersonRef:
        """Return a person of this case."""
        return person(self.name(who))

    @property
    def shown(self) -> Seen:
        """Return the subject as its platform shows it."""
        return seen(id_=f"job-{self.run}", author=self.name("ann"))

    async def flag(self, house: House, who: str, option: str = LOW) -> None:
        """Let somebody flag the subject, and remember the number that they were given."""
        (receipt,) = await flag(house, sent(self.name(who), self.shown, option, details="I saw it there."))
        self.sent_by[str(receipt.number)] = who

    def number_of(self, who: str) -> str:
        """Return the number of somebody's flag; one that does not exist where they have none."""
        return next((number for number, name in self.sent_by.items() if name == who), "F-0000-0000-0000")


async def staff_of(house: House) -> dict[str, Account]:
    """Let the people of these tests work in a new house."""
    return {name: await account(house, name, role) for name, role in STAFF.items()}

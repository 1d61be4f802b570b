"""Hand out the most urgent case that an account may take, already claimed."""

from uuid import UUID

from flagstaff.cases import desk, moves
from flagstaff.cases.model import Viewer
from flagstaff.flows.case_desk import Seat, places_of, reaches, viewer_before
from flagstaff.flows.claim_case import Claimed, claim
from flagstaff.flows.house import House
from flagstaff.staff.model import Account
from flagstaff.store.database import Connection
from flagstaff.store.roles import Role
from flagstaff.subjects import judging
from flagstaff.vocabulary.references import AccountKey, Surface

_LOOK_AT = 20
"""Cases looked at before giving up: some may be about the account's own person, or in somebody's hands just now."""


async def next_case(
    house: House, by: Account, platform: str | None = None, surface: Surface | None = None
) -> Claimed | None:
    """Claim the next case for an account; None where nothing waits for it. Two who ask at once get two cases."""
    platforms = [host.key for host in house.policy.hosts() if reaches(by, host.key)]
    wanted = [one for one in platforms if platform in {None, one}]
    surfaces = [surface] if surface else list(Surface)
    someone = Viewer(AccountKey(by.key), by.permissions, places_of(by))
    async with house.database.transaction(Role.CONSOLE) as connection:
        for key in await moves.next_open(connection, someone, wanted, surfaces, _LOOK_AT):
            seat = await _seat(house, connection, by, key)
            if seat and desk.may_claim(seat.viewer, seat.case.desk(), seat.now):
                return await claim(house, connection, seat)
    return None


async def _seat(house: House, connection: Connection, by: Account, key: UUID) -> Seat | None:
    """Lock one case unless somebody else has it in the hands this very moment."""
    case = await moves.look(connection, key)
    if case is None or not await judging.try_lock(connection, case.subject):
        return None
    case = await moves.hold(connection, case.key)
    subject = await judging.judged(connection, case.subject) if case else None
    if case is None or subject is None:
        return None
    return Seat(case, subject, await viewer_before(house, by, case, subject), house.now)

"""What the pages about cases share: whose eyes look, and a case that either exists for them or does not."""

from collections.abc import Iterable

from flagstaff.console.guards import current_account
from flagstaff.console.session import Visit, house_of
from flagstaff.flows.case_desk import NoSuchCase, is_party
from flagstaff.flows.house import House
from flagstaff.guidelines.model import Guidelines
from flagstaff.guidelines.translating import guidelines_in
from flagstaff.language.tongues import spoken
from flagstaff.views.case import CaseSeen, find_case
from flagstaff.views.sight import Sight, sight_of
from flagstaff.vocabulary.roles import Permission


def sight_for(request: Visit, permission: Permission = Permission.SEE_QUEUE) -> Sight:
    """Return what exists for whoever is signed in."""
    return sight_of(current_account(request), platforms_of(house_of(request)), permission)


def platforms_of(house: House) -> list[str]:
    """Return the keys of all platforms."""
    return [str(host.key) for host in house.policy.hosts()]


async def case_for(request: Visit, number: str) -> CaseSeen:
    """Return a case; raises NoSuchCase, also where this account may not know of it or is a party of it."""
    house, account = house_of(request), current_account(request)
    found = await find_case(house.database, sight_for(request), number)
    # The statement leaves out what the account's own person wrote; what they flagged only the vault knows.
    if found is None or await is_party(house, account, found.platform, found.key, None):
        raise no_such_case()
    return found


def live_guidelines(house: House, platforms: Iterable[str]) -> list[Guidelines]:
    """Return the live guidelines of those platforms that have published some, in the language of the page."""
    published = [house.policy.guidelines(one) for one in platforms if house.policy.menus_history(one)]
    return [guidelines_in(one, spoken().language) for one in published]


def no_such_case() -> NoSuchCase:
    """Return the one answer for what is not there and what may not be seen."""
    msg = "no case of this number is open to you"
    return NoSuchCase(msg, mend="look in the queue; it may be outside your places")

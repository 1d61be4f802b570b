"""Hire people for tests, and open the console for them as a browser would."""

import contextlib
import re
from collections.abc import AsyncIterator, Iterable

import httpx

from flagstaff.console.router import Console
from flagstaff.console.session import cookie_name
from flagstaff.flows.house import House
from flagstaff.flows.policy_book import PolicyBook
from flagstaff.flows.sign_in import open_session
from flagstaff.kernel.clock import Clocks
from flagstaff.kernel.ids import Ids
from flagstaff.kernel.settings import Settings
from flagstaff.staff import storage
from flagstaff.staff.model import Account, AccountState, Reach
from flagstaff.store.database import Database
from flagstaff.store.roles import Role
from flagstaff.vocabulary.references import AccountKey, Platform
from flagstaff.vocabulary.roles import StaffRole
from tests.houses import open_keys

ADDRESS = "https://flags.harborlane.example"
PASSWORD = "correct horse battery staple"


def staff_house(database: Database, ids: Ids, clocks: Clocks, settings: Settings | None = None) -> House:
    """Return a house without a policy: enough for people and platforms."""
    sealer, opener, service = open_keys()
    book = PolicyBook(database, Role.CONSOLE)
    chosen = settings or Settings(public_url=ADDRESS)
    return House(database, ids, clocks, sealer, book, chosen, opener, service)


async def hire(
    house: House,
    *roles: StaffRole,
    login: str = "",
    places: Iterable[Reach] = (),
    platforms: Iterable[Platform] = (),
) -> Account:
    """Return an active account, without the ceremony of an invitation and without a password."""
    key = AccountKey(house.ids.key())
    account = Account(
        key=key,
        login=login or f"p{key.hex[-12:]}",
        name=(login or "Someone").title(),
        roles=frozenset(roles),
        places=tuple(places),
        platforms=frozenset(platforms),
        state=AccountState.ACTIVE,
        made_at=house.clocks.business.now(),
    )
    async with house.database.transaction(Role.CONSOLE) as connection:
        assert await storage.add_account(connection, account)
    return account


@contextlib.asynccontextmanager
async def browser(house: House, account: Account | None = None) -> AsyncIterator["Browser"]:
    """Open the console in a browser that is signed in as `account`, or as nobody."""
    transport = httpx.ASGITransport(app=Console(house))
    async with httpx.AsyncClient(transport=transport, base_url=ADDRESS) as client:
        page = Browser(client)
        if account is not None:
            async with house.database.transaction(Role.CONSOLE) as connection:
                entered = await open_session(house, connection, account)
            page.remember(cookie_name(house.settings), entered.session)
        yield page


class Browser:
    """Ask for pages and send forms as a browser does: with its cookies, its Origin and the token of the page."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client
        self.token = ""

    def remember(self, name: str, value: str) -> None:
        """Put a cookie into the browser."""
        self.client.cookies.set(name, value, domain=httpx.URL(ADDRESS).host)

    async def get(self, path: str) -> httpx.Response:
        """Open a page and keep the token of its forms."""
        answer = await self.client.get(path, headers={"sec-fetch-site": "none"})
        found = re.search(r'name="csrf" content="([0-9a-f]*)"', answer.text)
        self.token = found[1] if found else self.token
        return answer

    async def post(self, path: str, **fields: str | list[str]) -> httpx.Response:
        """Send a form of the page that was opened last."""
        headers = {"origin": ADDRESS, "sec-fetch-site": "same-origin"}
        return await self.client.post(path, data={"_csrf": self.token, **fields}, headers=headers)

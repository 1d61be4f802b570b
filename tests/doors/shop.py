"""Open Harborlane's pages with the keys of a house, so that the example host calls the real door."""

import contextlib
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx

from examples.marketplace.app import build_app
from examples.marketplace.content import Item
from examples.marketplace.page import Harborlane as Marketplace
from examples.marketplace.settings import Settings
from tests.doors.platform import ORIGIN, Harborlane

KINDS = {
    "job_post": "job-free-homepage",
    "profile": "dario",
    "portfolio_item": "work-lighthouse-copied",
    "private_message": "msg-abuse",
    "proposal": "prop-home-yusuf",
    "review": "rev-dario-vesper",
    "community_post": "post-es-general",
    "community_group": "fast-tracks",
}
FLAGGERS = {"private_message": "yusuf", "proposal": "graham"}
WORDS = "I cannot find the option that fits."


def subject(kind: str, id_: str, **more: Any) -> dict[str, Any]:
    """Describe something of Ann's that Rita can see."""
    both = {"participant": ["ann", "rita"]} if kind == "private_message" else {}
    return {"kind": kind, "id": id_, "author": "ann", "text": "Some words.", "audience": "20+"} | both | more


class Shop:
    """The example host, whose calls to Flagstaff end at the real door."""

    def __init__(self, client: httpx.AsyncClient, house: Marketplace, door: Harborlane) -> None:
        """Keep both sides."""
        self.client = client
        self.house = house
        self.door = door

    def item(self, kind: str) -> Item:
        """Return the invented item of a kind that these tests flag."""
        found = self.house.books.item(kind, KINDS[kind])
        assert found
        return found

    def person(self, key: str) -> Any:
        """Return one of the invented persons."""
        return self.house.books.person(key)

    async def ask(self, method: str, path: str, person: str, **more: Any) -> httpx.Response:
        """Ask the host as one of the invented persons."""
        return await self.client.request(
            method, path, headers={"cookie": f"harborlane_person={person}"}, **more
        )

    async def flag_by_form(
        self, person: str, kind: str, id_: str, option: str, details: str = ""
    ) -> httpx.Response:
        """Send the form that needs no script."""
        form = await self.ask("POST", "/flag", person, data={"kind": kind, "id": id_})
        assert form.status_code == 200, form.text
        version = re.search(r'name="menu_version" value="(\d+)"', form.text)
        assert version
        chosen = {"kind": kind, "id": id_, "option": option, "menu_version": version[1], "details": details}
        return await self.ask("POST", "/flag", person, data=chosen)

    async def flag_by_token(self, person: str, item: Item, option: str, details: str = "") -> httpx.Response:
        """Send a flag as the dialog does: with the token of who is here and the ticket of what is shown."""
        body = {
            "ticket": self.house.flagstaff.subject_ticket(item),
            "option": option,
            "menu_version": 3,
            "details": details,
        }
        token = self.house.flagstaff.person_token(self.person(person))
        headers = {"authorization": f"Bearer {token}", "origin": ORIGIN}
        return await self.door.client.post("/v1/flags", json=body, headers=headers)


@contextlib.asynccontextmanager
async def open_shop(harborlane: Harborlane, folder: Path) -> AsyncIterator[Shop]:
    """Open the example host in an empty folder, with the keys of a house."""
    settings = Settings(
        flagstaff="https://flagstaff.test",
        api_key=harborlane.api_key,
        token_kid=harborlane.kid,
        token_secret=harborlane.secret,
        public_url=ORIGIN,
        folder=folder,
    )
    app = build_app(settings, httpx.ASGITransport(harborlane.door), harborlane.house.clocks.wall.now)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ORIGIN) as client:
        yield Shop(client, app.state.house, harborlane)
    await app.state.house.close()

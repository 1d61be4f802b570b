"""Act as Harborlane's own server: sign tokens and tickets, and hold an API key."""

from dataclasses import dataclass
from typing import Any

import httpx
from joserfc import jwt
from joserfc.jwk import OctKey

from flagstaff.api.build import Door, build
from flagstaff.flows.house import House
from flagstaff.flows.make_api_key import MakeApiKey, make_api_key
from flagstaff.flows.platform_secrets import make_secret
from flagstaff.platforms import storage as platforms
from flagstaff.platforms.model import Purpose
from flagstaff.store.roles import Role
from flagstaff.vocabulary.scopes import ApiScope
from tests.houses import HARBORLANE

ORIGIN = "https://harborlane.example"


@dataclass(frozen=True)
class Harborlane:
    """The host's side of the contract, with a client that calls the door without a network."""

    house: House
    door: Door
    client: httpx.AsyncClient
    kid: str
    secret: str
    api_key: str

    def now(self) -> int:
        return int(self.house.clocks.wall.now().timestamp())

    def token(self, person: str = "rita", /, **claims: Any) -> str:
        """Sign a person token; a claim given as None is left out."""
        usual: dict[str, Any] = {
            "iss": HARBORLANE,
            "sub": person,
            "role": "reporter",
            "lang": "en",
            "origin": ORIGIN,
        }
        return self.sign({}, usual | {"iat": self.now(), "exp": self.now() + 900} | claims)

    def ticket(self, id_: str, /, **claims: Any) -> str:
        """Sign a subject ticket for a job of Ann's."""
        usual: dict[str, Any] = {
            "iss": HARBORLANE,
            "kind": "job_post",
            "id": id_,
            "author": "ann",
            "title": "Logo wanted",
        }
        usual |= {"text": "Make three samples first.", "audience": 20}
        return self.sign({"typ": "subject"}, usual | {"iat": self.now(), "exp": self.now() + 86_400} | claims)

    def sign(self, header: dict[str, Any], claims: dict[str, Any]) -> str:
        key = OctKey.import_key(self.secret)
        given = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode({"alg": "HS256", "kid": self.kid} | header, given, key)

    def as_server(self, **more: str) -> dict[str, str]:
        return {"authorization": f"Bearer {self.api_key}"} | more

    def as_person(self, person: str = "rita", /, **more: str) -> dict[str, str]:
        return {"authorization": f"Bearer {self.token(person)}"} | more

    def body(self, id_: str, /, reporter: str = "rita", **more: Any) -> dict[str, Any]:
        """Return a flag as Harborlane's server sends it."""
        subject = {"kind": "job_post", "id": id_, "author": "ann", "title": "Logo wanted", "audience": "20+"}
        usual = {
            "reporter": {"id": reporter},
            "subject": subject,
            "option": "job_post.free_work",
            "menu_version": 3,
        }
        return usual | more

    async def flag(self, id_: str, /, reporter: str = "rita", **more: Any) -> dict[str, Any]:
        """Send a flag from the server and return its receipt."""
        answer = await self.client.post(
            "/v1/flags", json=self.body(id_, reporter, **more), headers=self.as_server()
        )
        assert answer.status_code == 202, answer.text
        receipt: dict[str, Any] = answer.json()
        return receipt


async def open_harborlane(house: House, client_of: Any = None) -> Harborlane:
    """Connect Harborlane to a house: a token secret, an API key with every scope, a client."""
    secret = make_secret(house, HARBORLANE, Purpose.TOKEN)
    async with house.database.transaction(Role.CONSOLE) as connection:
        for old in await platforms.live_secrets(connection, Purpose.TOKEN, HARBORLANE):
            await platforms.retire_secret(connection, HARBORLANE, old.kid, house.clocks.wall.now())
        await platforms.add_secret(connection, secret.sealed)
    made = await make_api_key(house, None, MakeApiKey(HARBORLANE, "tests"))
    door = build(house)
    client = httpx.AsyncClient(transport=httpx.ASGITransport(door), base_url="https://flagstaff.test")
    return Harborlane(house, door, client, secret.sealed.kid, secret.text, made.bearer)


async def weak_key(house: House, *scopes: ApiScope) -> str:
    """Make an API key with few scopes."""
    return (await make_api_key(house, None, MakeApiKey(HARBORLANE, "weak", frozenset(scopes)))).bearer

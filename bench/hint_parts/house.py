"""Serve a house for the benchmark of hints: `python -m bench.hint_parts.house FOLDER`.

One platform with the default policy, and beside its API a route that does nothing. The last line it prints says where
it is, and names the files with the tokens of many people.
"""

import sys
from pathlib import Path
from typing import Any, Final

import uvloop
from joserfc import jwt
from joserfc.jwk import OctKey

from bench.intake_parts.doors import PLATFORM, answer, bind, serve_all
from bench.intake_parts.house import house_on, say
from flagstaff.api.build import Door, build
from flagstaff.flows.add_platform import AddPlatform, Connection
from flagstaff.flows.welcome_platform import welcome_platform
from flagstaff.kernel.clock import WallClock
from flagstaff.kernel.settings import Settings
from flagstaff.store.opening import open_store

NOTHING: Final = "/bench/nothing"
PEOPLE: Final = 2_000
"""So many ask in turn that nobody asks faster than the setting `hints_per_minute` grants."""
MINUTES: Final = 14


class Served:
    """The API, and a route that answers as soon as the body is in."""

    def __init__(self, door: Door) -> None:
        """Serve this door."""
        self.door = door

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request."""
        if scope.get("path") == NOTHING:
            await answer(scope, receive, send, 200, b"{}")
        else:
            await self.door(scope, receive, send)


async def main(folder: Path) -> None:
    settings = Settings(home=folder, port=0)
    async with open_store(settings, WallClock()) as address:
        house = await house_on(address, settings)
        made = await welcome_platform(house, None, AddPlatform(key=PLATFORM, name="Harborlane"))
        await house.policy.refresh()
        door, bound = build(house), bind(["house"])
        (folder / "people").write_text("".join(f"{token}\n" for token in tokens(made)))
        (folder / "server").write_text(f"{made.api_key}\n")
        say(
            port=bound["house"].getsockname()[1], people=str(folder / "people"), server=str(folder / "server"),
            key=made.api_key,
        )  # fmt: skip
        await serve_all({"house": Served(door)}, bound)
        await door.close()
        await house.database.close()


def tokens(made: Connection) -> list[str]:
    """Sign a token for each of many people, as a platform does; they hold as long as one run takes."""
    key, now = OctKey.import_key(made.token_secret), int(WallClock().now().timestamp())
    usual: dict[str, Any] = {"iss": str(PLATFORM), "role": "reporter", "lang": "en", "iat": now}
    return [
        jwt.encode(
            {"alg": "HS256", "kid": made.kid}, usual | {"sub": f"p-{one}", "exp": now + MINUTES * 60}, key
        )
        for one in range(PEOPLE)
    ]


if __name__ == "__main__":
    uvloop.run(main(Path(sys.argv[1])))

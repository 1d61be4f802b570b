"""Be the platform's side of the webhooks: a server that fails now and then, and carries out each event once.

It does what docs/reference/webhooks.md asks of a receiver: check the signature, remember the id, ignore a revision that
is not newer than the last one of its target. Everything that arrives is noted.
"""

import asyncio
import contextlib
import json
import random
from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from standardwebhooks import Webhook

Event = dict[str, Any]
Target = tuple[str, ...]
_GOES_WRONG = {
    "refuse": 6,  # answered 500, nothing done
    "forget": 4,  # done, answered 500
    "cut": 4,  # done, connection dropped before the answer
    "cut_early": 3,  # nothing done, connection dropped
    "silent": 1,  # done, no answer for longer than the sender waits
}
_HANGS = 2.5


class Receiver:
    """Take deliveries, fail at some, and keep what was carried out."""

    def __init__(self, chance: random.Random) -> None:
        """Fail by this chance; `open` listens."""
        self.chance = chance
        self.fails = True
        self.secrets: Mapping[str, str] = {}
        self.arrivals = 0
        self.failures: dict[str, int] = defaultdict(int)
        self.bodies: dict[str, Event] = {}
        """By message id: what was carried out, once."""
        self.differing: list[str] = []
        self.forged: list[str] = []
        self.carried_out: list[Event] = []
        self.standing: dict[Target, tuple[int, str]] = {}
        """By target: the newest revision and its effect."""
        self.on_event: Callable[[Event], None] = lambda _: None
        self.on_arrival: Callable[[], None] = lambda: None
        self.drop_a_measure = False
        self._server: asyncio.Server | None = None

    async def open(self) -> int:
        """Listen, and return the port."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, ValueError, asyncio.LimitOverrunError):
            while await self._one(reader, writer):
                pass
        writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Take one delivery; False where the connection ends with it."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {
            name.strip().lower(): value.strip()
            for name, _, value in (line.partition(":") for line in head[1:])
        }
        body = (await reader.readexactly(int(headers.get("content-length", "0")))).decode()
        path = head[0].split(" ")[1]
        self.arrivals += 1
        self.on_arrival()
        what = self._choose()
        if what in {"refuse", "cut_early"}:
            self.failures[what] += 1
            return await self._answer(writer, 500) if what == "refuse" else False
        self.take(path, headers, body)
        if what == "fine":
            return await self._answer(writer, 204)
        self.failures[what] += 1
        if what == "forget":
            return await self._answer(writer, 500)
        if what == "silent":
            await asyncio.sleep(_HANGS)
        return False

    def _choose(self) -> str:
        if not self.fails:
            return "fine"
        return self.chance.choices(
            ["fine", *_GOES_WRONG], [100 - sum(_GOES_WRONG.values()), *_GOES_WRONG.values()]
        )[0]

    @staticmethod
    async def _answer(writer: asyncio.StreamWriter, status: int) -> bool:
        writer.write(f"HTTP/1.1 {status} X\r\ncontent-length: 0\r\n\r\n".encode())
        await writer.drain()
        return True

    def take(self, path: str, headers: Mapping[str, str], body: str) -> None:
        """Carry one delivery out, unless it was before."""
        message = headers["webhook-id"]
        if not self._signed(path, headers, body):
            self.forged.append(message)
            return
        event: Event = json.loads(body)
        if message in self.bodies:
            if self.bodies[message] != event:
                self.differing.append(message)
            return
        self.bodies[message] = event
        if self.drop_a_measure and event["type"].startswith("measure."):
            self.drop_a_measure = False
            return
        self.carry_out(event)

    def carry_out(self, event: Event) -> None:
        """Do what an event says."""
        self.carried_out.append(event)
        data = event["data"]
        if event["type"].startswith("measure."):
            target = target_of(data)
            newest, effect = self.standing.get(target, (0, ""))
            if data["revision"] > newest:
                # "tell" changes nothing: another measure of the same target stands.
                self.standing[target] = (
                    data["revision"],
                    effect if data["effect"] == "tell" else data["effect"],
                )
        self.on_event(event)

    def _signed(self, path: str, headers: Mapping[str, str], body: str) -> bool:
        secret = self.secrets.get(path.strip("/"))
        if secret is None:
            return False
        at = datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)
        wanted = Webhook(secret).sign(headers["webhook-id"], at, body)
        return wanted in headers["webhook-signature"].split(" ")


def target_of(data: Event) -> Target:
    """Name what a measure is about, as the platform knows it."""
    if data.get("subject"):
        return ("subject", data["subject"]["kind"], data["subject"]["id"])
    return ("person", data["person"])

"""A server on loopback that speaks the chat-completions protocol as models do, with all its bad sides."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from typing import Any

import msgspec

from flagstaff.insight.dive import NOT_USABLE

Say = Callable[[str], str]
"""Given a comment, the theme that the model answers."""


class Asked(msgspec.Struct, frozen=True):
    """One request as it came in."""

    head: str
    body: bytes

    @property
    def read(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found

    @property
    def comments(self) -> list[str]:
        return [one["comment"] for one in json.loads(self.read["messages"][1]["content"])]


class ModelServer:
    """Answers what `say` says; `first` are raw answers that are given before that, one each.

    `before`: done when a question has come in, and before it is answered.
    """

    def __init__(self, say: Say = lambda _: NOT_USABLE) -> None:
        self.say = say
        self.asked: list[Asked] = []
        self.first: list[bytes] = []
        self.always: bytes | None = None
        self.pause = 0.0
        self.before: Callable[[], Awaitable[None]] | None = None
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def comments(self) -> list[str]:
        """Every comment that was ever sent, in that order."""
        return [one for asked in self.asked for one in asked.comments]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            sizes = [line[15:] for line in head.lower().split("\r\n") if line.startswith("content-length:")]
            asked = Asked(head, await reader.readexactly(int(sizes[0])))
            self.asked.append(asked)
            if self.before is not None:
                await self.before()
            await asyncio.sleep(self.pause)
            writer.write(self._reply(asked))
            await writer.drain()
        writer.close()

    def _reply(self, asked: Asked) -> bytes:
        if self.first:
            return self.first.pop(0)
        return self._answer(asked) if self.always is None else self.always

    def _answer(self, asked: Asked) -> bytes:
        answers = [{"number": number, "theme": self.say(one)} for number, one in enumerate(asked.comments, 1)]
        return completion(json.dumps({"answers": answers}))


def reply(status: int, body: str = "", headers: Mapping[str, str] | None = None) -> bytes:
    """Return a raw answer."""
    told = {"content-length": str(len(body.encode())), "connection": "close", **(headers or {})}
    lines = [f"HTTP/1.1 {status} Said", *(f"{name}: {value}" for name, value in told.items()), "", body]
    return "\r\n".join(lines).encode()


def completion(content: str | None) -> bytes:
    """Return what a model writes, as the protocol wraps it."""
    choice = {"index": 0, "message": {"role": "assistant", "content": content}, "finish_reason": "stop"}
    return reply(200, json.dumps({"id": "x", "object": "chat.completion", "choices": [choice]}))


def answers(*themes: str | None) -> str:
    """Return an answer as it is asked for; None: the number is missing."""
    told: Sequence[dict[str, object]] = [
        {"number": number, "theme": theme} for number, theme in enumerate(themes, 1) if theme is not None
    ]
    return json.dumps({"answers": told})


@contextlib.asynccontextmanager
async def serving(say: Say = lambda _: NOT_USABLE) -> AsyncIterator[ModelServer]:
    """Let a model answer at a free port of this machine."""
    own = ModelServer(say)
    server = await asyncio.start_server(own.serve, "127.0.0.1", 0)
    own.port = server.sockets[0].getsockname()[1]
    try:
        yield own
    finally:
        server.close()

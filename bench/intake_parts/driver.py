"""Send load from Python where wrk is missing: one connection, one request after the other, over bare sockets."""

import asyncio
import json
import random
import time
from typing import Any

import httptools

from bench.intake_parts.target import Target

DETAILS = (
    "They want three finished logos before any contract, and say that everybody else does it for nothing."
)
OPTIONS = ["job_post.free_work", "job_post.unclear_incomplete", "job_post.looks_like_scam"]


class Line(asyncio.Protocol):
    """Hold one connection and send one request after the other over it."""

    def __init__(self) -> None:
        self.done: asyncio.Future[int] | None = None
        self.parser: Any = None
        self.transport: Any = None
        self.body = b""

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        if self.done and not self.done.done():
            self.done.set_exception(exc or ConnectionResetError())

    def data_received(self, data: bytes) -> None:
        self.parser.feed_data(data)

    def on_body(self, body: bytes) -> None:
        self.body += body

    def on_message_complete(self) -> None:
        if self.done and not self.done.done():
            self.done.set_result(self.parser.get_status_code())

    async def ask(self, request: bytes) -> int:
        """Send a request and return the status of its answer."""
        self.parser, self.body = httptools.HttpResponseParser(self), b""
        self.done = asyncio.get_running_loop().create_future()
        self.transport.write(request)
        return await self.done


def one_flag(target: Target, chance: random.Random) -> dict[str, Any]:
    """Return the body of one flag, as load.lua writes it."""
    id_ = f"job-{chance.randrange(100_000)}"
    if target.stored and chance.random() < 0.5:
        id_ = f"job-{chance.randrange(400)}~{chance.randint(1, target.stored)}"
    subject = {"kind": "job_post", "id": id_, "author": "ann", "audience": "20+"}
    subject |= {"title": "Logo for a bakery", "text": "Three samples first, the best one is paid."}
    return {
        "reporter": {"id": f"p-{chance.randrange(20_000)}"},
        "subject": subject,
        "option": chance.choice(OPTIONS),
        "menu_version": target.version,
        "details": DETAILS,
    }


def request(target: Target, key: str, chance: random.Random) -> bytes:
    """Return the next request, a flag or a batch."""
    own = ""
    if target.rows:
        rows = [one_flag(target, chance) | {"idempotency_key": f"{key}-{row}"} for row in range(target.rows)]
        payload = json.dumps({"flags": rows}).encode()
    else:
        payload, own = json.dumps(one_flag(target, chance)).encode(), f"Idempotency-Key: {key}\r\n"
    head = (
        f"POST {target.path} HTTP/1.1\r\nHost: t\r\nAuthorization: Bearer {target.key}\r\n"
        f"Content-Type: application/json\r\n{own}Content-Length: {len(payload)}\r\n\r\n"
    )
    return head.encode() + payload


async def drive(target: Target, connections: int, seconds: int, prefix: str) -> dict[str, Any]:
    """Return what wrk would have said."""
    loop = asyncio.get_running_loop()
    chance = random.Random(prefix)
    lines = [(await loop.create_connection(Line, "127.0.0.1", target.port))[1] for _ in range(connections)]
    waits: list[float] = []
    counts = {"requests": 0, "kept": 0, "refused": 0, "not_ok": 0, "broken": 0}
    began = time.perf_counter()

    async def run(line: Line, name: str) -> None:
        place = 0
        while (sent := time.perf_counter()) < began + seconds:
            place += 1
            status = await line.ask(request(target, f"{name}-{place}", chance))
            waits.append((time.perf_counter() - sent) * 1e3)
            counts["requests"] += 1
            counts["not_ok"] += status >= 400
            if target.rows and status == 200:
                good = line.body.count(b'{"status":202,')
                counts["kept"] += good
                counts["refused"] += target.rows - good

    await asyncio.gather(*(run(line, f"{prefix}{place}") for place, line in enumerate(lines)))
    took = time.perf_counter() - began
    for line in lines:
        line.transport.close()
    waits.sort()
    return counts | {
        "seconds": took,
        "p50": waits[len(waits) // 2],
        "p99": waits[int(len(waits) * 0.99)],
    }

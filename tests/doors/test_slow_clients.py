"""Clients that send slowly, or without end, are ended; everybody else is answered meanwhile."""

import asyncio
import contextlib
import socket
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
import uvicorn

from flagstaff.api.patience import LONGEST_HEAD, patient

PATIENCE = 0.4
HEAD = b"POST / HTTP/1.1\r\nhost: t\r\ncontent-length: 5\r\n"
GOOD = HEAD + b"\r\nhello"


async def echo(scope: Any, receive: Any, send: Any) -> None:
    assert scope["type"] == "http"
    while (message := await receive()).get("more_body"):
        pass
    if message["type"] == "http.disconnect":
        return
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})


@pytest_asyncio.fixture
async def port() -> AsyncIterator[int]:
    """Serve with little patience."""
    bound = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(echo, log_config=None, lifespan="off", http=patient(PATIENCE))
    server = uvicorn.Server(config)
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
    serving = asyncio.create_task(server._serve([bound]))
    while not server.started:  # noqa: ASYNC110 - the library has no event for it
        await asyncio.sleep(0.01)
    yield bound.getsockname()[1]
    server.should_exit = True
    await serving


async def drip(port: int, start: bytes, then: bytes) -> tuple[bytes, float]:
    """Send a beginning, then a byte now and then; return what was answered and after how long it ended."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    began, answer = time.monotonic(), b""
    writer.write(start)
    for at in range(200):
        try:
            piece = await asyncio.wait_for(reader.read(1000), 0.05)
        except TimeoutError:
            piece = None
        except ConnectionError:
            break  # what was sent after the end met a closed door, which may take the answer with it
        if piece == b"":
            break
        answer += piece or b""
        with contextlib.suppress(OSError):
            writer.write(then[at % len(then) : at % len(then) + 1] if then else b"")
    writer.close()
    return answer, time.monotonic() - began


@pytest.mark.parametrize(
    ("start", "then", "says"),
    [(HEAD, b"x-slow: yes\r\n", b"408"), (HEAD + b"\r\nh", b"", b"408"), (b"", b"", b"")],
    ids=["a slow head", "a slow body", "silence"],
)
async def test_whoever_sends_too_slowly_is_ended(port: int, start: bytes, then: bytes, says: bytes) -> None:
    answer, after = await drip(port, start, then)
    assert answer[9:12] == says
    assert PATIENCE * 0.9 < after < PATIENCE + 1.5


async def test_others_are_answered_while_256_send_slowly(port: int) -> None:
    slow = [asyncio.create_task(drip(port, HEAD, b"x: y\r\n")) for _ in range(256)]
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for _ in range(3):  # one connection, several requests: the time of each runs by itself
        writer.write(GOOD)
        assert b"200 OK" in await asyncio.wait_for(reader.readuntil(b"ok"), 5)
        await asyncio.sleep(PATIENCE * 0.6)
    writer.close()
    ends = [answer[9:12] for answer, _ in await asyncio.gather(*slow)]
    assert set(ends) <= {b"408", b""}
    assert ends.count(b"408") > len(ends) / 2


async def test_a_head_without_end_is_not_kept_in_memory(port: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(HEAD)
    for _ in range(LONGEST_HEAD // 1000 + 2):
        writer.write(b"x-more: " + b"y" * 990 + b"\r\n")
    assert (await asyncio.wait_for(reader.read(12), 5))[9:12] == b"431"
    writer.close()

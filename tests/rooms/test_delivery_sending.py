"""A body leaves signed, once, to the address that was checked, and nowhere else."""

import asyncio
import base64
import contextlib
import math
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks import Webhook
from standardwebhooks.webhooks import WebhookVerificationError

from flagstaff.delivery.rules import LEASE
from flagstaff.delivery.sending import MOST_ANSWER, PATIENCE, Sender
from flagstaff.delivery.signing import WeakSecret, headers, read_secret
from flagstaff.flows import deliver
from flagstaff.kernel.outgoing import Check, Look
from flagstaff.platforms.addresses import resolve
from flagstaff.platforms.rules import check_addresses, read_webhook

SECRET = "whsec_" + base64.b64encode(b"k" * 24).decode()
OTHER = "whsec_" + base64.b64encode(b"o" * 32).decode()


def test_a_receiver_can_check_what_was_sent_also_while_a_secret_is_replaced() -> None:
    now = datetime.now(UTC)
    signed = headers([OTHER, SECRET], "msg_1", now, '{"a":"ä"}')
    for secret in (SECRET, OTHER):
        assert Webhook(secret).verify('{"a":"ä"}', signed) == {"a": "ä"}
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify('{"a":"b"}', signed)


@pytest.mark.parametrize(
    "secret",
    [
        "",
        "whsec_",
        "whsec_" + base64.b64encode(b"short").decode(),
        "whsec_" + base64.b64encode(bytes(range(23))).decode(),
        "whsec_not base64 at all, although it is quite long!",
    ],
)
def test_a_weak_secret_is_refused_before_it_signs_anything(secret: str) -> None:
    with pytest.raises(WeakSecret):
        read_secret(secret)


Answer = Callable[[bytes], Awaitable[bytes]]


class Receiver:
    """A plain HTTP receiver on loopback that remembers what it got. `keeps`: it leaves connections open."""

    def __init__(self) -> None:
        self.got: list[bytes] = []
        self.keeps = False
        self.connections = 0
        self.answer = b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n"
        self.pause = 0.0
        self.port = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            await self._serve(reader, writer)
            while self.keeps:
                await self._serve(reader, writer)
        writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(
            (int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0
        )
        self.got.append(head + await reader.readexactly(length))
        await asyncio.sleep(self.pause)
        writer.write(self.answer)
        await writer.drain()


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    server = await asyncio.start_server(receiver.serve, "127.0.0.1", 0)
    receiver.port = server.sockets[0].getsockname()[1]
    async with server:
        yield receiver


def allowing(*listed: str) -> Check:
    return lambda url, addresses: check_addresses(read_webhook(url, listed), addresses)


def to(*addresses: str) -> Look:
    async def look(host: str, port: int) -> list[str]:
        return list(addresses)

    return look


async def test_what_the_allow_list_names_is_reached_under_its_own_name(receiver: Receiver) -> None:
    sender = Sender(allowing(f"shop.example:{receiver.port}"), look=to("127.0.0.1"))
    sent = await sender.send(
        f"http://shop.example:{receiver.port}/hooks?a=1", {"webhook-id": "msg_1"}, '{"a":1}'
    )
    await sender.close()
    assert sent.taken
    assert receiver.got[0].startswith(b"POST /hooks?a=1 HTTP/1.1")
    assert f"host: shop.example:{receiver.port}".encode() in receiver.got[0].lower()
    assert receiver.got[0].endswith(b'{"a":1}')


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "192.168.0.9", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1", "::1",
        "fe80::1%eth0", "fc00::7", "::ffff:127.0.0.1", "2002:7f00:1::",
    ],
)  # fmt: skip
async def test_private_addresses_are_refused_however_they_are_written(address: str) -> None:
    sender = Sender(allowing(), look=to("93.184.216.34", address))
    sent = await sender.send("https://shop.example/hooks", {}, "{}")
    await sender.close()
    assert sent.status is None
    assert sent.problem == "Events cannot be sent to this address"


async def test_an_endpoint_outside_the_allow_list_must_use_https() -> None:
    sender = Sender(allowing(), look=to("93.184.216.34"))
    for url in ("http://shop.example/", "file:///etc/passwd"):
        assert (await sender.send(url, {}, "{}")).status is None
    await sender.close()


async def test_a_redirect_is_not_followed_and_counts_as_a_failure(receiver: Receiver) -> None:
    receiver.answer = b"HTTP/1.1 307 Go\r\nlocation: http://127.0.0.1:9/\r\ncontent-length: 0\r\n\r\n"
    sender = Sender(allowing(f"127.0.0.1:{receiver.port}"))
    sent = await sender.send(f"http://127.0.0.1:{receiver.port}/", {}, "{}")
    await sender.close()
    assert (sent.status, sent.taken) == (307, False)
    assert len(receiver.got) == 1


async def test_a_slow_receiver_and_a_flood_are_cut_off(receiver: Receiver) -> None:
    sender = Sender(allowing(f"127.0.0.1:{receiver.port}"), patience=0.2)
    receiver.answer = b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * (MOST_ANSWER * 4)
    assert (await sender.send(f"http://127.0.0.1:{receiver.port}/", {}, "{}")).taken
    receiver.pause = 1.0
    assert "no answer within" in (await sender.send(f"http://127.0.0.1:{receiver.port}/", {}, "{}")).problem
    await sender.close()


async def test_a_receiver_that_is_not_there_is_an_answer_and_names_no_address() -> None:
    sender = Sender(allowing("127.0.0.1:9"))
    sent = await sender.send("http://127.0.0.1:9/secret-path", {}, "{}")
    await sender.close()
    assert sent.status is None
    assert "secret-path" not in sent.problem


@pytest.mark.parametrize("host", ["shop..example", f"{'a' * 64}.example", "xn--a"])
async def test_a_host_that_is_no_name_at_all_is_an_answer_too(host: str) -> None:
    sender = Sender(allowing())
    sent = await sender.send(f"https://{host}/hooks", {}, "{}")
    await sender.close()
    assert (sent.status, host in sent.problem) == (None, False)


async def test_what_is_no_name_leads_nowhere() -> None:
    assert await resolve("shop..example", 443) == ()


async def test_two_names_on_one_address_share_neither_connection_nor_cookie(receiver: Receiver) -> None:
    """A connection whose certificate was shown for one name would carry what is meant for the other."""
    receiver.keeps = True
    receiver.answer = (
        b"HTTP/1.1 200 OK\r\nset-cookie: session=of-the-first; path=/\r\ncontent-length: 0\r\n\r\n"
    )
    names = [f"{name}.example:{receiver.port}" for name in ("first", "second")]
    sender = Sender(allowing(*names), look=to("127.0.0.1"))
    for name in names:
        assert (await sender.send(f"http://{name}/hooks", {}, "{}")).taken
    await sender.close()
    assert receiver.connections == len(receiver.got) == 2
    assert b"cookie" not in receiver.got[1].lower()


async def test_gone_means_never_again(receiver: Receiver) -> None:
    receiver.answer = b"HTTP/1.1 410 Gone\r\ncontent-length: 0\r\n\r\n"
    sender = Sender(allowing(f"127.0.0.1:{receiver.port}"))
    assert (await sender.send(f"http://127.0.0.1:{receiver.port}/", {}, "{}")).gone
    await sender.close()


def test_a_batch_for_receivers_that_all_keep_silent_ends_before_its_lease() -> None:
    """Else another worker takes what still waits for its turn, and both send it."""
    turns = math.ceil(deliver._BATCH / deliver._AT_ONCE)
    assert timedelta(seconds=turns * PATIENCE) < LEASE - timedelta(seconds=10)

"""What takes effect reaches the platform: signed, in order, once, however often the way there breaks."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
import pytest_asyncio
from standardwebhooks import Webhook

from flagstaff.audit import chain
from flagstaff.delivery import storage as delivery
from flagstaff.delivery.model import Feed, read_cursor
from flagstaff.delivery.sending import Sender
from flagstaff.flows.connect_webhook import connect_webhook
from flagstaff.flows.deliver import Delivered, deliver, replay, webhook_check
from flagstaff.flows.house import House
from flagstaff.flows.publish import publish
from flagstaff.flows.reverse_decision import Reversal, reverse_decision
from flagstaff.flows.take_effect import take_effect
from flagstaff.jobs.run import work
from flagstaff.kernel.clock import StoppedClock
from flagstaff.platforms.model import Feed as Stream
from flagstaff.staff.model import Account
from flagstaff.store.roles import Role
from tests.flows.desks import decided, flagged, move, rows_of, state_of
from tests.houses import HARBORLANE, seen, sent


class Host:
    """A platform's receiver on loopback: checks signatures, ignores repetitions, and fails when told to."""

    def __init__(self) -> None:
        self.secrets: dict[str, str] = {}
        self.calls = 0
        self.got: dict[str, list[dict[str, object]]] = {"/measures": [], "/reporters": []}
        self.ids: list[str] = []
        self.fail: Callable[[], bool] = lambda: False
        self.port = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        lines = head.split("\r\n")
        headers = {
            name.lower(): value for name, _, value in (line.partition(": ") for line in lines[1:] if line)
        }
        body = (await reader.readexactly(int(headers.get("content-length", 0)))).decode()
        self.calls += 1
        failed = self.fail()
        if not failed:
            self.take(lines[0].split(" ")[1], headers, body)
        status = b"500 Oh" if failed else b"204 Fine"
        writer.write(b"HTTP/1.1 " + status + b"\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
        await writer.drain()
        writer.close()

    def take(self, path: str, headers: dict[str, str], body: str) -> None:
        # The test moves the house's wall clock over days of retries, so the age of a signature is not looked at here.
        at = datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)
        expected = Webhook(self.secrets[path]).sign(headers["webhook-id"], at, body)
        assert expected in headers["webhook-signature"].split(" ")
        if headers["webhook-id"] not in self.ids:
            self.ids.append(headers["webhook-id"])
            self.got[path].append(msgspec.json.decode(body))


@pytest_asyncio.fixture
async def host(own_house: House) -> AsyncIterator[Host]:
    """Connect a receiver to Harborlane."""
    receiver = Host()
    server = await asyncio.start_server(receiver.serve, "127.0.0.1", 0)
    receiver.port = server.sockets[0].getsockname()[1]
    for stream, path in ((Stream.MEASURES, "/measures"), (Stream.REPORTER_NOTICES, "/reporters")):
        url = f"http://127.0.0.1:{receiver.port}{path}"
        hook = await connect_webhook(allowing(own_house), None, HARBORLANE, stream, url)
        receiver.secrets[path] = hook.secret
    async with server:
        yield receiver


@pytest_asyncio.fixture
async def sender(own_house: House) -> AsyncIterator[Sender]:
    """Give a sender whose allow-list names loopback."""
    sender = Sender(webhook_check(allowing(own_house)))
    yield sender
    await sender.close()


def allowing(house: House) -> House:
    """Return the same house where webhooks may go to loopback: what only a demo sets."""
    from dataclasses import replace

    settings = msgspec.structs.replace(house.settings, webhook_allow=("127.0.0.1",))
    return replace(house, settings=settings)


async def removed(house: House, by: Account, clock: StoppedClock, job: str = "job-1") -> str:
    case = await flagged(house, sent("rita", seen(id_=job)))
    move(clock, (await decided(house, by, case)).not_before)
    assert await take_effect(house) == 1
    return case


async def send_all(house: House, sender: Sender, wall: StoppedClock, *, wait: bool = False) -> int:
    """Publish and deliver until nothing is due; with `wait` let the wall clock reach every retry."""
    tried = 0
    while (await publish(house)).events:
        pass
    while True:
        done = await deliver(house, sender)
        tried += done.tried
        if done.tried:
            continue
        async with house.database.reading(Role.WORKER) as connection:
            due = await delivery.next_delivery(connection)
        if not wait or due is None:
            return tried
        assert due > wall.now(), "what is due was tried"
        wall.move(due - wall.now())


async def test_the_platform_learns_what_to_hide_and_the_other_endpoint_whom_to_tell(
    own_house: House, mia: Account, business: StoppedClock, wall: StoppedClock, host: Host, sender: Sender
) -> None:
    await removed(own_house, mia, business)
    await send_all(own_house, sender, wall)
    events = [event for event in host.got["/measures"] if event["type"] != "menu.published"]
    by_type = {str(event["type"]): event["data"] for event in events}
    hide = next(event for event in events if event["data"].get("effect") == "hide")  # type: ignore[attr-defined]
    assert hide["data"]["subject"] == {"kind": "job_post", "id": "job-1"}  # type: ignore[index]
    assert read_cursor(Feed.MEASURES, str(hide["position"])) in {1, 2}
    notice = by_type["notice.author"]
    assert notice["person"] == "ann"  # type: ignore[index]
    assert "No free work" in notice["text"]  # type: ignore[index]
    outcome = host.got["/reporters"][-1]["data"]
    assert (outcome["person"], outcome["status"]) == ("rita", "acted")  # type: ignore[index]
    assert "job-1" not in msgspec.json.encode(host.got["/reporters"]).decode()
    assert "rita" not in msgspec.json.encode(host.got["/measures"]).decode()


async def test_nothing_is_lost_or_doubled_and_every_stream_keeps_its_order_on_a_bad_line(
    own_house: House, mia: Account, business: StoppedClock, wall: StoppedClock, host: Host, sender: Sender
) -> None:
    """Half of all tries fail; in the end each event arrived once, and each subject's in the order of its revisions."""
    dice = random.Random(7)
    host.fail = lambda: dice.random() < 0.5
    cases = [await removed(own_house, mia, business, f"job-{n}") for n in range(4)]
    for case in cases[:2]:
        await reverse_decision(own_house, mia, Reversal(case, "It was wrong."))
    business.move(timedelta(minutes=1))
    tried = await send_all(own_house, sender, wall, wait=True)
    published = await rows_of(
        own_house, "select count(*) as n from delivery.outbox where position is not null"
    )
    assert len(host.ids) == published[0]["n"]
    assert tried == host.calls > len(host.ids)
    revisions: dict[str, list[int]] = {}
    for event in host.got["/measures"]:
        data = event["data"]
        if str(event["type"]).startswith("measure."):
            target = str(data.get("subject") or data["person"])  # type: ignore[attr-defined,index]
            revisions.setdefault(target, []).append(data["revision"])  # type: ignore[index]
    assert all(found == sorted(found) and len(set(found)) == len(found) for found in revisions.values())
    # Removed, then shown again: the last word on a reversed post is to show it.
    shown = [e["data"]["effect"] for e in host.got["/measures"] if "job-0" in msgspec.json.encode(e).decode()]  # type: ignore[index]
    assert shown == ["hide", "show"]


async def test_an_event_waits_for_the_earlier_one_of_its_stream(
    own_house: House, mia: Account, business: StoppedClock, wall: StoppedClock, host: Host, sender: Sender
) -> None:
    case = await removed(own_house, mia, business)
    host.fail = lambda: True
    await send_all(own_house, sender, wall)
    await reverse_decision(own_house, mia, Reversal(case, "It was wrong."))
    business.move(timedelta(minutes=1))
    while (await publish(own_house)).events:
        pass
    host.fail = lambda: False
    assert (
        await deliver(own_house, sender)
    ).tried == 0  # the first ones wait for their retry, and these behind them
    wall.move(timedelta(seconds=10))
    await send_all(own_house, sender, wall)
    effects = [e["data"].get("effect") for e in host.got["/measures"] if "job-1" in str(e)]  # type: ignore[attr-defined]
    assert effects == ["hide", "show"]


async def test_what_never_arrives_becomes_a_dead_letter_and_can_be_replayed(
    own_house: House, mia: Account, business: StoppedClock, wall: StoppedClock, host: Host, sender: Sender
) -> None:
    case = await removed(own_house, mia, business)
    host.fail = lambda: True
    await send_all(own_house, sender, wall, wait=True)
    tries = await rows_of(
        own_house, "select max(at) - min(at) as span, count(*) as n from delivery.attempt group by outbox"
    )
    assert {row["n"] for row in tries} == {12}
    assert all(timedelta(days=3) < row["span"] < timedelta(days=6) for row in tries)  # type: ignore[operator]
    assert {r["state"] for r in await rows_of(own_house, "select state from delivery.delivery")} == {"dead"}
    assert host.ids == []
    from flagstaff.flows.close_cases import close_cases

    assert await close_cases(own_house) == 1
    assert await state_of(own_house, case) == "closed"
    host.fail = lambda: False
    assert await replay(own_house, HARBORLANE) > 0
    await send_all(own_house, sender, wall)
    assert {r["state"] for r in await rows_of(own_house, "select state from delivery.delivery")} == {"sent"}


async def test_a_worker_that_dies_in_the_middle_sends_again_under_the_same_name(
    own_house: House, mia: Account, business: StoppedClock, wall: StoppedClock, host: Host, sender: Sender
) -> None:
    await removed(own_house, mia, business)
    await send_all(own_house, sender, wall)
    before = list(host.ids)
    # As if nothing had been written down after the sending.
    await rows_of(
        own_house, "update delivery.delivery set state = 'pending', sent_at = null, next_try = $1", wall.now()
    )
    calls = host.calls
    await send_all(own_house, sender, wall)
    assert host.calls > calls
    assert host.ids == before


async def test_several_workers_beside_each_other_send_each_event_once(
    own_house: House, mia: Account, business: StoppedClock, wall: StoppedClock, host: Host, sender: Sender
) -> None:
    for n in range(3):
        await removed(own_house, mia, business, f"job-{n}")
    await asyncio.gather(*(publish(own_house) for _ in range(4)))
    while (await publish(own_house)).events:
        pass

    async def worker() -> int:
        done = Delivered(1, 0, 0)
        tried = 0
        while done.tried:
            done = await deliver(own_house, sender)
            tried += done.tried
        return tried

    tried = sum(await asyncio.gather(*(worker() for _ in range(4))))
    assert tried == host.calls
    while (more := (await deliver(own_house, sender)).tried) > 0:
        tried += more
    assert len(host.ids) == tried == host.calls


async def test_positions_are_dense_and_no_late_commit_is_skipped(
    own_house: House, mia: Account, business: StoppedClock
) -> None:
    for n in range(3):
        await removed(own_house, mia, business, f"job-{n}")
        await asyncio.gather(publish(own_house), publish(own_house))
    while (await publish(own_house)).events:
        pass
    rows = await rows_of(
        own_house,
        "select feed, array_agg(position order by position) as found from delivery.outbox group by feed",
    )
    for row in rows:
        found = row["found"]
        assert found == list(range(1, len(found) + 1))  # type: ignore[arg-type]


async def test_an_effect_that_the_platform_did_not_declare_becomes_a_to_do(
    own_house: House, mia: Account, business: StoppedClock
) -> None:
    await rows_of(own_house, "update platforms.platform set effects = '{show,restrict,allow,tell}'")
    await own_house.policy.refresh()
    await removed(own_house, mia, business)
    assert await rows_of(own_house, "select what from delivery.todo") == [{"what": "hide: remove_content"}]


async def test_the_reporters_address_is_opened_in_the_sending_step_alone_and_leaves_a_line(
    own_house: House, mia: Account, business: StoppedClock, wall: StoppedClock, host: Host, sender: Sender
) -> None:
    await removed(own_house, mia, business)
    await send_all(own_house, sender, wall)
    asked = await rows_of(own_house, "select role, purpose, taken_at is not null as taken from vault.asking")
    assert asked
    assert {tuple(row.values()) for row in asked} == {("flagstaff_postman", "send", True)}
    tables = await rows_of(
        own_house, "select (select string_agg(o::text, '') from delivery.outbox o) as o, "
        "(select string_agg(n::text, '') from delivery.notice n) as n, "
        "(select string_agg(a::text, '') from delivery.attempt a) as a"
    )  # fmt: skip
    assert "rita" not in str(tables)


async def test_the_log_is_chained_after_commit_and_shows_where_it_was_changed(
    own_house: House, mia: Account, business: StoppedClock
) -> None:
    await removed(own_house, mia, business)
    while (await publish(own_house)).entries:
        pass
    assert await rows_of(own_house, "select 1 from audit.unchained") == []
    links = await _links(own_house)
    assert len(links) > 3
    assert chain.first_break(links) is None
    await rows_of(own_house, "update audit.entry set actor = 'somebody else' where deed = 'case.claimed'")
    broken = next(link.position for link in await _links(own_house) if link.deed == "case.claimed")
    assert chain.first_break(await _links(own_house)) == broken
    assert chain.first_break([link for link in links if link.position != 2]) == 3


async def _links(house: House) -> list[chain.Link]:
    async with house.database.reading(Role.VIEWS) as connection:
        return await chain.links(connection, 0, 1000)


async def test_jobs_woken_by_what_happens_do_it_all_by_themselves(
    own_house: House, mia: Account, business: StoppedClock, host: Host, sender: Sender
) -> None:
    stop = asyncio.Event()
    running = asyncio.create_task(work(own_house, stop, sender))
    try:
        case = await flagged(own_house, sent("rita"))
        move(business, own_house.now.replace(minute=59, second=50))
        await decided(own_house, mia, case)
        business.move(timedelta(minutes=1))
        for _ in range(300):
            if await state_of(own_house, case) == "closed":
                break
            await asyncio.sleep(0.05)
        assert await state_of(own_house, case) == "closed"
        assert [e for e in host.got["/measures"] if "job-1" in str(e)]
    finally:
        stop.set()
        await asyncio.wait_for(running, 10)


@pytest.mark.parametrize("address", ["http://127.0.0.1:1/hook", "https://localhost/hook"])
async def test_without_the_setting_no_private_address_is_reached(own_house: House, address: str) -> None:
    sender = Sender(webhook_check(own_house))
    sent_ = await sender.send(address, {}, "{}")
    await sender.close()
    assert sent_.status is None

"""Deliver: render, sign, send and record what is due, each stream in its order, until it arrived or is given up."""

import asyncio
from collections.abc import Sequence
from functools import partial

import msgspec

from flagstaff.delivery import rules, signing, storage as delivery
from flagstaff.delivery.model import Address, Due, EventKind, Sent, endpoint_of
from flagstaff.delivery.rendering import body
from flagstaff.delivery.sending import Sender
from flagstaff.flows.house import House
from flagstaff.flows.open_on_record import open_on_record
from flagstaff.flows.platform_secrets import open_secret
from flagstaff.flows.read_event import NothingToSend, read_event
from flagstaff.kernel.errors import FlagstaffError
from flagstaff.kernel.outgoing import Check
from flagstaff.platforms.model import Purpose, SealedSecret
from flagstaff.platforms.rules import check_addresses, read_webhook
from flagstaff.store.roles import Role
from flagstaff.vault import opening
from flagstaff.vault.model import Asking, Purpose as OpeningPurpose
from flagstaff.vocabulary.references import Platform

# A batch whose every receiver keeps silent must end before its lease does, or another worker sends it too.
_BATCH = 24
_AT_ONCE = 8
_TO_A_PERSON = {EventKind.NOTICE_REPORTER, EventKind.NOTICE_PERSON}


class Delivered(msgspec.Struct, frozen=True):
    """How many tries there were, how many arrived, and how many are given up."""

    tried: int
    arrived: int
    dead: int


async def deliver(house: House, sender: Sender) -> Delivered:
    """Try what is due, several streams beside each other; any number of workers may. Call until nothing is tried."""
    wall = house.clocks.wall.now()
    async with house.database.transaction(Role.WORKER) as connection:
        due = await delivery.claim_due(connection, wall, wall + rules.LEASE, _BATCH)
    turns = asyncio.Semaphore(_AT_ONCE)

    async def one(event: Due) -> tuple[Sent, bool]:
        async with turns:
            return await _one(house, sender, event)

    done: Sequence[tuple[Sent, bool]] = await asyncio.gather(*(one(event) for event in due))
    if done:
        async with house.database.transaction(Role.WORKER) as connection:
            await delivery.wake(connection, delivery.DELIVER)
    return Delivered(len(done), sum(sent.taken for sent, _ in done), sum(dead for _, dead in done))


async def _one(house: House, sender: Sender, event: Due) -> tuple[Sent, bool]:
    """Try one delivery, and write down what came of it. A crash in between sends it again: at least once."""
    try:
        sent = await _send(house, sender, event)
    except NothingToSend as gone:
        sent = Sent(None, gone.slug, final=True)
    except FlagstaffError as error:
        sent = Sent(None, error.slug)
    wall = house.clocks.wall.now()
    again = None if sent.gone else rules.next_try(event.message, event.tries + 1, wall)
    async with house.database.transaction(Role.WORKER) as connection:
        await delivery.note(connection, house.ids.key(), event, sent, wall, again)
    return sent, not sent.taken and again is None


async def _send(house: House, sender: Sender, event: Due) -> Sent:
    """Render, sign, send. The address of a reporter is opened for this step alone and kept nowhere."""
    person = await _reporter(house, event) if event.kind in _TO_A_PERSON else None
    async with house.database.reading(Role.WORKER) as connection:
        address = await delivery.address(connection, event.platform, endpoint_of(event.feed))
        data = await read_event(house, connection, event, person)
    if address is None:
        return Sent(None, "no address", final=True)
    text = body(event.kind, event.feed, event.position, event.published_at, data)
    secrets = _secrets(house, event, address)
    headers = signing.headers(secrets, event.message, house.clocks.wall.now(), text)
    return await sender.send(address.url, headers, text)


def _secrets(house: House, event: Due, address: Address) -> list[str]:
    purpose = Purpose(endpoint_of(event.feed).value)
    return [
        open_secret(
            house, SealedSecret(Platform(event.platform), kid, purpose, sealed, event.published_at)
        ).text
        for kid, sealed in zip(address.kids, address.sealed, strict=True)
    ]


async def _reporter(house: House, event: Due) -> str:
    """Ask for one address and commit, then take it; raises NothingToSend for somebody who was erased."""
    wall = house.clocks.wall.now()
    async with house.database.reading(Role.WORKER) as connection:
        notice = await delivery.notice(connection, event.reference)
    if notice is None or notice.flag is None or house.opener is None:
        msg = "this process cannot open an address"
        raise NothingToSend(msg) if house.opener else FlagstaffError(msg)
    asking = Asking(house.ids.key(), OpeningPurpose.SEND, (notice.flag,), f"notice {notice.number}", wall)
    take = partial(opening.addresses, purpose=OpeningPurpose.SEND)
    found = await open_on_record(house, Role.POSTMAN, asking, take)
    if notice.flag not in found:
        msg = "the person behind this flag was erased"
        raise NothingToSend(msg)
    return found[notice.flag].id


def webhook_check(house: House) -> Check:
    """Return the check that every connection goes through; the operator's allow-list is its only exception."""
    allowed = house.settings.webhook_allow
    return lambda url, addresses: check_addresses(read_webhook(url, allowed), addresses)


async def replay(house: House, platform: str) -> int:
    """Let a platform's dead letters be tried again, and return how many."""
    async with house.database.transaction(Role.WORKER) as connection:
        return await delivery.replay(connection, platform, house.clocks.wall.now())

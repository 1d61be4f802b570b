"""Plant faults and see them found: a check that cannot fail shows nothing.

Faults of the house are planted in its database within a transaction that is rolled back; those of the way there and of
the platform, in what was noted. None touches the product.
"""

import copy
import json
from collections.abc import Callable, Mapping
from typing import Final

import httpx

from bench.chaos.people import Crowd
from bench.chaos.verify import verify
from bench.chaos.world import World
from flagstaff.store.roles import Role

_COPY: Final = (
    "insert into {table} select (jsonb_populate_record(t, {changes})).* from {table} t where {which} limit 1"
)

IN_THE_HOUSE: Final[Mapping[str, tuple[str, str]]] = {
    "an acknowledged flag is lost": (
        (
            "delete from flags.flag where key = (select key from flags.flag f where not exists "
            "(select from flags.addendum where flag = f.key) limit 1)"
        ),
        "an acknowledged flag is lost",
    ),
    "a flag is kept twice": (
        _COPY.format(
            table="flags.flag",
            changes="jsonb_build_object('key', gen_random_uuid(), 'number', 'F-TWICE', 'tag', '\\x00')",
            which="true",
        ),
        "nobody was told of",
    ),
    "a measure does not leave": (
        (
            "with gone as (delete from delivery.delivery where outbox in (select key from delivery.outbox "
            "where kind = 'measure.applied' limit 1) returning outbox) "
            "delete from delivery.outbox where key in (select outbox from gone)"
        ),
        "something hangs on nothing",
    ),
    "a delivery is stuck": (
        "update delivery.delivery set state = 'pending' where outbox = (select outbox from delivery.delivery limit 1)",
        "what left was not delivered",
    ),
    "an author is told twice": (
        _COPY.format(
            table="delivery.notice",
            changes="jsonb_build_object('key', gen_random_uuid(), 'number', 'N-TWICE')",
            which="t.decision is not null and t.audience = 'author' and t.released_at is not null",
        ),
        "somebody is told twice",
    ),
    "a reporter is not told": (
        (
            "delete from delivery.notice where text_key like 'outcome%' and flag = ("
            "select n.flag from delivery.notice n "
            "join flags.flag f on f.key = n.flag and f.state = 'answered' and not f.legacy "
            "where n.text_key like 'outcome%' limit 1)"
        ),
        "a reporter is not told",
    ),
    "a decision is not logged": (
        "delete from audit.entry where key = (select key from audit.entry where deed = 'decision.in_effect' limit 1)",
        "the log and the decisions",
    ),
    "an entry of the log is changed": (
        "update audit.entry set actor = 'somebody-else' where key = (select key from audit.entry limit 1)",
        "the chain of the log breaks",
    ),
    "a claim does not lapse": (
        (
            "update cases.case set state = 'claimed', claimed_by = gen_random_uuid(), claimed_until = '2020-01-01' "
            "where key = (select key from cases.case where state = 'open' limit 1)"
        ),
        "a job is stuck",
    ),
    "a measure runs that was lifted": (
        (
            "update decisions.measure set state = 'running' "
            "where key = (select key from decisions.measure where state in ('lifted', 'ended', 'undone') limit 1)"
        ),
        "broken: ",
    ),
    "words without a flag": (
        _COPY.format(
            table="vault.words",
            changes="jsonb_build_object('ref', gen_random_uuid(), 'owner', gen_random_uuid())",
            which="t.field = 'details'",
        ),
        "something hangs on nothing",
    ),
}
"""What is done, and a part of the sentence that has to be found."""


async def prove(world: World) -> dict[str, bool]:
    """Plant every fault and return which were found; the house is afterwards as it was."""
    caught = {}
    for name, (statement, wanted) in IN_THE_HOUSE.items():
        caught[name] = await _found_in_the_house(world, statement, wanted)
    for name, (plant, wanted) in _ON_THE_WAY.items():
        ledger, receiver = world.ledger, world.receiver
        world.ledger, world.receiver = copy.deepcopy(ledger), copy.copy(receiver)
        world.receiver.carried_out = [*receiver.carried_out]
        world.receiver.bodies, world.receiver.standing = {**receiver.bodies}, {**receiver.standing}
        world.receiver.on_event = lambda _: None
        try:
            plant(world)
            caught[name] = wanted in " ".join(await _findings(world))
        finally:
            world.ledger, world.receiver = ledger, receiver
    caught["a proxy acknowledges before the house does"] = await _early_proxy(world)
    return caught


async def _findings(world: World) -> list[str]:
    async with world.inside.database.reading(Role.OWNER) as connection:
        return await verify(world, connection)


async def _found_in_the_house(world: World, statement: str, wanted: str) -> bool:
    """Tell whether a fault is found; one that the database itself refuses shows nothing, and ends the proof."""
    found: list[str] = []

    class Undo(Exception):
        pass

    try:
        async with world.inside.database.transaction(Role.OWNER) as connection:
            changed: str = await connection.execute(statement)
            if changed.endswith(" 0"):
                raise Undo
            found = await verify(world, connection)
            raise Undo
    except Undo:
        pass
    return any(wanted in one for one in found)


def _lose_a_measure(world: World) -> None:
    done = world.receiver.carried_out
    done.remove(next(event for event in done if event["type"] == "measure.applied"))


def _carry_out_twice(world: World) -> None:
    world.receiver.carry_out(
        next(event for event in world.receiver.carried_out if event["type"] == "measure.applied")
    )


def _lose_a_message(world: World) -> None:
    world.receiver.bodies.popitem()


def _forget_a_deed(world: World) -> None:
    deed = next(deed for deed, times in world.ledger.acknowledged.items() if times and deed[0] == "decide")
    world.ledger.acknowledged[deed] += 1


def _change_a_receipt(world: World) -> None:
    flag = next(flag for flag in world.ledger.flags if flag.number)
    world.ledger.answered(flag, {**flag.receipt, "number": "F-OTHER"})


_ON_THE_WAY: Final[Mapping[str, tuple[Callable[[World], None], str]]] = {
    "the platform loses a measure": (_lose_a_measure, "changes were carried out"),
    "the platform carries a measure out twice": (_carry_out_twice, "carried out 2 times"),
    "a message is lost": (_lose_a_message, "never arrived"),
    "a decision is acknowledged and not made": (_forget_a_deed, "was acknowledged"),
    "a receipt changes": (_change_a_receipt, "changed"),
}


class _EarlyProxy(httpx.AsyncBaseTransport):
    """Acknowledge in the house's name, and let the house hear of it never: what a crash before the commit would do."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        body = json.dumps({"number": "F-EARLY", "status": "received"}).encode()
        return httpx.Response(202, content=body, request=request)


async def _early_proxy(world: World) -> bool:
    ledger, client = world.ledger, world.client
    world.ledger = copy.deepcopy(ledger)
    try:
        async with httpx.AsyncClient(transport=_EarlyProxy(), base_url=world.parts.address) as world.client:
            crowd = Crowd(world)
            await crowd.send(crowd.flag("job-early", "early"))
        return "an acknowledged flag is lost: F-EARLY" in await _findings(world)
    finally:
        world.ledger, world.client = ledger, client

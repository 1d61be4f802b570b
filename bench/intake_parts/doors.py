"""The doors that a run compares, all served by one process, one port each; only one is under load at a time."""

import asyncio
import dataclasses
import socket
from collections.abc import Sequence
from typing import Any

import msgspec
import uvicorn

from flagstaff.api.build import Door, build
from flagstaff.flows.house import House
from flagstaff.flows.placing import Receipt
from flagstaff.flows.receive_flags import receive_flags
from flagstaff.flows.sent_flag import Sent
from flagstaff.store.database import Database
from flagstaff.store.group_commit import GroupCommit
from flagstaff.store.roles import Role
from flagstaff.subjects.model import Seen
from flagstaff.vocabulary.references import PersonRef, Place, Platform, SubjectKind, SubjectRef, Surface

PLATFORM = Platform("harborlane")
EACH_POOL = 16
"""Connections of the door with a transaction per request, and of the plain endpoint: enough that none waits in vain."""


async def transaction_per_request(house: House) -> tuple[Door, Database]:
    """Return the same door with a commit for every flag: batches of one, as many side by side as it has connections."""
    database = await Database.open(house.database.address, [Role.INTAKE], size=EACH_POOL)
    settings = msgspec.structs.replace(
        house.settings, intake_batch=1, intake_flushers=EACH_POOL, intake_patience_ms=0, intake_gather_ms=0
    )
    return build(dataclasses.replace(house, database=database, settings=settings)), database


async def without_a_database(house: House) -> Door:
    """Return the same door whose flags are kept by nobody: key, JSON, digests, queue and receipt, and no storage."""
    (receipt,) = await receive_flags(house, [one_flag(house)])
    assert isinstance(receipt, Receipt)

    async def flush(batch: Sequence[Sent]) -> Sequence[Receipt | Exception]:
        return [receipt] * len(batch)

    door = build(house)
    intake: GroupCommit[Sent, Receipt] = GroupCommit(flush)
    door.desk = dataclasses.replace(door.desk, intake=intake)
    return door


def one_flag(house: House, id_: str = "first", reporter: str = "first", request: bytes | None = None) -> Sent:
    """Return a flag as the door hands it on."""
    subject = SubjectRef(PLATFORM, SubjectKind("job_post"), id_)
    return Sent(
        reporter=PersonRef(PLATFORM, reporter),
        seen=Seen(ref=subject, place=Place(Surface.MARKETPLACE), author="ann", words="Three samples first."),
        option=_option(house),
        menu_version=house.policy.menus(PLATFORM).number,
        language="en",
        details="They want three finished logos before any contract.",
        request=request,
        body=b"" if request is None else request,
    )


def _option(house: House) -> str:
    """Return an option of the live menu that needs no words; versions differ."""
    options = house.policy.menus(PLATFORM).option_by_key.values()
    mine = [one for one in options if one.subject == "job_post" and one.kind == "violation"]
    return min(mine, key=lambda one: (one.details == "required", one.severity, one.key)).key


async def nothing(scope: Any, receive: Any, send: Any) -> None:
    """Answer as soon as the body is in: what the server and the connection alone cost."""
    await answer(scope, receive, send, 202, b"{}")


async def answer(scope: Any, receive: Any, send: Any, status: int, body: bytes) -> None:
    """Read a request to its end and answer it."""
    if scope["type"] != "http":
        return
    while (await receive()).get("more_body"):
        pass
    head = [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": head})
    await send({"type": "http.response.body", "body": body})


async def serve_all(doors: dict[str, Any], bound: dict[str, socket.socket]) -> None:
    """Serve every door at its port until a signal comes, as `flagstaff serve` does."""
    servers = [
        uvicorn.Server(
            uvicorn.Config(door, log_config=None, access_log=False, server_header=False, lifespan="off")
        )
        for door in doors.values()
    ]
    await asyncio.gather(
        *(
            server.serve(sockets=[place])
            for server, place in zip(servers, (bound[name] for name in doors), strict=True)
        )
    )
    for door in doors.values():
        if isinstance(door, Door):
            await door.close()


def bind(names: Sequence[str]) -> dict[str, socket.socket]:
    return {name: socket.create_server(("127.0.0.1", 0)) for name in names}

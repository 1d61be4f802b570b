"""Take many flags of a platform's server at once: each row is answered as if it had come alone."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Final

import msgspec
from litestar import Response, post
from msgspec import Raw

from flagstaff.api.answers import BulkAnswer
from flagstaff.api.bodies import BulkFlag
from flagstaff.api.callers import Machine
from flagstaff.api.contract import BULK_PROBLEMS, MACHINES
from flagstaff.api.desk import Desk, desk_of, type_of_request
from flagstaff.api.flag_intake import from_machine, with_current_menu
from flagstaff.api.problems import known
from flagstaff.api.reading import (
    BODY_LIMIT,
    Malformed,
    decode,
    decode_frame,
    headers_of,
    read_body,
    too_large,
    usable_key,
)
from flagstaff.api.receipts import receipt_answer
from flagstaff.flows import receive_flags as story
from flagstaff.flows.house import House
from flagstaff.flows.placing import Receipt
from flagstaff.flows.sent_flag import Sent
from flagstaff.kernel.errors import FlagstaffError, Refusal
from flagstaff.store.group_commit import GroupCommit
from flagstaff.store.idempotency import KeyReused
from flagstaff.vocabulary.scopes import ApiScope

ROUTE: Final = "/v1/flags:bulk"
ROWS_AT_MOST: Final = 500
BYTES_AT_MOST: Final = 4 * BODY_LIMIT
LANES: Final = 2
WAITING: Final = 8
_ACCEPTED: Final = 202

Batch = Sequence[Sent]
Outcome = Receipt | Exception
BulkIntake = GroupCommit[Batch, Sequence[Outcome]]


class _Rows(msgspec.Struct, forbid_unknown_fields=True):
    flags: list[Raw]


_rows: Final = msgspec.json.Decoder(_Rows)
_flag: Final = msgspec.json.Decoder(BulkFlag)


class TooManyRows(Refusal):
    """A batch holds more flags than are taken at once, or none."""

    slug = "too-many-rows"
    status = 422
    title = "This batch cannot be taken as a whole"


@post(
    ROUTE, status_code=200, operation_id="receive_flags", tags=["flags"], security=MACHINES, responses=BULK_PROBLEMS
)  # fmt: skip
async def receive_bulk(request: type_of_request) -> Response[BulkAnswer]:
    """Send at most 500 flags from a server; each row is kept or refused by itself and has its own idempotency key.

    The results stand in the order of the rows: the status and the receipt or problem that the row would have got
    alone. A row that is answered with 202 is durably kept, whatever became of the others.
    """
    desk, headers = desk_of(request), headers_of(request.scope)
    body = await read_body(headers, request.receive, BYTES_AT_MOST)
    machine = await desk.gate.machine(headers, ApiScope.FLAGS_WRITE)
    rows = _read(headers, body)
    desk.allowance.spend(machine.name, len(rows))
    results = await _take(desk, machine, rows)
    answer = msgspec.json.encode({"results": results})  # problems carry facts that no fixed type could
    return Response(answer, headers={"cache-control": "no-store"}, media_type="application/json")  # type: ignore[arg-type]


def bulk_intake(house: House, alone: Callable[[Sent], Awaitable[Receipt]]) -> BulkIntake:
    """Return the queue of batches: two commits side by side, so that single flags never wait for a place.

    A batch that the database fails as a whole is handed on row by row to `alone`. Every row has a key of its own, so
    trying again keeps nothing twice.
    """

    async def flush(batches: list[Batch]) -> Sequence[Sequence[Outcome]]:
        (batch,) = batches
        try:
            return [await story.receive_flags(house, batch)]
        except FlagstaffError:
            raise
        except Exception:  # noqa: BLE001 - whichever row it was, its neighbours are not to blame
            return [[await _settled(alone(sent)) for sent in batch]]

    return GroupCommit(flush, limit=1, queue=WAITING, flushers=LANES)


async def _settled(answer: Awaitable[Receipt]) -> Outcome:
    try:
        return await answer
    except Exception as error:  # noqa: BLE001 - it becomes the row's own answer
        return error


def _read(headers: Mapping[str, str], body: bytes) -> list[bytes]:
    if "idempotency-key" in headers:
        msg = "a batch has no key of its own"
        raise Malformed(msg, where="Idempotency-Key", mend="give each row its `idempotency_key`")
    rows = decode_frame(body, _rows).flags
    if not 1 <= len(rows) <= ROWS_AT_MOST:
        msg = f"{len(rows)} flags were sent, 1 to {ROWS_AT_MOST} are taken at once; none was kept"
        raise TooManyRows(msg, where="flags", mend="send them in several batches")
    return [bytes(row) for row in rows]


async def _take(desk: Desk, machine: Machine, rows: Sequence[bytes]) -> list[object]:
    """Read each row, keep all good ones in one transaction, and answer each in its place."""
    read = [_read_row(desk, machine, row) for row in rows]
    first: dict[bytes, Sent] = {}
    for one in read:
        if isinstance(one, Sent):
            first.setdefault(one.request or b"", one)
    kept = await desk.bulk.submit(list(first.values())) if first else []
    answers = dict(zip(first, kept, strict=True))
    return [_result(desk, one, first, answers) for one in read]


def _read_row(desk: Desk, machine: Machine, row: bytes) -> Sent | FlagstaffError:
    try:
        if len(row) > BODY_LIMIT:
            raise too_large()
        flag = decode(row, _flag)
        usable_key(flag.idempotency_key, "idempotency_key")
        digest = desk.house.sealer.idempotency_digest(machine.name, ROUTE, flag.idempotency_key)
        return msgspec.structs.replace(from_machine(desk, machine, flag, row), request=digest)
    except FlagstaffError as refused:
        return refused


def _result(
    desk: Desk, one: Sent | FlagstaffError, first: Mapping[bytes, Sent], answers: Mapping[bytes, Outcome]
) -> dict[str, object]:
    """Say of one row what it would have been told alone; the same key twice in a batch is answered once."""
    if isinstance(one, FlagstaffError):
        return _problem(one)
    key = one.request or b""
    if first[key].body != one.body:
        msg = "another row of this batch has this key"
        return _problem(KeyReused(msg, where="idempotency_key", mend="make a new key for each new flag"))
    answer = answers[key]
    if isinstance(answer, Exception):
        return _problem(known(with_current_menu(desk, one, answer)))
    receipt = receipt_answer(desk.house, one.seen.ref.platform, one.menu_version, one.language, answer)
    return {"status": _ACCEPTED, "receipt": receipt}


def _problem(refused: FlagstaffError) -> dict[str, object]:
    return {"status": refused.status, "problem": refused.problem()}

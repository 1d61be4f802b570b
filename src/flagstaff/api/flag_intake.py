"""Take one flag in, whichever way it came: read, recognise, hand to the group commit, say what was received."""

from collections.abc import Mapping
from typing import Final

import msgspec

from flagstaff.api.answers import FlagReceipt
from flagstaff.api.bodies import FlagBody
from flagstaff.api.callers import Machine, Person, WrongWay, demand
from flagstaff.api.desk import Desk
from flagstaff.api.reading import Malformed, decode, request_key
from flagstaff.api.receipts import receipt_answer
from flagstaff.api.subjects import participants_in_body, seen_in_body, seen_in_ticket
from flagstaff.flows.sent_flag import Neighbour, Sent, UnknownMenuVersion
from flagstaff.kernel.errors import Forbidden
from flagstaff.platforms.tokens import BadTicket, PersonToken
from flagstaff.subjects.model import Seen
from flagstaff.vocabulary.references import PersonRef
from flagstaff.vocabulary.scopes import ApiScope

ROUTE: Final = "/v1/flags"
_decoder: Final = msgspec.json.Decoder(FlagBody)


class NotAReporter(Forbidden):
    """A token lets somebody see decisions on what they wrote, not flag."""

    slug = "not-a-reporter"
    title = "This token is not for flagging"


async def take_flag(desk: Desk, headers: Mapping[str, str], body: bytes) -> FlagReceipt:
    """Return the receipt of a flag that is durably kept; raises one precise refusal."""
    caller = await desk.gate.caller(headers)
    key = request_key(headers)
    flag = decode(body, _decoder)
    if isinstance(caller, Machine):
        desk.allowance.spend(caller.name, 1)
        sent = from_machine(desk, caller, flag, body)
    else:
        sent = await _from_person(desk, caller, flag)
    if key is not None:
        digest = desk.house.sealer.idempotency_digest(caller.name, ROUTE, key)
        sent = msgspec.structs.replace(sent, request=digest)
    try:
        kept = await desk.intake.submit(sent)
    except UnknownMenuVersion as refused:
        raise with_current_menu(desk, sent, refused) from None
    return receipt_answer(desk.house, sent.seen.ref.platform, sent.menu_version, sent.language, kept)


def with_current_menu(desk: Desk, sent: Sent, refused: Exception) -> Exception:
    """Hand whoever named a version that never was the menu to choose from; other failures stay as they are."""
    if not isinstance(refused, UnknownMenuVersion):
        return refused
    ref = sent.seen.ref
    menu = desk.menus.menu(ref.platform, ref.kind, sent.language).menu
    return UnknownMenuVersion(
        refused.what, where=refused.where, mend=refused.mend, **refused.facts, menu=menu
    )


def from_machine(desk: Desk, caller: Machine, flag: FlagBody, body: bytes) -> Sent:
    """Return a flag that a platform's server sent, with a digest of `body`; raises one precise refusal."""
    demand(caller, ApiScope.FLAGS_WRITE)
    if flag.reporter is None or flag.subject is None:
        where = "reporter" if flag.reporter is None else "subject"
        msg = f"with an API key the body names {where}"
        raise Malformed(msg, where=where, mend="name who flags and what, as your server knows them")
    if flag.ticket is not None or flag.title is not None or flag.text is not None:
        msg = "ticket, title and text of the body are for browsers"
        raise WrongWay(msg, where="ticket", mend="send the content inside `subject`")
    seen = seen_in_body(desk.house.policy, caller.platform, flag.subject)
    reporter = PersonRef(caller.platform, flag.reporter.id)
    language = flag.language or flag.reporter.language or ""
    participants = participants_in_body(flag.subject)
    return _sent(desk, flag, reporter, seen, participants, language, desk.house.sealer.body_digest(body))


async def _from_person(desk: Desk, caller: Person, flag: FlagBody) -> Sent:
    token = reporter_of(caller)
    if flag.reporter is not None or flag.subject is not None:
        where = "reporter" if flag.reporter is not None else "subject"
        msg = "a browser does not say who flags or what: its platform signs both"
        raise WrongWay(msg, where=where, mend="send the ticket that the page carries")
    if flag.ticket is None:
        msg = "with a person token the body carries a subject ticket"
        raise Malformed(msg, where="ticket", mend="send the ticket that the page carries")
    ticket = await desk.gate.ticket(flag.ticket)
    if ticket.subject.platform != token.person.platform:
        msg = "this ticket was signed by another platform than the token"
        raise BadTicket(msg, where="ticket", mend="take both from the same page")
    seen = seen_in_ticket(desk.house.policy, ticket, flag)
    # Signed anew after a reload the same ticket reads differently, and the same flag is still meant.
    same = msgspec.json.encode([msgspec.structs.replace(flag, ticket=None), seen.ref])
    digest = desk.house.sealer.body_digest(same)
    language = flag.language or token.language or ""
    # An author of a message takes part in it by writing it: then it is their own content, which is refused by itself.
    participants = (*ticket.participants, ticket.author.id) if ticket.participants else None
    return _sent(desk, flag, token.person, seen, participants, language, digest)


def reporter_of(caller: Person) -> PersonToken:
    """Return the token of somebody who may flag; raises NotAReporter."""
    if caller.token.role.value != "reporter":
        msg = "this token was signed with the role author"
        raise NotAReporter(msg, where="Authorization", mend="sign a token with the role reporter")
    return caller.token


def _sent(
    desk: Desk, flag: FlagBody, reporter: PersonRef, seen: Seen, participants: tuple[str, ...] | None, language: str,
    body: bytes,
) -> Sent:  # fmt: skip
    return Sent(
        reporter=reporter,
        seen=seen,
        option=flag.option,
        menu_version=flag.menu_version,
        language=language or desk.house.policy.menus(seen.ref.platform).locale,
        hinted=flag.hinted,
        details=flag.details,
        answers=flag.answers,
        neighbours=tuple(Neighbour(one.id, one.text) for one in flag.neighbours),
        participants=participants,
        body=body,
    )

"""The page of one's own flags, without script: a platform's page sends its token along, and never in an address."""

from typing import Any, Final

import msgspec
from litestar import Response, get, post
from litestar.params import FromQuery

from flagstaff.api.answers import MyFlag
from flagstaff.api.desk import Desk, desk_of, type_of_request
from flagstaff.api.flags import named_platform
from flagstaff.api.my_flags import flag_number, shown_flag
from flagstaff.api.pages import kind_name, private_page
from flagstaff.api.readers import Reader, reader_of
from flagstaff.api.reading import FORM, Malformed, headers_of, read_body, read_form
from flagstaff.appeals.rules import may_ask_again
from flagstaff.flows.answer_question import GivenAnswer, answer_question
from flagstaff.flows.receive_appeal import Asked, receive_appeal
from flagstaff.flows.show_my_flags import show_my_flags
from flagstaff.flows.show_my_notices import OwnNotice, show_my_notices
from flagstaff.flows.withdraw_flag import Withdrawal, withdraw_flag
from flagstaff.guidelines.translating import guidelines_in
from flagstaff.kernel.errors import FlagstaffError
from flagstaff.menus.rules import label_in
from flagstaff.menus.translating import menus_in
from flagstaff.platforms.model import Host
from flagstaff.vocabulary.origins import Party
from flagstaff.vocabulary.references import PersonRef

_FORM_LIMIT: Final = 131_072
_BLANK: Final = {"platform": "", "token": "", "do": "", "number": "", "text": ""}


class Entry(msgspec.Struct, frozen=True):
    """One flag on the page: what it is now, on which day it came, and what was told of it, first to last."""

    flag: MyFlag
    kind: str
    received_on: str
    answer_on: str
    appealable: bool
    told: tuple[tuple[str, str], ...]


@get("/my-flags", operation_id="my_flags_page", tags=["pages"], include_in_schema=False)
async def my_flags(
    request: type_of_request, platform: FromQuery[str] = "", language: FromQuery[str] = ""
) -> Response[str]:
    """Say that the page opens from the platform's own page, which knows who asks."""
    desk = desk_of(request)
    form = _BLANK | {"platform": named_platform(desk.house.policy, platform)}
    return await _page(desk, reader_of(desk.house.policy, request.scope, language, form["platform"]), form)


@post("/my-flags", status_code=200, operation_id="act_on_my_flags", tags=["pages"], include_in_schema=False)
async def act(request: type_of_request, language: FromQuery[str] = "") -> Response[str]:
    """Show one's own flags; with `do` take one back, answer its question, or ask for a second look first."""
    desk = desk_of(request)
    body = await read_body(headers_of(request.scope), request.receive, _FORM_LIMIT, FORM)
    form = _BLANK | read_form(body)
    reader = reader_of(desk.house.policy, request.scope, language, form["platform"])
    if not form["token"] or not form["do"]:
        return await _page(desk, reader, form)
    try:
        token = (await desk.gate.person_of_form(form["token"])).token
        who = token.person
        await _do(desk, who, form, reader.signed(token.language).tongue.language)
    except FlagstaffError as refused:
        return await _page(desk, reader, form, refused)
    return await _page(desk, reader, form | {"text": ""}, done=form["do"])


async def _do(desk: Desk, who: PersonRef, form: dict[str, str], language: str) -> None:
    number = flag_number(form["number"])
    match form["do"]:
        case "withdraw":
            await withdraw_flag(desk.house, Withdrawal(who, number))
        case "answer":
            await answer_question(desk.house, GivenAnswer(who, number, form["text"]))
        case "appeal":
            await receive_appeal(desk.house, Asked(number, form["text"], who, language=language))
        case _:
            msg = "this page cannot do that"
            raise Malformed(msg, where="do", mend="send do=withdraw, answer or appeal")


async def _page(
    desk: Desk, reader: Reader, form: dict[str, str], problem: FlagstaffError | None = None, done: str = ""
) -> Response[str]:
    who: PersonRef | None = None
    if form["token"]:
        try:
            token = (await desk.gate.person_of_form(form["token"])).token
            who, reader = token.person, reader.signed(token.language)
        except FlagstaffError as refused:
            problem = refused
    platform = str(who.platform) if who else named_platform(desk.house.policy, form["platform"])
    host = desk.house.policy.host(platform)
    live = desk.house.policy.menus(platform)
    tips = menus_in(live, reader.policy_language(live.languages)).texts.tips.values()
    return private_page(
        "my_flags.html", reader, problem.status if problem else 200, host=host, form=form, who=who,
        problem=problem, done=done,
        entries=await _entries(desk, reader, who, host) if who else [], tips=[label_in(tip, host.name) for tip in tips],
    )  # fmt: skip


async def _entries(desk: Desk, reader: Reader, who: PersonRef, host: Host) -> list[Entry]:
    told: dict[str, list[OwnNotice]] = {}
    for notice in await show_my_notices(desk.house, who):
        if notice.to is Party.REPORTER and notice.flag:
            told.setdefault(notice.flag, []).append(notice)
    written, tongue = desk.house.policy.guidelines(str(who.platform)), reader.tongue
    guidelines = guidelines_in(written, reader.policy_language(written.languages))
    return [
        Entry(
            shown_flag(desk, reader, str(who.platform), one),
            kind_name(guidelines, one.kind),
            tongue.day(one.received_at, host.zone),
            tongue.day(one.answer_until, host.zone) if one.answer_until else "",
            may_ask_again(one.status) and not one.legacy,
            tuple((tongue.day(said.at, host.zone), said.text) for said in reversed(told.get(one.number, []))),
        )
        for one in await show_my_flags(desk.house, who)
    ]


HANDLERS: Final[list[Any]] = [my_flags, act]

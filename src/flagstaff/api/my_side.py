"""What a person is told, where they stand, and what they may answer."""

from typing import Any, Final

import msgspec
from litestar import Response, delete, get, post
from litestar.params import FromPath, FromQuery

from flagstaff.api.answers import Accepted, AppealAnswer, MyNotice, MyNotices, MyStanding, RunningMeasure
from flagstaff.api.bodies import AnswerBody, AppealBody
from flagstaff.api.contract import ANSWER_PROBLEMS, MY_PROBLEMS, SECURED
from flagstaff.api.desk import desk_of, type_of_request
from flagstaff.api.my_flags import flag_number
from flagstaff.api.pushes import once_per_key
from flagstaff.api.readers import Reader, reader_known
from flagstaff.api.reading import Malformed, decode, headers_of, read_body, request_key
from flagstaff.delivery.rendering import fill
from flagstaff.flows.answer_as_author import AuthorAnswer, take_authors_answer
from flagstaff.flows.answer_once import answer_once
from flagstaff.flows.answer_question import GivenAnswer, take_answer
from flagstaff.flows.house import House
from flagstaff.flows.read_event import links_for
from flagstaff.flows.receive_appeal import Asked, Taken, take_appeal
from flagstaff.flows.show_my_notices import show_my_notices
from flagstaff.flows.show_my_standing import show_my_standing
from flagstaff.flows.withdraw_appeal import TakenBack, withdraw_appeal
from flagstaff.guidelines.translating import guidelines_in
from flagstaff.language.tongues import tongue_of
from flagstaff.menus.rules import label_in
from flagstaff.store.database import Connection
from flagstaff.vocabulary.references import Platform
from flagstaff.vocabulary.scopes import ApiScope

_NO_STORE: Final = {"cache-control": "no-store"}
_appeal: Final = msgspec.json.Decoder(AppealBody)
_answer: Final = msgspec.json.Decoder(AnswerBody)


@get("/v1/my/notices", operation_id="list_my_notices", tags=["my"], security=SECURED, responses=MY_PROBLEMS)
async def list_my_notices(request: type_of_request, person: FromQuery[str] = "") -> Response[MyNotices]:
    """List what one was told, as an author and as a reporter; a server names the person by `?person=`."""
    desk = desk_of(request)
    who, _, _ = await desk.gate.person(headers_of(request.scope), ApiScope.NOTICES_READ, person)
    items = tuple(
        MyNotice(number=one.number, to=one.to.value, at=one.at, text=one.text, flag=one.flag, links=one.links)
        for one in await show_my_notices(desk.house, who)
    )
    return Response(MyNotices(items=items), headers=_NO_STORE)


@get("/v1/my/standing", operation_id="show_my_standing", tags=["my"], security=SECURED, responses=MY_PROBLEMS)
async def standing(request: type_of_request, person: FromQuery[str] = "") -> Response[MyStanding]:
    """Show where one stands as an author: what counts, what runs, what would follow."""
    desk = desk_of(request)
    who, _, wanted = await desk.gate.person(headers_of(request.scope), ApiScope.NOTICES_READ, person)
    written = desk.house.policy.guidelines(who.platform)
    reader = reader_known(desk.house.policy, who, wanted)
    own = await show_my_standing(desk.house, who, reader.policy_language(written.languages))
    name = desk.house.policy.host(who.platform).name
    answer = MyStanding(
        counted=own.counted,
        running=tuple(
            RunningMeasure(kind=one.kind, says=label_in(one.says, name), until=one.until)
            for one in own.running
        ),
        next={ladder: tuple(label_in(says, name) for says in step) for ladder, step in own.next.items()},
        decay_days=own.decay_days,
    )
    return Response(answer, headers=_NO_STORE)


@post(
    "/v1/my/appeals", status_code=202, operation_id="lodge_appeal", tags=["my"], security=SECURED,
    responses=ANSWER_PROBLEMS,
)  # fmt: skip
async def appeal(request: type_of_request, person: FromQuery[str] = "") -> Response[AppealAnswer]:
    """Ask for a second look at one decision: name a notice, a decision, or one's own flag, and say why."""
    desk, headers = desk_of(request), headers_of(request.scope)
    body = await read_body(headers, request.receive)
    who, caller, wanted_in = await desk.gate.person(headers, ApiScope.APPEALS_WRITE, person)
    reader = reader_known(desk.house.policy, who, wanted_in)
    once = once_per_key(desk.house, f"{caller}:{who.id}", "/v1/my/appeals", request_key(headers), body)
    wanted = decode(body, _appeal)
    numbers = [one for one in (wanted.notice, wanted.decision, wanted.flag) if one is not None]
    if len(numbers) != 1:
        msg = f"{len(numbers)} things are named; an appeal is about one"
        raise Malformed(msg, where="notice", mend="name one of notice, decision, flag")

    async def deed(connection: Connection) -> AppealAnswer:
        asked = Asked(numbers[0], wanted.text, who, language=reader.tongue.language)
        return said(desk.house, reader, who.platform, await take_appeal(desk.house, connection, asked))

    answer = await answer_once(desk.house, once, AppealAnswer, deed)
    return Response(answer, status_code=202, headers=_NO_STORE)


@delete(
    "/v1/my/appeals/{number:str}", status_code=204, operation_id="withdraw_appeal", tags=["my"], security=SECURED,
    responses=MY_PROBLEMS,
)  # fmt: skip
async def take_back(request: type_of_request, number: FromPath[str], person: FromQuery[str] = "") -> None:
    """Take one's own appeal back; doing it twice is the same as once, and it ends where nobody else asked."""
    desk = desk_of(request)
    who, _, _ = await desk.gate.person(headers_of(request.scope), ApiScope.APPEALS_WRITE, person)
    await withdraw_appeal(desk.house, TakenBack(who, number))


def said(house: House, reader: Reader, platform: Platform, taken: Taken) -> AppealAnswer:
    """Say what becomes of an appeal; not whether somebody else had asked before, for that would tell of others."""
    host, written = house.policy.host(platform), house.policy.guidelines(platform)
    guidelines = guidelines_in(written, reader.policy_language(written.languages))
    notice = guidelines.notice_by_key[guidelines.notice_for["appeal"]]
    values = {
        "platform": host.name,
        "answer_by": tongue_of(guidelines.locale).day(taken.answer_by, host.zone),
    }
    text = fill(notice.text, values, links_for(house, platform))
    return AppealAnswer(number=taken.number, status="received", text=text, answer_by=taken.answer_by)


@post(
    "/v1/my/flags/{number:str}/answer", status_code=202, operation_id="answer_question", tags=["my"],
    security=SECURED, responses=ANSWER_PROBLEMS,
)  # fmt: skip
async def answer(
    request: type_of_request, number: FromPath[str], person: FromQuery[str] = ""
) -> Response[Accepted]:
    """Answer the question that is open about one's own flag."""
    desk, headers = desk_of(request), headers_of(request.scope)
    body = await read_body(headers, request.receive)
    who, caller, _ = await desk.gate.person(headers, ApiScope.FLAGS_WRITE, person)
    once = once_per_key(desk.house, f"{caller}:{who.id}", request.scope["path"], request_key(headers), body)
    given = GivenAnswer(who, flag_number(number), decode(body, _answer).text)

    async def deed(connection: Connection) -> Accepted:
        await take_answer(desk.house, connection, given)
        return Accepted(accepted=1)

    return Response(await answer_once(desk.house, once, Accepted, deed), status_code=202, headers=_NO_STORE)


@post(
    "/v1/my/notices/{number:str}/answer", status_code=202, operation_id="answer_notice", tags=["my"],
    security=SECURED, responses=ANSWER_PROBLEMS,
)  # fmt: skip
async def answer_notice(
    request: type_of_request, number: FromPath[str], person: FromQuery[str] = ""
) -> Response[Accepted]:
    """Answer, as the author, the question that a notice puts about one's own content."""
    desk, headers = desk_of(request), headers_of(request.scope)
    body = await read_body(headers, request.receive)
    who, caller, _ = await desk.gate.person(headers, ApiScope.APPEALS_WRITE, person)
    once = once_per_key(desk.house, f"{caller}:{who.id}", request.scope["path"], request_key(headers), body)
    given = AuthorAnswer(number, decode(body, _answer).text, who)

    async def deed(connection: Connection) -> Accepted:
        await take_authors_answer(desk.house, connection, given)
        return Accepted(accepted=1)

    return Response(await answer_once(desk.house, once, Accepted, deed), status_code=202, headers=_NO_STORE)


HANDLERS: Final[list[Any]] = [list_my_notices, standing, appeal, take_back, answer, answer_notice]

"""The page for a suggested option, without script: a platform's page sends its token along, and never in an address."""

from typing import Any, Final

from litestar import Response, get, post
from litestar.params import FromQuery

from flagstaff.api.desk import Desk, desk_of, type_of_request
from flagstaff.api.flags import named_platform
from flagstaff.api.pages import kind_name, private_page
from flagstaff.api.readers import Reader, reader_of
from flagstaff.api.reading import FORM, headers_of, read_body, read_form
from flagstaff.api.suggestions import shown
from flagstaff.flows.show_my_suggestions import show_my_suggestions
from flagstaff.flows.suggest_option import Suggested, take_suggestion
from flagstaff.guidelines.translating import guidelines_in
from flagstaff.kernel.errors import FlagstaffError
from flagstaff.platforms.model import LinkName
from flagstaff.store.roles import Role
from flagstaff.vocabulary.references import PersonRef

_FORM_LIMIT: Final = 131_072
_BLANK: Final = {"platform": "", "token": "", "kind": "", "label": "", "details": ""}


@get("/suggest", operation_id="suggest_form", tags=["pages"], include_in_schema=False)
async def suggest_form(
    request: type_of_request, platform: FromQuery[str] = "", language: FromQuery[str] = ""
) -> Response[str]:
    """Say what a suggestion is, and that it begins on the platform's own page, which knows who asks."""
    desk = desk_of(request)
    if to := _page_of_host(desk, platform):
        return Response("", status_code=303, headers={"location": to, "cache-control": "no-store"})
    form = _BLANK | {"platform": named_platform(desk.house.policy, platform)}
    return await _form(desk, reader_of(desk.house.policy, request.scope, language, form["platform"]), form)


@post("/suggest", status_code=200, operation_id="send_suggest_form", tags=["pages"], include_in_schema=False)
async def send_suggestion(request: type_of_request, language: FromQuery[str] = "") -> Response[str]:
    """Take a suggestion; without a label it opens the page, with what became of one's own suggestions."""
    desk = desk_of(request)
    body = await read_body(headers_of(request.scope), request.receive, _FORM_LIMIT, FORM)
    form = _BLANK | read_form(body)
    reader = reader_of(desk.house.policy, request.scope, language, form["platform"])
    if not form["token"] or not form["label"].strip():
        return await _form(desk, reader, form)
    try:
        token = (await desk.gate.person_of_form(form["token"])).token
        desk.letter_allowance.spend(f"{token.person.platform}:{token.person.id}", 1)
        given = Suggested(token.person, form["kind"], form["label"], form["details"], token.language or "")
        async with desk.house.database.transaction(Role.INTAKE) as connection:
            number = await take_suggestion(desk.house, connection, given)
    except FlagstaffError as refused:
        return await _form(desk, reader, form, refused)
    return await _form(desk, reader, form | {"label": "", "details": ""}, None, number)


def _page_of_host(desk: Desk, platform: str) -> str | None:
    host = desk.house.policy.host(named_platform(desk.house.policy, platform))
    return host.links.get(LinkName.SUGGEST)


async def _form(
    desk: Desk, reader: Reader, form: dict[str, str], problem: FlagstaffError | None = None, taken: str = ""
) -> Response[str]:
    who: PersonRef | None = None
    if form["token"]:
        try:
            token = (await desk.gate.person_of_form(form["token"])).token
            who, reader = token.person, reader.signed(token.language)
        except FlagstaffError as refused:
            problem = refused
    platform = str(who.platform) if who else named_platform(desk.house.policy, form["platform"])
    host, version = desk.house.policy.host(platform), desk.house.policy.menus(platform)
    mine = [shown(one, reader.tongue) for one in await show_my_suggestions(desk.house, who)] if who else []
    written = desk.house.policy.guidelines(platform)
    guidelines = guidelines_in(written, reader.policy_language(written.languages))
    kinds = [(menu.subject, kind_name(guidelines, menu.subject)) for menu in version.menus]
    return private_page(
        "suggest.html", reader, problem.status if problem else 200, host=host, form=form, who=who, mine=mine,
        kinds=kinds, problem=problem, taken=taken,
    )  # fmt: skip


HANDLERS: Final[list[Any]] = [suggest_form, send_suggestion]

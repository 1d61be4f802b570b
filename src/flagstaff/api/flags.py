"""The documented address for flags, and the menus that its callers choose from."""

import hashlib

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery

from flagstaff.api.answers import FlagReceipt
from flagstaff.api.contract import FLAG_PROBLEMS, OPEN_PROBLEMS, SECURED
from flagstaff.api.desk import desk_of, type_of_request
from flagstaff.api.flag_intake import take_flag
from flagstaff.api.reading import Malformed, headers_of, read_body
from flagstaff.flows.policy_book import PolicyBook
from flagstaff.flows.show_menu import MenuAnswer


@post(
    "/v1/flags",
    status_code=202,
    operation_id="receive_flag",
    tags=["flags"],
    security=SECURED,
    responses=FLAG_PROBLEMS,
)
async def receive_flag(request: type_of_request) -> Response[FlagReceipt]:
    """Send one flag: from a server with an API key (reporter and subject), or from a browser (token and ticket).

    What is answered is durably kept. `hot_route` serves this address; this handler documents it and is its reference.
    """
    headers = headers_of(request.scope)
    body = await read_body(headers, request.receive)
    receipt = await take_flag(desk_of(request), headers, body)
    return Response(receipt, status_code=202, headers={"cache-control": "no-store"})


@get("/v1/menus/{kind:str}", operation_id="show_menu", tags=["menus"], responses=OPEN_PROBLEMS)
async def show_menu(
    request: type_of_request, kind: FromPath[str], platform: FromQuery[str] = "", lang: FromQuery[str] = "",
    group: FromQuery[str] = "", country: FromQuery[str] = "",
) -> Response[MenuAnswer]:  # fmt: skip
    """Show the live options for one kind of subject; no authentication. With If-None-Match it answers 304.

    `group`: whose exceptions are told. `country`: for which help is named, two letters; else that of `lang`.
    """
    desk = desk_of(request)
    named = named_platform(desk.house.policy, platform)
    shelved = desk.menus.menu(named, kind, lang, group=group, country=country)
    headers = {
        "etag": shelved.etag,
        "cache-control": "public, max-age=60, stale-while-revalidate=600",
        "content-language": shelved.menu.language,
    }
    asked = {
        tag.strip().removeprefix("W/")
        for tag in headers_of(request.scope).get("if-none-match", "").split(",")
    }
    if shelved.etag in asked or "*" in asked:
        return Response(b"", status_code=304, headers=headers, media_type="application/json")  # type: ignore[arg-type]
    return Response(shelved.body, headers=headers, media_type="application/json")  # type: ignore[arg-type]


def named_platform(policy: PolicyBook, platform: str) -> str:
    """Return the platform that is asked for; where there is only one, nobody needs to say so."""
    if platform:
        return platform
    hosts = policy.hosts()
    if len(hosts) != 1:
        msg = "several platforms are served here" if hosts else "no platform is served here yet"
        raise Malformed(msg, where="platform", mend="add ?platform=")
    return str(hosts[0].key)


def etag_of(content: bytes) -> str:
    """Return the ETag of a file that is served as it is."""
    return f'"{hashlib.sha256(content).hexdigest()[:32]}"'

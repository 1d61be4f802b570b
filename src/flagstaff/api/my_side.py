"""What a person is told and may answer: notices."""

from typing import Any, Final

from litestar import Response, get
from litestar.params import FromQuery

from flagstaff.api.answers import MyNotice, MyNotices
from flagstaff.api.contract import MY_PROBLEMS, SECURED
from flagstaff.api.desk import desk_of, type_of_request
from flagstaff.api.reading import headers_of
from flagstaff.flows.show_my_notices import show_my_notices
from flagstaff.vocabulary.scopes import ApiScope

_NO_STORE: Final = {"cache-control": "no-store"}


@get("/v1/my/notices", operation_id="list_my_notices", tags=["my"], security=SECURED, responses=MY_PROBLEMS)
async def list_my_notices(request: type_of_request, person: FromQuery[str] = "") -> Response[MyNotices]:
    """List what one was told, as an author and as a reporter; a server names the person by `?person=`."""
    desk = desk_of(request)
    who, _ = await desk.gate.person(headers_of(request.scope), ApiScope.NOTICES_READ, person)
    items = tuple(
        MyNotice(number=one.number, to=one.to.value, at=one.at, text=one.text, flag=one.flag, links=one.links)
        for one in await show_my_notices(desk.house, who)
    )
    return Response(MyNotices(items=items), headers=_NO_STORE)


HANDLERS: Final[list[Any]] = [list_my_notices]

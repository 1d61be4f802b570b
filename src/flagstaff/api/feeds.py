"""Feeds: everything a webhook carried, to be read again from any position."""

from typing import Annotated

import msgspec
from litestar import Response, get
from litestar.params import FromQuery, QueryParameter

from flagstaff.api.answers import FeedEvent, FeedPage
from flagstaff.api.contract import FEED_PROBLEMS, MACHINES
from flagstaff.api.desk import desk_of, type_of_request
from flagstaff.api.reading import headers_of
from flagstaff.delivery.model import Feed
from flagstaff.flows.read_feed import FeedRequest, read_feed
from flagstaff.vocabulary.scopes import ApiScope

Limit = Annotated[int, QueryParameter(ge=1, le=500, description="How many events at most.")]


@get("/v1/measures", operation_id="read_measures", tags=["feeds"], security=MACHINES, responses=FEED_PROBLEMS)
async def measures(
    request: type_of_request, after: FromQuery[str] = "", limit: Limit = 100
) -> Response[FeedPage]:
    """Read what was applied and lifted, in the order it left; `after` is the `next` of the page before."""
    return await _page(request, Feed.MEASURES, after, limit)


@get("/v1/versions", operation_id="read_versions", tags=["feeds"], security=MACHINES, responses=FEED_PROBLEMS)
async def versions(
    request: type_of_request, after: FromQuery[str] = "", limit: Limit = 100
) -> Response[FeedPage]:
    """Read which menus and guidelines were published."""
    return await _page(request, Feed.VERSIONS, after, limit)


async def _page(request: type_of_request, feed: Feed, after: str, limit: int) -> Response[FeedPage]:
    desk = desk_of(request)
    machine = await desk.gate.machine(headers_of(request.scope), ApiScope.MEASURES_READ)
    page = await read_feed(desk.house, FeedRequest(str(machine.platform), feed, after, limit))
    items = tuple(
        FeedEvent(
            type=one.event.kind.value,
            position=one.position,
            at=one.event.published_at,
            data=msgspec.to_builtins(one.data, builtin_types=()),
        )
        for one in page.items
    )
    return Response(FeedPage(items=items, next=page.after), headers={"cache-control": "no-store"})

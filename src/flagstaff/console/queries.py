"""Saved queries: what was asked, what was found then, and what the same question finds now."""

from litestar import Response, get
from litestar.params import FromPath

from flagstaff.console.guards import current_account, require
from flagstaff.console.pages import render
from flagstaff.console.session import Visit, house_of
from flagstaff.flows.saved_queries import compare_query
from flagstaff.insight.queries import TITLES, told, told_range, why_not_told
from flagstaff.language.tongues import spoken
from flagstaff.menus.translating import labels_in
from flagstaff.vocabulary.roles import Permission


@get("/queries/{number:str}", guards=[require(Permission.READ_FIGURES)])
async def query_page(request: Visit, number: FromPath[str]) -> Response[str]:
    """Show a saved query with what it found, and run it again beside."""
    house = house_of(request)
    compared = await compare_query(house, current_account(request), number)
    one, host = compared.saved, house.policy.host(compared.saved.platform)
    labels = labels_in(house.policy.menus_history(one.platform), spoken().language, host.name)
    return render(
        request, "query.html", one=one, query=one.query, title=TITLES[one.query.name], now_found=compared.now.found,
        now_as_of=compared.now.as_of, now_told=told(compared.now.found), now_range=told_range(compared.now.found),
        range=told_range(one.found), host=host, labels=labels, untold=why_not_told(one.query, one.found),
    )  # fmt: skip


HANDLERS = [query_page]

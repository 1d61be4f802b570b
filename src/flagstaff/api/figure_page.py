"""One figure that a release note tells, with the query behind it: pinned when it was published, and for everybody."""

from typing import Any, Final

from litestar import Response, get
from litestar.params import FromPath, FromQuery

from flagstaff.api.desk import desk_of, type_of_request
from flagstaff.api.flags import named_platform
from flagstaff.api.pages import kind_name, page
from flagstaff.api.readers import reader_of
from flagstaff.api.reading import plain_text
from flagstaff.flows.saved_queries import show_figure
from flagstaff.guidelines.translating import guidelines_in
from flagstaff.insight.queries import TITLES, told_of, told_range
from flagstaff.menus.rules import label_in
from flagstaff.menus.translating import menus_in


@get(
    "/help/flags/figures/{number:str}", operation_id="published_figure", tags=["pages"], include_in_schema=False
)  # fmt: skip
async def published_figure(
    request: type_of_request, number: FromPath[str], platform: FromQuery[str] = "", language: FromQuery[str] = ""
) -> Response[str]:  # fmt: skip
    """Show what a figure says, what was asked, and when it was counted."""
    desk = desk_of(request)
    policy = desk.house.policy
    key = named_platform(policy, platform)
    one = await show_figure(desk.house, key, plain_text(number, "number"))
    host, reader = policy.host(key), reader_of(policy, request.scope, language, key)
    written = policy.guidelines(key)
    guidelines = guidelines_in(written, reader.policy_language(written.languages))
    labels = {
        option: label_in(words.label, host.name)
        for version in policy.menus_history(key)
        for option, words in menus_in(
            version, reader.policy_language(version.languages)
        ).option_by_key.items()
    }
    return page(
        "figure.html", reader, host=host, one=one, query=one.query, title=TITLES[one.query.name],
        range=told_range(one.found), of=told_of(one.found),
        kinds=", ".join(kind_name(guidelines, kind) for kind in one.query.kinds),
        options=[labels.get(option, option) for option in one.query.options],
        note=f"{reader.link('/help/flags/changes', key)}#version-{one.version}",
    )  # fmt: skip


HANDLERS: Final[list[Any]] = [published_figure]

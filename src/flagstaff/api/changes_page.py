"""What became of the options, version by version: for people with a question at its end, for programs as lineage."""

from typing import Any, Final

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath, FromQuery

from flagstaff.api.answers import EdgeAnswer, LineageAnswer, OptionLifeAnswer
from flagstaff.api.contract import OPEN_PROBLEMS
from flagstaff.api.desk import desk_of, type_of_request
from flagstaff.api.flags import named_platform
from flagstaff.api.pages import page
from flagstaff.api.reading import FORM, Malformed, headers_of, read_body, read_form
from flagstaff.flows.release_notes import Released, react_to_release, show_lineage, show_releases
from flagstaff.menus.rules import label_in

_FORM_LIMIT: Final = 32_768
_SAYS: Final = {
    "added": "New",
    "restored": "Back again",
    "merged": "Joined with others",
    "removed": "Taken away",
    "reworded": "In other words",
}


class Told(msgspec.Struct, frozen=True):
    """One version as the page shows it: its changes by what happened, each with the menus it happened on."""

    released: Released
    groups: tuple[tuple[str, tuple[tuple[str, str, str, str], ...]], ...]
    open_for_reactions: bool


@get("/help/flags/changes", operation_id="release_notes", tags=["pages"], include_in_schema=False)
async def release_notes(
    request: type_of_request, platform: FromQuery[str] = "", thanks: FromQuery[str] = ""
) -> Response[str]:
    """Tell what became of the options, newest version first."""
    desk = desk_of(request)
    key = named_platform(desk.house.policy, platform)
    host = desk.house.policy.host(key)
    told = [
        _told(one, host.name, newest=place == 0)
        for place, one in enumerate(await show_releases(desk.house, key))
    ]
    return page("changes.html", host=host, told=told, thanks=bool(thanks), help=f"/help/flags?platform={key}")


@post(
    "/help/flags/changes/{version:int}", status_code=303, operation_id="react_to_release", tags=["pages"],
    include_in_schema=False,
)  # fmt: skip
async def react(
    request: type_of_request, version: FromPath[int], platform: FromQuery[str] = ""
) -> Response[bytes]:
    """Count whether a note was clear; who says so is neither asked nor kept."""
    desk = desk_of(request)
    key = named_platform(desk.house.policy, platform)
    form = read_form(await read_body(headers_of(request.scope), request.receive, _FORM_LIMIT, FORM))
    if form.get("clear") not in {"yes", "no"}:
        msg = "a note was clear, or it was not"
        raise Malformed(msg, where="clear", mend="send clear=yes or clear=no")
    desk.reaction_allowance.spend(key, 1)
    await react_to_release(
        desk.house, key, version, clear=form["clear"] == "yes", comment=form.get("comment", "")
    )
    to = f"/help/flags/changes?platform={key}&thanks=yes"
    return Response(b"", status_code=303, headers={"location": to, "cache-control": "no-store"})


@get("/v1/lineage", operation_id="show_lineage", tags=["menus"], responses=OPEN_PROBLEMS)
async def lineage(request: type_of_request, platform: FromQuery[str] = "") -> LineageAnswer:
    """Show where every option came from and went, so that figures of a platform stay one series; no authentication."""
    desk = desk_of(request)
    found = await show_lineage(desk.house, named_platform(desk.house.policy, platform))
    return LineageAnswer(
        platform=found.platform,
        live=found.live,
        lives=tuple(
            OptionLifeAnswer(key=one.key, first=one.first, last=one.last, live=one.live, now=one.now)
            for one in found.options
        ),
        edges=tuple(
            EdgeAnswer(version=one.version, edge=one.edge, before=one.from_option, after=one.to_option)
            for one in found.edges
        ),
    )


def _told(one: Released, name: str, *, newest: bool) -> Told:
    groups: dict[str, list[tuple[str, str, str, str]]] = {}
    seen: dict[tuple[str, str, str, str], list[str]] = {}
    for line in one.note.lines:
        words = (line.change, label_in(line.label, name), label_in(line.into, name), line.why)
        seen.setdefault(words, []).append(line.kind.replace("_", " "))
    for (change, label, into, why), kinds in seen.items():
        groups.setdefault(_SAYS[change], []).append((label, into, why, ", ".join(kinds)))
    ordered = tuple((says, tuple(groups[says])) for says in _SAYS.values() if says in groups)
    return Told(one, ordered, newest)


HANDLERS: Final[list[Any]] = [release_notes, react, lineage]

"""What became of the options, version by version: for people with a question at its end, for programs as lineage."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath, FromQuery

from flagstaff.api.answers import EdgeAnswer, LineageAnswer, OptionLifeAnswer
from flagstaff.api.contract import OPEN_PROBLEMS
from flagstaff.api.desk import desk_of, type_of_request
from flagstaff.api.flags import named_platform
from flagstaff.api.pages import kind_name, page
from flagstaff.api.readers import Reader, reader_of
from flagstaff.api.reading import FORM, Malformed, headers_of, read_body, read_form
from flagstaff.flows.measure_versions import ToldEffect, is_measured, metrics_of, told_effects
from flagstaff.flows.release_notes import Released, react_to_release, show_lineage, show_releases
from flagstaff.guidelines.model import Guidelines
from flagstaff.guidelines.translating import guidelines_in
from flagstaff.insight.queries import TITLES
from flagstaff.language.marking import marked
from flagstaff.menus.model import Figure, MenuVersion
from flagstaff.menus.rules import label_in
from flagstaff.menus.translating import menus_in

_FORM_LIMIT: Final = 32_768
_SAYS: Final = {
    "added": marked("New"),
    "restored": marked("Back again"),
    "merged": marked("Joined with others"),
    "removed": marked("Taken away"),
    "reworded": marked("In other words"),
}


class ToldVersion(msgspec.Struct, frozen=True):
    """One version as the page shows it: its changes by what happened, each with the menus it happened on.

    `measures`: what it is meant to change, blank where nothing is measured; `effect`: what came of it, once it is told.
    """

    released: Released
    about: str
    groups: tuple[tuple[str, tuple[tuple[str, str, str, str], ...]], ...]
    figures: tuple[tuple[str, Figure], ...]
    open_for_reactions: bool
    measures: str
    effect: ToldEffect | None


@get("/help/flags/changes", operation_id="release_notes", tags=["pages"], include_in_schema=False)
async def release_notes(
    request: type_of_request, platform: FromQuery[str] = "", thanks: FromQuery[str] = "",
    language: FromQuery[str] = "",
) -> Response[str]:  # fmt: skip
    """Tell what became of the options, newest version first."""
    desk = desk_of(request)
    key = named_platform(desk.house.policy, platform)
    host, reader = desk.house.policy.host(key), reader_of(desk.house.policy, request.scope, language, key)
    policy = desk.house.policy
    written = policy.guidelines(key)
    guidelines = guidelines_in(written, reader.policy_language(written.languages))
    words = _labels(policy.menus_history(key), reader)
    effects = await told_effects(desk.house, key)
    told = [
        _told(one, host.name, guidelines, words, newest=place == 0, effects=effects, now=desk.house.now)
        for place, one in enumerate(await show_releases(desk.house, key))
    ]
    return page(
        "changes.html",
        reader,
        host=host,
        told=told,
        thanks=bool(thanks),
        help=reader.link("/help/flags", key),
    )


@post(
    "/help/flags/changes/{version:int}", status_code=303, operation_id="react_to_release", tags=["pages"],
    include_in_schema=False,
)  # fmt: skip
async def react(
    request: type_of_request, version: FromPath[int], platform: FromQuery[str] = "", language: FromQuery[str] = "",
) -> Response[bytes]:  # fmt: skip
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
    reader = reader_of(desk.house.policy, request.scope, language, key)
    to = f"{reader.link('/help/flags/changes', key)}&thanks=yes"
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


def _labels(history: Sequence[MenuVersion], reader: Reader) -> dict[str, str]:
    """Return how labels that some version had read for somebody: a note keeps those of the policy's own language."""
    return {
        option.label: read
        for version in history
        for key, option in version.option_by_key.items()
        if (read := _read(version, reader).option_by_key[key].label) != option.label
    }


def _read(version: MenuVersion, reader: Reader) -> MenuVersion:
    return menus_in(version, reader.policy_language(version.languages))


def _told(
    one: Released,
    name: str,
    guidelines: Guidelines,
    said: Mapping[str, str],
    *,
    newest: bool,
    effects: Mapping[int, ToldEffect],
    now: datetime,
) -> ToldVersion:
    groups: dict[str, list[tuple[str, str, str, str]]] = {}
    seen: dict[tuple[str, str, str, str], list[str]] = {}
    for line in one.note.lines:
        label, into = (label_in(said.get(known, known), name) for known in (line.label, line.into))
        words = (line.change, label, into, line.why)
        seen.setdefault(words, []).append(kind_name(guidelines, line.kind))
    for (change, label, into, why), kinds in seen.items():
        groups.setdefault(_SAYS[change], []).append((label, into, why, ", ".join(kinds)))
    ordered = tuple((says, tuple(groups[says])) for says in _SAYS.values() if says in groups)
    about = menus_in(one.version, guidelines.locale).note
    figures = tuple((label_in(said.get(each.says, each.says), name), each) for each in one.note.figures)
    effect = effects.get(one.version.number)
    metrics = metrics_of(one.version) if effect or is_measured(one.version, now) else ()
    return ToldVersion(one, about, ordered, figures, newest, TITLES[metrics[0]] if metrics else "", effect)


HANDLERS: Final[list[Any]] = [release_notes, react, lineage]

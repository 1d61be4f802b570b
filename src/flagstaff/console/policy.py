"""The live guidelines and menus to read, with every version that was ever published."""

from typing import Final
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery

from flagstaff.console.errors import go
from flagstaff.console.forms import read_form
from flagstaff.console.guards import current_account, require, signed_in
from flagstaff.console.pages import render
from flagstaff.console.session import Visit, house_of
from flagstaff.flows.house import House
from flagstaff.flows.measure_versions import effects_of, told_effects
from flagstaff.flows.read_comments import read_comments
from flagstaff.flows.release_notes import hand_over_version
from flagstaff.guidelines.translating import guidelines_in
from flagstaff.insight.queries import MEASURED_OF, told, told_range
from flagstaff.kernel.errors import NotFound
from flagstaff.language.tongues import spoken
from flagstaff.menus.drafts import GOAL_METRICS, WITHDRAWN_METRICS
from flagstaff.menus.release import READERS_AT_LEAST
from flagstaff.menus.translating import menus_in
from flagstaff.staff import rules as staff_rules
from flagstaff.store.roles import Role
from flagstaff.views.drafts import names_of, owners_of, reactions_of
from flagstaff.vocabulary.references import Platform
from flagstaff.vocabulary.roles import Permission

_publishes: Final = require(Permission.PUBLISH)
_drafts: Final = require(Permission.EDIT_MENUS)


@get("/guidelines", guards=[signed_in])
async def guidelines_page(
    request: Visit, platform: FromQuery[str] = "", version: FromQuery[str] = ""
) -> Response[str]:
    """Show one version of the guidelines, the live one unless another is asked for."""
    house = house_of(request)
    chosen = _platform(house, platform)
    if chosen is None:
        return render(request, "no_policy.html")
    history = house.policy.guidelines_history(chosen)
    shown = next((entry for _, entry in history if str(entry.version) == version), None)
    if version and shown is None:
        msg = f"version {version} of the guidelines was never published"
        raise NotFound(msg, mend="choose one of the list")
    return render(
        request,
        "guidelines.html",
        platform=chosen,
        platforms=[host.key for host in house.policy.hosts()],
        name=house.policy.host(chosen).name,
        guidelines=guidelines_in(shown or history[-1][1], spoken().language),
        live=history[-1][1].version,
        history=list(reversed(history)),
    )


@get("/menus", guards=[signed_in])
async def menus_page(
    request: Visit, platform: FromQuery[str] = "", version: FromQuery[str] = "", kind: FromQuery[str] = ""
) -> Response[str]:
    """Show one version of the menus, the live one unless another is asked for."""
    house = house_of(request)
    chosen = _platform(house, platform)
    if chosen is None:
        return render(request, "no_policy.html")
    history = house.policy.menus_history(chosen)
    shown = next((entry for entry in history if str(entry.number) == version), None)
    if version and shown is None:
        msg = f"version {version} of the menus was never published"
        raise NotFound(msg, mend="choose one of the list")
    menus = menus_in(shown or house.policy.menus(chosen), spoken().language)
    by = current_account(request)
    permissions = by.permissions
    may_measure = bool(staff_rules.may(by, Permission.READ_FIGURES, None, Platform(chosen)))
    return render(
        request,
        "menus.html",
        platform=chosen,
        platforms=[host.key for host in house.policy.hosts()],
        name=house.policy.host(chosen).name,
        menus=menus,
        menu=menus.menu_by_kind.get(kind) or menus.menus[0],
        live=house.policy.menus(chosen).number,
        history=list(reversed(history)),
        may_draft=bool({Permission.EDIT_MENUS, Permission.PUBLISH} & permissions),
        may_count=Permission.READ_FIGURES in permissions,
        may_hand_over=Permission.PUBLISH in permissions,
        owner=(await owners_of(house.database, chosen)).get(menus.number),
        people=[one for one in await names_of(house.database) if one.state == "active"],
        reactions=await reactions_of(house.database, chosen, menus.number, READERS_AT_LEAST),
        readers=READERS_AT_LEAST,
        metrics=GOAL_METRICS | WITHDRAWN_METRICS,
        withdrawn=WITHDRAWN_METRICS,
        effects=await effects_of(house, by, menus, Platform(chosen)) if may_measure else [],
        told=(await told_effects(house, chosen, Role.CONSOLE)).get(menus.number) if may_measure else None,
        say=told,
        say_range=told_range,
        measured_of=MEASURED_OF,
        may_measure=may_measure,
    )


@post("/menus/{platform:str}/{version:int}/owner", status_code=303, guards=[_publishes])
async def take_owner(request: Visit, platform: FromPath[str], version: FromPath[int]) -> Response[str]:
    """Let somebody else answer for a version."""
    form = await read_form(request)
    await hand_over_version(
        house_of(request), current_account(request), Platform(platform), version, form.one("owner", UUID)
    )
    return go(f"/console/menus?platform={platform}&version={version}")


def _platform(house: House, wanted: str) -> str | None:
    """Return the platform that was asked for, else the first; None where no platform has anything published."""
    known = [str(host.key) for host in house.policy.hosts() if house.policy.menus_history(host.key)]
    if wanted and wanted not in known:
        msg = f"there is no platform {wanted!r} with a policy"
        raise NotFound(msg)
    return wanted or (known[0] if known else None)


@get("/menus/{platform:str}/{version:int}/comments", guards=[_drafts])
async def comments_page(request: Visit, platform: FromPath[str], version: FromPath[int]) -> Response[str]:
    """Show what readers of a release note wrote, once enough of them said anything."""
    house = house_of(request)
    if house.policy.menus_version(platform, version) is None:
        msg = f"version {version} of the menus was never published"
        raise NotFound(msg)
    counted = await reactions_of(house.database, platform, version, READERS_AT_LEAST)
    comments = (
        await read_comments(house, current_account(request), Platform(platform), version) if counted else []
    )
    return render(
        request, "comments.html", platform=platform, version=version, counted=counted, comments=comments,
        readers=READERS_AT_LEAST,
    )  # fmt: skip


HANDLERS = [guidelines_page, menus_page, take_owner, comments_page]

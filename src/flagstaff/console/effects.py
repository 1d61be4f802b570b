"""What came of a version: every version beside the others, one figure round its publication, and a draft to undo it."""

from collections.abc import Mapping
from functools import partial
from typing import Final

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery

from flagstaff.console.effect_picture import picture
from flagstaff.console.errors import go
from flagstaff.console.guards import current_account, require
from flagstaff.console.pages import render
from flagstaff.console.session import Visit, house_of
from flagstaff.console.wording import seconds
from flagstaff.flows.measure_versions import told_effects
from flagstaff.flows.undo_version import show_undoing, undo_version
from flagstaff.flows.version_effect import CHANGED, EVERY, MEASURES, AsksEffect, version_effect
from flagstaff.insight.queries import TITLES
from flagstaff.insight.segments import (
    LEAST_FLAGS,
    LEAST_PART,
    LEAST_POINTS,
    MOST_DISPERSION,
    MOST_OPEN,
    Reach,
)
from flagstaff.insight.series import PARTS, SETTLES
from flagstaff.language.marking import marked
from flagstaff.language.tongues import spoken
from flagstaff.menus.drafts import names_of, op_name
from flagstaff.store.roles import Role
from flagstaff.vocabulary.references import Platform
from flagstaff.vocabulary.roles import Permission

_reads: Final = require(Permission.READ_FIGURES)
_edits: Final = require(Permission.EDIT_MENUS)
NAMES: Final[Mapping[str, str]] = {
    **{name: TITLES[name] for name in PARTS},
    "time_to_decision_p50": marked("Typical time to decision"),
}
"""What the picture can show; a time is the mean of the logarithms, which a few long waits do not move."""
OPERATIONS: Final[Mapping[str, str]] = {
    "remove": marked("Takes away"),
    "restore": marked("Brings back"),
    "reword": marked("Words as before"),
    "reorder": marked("Back to its place"),
}


@get("/menus/{platform:str}/{version:int}/effect", guards=[_reads])
async def effect_page(
    request: Visit,
    platform: FromPath[str],
    version: FromPath[int],
    measure: FromQuery[str] = "",
    kind: FromQuery[str] = "",
) -> Response[str]:
    """Show what came of a version."""
    house, by = house_of(request), current_account(request)
    host = house.policy.host(Platform(platform))
    kinds = [menu.subject for menu in house.policy.menus(platform).menus]
    chosen = next((one for one in MEASURES if one == measure), MEASURES[0])
    asked = AsksEffect(
        platform=Platform(platform), version=version, measure=chosen,
        kind=kind if kind in {*kinds, EVERY} else CHANGED,
    )  # fmt: skip
    found = await version_effect(house, by, asked)
    shares = chosen in PARTS
    judged, holds = found.judged, found.judged is not None and found.judged.holds
    drawn = (
        picture(found.stretches, judged.fit if judged and holds else None, shares=shares)
        if found.window
        else None
    )
    undoing = await show_undoing(house, by, Platform(platform), version)
    told = (await told_effects(house, platform, Role.CONSOLE)).get(version)
    return render(
        request, "version_effect.html", platform=platform, name=host.name, zone=host.zone, found=found, asked=asked,
        names=NAMES, kinds=kinds, changed=CHANGED, every=EVERY, judged=judged, holds=holds, picture=drawn,
        shares=shares, by=partial(told_change, shares=shares), value=partial(told_value, shares=shares),
        least={"points": LEAST_POINTS, "flags": LEAST_FLAGS, "part": LEAST_PART, "settles": SETTLES},
        most={"dispersion": MOST_DISPERSION, "open": 100 * MOST_OPEN}, undoing=undoing, operations=OPERATIONS,
        told=told,
        op_name=op_name, names_of=names_of, live=house.policy.menus(platform).number,
        may_edit=Permission.EDIT_MENUS in by.permissions,
    )  # fmt: skip


@post("/menus/{platform:str}/{version:int}/undo", status_code=303, guards=[_edits])
async def take_undoing(request: Visit, platform: FromPath[str], version: FromPath[int]) -> Response[str]:
    """Begin a draft that undoes a version."""
    title = spoken().gettext("Undo version {number}", number=version)
    key = await undo_version(house_of(request), current_account(request), Platform(platform), version, title)
    return go(f"/console/menus/drafts/{key}")


def told_value(value: float, *, shares: bool) -> str:
    """Say a value of the series: a share, or a time."""
    return f"{100 * value:.1f} %" if shares else seconds(float(2**value))


def told_change(reach: Reach, *, shares: bool) -> str:
    """Say by how much something changed, with its interval: in points of a share, or by which factor a time."""
    if shares:
        found = [f"{100 * one:+.1f}" for one in (reach.value, reach.low, reach.high)]
        says = spoken().gettext(
            "{value} points ({low} to {high})", value=found[0], low=found[1], high=found[2]
        )
    else:
        value, low, high = (f"{2**one:.2f}" for one in (reach.value, reach.low, reach.high))
        says = spoken().gettext("{value} times as long ({low} to {high})", value=value, low=low, high=high)
    return says.replace("-", "−")


HANDLERS = [effect_page, take_undoing]

"""Old flags under Other, and which of a version's new options their words point to."""

from typing import Final

from litestar import Response, get, post
from litestar.params import FromPath

from flagstaff.console.errors import go
from flagstaff.console.guards import current_account, require
from flagstaff.console.pages import render
from flagstaff.console.session import Visit, house_of
from flagstaff.flows.infer_from_dive import infer_from_dive, rests_on_dives
from flagstaff.flows.infer_options import AT_ONCE, DAYS, infer_options, show_backfill
from flagstaff.language.tongues import spoken
from flagstaff.menus.translating import labels_in
from flagstaff.vocabulary.references import Platform
from flagstaff.vocabulary.roles import Permission

_reads: Final = require(Permission.READ_FIGURES)
_counts: Final = require(Permission.RUN_DEEP_DIVE)


@get("/menus/{platform:str}/{version:int}/old-flags", guards=[_reads])
async def old_flags_page(request: Visit, platform: FromPath[str], version: FromPath[int]) -> Response[str]:
    """Show what was found until now."""
    house, account = house_of(request), current_account(request)
    found = await show_backfill(house, account, Platform(platform), version)
    menus, name = house.policy.menus_version(platform, version), house.policy.host(Platform(platform)).name
    return render(
        request,
        "old_flags.html",
        platform=platform,
        found=found,
        labels=labels_in([menus] if menus else [], spoken().language, name),
        days=DAYS,
        at_once=AT_ONCE,
        may_count=Permission.RUN_DEEP_DIVE in account.permissions,
        dives=await rests_on_dives(house, Platform(platform), version),
    )


@post("/menus/{platform:str}/{version:int}/old-flags", status_code=303, guards=[_counts])
async def look_at_old_flags(request: Visit, platform: FromPath[str], version: FromPath[int]) -> Response[str]:
    """Look at the next ones."""
    await infer_options(house_of(request), current_account(request), Platform(platform), version)
    return go(f"/console/menus/{platform}/{version}/old-flags")


@post("/menus/{platform:str}/{version:int}/old-flags/dive", status_code=303, guards=[_counts])
async def mark_by_dive(request: Visit, platform: FromPath[str], version: FromPath[int]) -> Response[str]:
    """Mark those that the deep dive gave to a theme which became an option."""
    await infer_from_dive(house_of(request), current_account(request), Platform(platform), version)
    return go(f"/console/menus/{platform}/{version}/old-flags")


HANDLERS = [old_flags_page, look_at_old_flags, mark_by_dive]

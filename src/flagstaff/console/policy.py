"""The live guidelines and menus to read, with every version that was ever published."""

from litestar import Response, get
from litestar.params import FromQuery

from flagstaff.console.guards import current_account, signed_in
from flagstaff.console.pages import render
from flagstaff.console.session import Visit, house_of
from flagstaff.flows.house import House
from flagstaff.kernel.errors import NotFound
from flagstaff.vocabulary.roles import Permission


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
        guidelines=shown or history[-1][1],
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
    menus = shown or house.policy.menus(chosen)
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
        may_draft=bool({Permission.EDIT_MENUS, Permission.PUBLISH} & current_account(request).permissions),
    )


def _platform(house: House, wanted: str) -> str | None:
    """Return the platform that was asked for, else the first; None where no platform has anything published."""
    known = [str(host.key) for host in house.policy.hosts() if house.policy.menus_history(host.key)]
    if wanted and wanted not in known:
        msg = f"there is no platform {wanted!r} with a policy"
        raise NotFound(msg)
    return wanted or (known[0] if known else None)


HANDLERS = [guidelines_page, menus_page]

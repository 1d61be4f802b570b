"""Render the templates of the console: everything is escaped, and a name that is missing is an error, not a blank."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib import resources
from typing import Final
from weakref import WeakSet
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined
from litestar import Response
from litestar.datastructures import Cookie
from markupsafe import Markup

from flagstaff.console.forgery import FIELD, token_of
from flagstaff.console.navigation import rail_of
from flagstaff.console.refusals import told
from flagstaff.console.session import Visit, alerts_of, house_of, tongue_for
from flagstaff.console.wording import FILTERS, brief
from flagstaff.flows.house import House
from flagstaff.language.marking import marked
from flagstaff.language.templates import EXTENSIONS, speak_in
from flagstaff.language.tongues import speaking, spoken
from flagstaff.store.database import Database
from flagstaff.vocabulary.roles import StaffRole

_HTML: Final = "text/html; charset=utf-8"

ROLE_NAMES: Final[Mapping[StaffRole, str]] = {
    StaffRole.ADMIN: marked("Administrator"),
    StaffRole.POLICY_MANAGER: marked("Policy manager"),
    StaffRole.MODERATOR: marked("Moderator"),
    StaffRole.COMMUNITY_MODERATOR: marked("Community moderator"),
    StaffRole.AUDITOR: marked("Auditor"),
}


def render(
    request: Visit, template: str, *, status: int = 200, cookies: tuple[Cookie, ...] = (), **values: object
) -> Response[str]:
    """Return a page in its reader's language. Templates also know: account, rail, path, csrf, csrf_input, now, demo."""
    tongue = tongue_for(request)
    with speaking(tongue):
        text = _environment().get_template(template).render(**_frame(request), **values)
    headers = {"content-language": tongue.language}
    return Response(text, status_code=status, media_type=_HTML, cookies=cookies, headers=headers)


def as_page(template: str, **values: object) -> str:
    """Return a page for nobody in particular: no account, no rail, no token."""
    frame: dict[str, object] = {
        "account": None,
        "rail": (),
        "csrf": "",
        "csrf_input": Markup(),
        "demo": True,
        "alerts": (),
    }
    return _environment().get_template(template).render(**(frame | values))


_demos: WeakSet[Database] = WeakSet()


def mark_as_demo(house: House) -> None:
    """Let every page of this house say that it is the demo, for as long as its database is open."""
    _demos.add(house.database)


def _frame(request: Visit) -> dict[str, object]:
    # Not `request.user`: where the database was away nobody could be recognised, and a page has to say so.
    account, token = request.scope.get("user"), token_of(request.scope.get("auth") or "")
    return {
        "demo": house_of(request).database in _demos,
        "account": account,
        "rail": rail_of(account),
        "path": request.url.path,
        "alerts": alerts_of(request),
        "csrf": token,
        "csrf_input": Markup('<input type="hidden" name="{}" value="{}">').format(FIELD, token),
        "now": house_of(request).clocks.business.now(),
    }


@cache
def _environment() -> Environment:
    environment = speak_in(
        Environment(
            loader=PackageLoader("flagstaff.console"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            extensions=EXTENSIONS,
        )
    )
    environment.globals["asset"] = asset
    environment.globals["told"] = told
    environment.filters.update(FILTERS)
    environment.filters["moment"] = moment
    environment.filters["day"] = day
    environment.filters["initials"] = initials
    environment.filters["role"] = lambda role: spoken().gettext(ROLE_NAMES[role])
    return environment


@cache
def static_file(name: str) -> tuple[bytes, str] | None:
    """Return a static file and the first letters of its SHA-256; None where there is none of that name."""
    files = {file.name: file for file in resources.files(__package__).joinpath("static").iterdir()}
    if name not in files:
        return None
    content = files[name].read_bytes()
    return content, hashlib.sha256(content).hexdigest()[:12]


def asset(name: str) -> str:
    """Return the address of a static file; it changes with the content, so that browsers may keep it for ever."""
    found = static_file(name)
    if found is None:
        raise FileNotFoundError(name)
    return f"/console/static/{name}?v={found[1]}"


def moment(at: datetime, zone: str = "UTC") -> Markup:
    """Write a time for people and for programs."""
    here = at.astimezone(ZoneInfo(zone))
    words = f"{brief(here.date())}, {here:%H:%M}" + (" UTC" if zone == "UTC" else "")
    return Markup('<time datetime="{}">{}</time>').format(at.isoformat(), words)


def day(at: datetime, zone: str = "UTC") -> Markup:
    """Write a day."""
    here = at.astimezone(ZoneInfo(zone)).date()
    return Markup('<time datetime="{}">{}</time>').format(here.isoformat(), brief(here))


def initials(name: str) -> str:
    """Return one or two letters for a round badge."""
    parts = name.split()
    return (parts[0][:1] + (parts[-1][:1] if len(parts) > 1 else "")).upper() if parts else "?"

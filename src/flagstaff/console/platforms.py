"""The pages about platforms: the list, one platform with keys, secrets and endpoints, and what is shown once."""

from litestar import Response, get, post
from litestar.params import FromPath

from flagstaff.console.errors import go
from flagstaff.console.forms import Form, read_form
from flagstaff.console.guards import current_account, require
from flagstaff.console.names import state
from flagstaff.console.pages import render
from flagstaff.console.session import Visit, house_of
from flagstaff.flows.add_platform import AddPlatform
from flagstaff.flows.connect_webhook import check_webhook, connect_webhook
from flagstaff.flows.make_api_key import MakeApiKey, make_api_key
from flagstaff.flows.revoke_api_key import revoke_api_key
from flagstaff.flows.rotate_secret import retire_secret, rotate_secret
from flagstaff.flows.show_platforms import list_platforms, show_platform
from flagstaff.flows.welcome_platform import welcome_platform
from flagstaff.kernel.errors import FlagstaffError, NotFound
from flagstaff.language.tongues import spoken
from flagstaff.platforms.addresses import resolve
from flagstaff.platforms.model import Feed, LinkName, Purpose
from flagstaff.vocabulary.references import Platform
from flagstaff.vocabulary.roles import Permission
from flagstaff.vocabulary.scopes import ApiScope

_manages = require(Permission.MANAGE_PLATFORMS)


@get("/platforms", guards=[_manages])
async def platforms_page(request: Visit) -> Response[str]:
    """List the platforms, and offer to add one."""
    return await _platforms(request)


@post("/platforms", guards=[_manages])
async def take_platform(request: Visit) -> Response[str]:
    """Add a platform and show its secrets, once."""
    house, form = house_of(request), await read_form(request)
    wanted = AddPlatform(
        key=Platform(form.text("key")),
        name=form.text("name"),
        zone=form.text("zone") or "UTC",
        languages=form.words("languages") or ("en",),
        origins=form.words("origins"),
        links={name: form.text(name) for name in LinkName if form.text(name)},
        webhook=form.text("webhook") or None,
        reporter_webhook=form.text("reporter_webhook") or None,
    )
    try:
        made = await welcome_platform(house, current_account(request), wanted)
    except FlagstaffError as problem:
        return await _platforms(request, problem, form)
    return render(request, "connection.html", status=201, made=made)


async def _platforms(
    request: Visit, problem: FlagstaffError | None = None, form: Form | None = None
) -> Response[str]:
    hosts = await list_platforms(house_of(request))
    status = problem.status if problem else 200
    return render(request, "platforms.html", status=status, hosts=hosts, problem=problem, form=form)


@get("/platforms/{key:str}", guards=[_manages])
async def platform_page(request: Visit, key: FromPath[str]) -> Response[str]:
    """Show what is connected to one platform."""
    return await _platform(request, key)


@post("/platforms/{key:str}/keys", guards=[_manages])
async def take_api_key(request: Visit, key: FromPath[str]) -> Response[str]:
    """Make an API key and show it, once."""
    form = await read_form(request)
    try:
        wanted = MakeApiKey(Platform(key), form.text("label"), frozenset(form.each("scopes", ApiScope)))
        made = await make_api_key(house_of(request), current_account(request), wanted)
    except FlagstaffError as problem:
        return await _platform(request, key, problem)
    tongue = spoken()
    what, label = tongue.gettext("New API key"), tongue.gettext("API key")
    hint = tongue.gettext("It goes into the header Authorization: Bearer …")
    return _once(request, key, what, label, made.bearer, hint)


@post("/platforms/{key:str}/keys/{key_id:str}/revoke", status_code=303, guards=[_manages])
async def take_revoked(request: Visit, key: FromPath[str], key_id: FromPath[str]) -> Response[str]:
    """Take back an API key."""
    await revoke_api_key(house_of(request), current_account(request), key_id)
    return go(f"/console/platforms/{key}")


@post("/platforms/{key:str}/secrets", guards=[_manages])
async def take_rotated(request: Visit, key: FromPath[str]) -> Response[str]:
    """Make a new secret and show it, once."""
    form = await read_form(request)
    purpose = form.one("purpose", Purpose)
    made = await rotate_secret(house_of(request), current_account(request), Platform(key), purpose)
    tongue, of = spoken(), state(purpose)
    what = tongue.gettext("New secret for {purpose}", purpose=of)
    label = tongue.gettext("Secret for {purpose}", purpose=of)
    hint = tongue.gettext(
        "Its key id (kid) is {kid}. The secret before it stays valid until you retire it.", kid=made.kid
    )
    return _once(request, key, what, label, made.secret, hint)


@post("/platforms/{key:str}/secrets/{kid:str}/retire", status_code=303, guards=[_manages])
async def take_retired(request: Visit, key: FromPath[str], kid: FromPath[str]) -> Response[str]:
    """Let a former secret no longer hold."""
    try:
        await retire_secret(house_of(request), current_account(request), Platform(key), kid)
    except FlagstaffError as problem:
        return await _platform(request, key, problem)
    return go(f"/console/platforms/{key}")


@post("/platforms/{key:str}/webhooks", guards=[_manages])
async def take_webhook(request: Visit, key: FromPath[str]) -> Response[str]:
    """Say where a stream of events goes, and show its secret, once."""
    form = await read_form(request)
    feed = form.one("feed", Feed)
    try:
        hook = await connect_webhook(
            house_of(request), current_account(request), Platform(key), feed, form.text("url")
        )
    except FlagstaffError as problem:
        return await _platform(request, key, problem)
    tongue, of = spoken(), state(feed)
    what = tongue.gettext("New webhook secret for {feed}", feed=of)
    label = tongue.gettext("Webhook secret for {feed}", feed=of)
    hint = tongue.gettext(
        "Standard Webhooks libraries take it as it is. Two secrets hold while you change over."
    )
    return _once(request, key, what, label, hook.secret, hint)


@post("/platforms/{key:str}/webhooks/check", status_code=200, guards=[_manages])
async def check_address(request: Visit, key: FromPath[str]) -> Response[str]:
    """Say whether events may be sent to an address, before it is stored; a fragment for htmx, else the page."""
    form = await read_form(request)
    problem: FlagstaffError | None = None
    try:
        await check_webhook(house_of(request), form.text("url"), resolve)
    except FlagstaffError as refusal:
        problem = refusal
    if request.headers.get("hx-request"):
        return render(request, "address_checked.html", problem=problem)
    return await _platform(request, key, problem, checked=problem is None)


def _once(request: Visit, key: str, what: str, label: str, secret: str, hint: str) -> Response[str]:
    return render(
        request, "shown_once.html", status=201, platform=key, what=what, label=label, secret=secret, hint=hint
    )


async def _platform(
    request: Visit, key: str, problem: FlagstaffError | None = None, *, checked: bool = False
) -> Response[str]:
    page = await show_platform(house_of(request), Platform(key))
    if page is None:
        msg = f"there is no platform {key!r}"
        raise NotFound(msg)
    return render(
        request,
        "platform.html",
        status=problem.status if problem else 200,
        page=page,
        feeds=tuple(Feed),
        purposes=tuple(Purpose),
        scopes=tuple(ApiScope),
        problem=problem,
        checked=checked,
    )


HANDLERS = [
    platforms_page,
    take_platform,
    platform_page,
    take_api_key,
    take_revoked,
    take_rotated,
    take_retired,
    take_webhook,
    check_address,
]

"""The pages about those who work here: the list with invitations, one account, and one's own."""

from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from flagstaff.console.errors import go
from flagstaff.console.forms import Form, check_repeated, read_form
from flagstaff.console.guards import current_account, require, signed_in
from flagstaff.console.pages import ROLE_NAMES, render
from flagstaff.console.session import Visit, house_of, session_cookie
from flagstaff.flows.change_password import change_password
from flagstaff.flows.change_roles import ChangeRoles, change_roles, let_leave
from flagstaff.flows.choose_language import choose_language
from flagstaff.flows.invite_account import InviteAccount, invite_account, invite_again
from flagstaff.flows.link_person import link_person
from flagstaff.flows.show_people import find_person, list_people
from flagstaff.flows.show_platforms import list_platforms
from flagstaff.kernel.errors import FlagstaffError, NotFound
from flagstaff.language.tongues import languages, tongue_of
from flagstaff.vocabulary.references import AccountKey, PersonRef, Platform
from flagstaff.vocabulary.roles import Permission, StaffRole

_manages = require(Permission.MANAGE_ACCOUNTS)


@get("/accounts", guards=[_manages])
async def accounts_page(request: Visit) -> Response[str]:
    """List who works here, and offer to invite somebody."""
    return await _accounts(request)


@post("/accounts", guards=[_manages])
async def take_invited(request: Visit) -> Response[str]:
    """Invite somebody and show the link, once."""
    house, form = house_of(request), await read_form(request)
    try:
        wanted = InviteAccount(
            form.text("login"),
            form.text("name"),
            frozenset(form.each("roles", StaffRole)),
            form.words("places"),
            frozenset(form.each("platforms", Platform)),
        )
        invited = await invite_account(house, current_account(request), wanted)
    except FlagstaffError as problem:
        return await _accounts(request, problem=problem, form=form, status=problem.status)
    return render(request, "invited.html", status=201, invited=invited)


async def _accounts(
    request: Visit, *, problem: FlagstaffError | None = None, form: Form | None = None, status: int = 200
) -> Response[str]:
    house = house_of(request)
    return render(
        request,
        "accounts.html",
        status=status,
        people=await list_people(house),
        platforms=await list_platforms(house),
        roles=ROLE_NAMES,
        problem=problem,
        form=form,
    )


@get("/accounts/{key:uuid}", guards=[_manages])
async def account_page(request: Visit, key: FromPath[UUID]) -> Response[str]:
    """Show one account with what can be changed."""
    return await _account(request, AccountKey(key))


@post("/accounts/{key:uuid}", status_code=303, guards=[_manages])
async def take_roles(request: Visit, key: FromPath[UUID]) -> Response[str]:
    """Change roles, places and platforms."""
    house, form = house_of(request), await read_form(request)
    try:
        change = ChangeRoles(
            AccountKey(key),
            frozenset(form.each("roles", StaffRole)),
            form.words("places"),
            frozenset(form.each("platforms", Platform)),
        )
        await change_roles(house, current_account(request), change)
    except FlagstaffError as problem:
        return await _account(request, AccountKey(key), problem)
    return go("/console/accounts")


@post("/accounts/{key:uuid}/link", guards=[_manages])
async def take_invited_again(request: Visit, key: FromPath[UUID]) -> Response[str]:
    """Make a new one-time link and show it, once."""
    invited = await invite_again(house_of(request), current_account(request), AccountKey(key))
    return render(request, "invited.html", status=201, invited=invited)


@post("/accounts/{key:uuid}/leave", status_code=303, guards=[_manages])
async def take_leave(request: Visit, key: FromPath[UUID]) -> Response[str]:
    """Close an account."""
    try:
        await let_leave(house_of(request), current_account(request), AccountKey(key))
    except FlagstaffError as problem:
        return await _account(request, AccountKey(key), problem)
    return go("/console/accounts")


@post("/accounts/{key:uuid}/unlink", status_code=303, guards=[_manages])
async def take_unlinked(request: Visit, key: FromPath[UUID]) -> Response[str]:
    """Take back which person an account also is."""
    try:
        await link_person(house_of(request), current_account(request), AccountKey(key), None)
    except FlagstaffError as problem:
        return await _account(request, AccountKey(key), problem)
    return go(f"/console/accounts/{key}")


async def _account(request: Visit, key: AccountKey, problem: FlagstaffError | None = None) -> Response[str]:
    house = house_of(request)
    person = await find_person(house, key)
    if person is None:
        msg = "there is no such account"
        raise NotFound(msg)
    return render(
        request,
        "account.html",
        status=problem.status if problem else 200,
        person=person,
        platforms=await list_platforms(house),
        roles=ROLE_NAMES,
        problem=problem,
    )


@get("/me", guards=[signed_in])
async def my_page(request: Visit) -> Response[str]:
    """Show one's own account."""
    return await _me(request)


@post("/me/password", status_code=303, guards=[signed_in])
async def take_password(request: Visit) -> Response[str]:
    """Change one's own password; other browsers are signed out, this one gets a new session."""
    house, form = house_of(request), await read_form(request)
    try:
        check_repeated(form)
        entered = await change_password(
            house, current_account(request), form.secret("present"), form.secret("password")
        )
    except FlagstaffError as problem:
        return await _me(request, problem)
    return go("/console/me?changed=password", session_cookie(house, entered))


@post("/me/language", status_code=303, guards=[signed_in])
async def take_language(request: Visit) -> Response[str]:
    """Keep in which language one reads; the page that follows is in it."""
    form = await read_form(request)
    try:
        await choose_language(house_of(request), current_account(request), form.text("language"))
    except FlagstaffError as problem:
        return await _me(request, problem)
    return go("/console/me?changed=language")


@post("/me/person", status_code=303, guards=[signed_in])
async def take_person(request: Visit) -> Response[str]:
    """Note which person of a platform one also is."""
    house, form, account = house_of(request), await read_form(request), current_account(request)
    known = {host.key for host in await list_platforms(house)}
    person = PersonRef(Platform(form.text("platform")), form.text("person"))
    if person.platform not in known or not person.id:
        msg = "choose a platform and write your id there"
        return await _me(request, NotFound(msg, where="person"))
    try:
        await link_person(house, account, account.key, person)
    except FlagstaffError as problem:
        return await _me(request, problem)
    return go("/console/me?changed=person")


async def _me(request: Visit, problem: FlagstaffError | None = None) -> Response[str]:
    return render(
        request,
        "me.html",
        status=problem.status if problem else 200,
        platforms=await list_platforms(house_of(request)),
        changed=request.query_params.get("changed", ""),
        languages={tag: tongue_of(tag).named_in(tag) for tag in languages()},
        problem=problem,
    )


HANDLERS = [
    accounts_page,
    take_invited,
    account_page,
    take_roles,
    take_invited_again,
    take_leave,
    take_unlinked,
    my_page,
    take_password,
    take_language,
    take_person,
]

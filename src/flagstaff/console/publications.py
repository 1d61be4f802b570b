"""Versions that wait for a second person: read what changes, publish it or refuse it with a reason."""

from typing import Final
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath

from flagstaff.console.errors import go
from flagstaff.console.forms import read_form
from flagstaff.console.guards import current_account, require
from flagstaff.console.looking import platforms_of
from flagstaff.console.pages import render
from flagstaff.console.session import Visit, house_of
from flagstaff.console.wording import row
from flagstaff.flows.house import House
from flagstaff.flows.publish_version import AnswerProposal, answer_proposal
from flagstaff.language.marking import marked
from flagstaff.language.tongues import spoken
from flagstaff.menus.model import MenuVersion, OptionChange
from flagstaff.menus.rules import differences, label_in, once_offered
from flagstaff.views.proposals import Proposed, list_proposals
from flagstaff.vocabulary.references import Platform
from flagstaff.vocabulary.roles import Permission

_publishes = require(Permission.PUBLISH)


_CHANGES: Final = {
    "added": marked("{option} added: {shown}"),
    "restored": marked("{option} restored: {shown}"),
    "removed": marked("{option} removed: {shown}"),
    "reworded": marked("{option} reworded: {shown}"),
    "moved": marked("{option} moved: {shown}"),
}


class Publication(msgspec.Struct, frozen=True):
    """A proposal with its number and its changes in words, as far as they can be told."""

    proposed: Proposed
    number: int
    changes: tuple[str, ...]


@get("/publications", guards=[_publishes])
async def publications_page(request: Visit) -> Response[str]:
    """List what waits for publication, with what it would change."""
    house = house_of(request)
    found = await list_proposals(house.database, platforms_of(house))
    shown = [_publication(house, one) for one in found]
    return render(request, "publications.html", publications=shown, me=current_account(request).key)


@post("/publications/{key:uuid}", status_code=303, guards=[_publishes])
async def take_answer(request: Visit, key: FromPath[UUID]) -> Response[str]:
    """Publish or refuse; the flow decides whether this account may."""
    form = await read_form(request)
    answer = AnswerProposal(key, publish=form.text("do") == "publish", reason=form.text("reason"))
    await answer_proposal(house_of(request), current_account(request), answer)
    return go("/console/publications")


def _publication(house: House, one: Proposed) -> Publication:
    form = one.document["version"]
    if one.what != "menus":
        return Publication(one, int(form["version"]), ())
    version = msgspec.convert(form, MenuVersion)
    platform = Platform(one.platform)
    before = house.policy.menus_version(platform, version.number - 1)
    earlier = (one for one in house.policy.menus_history(platform) if one.number < version.number)
    changes = differences(before, version, once_offered(earlier)) if before else ()
    name = house.policy.host(platform).name
    return Publication(one, version.number, tuple(_words(each, name) for each in changes))


def _words(change: OptionChange, platform: str) -> str:
    before, after = (
        row(each) if change.change == "moved" else label_in(each, platform)
        for each in (change.before, change.after)
    )
    shown = f"{before} → {after}" if before and after else before or after
    return spoken().gettext(_CHANGES[change.change], option=change.option, shown=shown)


HANDLERS = [publications_page, take_answer]

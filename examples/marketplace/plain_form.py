"""The form that needs no script. Every step is a POST: neither what somebody flags nor a token is ever in an address.

Options → what the chosen one asks, with a look at which options fit what was written → the receipt, with what this host
can do for a reporter. Who would rather say first what happened begins with the words, and looks from there. This server
sends the flag with its API key.
"""

import secrets
from typing import Any

import msgspec
from litestar import post
from litestar.exceptions import NotFoundException
from litestar.response import Redirect, Response

from .access import Deed
from .content import WORDS, Item
from .flagstaff import Refused, audience_of
from .messages import beside
from .page import OFFERS, Visit, show_page, type_of_request, visit
from .trust import arrange, say

OPEN = Deed(trust=True)
FEW = 5  # where fewer could see it, its author may guess who flagged


class Filled(msgspec.Struct, frozen=True):
    """What was filled in so far. `turned`: the options were looked at from Other, so one of them was proposed."""

    option: str = ""
    menu_version: int = 0
    language: str = "en"
    details: str = ""
    answers: dict[str, str] = {}
    beside: tuple[str, ...] = ()
    turned: bool = False
    key: str = ""


@post("/flag", status_code=200)
async def flag(request: type_of_request) -> Response[str]:
    """Go one step on: empty or `back` shows the options, `write` a field for words, `next` what an option asks, `look`
    hints; else it is sent.
    """
    here = visit(request, OPEN)
    form = await request.form()
    item = _flaggable(here, str(form.get("kind") or ""), str(form.get("id") or ""))
    filled, step = _read(form), str(form.get("step") or "")
    try:
        menu = await here.house.flagstaff.menu(item.kind, here.signed_in().language, item.group)
        if step == "back" or (not step and not filled.option):
            return _options(request, item, menu, filled)
        if step == "write":
            return await _details(request, here, item, menu, _unchosen(menu, filled), wrote=True)
        option = next((one for one in lines_of(menu) if one["key"] == filled.option), None)
        if step == "next" and option is None:
            return _options(request, item, menu, filled, missing=True)
        if step in ("next", "look"):
            return await _details(request, here, item, menu, filled, look=step == "look")
        return await _send(request, here, item, menu, filled)
    except Refused as closed:
        return say(request, closed)


@post("/flag/offer")
async def take_offer(request: type_of_request) -> Redirect:
    """Do what the dialog asks by an event: hide, mute, block, leave. Flagstaff never hears of it."""
    here = visit(request, OPEN)
    form = await request.form()
    arrange(here, str(form.get("offer")), str(form.get("kind")), str(form.get("id")))
    return Redirect("/", status_code=303)


async def _send(
    request: type_of_request, here: Visit, item: Item, menu: dict[str, Any], filled: Filled
) -> Response[str]:
    told = {one.id: one.text for one in beside(here, item)}
    choice = {
        "option": filled.option,
        "menu_version": filled.menu_version,
        "language": filled.language,
        "details": filled.details,
        "answers": _asked(menu, filled),
        "neighbours": [{"id": id_, "text": told[id_]} for id_ in filled.beside if id_ in told],
        "hinted": filled.turned and filled.option != menu["last"]["key"],
    }
    sent = {name: value for name, value in choice.items() if value}
    try:
        receipt = await here.house.flagstaff.flag(here.signed_in(), item, sent, filled.key)
    except Refused as refused:
        # A refused body was never taken in: a new key, or changed words would be another body under the old one.
        return await _details(
            request, here, item, menu, msgspec.structs.replace(filled, key=""), refused=refused
        )
    able = [one for one in receipt.get("next") or [] if one["key"] in OFFERS[item.kind].split()]
    return show_page(request, "receipt.html", receipt=receipt, item=item, able=able, words_of=menu["texts"])


def _options(
    request: type_of_request, item: Item, menu: dict[str, Any], filled: Filled, *, missing: bool = False
) -> Response[str]:
    problem = {"detail": menu["texts"]["choose"]} if missing else None
    status = 422 if missing else 200
    values = {"menu": menu, "item": item, "filled": filled, "few": _few(item)}
    return show_page(request, "flag.html", status=status, problem=problem, **values)


async def _details(
    request: type_of_request, here: Visit, item: Item, menu: dict[str, Any], filled: Filled, *,
    look: bool = False, wrote: bool = False, refused: Refused | None = None,
) -> Response[str]:  # fmt: skip
    option = next((one for one in lines_of(menu) if one["key"] == filled.option), menu["last"])
    hints = await _hints(here, item, menu, filled) if look else []
    problem = refused.problem if refused else None
    values = {
        "menu": menu,
        "item": item,
        "filled": filled,
        "option": option,
        "hints": hints,
        "look": look,
        "wrote": wrote,
    }
    near = beside(here, item) if option["copied"] else []
    return show_page(
        request, "flag_details.html", status=refused.status if refused else 200, problem=problem, few=_few(item),
        key=filled.key or secrets.token_hex(16), beside=near, **values,
    )  # fmt: skip


async def _hints(here: Visit, item: Item, menu: dict[str, Any], filled: Filled) -> list[dict[str, Any]]:
    """Ask which options fit; where that fails the form goes on without."""
    if not filled.details:
        return []
    try:
        found = await here.house.flagstaff.hints(item.kind, filled.details, menu["language"])
    except Refused:
        return []
    return list(found.get("hints") or [])


def _read(form: Any) -> Filled:
    answers = {name[2:]: str(value).strip() for name, value in form.items() if name.startswith("a-")}
    version = str(form.get("menu_version") or "")
    return Filled(
        option=str(form.get("option") or ""),
        menu_version=int(version) if version.isdecimal() else 0,
        language=str(form.get("language") or "en"),
        details=str(form.get("details") or "").strip(),
        answers={name: value for name, value in answers.items() if value},
        beside=tuple(str(one) for one in form.getall("beside", [])),
        turned=bool(form.get("turned")),
        key=str(form.get("key") or "") or secrets.token_hex(16),
    )


def _unchosen(menu: dict[str, Any], filled: Filled) -> Filled:
    """Return what was filled in without a choice: it goes to Other unless an option that is proposed is taken."""
    return msgspec.structs.replace(filled, option=menu["last"]["key"])


def _asked(menu: dict[str, Any], filled: Filled) -> dict[str, str]:
    """Return the answers to what the chosen option asks: another one may have been chosen since."""
    asked = {key for one in lines_of(menu) if one["key"] == filled.option for key in one["prompts"]}
    return {name: value for name, value in filled.answers.items() if name in asked}


def lines_of(menu: dict[str, Any]) -> list[dict[str, Any]]:
    """Return every option of a menu."""
    return [*menu["top"], *menu["more"], *menu["preference"], menu["last"]]


def _few(item: Item) -> bool:
    return audience_of(item) < FEW


def _flaggable(here: Visit, kind: str, key: str) -> Item:
    """Return what is to be flagged, as far as the person who is here may see it at all."""
    here.signed_in()
    if kind not in WORDS:
        raise NotFoundException("There is no such kind of thing.")
    return here.read(kind, key)


ROUTES = [flag, take_offer]

"""Public pages, rendered from the live versions: the help article, the guidelines, what each problem means."""

from functools import cache
from importlib.resources import files
from typing import Any, Final

import msgspec
from jinja2 import Environment, PackageLoader, StrictUndefined
from litestar import MediaType, Response, get
from litestar.params import FromPath, FromQuery

from flagstaff.api.answers import Health
from flagstaff.api.desk import Desk, desk_of, type_of_request
from flagstaff.api.flags import etag_of, named_platform
from flagstaff.api.problems import NoSuchPage, explained
from flagstaff.api.reading import headers_of
from flagstaff.guidelines.model import Clause
from flagstaff.menus.rules import label_in

_FILES: Final = {"flag.js": "text/javascript; charset=utf-8", "pages.css": "text/css; charset=utf-8"}
_pages: Final = Environment(
    loader=PackageLoader("flagstaff.api", "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
    lstrip_blocks=True,
)  # fmt: skip


def private_page(name: str, status: int = 200, **values: object) -> Response[str]:
    """Render a page that one person alone may see: nothing keeps a copy of it."""
    answer = page(name, status, **values)
    answer.headers["cache-control"] = "no-store"
    return answer


def page(name: str, status: int = 200, **values: object) -> Response[str]:
    """Render a page."""
    text = _pages.get_template(name).render(**values)
    return Response(
        text, status_code=status, media_type=MediaType.HTML, headers={"cache-control": "no-cache"}
    )


class KindHelp(msgspec.Struct, frozen=True):
    """One menu in the help article."""

    words: str
    button: str
    rows: tuple[tuple[str, tuple[tuple[str, str, str], ...]], ...]


@get("/help/flags", operation_id="help_flags", tags=["pages"], include_in_schema=False)
async def help_flags(request: type_of_request, platform: FromQuery[str] = "") -> Response[str]:
    """Explain flags with exactly the options of the live version."""
    desk = desk_of(request)
    key = named_platform(desk.house.policy, platform)
    host, version = desk.house.policy.host(key), desk.house.policy.menus(key)
    kinds = [_kind_help(desk, key, menu.subject) for menu in version.menus]
    tips = [label_in(tip, host.name) for tip in version.texts.tips.values()]
    return page("help_flags.html", host=host, version=version, kinds=kinds, tips=tips, rules=_rules_url(key))


def _kind_help(desk: Desk, platform: str, kind: str) -> KindHelp:
    menu = desk.menus.menu(platform, kind, "").menu
    rows = (
        ("First", menu.top),
        ("More", menu.more),
        ("Not against the rules, just not for me", menu.preference),
        ("Last, always there", (menu.last,)),
    )
    told = tuple(
        (name, tuple((option.key, option.label, option.help) for option in options))
        for name, options in rows
        if options
    )
    return KindHelp(kind.replace("_", " "), menu.button, told)


def _rules_url(platform: str) -> str:
    return f"/guidelines?platform={platform}"


@get("/guidelines", operation_id="guidelines", tags=["pages"], include_in_schema=False)
async def guidelines(request: type_of_request, platform: FromQuery[str] = "") -> Response[str]:
    """Show the live guidelines; each rule has an anchor that stays."""
    desk = desk_of(request)
    key = named_platform(desk.house.policy, platform)
    host, live = desk.house.policy.host(key), desk.house.policy.guidelines(key)
    measures = {
        measure.key: label_in(measure.says, host.name) for measure in live.measures if measure.enabled
    }
    return page(
        "guidelines.html",
        host=host,
        live=live,
        community=[_clause(one, host.name) for one in live.clauses if not one.key.startswith("MT-")],
        marketplace=[_clause(one, host.name) for one in live.clauses if one.key.startswith("MT-")],
        groups=live.groups,
        named=lambda text: label_in(text, host.name),
        ladders=live.ladders,
        measures=measures,
        decay=live.ladder_rules.decay_days,
        help=f"/help/flags?platform={key}",
    )


def _clause(clause: Clause, name: str) -> dict[str, object]:
    return {
        "anchor": clause.key.lower(),
        "key": clause.key,
        "title": label_in(clause.title, name),
        "summary": label_in(clause.summary, name),
        "kinds": [kind.replace("_", " ") for kind in clause.scope],
        "severity": clause.severity,
        "groups_may_lift": clause.groups_may_lift,
        "person_only": clause.detect == "human_only" and clause.decidable,
    }


@get("/problems/{slug:str}", operation_id="explain_problem", tags=["pages"], include_in_schema=False)
async def explain_problem(slug: FromPath[str]) -> Response[str]:
    """Explain one kind of problem."""
    kind = explained().get(slug)
    if kind is None:
        msg = "there is no such problem type"
        raise NoSuchPage(
            msg, where="slug", mend="see /problems/ followed by the last part of a problem's type"
        )
    means = " ".join((kind.__doc__ or "").split())
    return page("problem.html", slug=slug, title=kind.title, code=kind.status, means=means)


@get("/health", operation_id="health", tags=["house"])
async def health() -> Health:
    """Tell that this process answers; it looks at nothing else."""
    return Health(status="ok")


@get("/static/{name:str}", operation_id="static", tags=["pages"], include_in_schema=False)
async def static(request: type_of_request, name: FromPath[str]) -> Response[bytes]:
    """Serve the flag dialog and the style of the public pages."""
    if name not in _FILES:
        msg = "there is no such file"
        raise NoSuchPage(msg, where="name", mend="the flag dialog is /static/flag.js")
    content, etag = _file(name)
    headers = {"etag": etag, "cache-control": "public, max-age=300"}
    if etag in headers_of(request.scope).get("if-none-match", ""):
        return Response(b"", status_code=304, headers=headers, media_type=_FILES[name])
    return Response(content, headers=headers, media_type=_FILES[name])


@cache
def _file(name: str) -> tuple[bytes, str]:
    content = files("flagstaff.api").joinpath("static", name).read_bytes()
    return content, etag_of(content)


HANDLERS: Final[list[Any]] = [help_flags, guidelines, explain_problem, health, static]

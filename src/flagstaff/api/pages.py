"""Public pages, rendered from the live versions: the help article, the guidelines, what each problem means."""

from collections.abc import Mapping
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
from flagstaff.api.readers import Reader, reader_of
from flagstaff.api.reading import headers_of
from flagstaff.api.refusals import refused
from flagstaff.guidelines.model import Clause, Guidelines
from flagstaff.guidelines.translating import guidelines_in
from flagstaff.language.marking import marked
from flagstaff.language.templates import EXTENSIONS, speak_in
from flagstaff.language.tongues import SOURCE, speaking
from flagstaff.menus.model import Figure, Menu, MenuVersion
from flagstaff.menus.rules import label_in
from flagstaff.menus.translating import menus_in

_FILES: Final = {"flag.js": "text/javascript; charset=utf-8", "pages.css": "text/css; charset=utf-8"}
_pages: Final = speak_in(
    Environment(
        loader=PackageLoader("flagstaff.api", "templates"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, extensions=EXTENSIONS,
    )
)  # fmt: skip
_pages.globals["refused"] = refused


def private_page(name: str, reader: Reader, status: int = 200, **values: object) -> Response[str]:
    """Render a page that one person alone may see: nothing keeps a copy of it."""
    answer = page(name, reader, status, **values)
    answer.headers["cache-control"] = "no-store"
    return answer


def page(name: str, reader: Reader, status: int = 200, **values: object) -> Response[str]:
    """Render a page in its reader's language; whoever keeps a copy keeps one for each."""
    tongue = reader.tongue
    with speaking(tongue):
        text = _pages.get_template(name).render(reader=reader, **values)
    headers = {
        "cache-control": "no-cache",
        "content-language": tongue.language,
        "vary": "Accept-Language",
    }
    return Response(text, status_code=status, media_type=MediaType.HTML, headers=headers)


class KindHelp(msgspec.Struct, frozen=True):
    """One menu in the help article."""

    key: str
    words: str
    button: str
    rows: tuple[tuple[str, tuple[tuple[str, str, str], ...]], ...]


@get("/help/flags", operation_id="help_flags", tags=["pages"], include_in_schema=False)
async def help_flags(
    request: type_of_request, platform: FromQuery[str] = "", language: FromQuery[str] = ""
) -> Response[str]:
    """Explain flags with exactly the options of the live version."""
    desk = desk_of(request)
    policy = desk.house.policy
    key = named_platform(policy, platform)
    reader = reader_of(policy, request.scope, language, key)
    host, live = policy.host(key), policy.menus(key)
    spoken = reader.policy_language(live.languages)
    version, guidelines = menus_in(live, spoken), guidelines_in(policy.guidelines(key), spoken)
    return page(
        "help_flags.html", reader, host=host, version=version, unwritten=reader.misses(live.languages),
        kinds=[_kind_help(desk, key, menu, guidelines, spoken) for menu in version.menus],
        tips=[label_in(tip, host.name) for tip in version.texts.tips.values()],
        rules=reader.link("/guidelines", key), figures=_figures(live),
    )  # fmt: skip


def _figures(live: MenuVersion) -> list[Figure]:
    """Return the figures that the live version's note stands on, as far as a query answers for them."""
    figures = live.release_note.figures if live.release_note else ()
    return [one for one in figures if one.query]


ROWS: Final = {
    "top": marked("First"),
    "more": marked("More"),
    "preference": marked("Not against the rules, just not for me"),
    "last": marked("Last, always there"),
}
"""How the help article calls the rows of a menu."""


def _kind_help(desk: Desk, platform: str, of: Menu, guidelines: Guidelines, language: str) -> KindHelp:
    menu = desk.menus.menu(platform, of.subject, language).menu
    rows = (
        (ROWS["top"], menu.top),
        (ROWS["more"], menu.more),
        (ROWS["preference"], menu.preference),
        (ROWS["last"], (menu.last,)),
    )
    told = tuple(
        (name, tuple((option.key, option.label, option.help) for option in options))
        for name, options in rows
        if options
    )
    return KindHelp(of.subject, kind_name(guidelines, of.subject), menu.button, told)


def kind_name(guidelines: Guidelines, kind: str) -> str:
    """Return what readers call a kind of subject."""
    return _named(guidelines.names.kinds, kind)


def _named(names: Mapping[str, str], key: str) -> str:
    """Return the name that the policy gives a key; where it gives none, the key reads as words."""
    return names.get(key) or key.replace("_", " ").capitalize()


@get("/guidelines", operation_id="guidelines", tags=["pages"], include_in_schema=False)
async def guidelines(
    request: type_of_request, platform: FromQuery[str] = "", language: FromQuery[str] = ""
) -> Response[str]:
    """Show the live guidelines; each rule has an anchor that stays."""
    policy = desk_of(request).house.policy
    key = named_platform(policy, platform)
    reader = reader_of(policy, request.scope, language, key)
    host, written = policy.host(key), policy.guidelines(key)
    live = guidelines_in(written, reader.policy_language(written.languages))
    measures = {
        measure.key: label_in(measure.says, host.name) for measure in live.measures if measure.enabled
    }
    return page(
        "guidelines.html",
        reader,
        unwritten=reader.misses(written.languages),
        group_name=lambda group: _named(live.names.groups, group),
        ladder_name=lambda ladder: _named(live.names.ladders, ladder),
        host=host,
        live=live,
        community=[_clause(one, host.name) for one in live.clauses if not one.key.startswith("MT-")],
        marketplace=[_clause(one, host.name) for one in live.clauses if one.key.startswith("MT-")],
        groups=live.groups,
        named=lambda text: label_in(text, host.name),
        ladders=live.ladders,
        measures=measures,
        decay=live.ladder_rules.decay_days,
        help=reader.link("/help/flags", key),
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
    """Explain one kind of problem, in English for everybody: it is for whoever programs against us."""
    kind = explained().get(slug)
    if kind is None:
        msg = "there is no such problem type"
        raise NoSuchPage(
            msg, where="slug", mend="see /problems/ followed by the last part of a problem's type"
        )
    means = " ".join((kind.__doc__ or "").split())
    return page(
        "problem.html", Reader((), SOURCE), slug=slug, title=kind.title, code=kind.status, means=means
    )


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

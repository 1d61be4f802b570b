"""What an author can observe is a list written by hand; it and the house agree in both directions."""

from pathlib import Path
from typing import Any

import msgspec

import flagstaff.api
from flagstaff.api import answers, channels, replies
from flagstaff.delivery.model import EventKind
from flagstaff.delivery.rendering import DATA_OF, AuthorSide, MeasureSide
from flagstaff.flows import propose_options, show_menu
from flagstaff.vocabulary.origins import Party
from tests.doors.platform import Harborlane
from tests.houses import default_policy

_WITHOUT_BODY = {"HEAD", "OPTIONS"}


def routes_of(harborlane: Harborlane) -> set[str]:
    found = set()
    for route in harborlane.door.app.routes:
        path = route.path_format if hasattr(route, "path_format") else route.path
        for method in getattr(route, "methods", ()):
            if method not in _WITHOUT_BODY:
                found.add(f"{method} {path.replace(':str', '')}")
    return found


def _fields(struct: Any) -> tuple[str, ...]:
    return tuple(field.encode_name for field in msgspec.structs.fields(struct))


def _answers() -> dict[str, Any]:
    told = vars(show_menu) | vars(propose_options)
    menu = {name: value for name, value in told.items() if name.endswith("Answer")}
    return {
        name: value
        for name, value in (menu | vars(answers) | vars(replies)).items()
        if isinstance(value, type) and issubclass(value, msgspec.Struct) and not name.startswith("_")
    }


async def test_every_route_is_listed_and_every_listed_route_is_there(harborlane: Harborlane) -> None:
    schema = {"GET /schema", "GET /schema/{path}"}
    assert routes_of(harborlane) - schema == set(channels.ROUTES)


async def test_the_document_shows_no_schema_that_is_not_listed(harborlane: Harborlane) -> None:
    document = (await harborlane.client.get("/schema/openapi.json")).json()
    shown = {
        name.rpartition("_")[2] if name not in _answers() else name
        for methods in document["paths"].values()
        for operation in methods.values()
        for answer in operation["responses"].values()
        for content in answer.get("content", {}).values()
        for name in _references(content.get("schema", {}), document["components"]["schemas"])
    }
    assert shown <= set(channels.FIELDS) | set(channels.REPORTERS)


def _references(schema: Any, schemas: dict[str, Any], seen: frozenset[str] = frozenset()) -> set[str]:
    """Follow references from one schema to all below it."""
    if isinstance(schema, list):
        return {name for item in schema for name in _references(item, schemas, seen)}
    if not isinstance(schema, dict):
        return set()
    if "$ref" in schema:
        name = str(schema["$ref"]).rpartition("/")[2]
        return {name} if name in seen else {name} | _references(schemas[name], schemas, seen | {name})
    return {name for value in schema.values() for name in _references(value, schemas, seen)}


def test_every_answer_is_for_authors_or_for_reporters_field_by_field() -> None:
    assert {
        name: _fields(struct) for name, struct in _answers().items() if name not in channels.REPORTERS
    } == dict(channels.FIELDS)
    assert set(channels.REPORTERS) <= set(_answers())


def test_every_event_is_listed_with_its_fields() -> None:
    assert {kind.value for kind in EventKind} == set(channels.EVENTS) | set(channels.EVENTS_TO_REPORTERS)
    for name, fields in channels.EVENTS.items():
        assert _fields(DATA_OF[EventKind(name)]) == fields


def test_every_notice_that_an_author_may_get_is_listed() -> None:
    sent = {notice.key for notice in default_policy().guidelines.notices if notice.to in {"author", "any"}}
    assert sent == set(channels.NOTICES)


def test_every_page_is_listed() -> None:
    folder = Path(flagstaff.api.__file__).parent / "templates"
    assert {file.name for file in folder.iterdir()} == set(channels.PAGES)


def test_no_field_that_an_author_reads_bears_a_name_of_flags() -> None:
    fields = {field for names in (*channels.FIELDS.values(), *channels.EVENTS.values()) for field in names}
    inside = {field for struct in (AuthorSide, MeasureSide) for field in _fields(struct)}
    assert not (fields | inside) & channels.NEVER


def test_each_entry_says_why() -> None:
    for reasons in (
        channels.ROUTES,
        channels.REPORTERS,
        channels.EVENTS_TO_REPORTERS,
        channels.NOTICES,
        channels.PAGES,
    ):
        assert all(len(why) > 8 for why in reasons.values())


async def test_an_authors_notice_never_names_a_flag(harborlane: Harborlane, job: str) -> None:
    """`flag` is there for reporters; on the author's side it is null, whatever people sent."""
    await harborlane.flag(job, "rita", subject={"kind": "job_post", "id": job, "author": "channel-ann"})
    token = harborlane.token("channel-ann", role="author")
    told = await harborlane.client.get("/v1/my/notices", headers={"authorization": f"Bearer {token}"})
    assert [one for one in told.json()["items"] if one["to"] == Party.AUTHOR and one["flag"]] == []
    assert "rita" not in told.text

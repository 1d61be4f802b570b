"""The page about webhooks lists every event, with a body that the code could have sent."""

import re
from pathlib import Path

import msgspec
import pytest

from flagstaff.delivery.model import FEED_OF, Endpoint, EventKind, endpoint_of, read_cursor
from flagstaff.delivery.rendering import DATA_OF
from flagstaff.delivery.rules import PAUSES
from flagstaff.delivery.sending import PATIENCE

PAGE = (Path(__file__).parents[2] / "docs/reference/webhooks.md").read_text(encoding="utf-8")
BODIES = {
    found[1]: msgspec.json.decode(found[2])
    for found in re.finditer(r"^### ([a-z]+\.[a-z]+)\n.*?```json\n(.*?)```", PAGE, re.DOTALL | re.MULTILINE)
}


def test_the_page_lists_exactly_the_events_there_are() -> None:
    assert set(BODIES) == {kind.value for kind in EventKind}


@pytest.mark.parametrize("kind", EventKind)
def test_each_body_is_one_that_could_be_sent(kind: EventKind) -> None:
    body = BODIES[kind.value]
    assert set(body) == {"type", "position", "at", "data"}
    assert body["type"] == kind
    assert read_cursor(FEED_OF[kind], body["position"]) > 0
    data = msgspec.convert(body["data"], DATA_OF[kind])
    assert msgspec.to_builtins(data) == body["data"]


@pytest.mark.parametrize("endpoint", Endpoint)
def test_each_endpoint_is_listed_with_its_events(endpoint: Endpoint) -> None:
    (row,) = re.findall(rf"^\| `{endpoint}` \| (.*) \|$", PAGE, re.MULTILINE)
    listed = set(re.findall(r"`([^`]+)`", row))
    assert listed == {kind.value for kind in EventKind if endpoint_of(FEED_OF[kind]) is endpoint}


def test_figures_on_the_page_are_those_of_the_code() -> None:
    assert f"{len(PAUSES) + 1} tries" in PAGE
    assert f"within {PATIENCE:g} seconds" in PAGE

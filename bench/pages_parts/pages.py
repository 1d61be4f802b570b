"""Name the pages that are measured, and who asks for each."""

from collections.abc import Mapping
from typing import Any, NamedTuple

PLAYER = "jonas"
"""The moderator of the demo whose pages are asked for."""
PERSON = "ines"
"""The reporter of the demo who has flagged most."""


class Page(NamedTuple):
    """One page; `machine` where a platform's server asks for it."""

    name: str
    path: str
    machine: bool = False


def pages(cases: Mapping[str, str], after: str) -> list[Page]:
    """Return the pages of a house; `after` is a case far down the queue."""
    return [
        Page("queue, first page", "/console/queue"),
        Page("queue, a later page", f"/console/queue?after={after}"),
        Page("case with one flag", f"/console/cases/{cases['single']}"),
        Page("case with most flags", f"/console/cases/{cases['crowded']}"),
        Page("menu", "/v1/menus/job_post"),
        Page("help article", "/help/flags"),
        Page("guidelines", "/guidelines"),
        Page("My flags", f"/v1/my/flags?person={PERSON}", machine=True),
        Page("tour, welcome", "/tour"),
        Page("tour, one flag from five sides", f"/tour/flag?person={PERSON}"),
        Page("a route that does nothing", "/bench/nothing"),
    ]


def headers(page: Page, said: Mapping[str, Any]) -> dict[str, str]:
    """Return what the asker shows."""
    if page.machine:
        return {"Authorization": f"Bearer {said['key']}"}
    return {"Cookie": str(said["cookie"])}

"""What an author can observe depends only on the decision and its window: told on two clones, compared unmasked."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given, settings, strategies as st

from flagstaff.api.channels import EVENTS, ROUTES
from flagstaff.cli.two_clones import (
    AUTHOR,
    CHANNELS,
    Channel,
    Clone,
    Compared,
    Story,
    Theatre,
    Voice,
    open_theatre,
)
from flagstaff.delivery.model import Feed
from flagstaff.flows.house import House
from flagstaff.kernel.clock import Clocks, WallClock
from flagstaff.kernel.ids import RandomIds
from flagstaff.kernel.settings import Settings
from flagstaff.store.database import Address, Database
from flagstaff.vocabulary.audience import Audience
from flagstaff.vocabulary.states import Verdict
from tests.clusters import owner
from tests.examples import examples
from tests.houses import open_keys

pytestmark = pytest.mark.once

NOT_COMPARED: Mapping[str, str] = {
    "GET /help/flags": "rendered from the published menus alone; GET /v1/menus shows the same",
    "GET /help/flags/changes": "rendered from published versions and the name of who answers for them",
    "GET /help/flags/figures/{number}": "pinned when a version was published, from a hundred flags on; here are fewer",
    "POST /help/flags/changes/{version}": "answers the same whatever was said",
    "GET /v1/lineage": "made from published versions alone",
    "GET /guidelines": "rendered from the published guidelines alone",
    "GET /problems/{slug}": "no row is read",
    "GET /schema/openapi.json": "no row is read",
    "GET /static/{name}": "files",
    "GET /health": "no row is read",
    "GET /appeal": "an empty form",
    "POST /appeal": "calls what POST /v1/my/appeals calls",
    "GET /v1/my/flags/{number}": "the author has none here; GET /v1/my/flags is compared",
    "DELETE /v1/my/flags/{number}": "as above",
    "POST /v1/my/flags/{number}/answer": "as above",
    "DELETE /v1/my/appeals/{number}": "ends one's own voice; POST /v1/my/appeals is compared",
    "POST /v1/option-suggestions": "looks at no flag; tests/doors/test_suggestions.py compares first and later ones",
    "POST /v1/contact": "looks at no flag, and answers with a number and its code",
    "POST /v1/my/contact/{number}": "as above",
    "GET /contact": "an empty form",
    "POST /contact": "calls what POST /v1/contact and GET /v1/my/contact call",
    "POST /contact/thread": "one thread's days and answers, found by number and code",
    "GET /suggest": "an empty form",
    "GET /my-flags": "says where the page is opened from",
    "POST /my-flags": "calls what GET /v1/my/flags and its deeds call",
    "POST /suggest": "calls what POST /v1/option-suggestions and GET /v1/my/suggestions call",
    "POST /v1/flags:bulk": "each row is answered by what answers POST /v1/flags",
    "POST /v1/content": "answers how much was sent",
    "POST /v1/content-events": "answers how much was sent",
    "POST /v1/person-events": "answers how much was sent",
}
"""Addresses of the registry that the story does not ask, each with why it need not."""

ONE = (Voice("rita", "job_post.free_work", "Three samples for nothing.", 5),)
CROWD = (
    Voice("bob", "job_post.something_else", "They want work without pay.", 30),
    Voice("eve", "job_post.looks_like_scam", "", 65),
    Voice("tim", "job_post.free_work", "Free work again.", 130),
)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def theatre(cluster: Address) -> AsyncIterator[Theatre]:
    """Give a furnished database of which each story gets two fresh copies."""
    wall = WallClock()
    sealer, opener, service = open_keys()
    nobody = Database(cluster, {})
    lender = House(
        nobody, RandomIds(wall), Clocks(wall, wall), sealer, None, Settings(), opener, service  # type: ignore[arg-type]
    )  # fmt: skip
    async with open_theatre(lender, cluster) as opened:
        yield opened


@pytest.mark.parametrize("verdict", [Verdict.VIOLATION, Verdict.NO_VIOLATION, Verdict.COULD_NOT_VERIFY])
@pytest.mark.parametrize("audience", [Audience.MANY, Audience.ONE, None])
async def test_one_flag_and_a_crowd_look_the_same_to_the_author(
    theatre: Theatre, verdict: Verdict, audience: Audience | None
) -> None:
    compared = await theatre.compare(Story(verdict=verdict, audience=audience), (ONE, CROWD))
    assert compared.differences == ()


OPTIONS = (
    "job_post.free_work",
    "job_post.something_else",
    "job_post.looks_like_scam",
    "job_post.unclear_incomplete",
)
voice = st.builds(
    Voice,
    reporter=st.sampled_from([f"reporter-{number}" for number in range(9)]),
    option=st.sampled_from(OPTIONS),
    words=st.sampled_from(
        ["Work without pay, I am sure.", "Look at this one please.", "Schon wieder dieselbe Masche"]
    ),
    minutes=st.integers(0, 299),
)
late = st.builds(
    Voice,
    reporter=st.sampled_from(["late-1", "late-2", "late-3", "late-4"]),
    option=st.sampled_from(OPTIONS),
    words=st.just("I only saw it now, and it is still there."),
    minutes=st.integers(2000, 3000),
)
voices = st.tuples(st.lists(voice, min_size=1, max_size=6), st.lists(late, max_size=4)).map(
    lambda both: both[0] + both[1]
)
stories = st.builds(
    Story,
    verdict=st.sampled_from(
        [Verdict.VIOLATION, Verdict.VIOLATION, Verdict.NO_VIOLATION, Verdict.COULD_NOT_VERIFY]
    ),
    clause=st.sampled_from(["MT-6", "MT-9", "MT-3", "CG-5c"]),
    audience=st.sampled_from([Audience.MANY, Audience.FEW, Audience.ONE, None]),
    appeals=st.booleans(),
    upheld=st.booleans(),
    reverses=st.booleans(),
)


@settings(
    max_examples=examples(6),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(story=stories, one=voices, other=voices)
async def test_who_flags_how_often_when_and_in_which_words_never_shows(
    theatre: Theatre, story: Story, one: list[Voice], other: list[Voice]
) -> None:
    compared = await theatre.compare(story, (one, other))
    assert compared.differences == ()


# -- the comparison can fail: each of these is a mistake that somebody could make


async def _ask(clone: Clone, query: str) -> Any:
    """Look at a clone's tables, as a leaking channel would."""
    async with owner(clone.house.database.address) as connection:
        return await connection.fetchval(query)


async def _how_many(clone: Clone) -> Any:
    """A standing that counts flags."""
    return await _ask(clone, "select count(*) from flags.flag")


async def _which_option(clone: Clone) -> Any:
    """A statement of reasons that names what was chosen."""
    return await _ask(clone, "select string_agg(label, ', ' order by label) from flags.flag")


async def _when(clone: Clone) -> Any:
    """A notice dated by the first flag."""
    return str(await _ask(clone, "select min(received_at) from flags.flag"))


async def _how_urgent(clone: Clone) -> Any:
    """A page that orders by the case's priority."""
    return await _ask(
        clone, "select round(priority::numeric, 6)::text from cases.case order by opened_at limit 1"
    )


async def _shared_positions(clone: Clone) -> Any:
    """A cursor that counts the events of reporters too."""
    return await _ask(clone, "select count(*) from delivery.outbox where position is not null")


async def _reporters_feed(clone: Clone) -> Any:
    """The feed of reporters at the address of authors."""
    feed = Feed.REPORTER_NOTICES.value
    return await _ask(clone, f"select coalesce(max(position), 0) from delivery.outbox where feed = '{feed}'")


async def _revision(clone: Clone) -> Any:
    """A revision that grows with every flag."""
    return await _ask(clone, "select revision from cases.case order by opened_at limit 1")


async def _how_reliable(clone: Clone) -> Any:
    """A word of how sure the house is, from who flagged."""
    return await _ask(clone, "select array_length(voices, 1) from cases.case order by opened_at limit 1")


LEAKS: Mapping[str, Channel] = {
    "count": _how_many,
    "option": _which_option,
    "moment": _when,
    "priority": _how_urgent,
    "positions": _shared_positions,
    "reporters' feed": _reporters_feed,
    "revision": _revision,
    "voices": _how_reliable,
}


async def test_every_planted_leak_is_caught(theatre: Theatre) -> None:
    compared = await theatre.compare(Story(), (ONE, CROWD), {**CHANNELS, **LEAKS})
    caught = {one.where.split(" › ")[1] for one in compared.differences}
    assert caught == set(LEAKS)


async def test_the_story_reaches_what_it_compares(theatre: Theatre) -> None:
    """Equality of nothing would prove nothing."""
    compared = await theatre.compare(Story(), (ONE, CROWD))
    told = compared.one.moments["a month later"]
    assert len(told["GET /v1/my/notices"]["body"]["items"]) >= 4
    assert {one["type"] for one in told["GET /v1/measures"]["body"]["items"]} == {
        "measure.applied",
        "measure.lifted",
    }
    assert any("notice.author" in one for one in told["bodies of webhooks"])
    assert told["answers to what the author did"]["appeal 1"]["status"] == 202
    assert told["POST /v1/flags"]["body"]["type"] == "/problems/own-content"
    assert _words_of(compared).isdisjoint({"rita", "samples for nothing"})


def _words_of(compared: Compared) -> set[str]:
    said = {voice.reporter for voice in (*ONE, *CROWD)} | {
        voice.words for voice in (*ONE, *CROWD) if voice.words
    }
    return {
        one for one in said if one in repr(compared.one.moments) or one in repr(compared.other.moments)
    } - {AUTHOR}


def test_every_channel_of_the_registry_is_compared_or_says_why_not() -> None:
    compared = {name for name in CHANNELS if name.split(" ")[0] in {"GET", "POST", "DELETE"}}
    assert compared | set(NOT_COMPARED) == set(ROUTES)
    assert "bodies of webhooks" in CHANNELS
    assert {"measure.applied", "notice.author"} <= set(EVENTS)

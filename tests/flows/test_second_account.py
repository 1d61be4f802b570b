"""An author with a second account learns nothing of others: neither whether, nor when, nor by whom he was flagged.

The second account flags the author's own post, in two clones of one house that differ in everybody else's flags, and
looks at everything a reporter can look at. Its own numbers are random and made at the flag; they alone are left out.
"""

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, Final

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given, settings, strategies as st

from flagstaff.api.channels import ROUTES
from flagstaff.cli.two_clones import Channel, Clone, Compared, Story, Theatre, Voice, open_theatre
from flagstaff.flows.house import House
from flagstaff.kernel.clock import Clocks, WallClock
from flagstaff.kernel.ids import RandomIds
from flagstaff.kernel.settings import Settings
from flagstaff.store.database import Address, Database
from flagstaff.vocabulary.audience import Audience
from flagstaff.vocabulary.states import Verdict
from tests.clusters import owner
from tests.examples import examples
from tests.flows.test_two_clones import CROWD, ONE, voices
from tests.houses import open_keys

pytestmark = pytest.mark.once

SPY: Final = "second-account"
NEVER_GIVEN: Final = "F-0000-0000-0000"
_NUMBER: Final = re.compile(r"\b([A-Z])-[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}\b")
EARLY = Voice(SPY, "job_post.free_work", "Is this flagged already?", 90)
LATE = Voice(SPY, "job_post.free_work", "Is this flagged already?", 2500)


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


# -- what a second account can do


async def _ask(clone: Clone, method: str, path: str, body: Any = None) -> Any:
    """Ask as the spy; what names a thing of theirs is random, and reads as its kind alone."""
    answer = await clone.client.request(method, f"{path}?person={SPY}", json=body)
    return {"status": answer.status_code, "body": _NUMBER.sub(r"\1-own", answer.text)}


async def _own(clone: Clone) -> str:
    items = (await clone.client.get(f"/v1/my/flags?person={SPY}")).json()["items"]
    return str(items[-1]["number"]) if items else NEVER_GIVEN


async def _flags(clone: Clone) -> Any:
    return await _ask(clone, "GET", "/v1/my/flags")


async def _one_flag(clone: Clone) -> Any:
    return await _ask(clone, "GET", f"/v1/my/flags/{await _own(clone)}")


async def _notices(clone: Clone) -> Any:
    return await _ask(clone, "GET", "/v1/my/notices")


async def _standing(clone: Clone) -> Any:
    return await _ask(clone, "GET", "/v1/my/standing")


async def _answers_unasked(clone: Clone) -> Any:
    text = {"text": "What do the others say?"}
    return [
        await _ask(clone, "POST", f"/v1/my/flags/{one}/answer", text)
        for one in (await _own(clone), NEVER_GIVEN)
    ]


async def _appeals(clone: Clone) -> Any:
    """Ask for a second look at their own flag, and at one that was never given."""
    return [
        await _ask(clone, "POST", "/v1/my/appeals", {"flag": one, "text": "Look again."})
        for one in (await _own(clone), NEVER_GIVEN)
    ]


async def _takes_back(clone: Clone) -> Any:
    return await _ask(clone, "DELETE", f"/v1/my/flags/{NEVER_GIVEN}")


async def _flags_again(clone: Clone) -> Any:
    """Send the same flag once more, and another option: the receipt is all there is to compare."""
    subject = {"kind": "job_post", "id": "subject-1", "author": "author", "title": "Logo wanted"}
    subject |= {
        "text": "Make three samples first, the best one is paid.",
        "audience": "20+",
        "language": "en",
    }
    flag = {"reporter": {"id": SPY}, "subject": subject, "option": "job_post.free_work", "menu_version": 3}
    answer = await clone.client.post("/v1/flags", json=flag | {"details": "Once more."})
    return {"status": answer.status_code, "body": _NUMBER.sub(r"\1-own", answer.text)}


LOOKS: Final[Mapping[str, Channel]] = {
    "GET /v1/my/flags": _flags,
    "GET /v1/my/flags/{number}": _one_flag,
    "GET /v1/my/notices": _notices,
    "GET /v1/my/standing": _standing,
    "DELETE /v1/my/flags/{number}": _takes_back,
    "POST /v1/my/flags/{number}/answer": _answers_unasked,
}
"""What only looks."""
ACTS: Final[Mapping[str, Channel]] = {
    **LOOKS,
    "POST /v1/flags": _flags_again,
    "POST /v1/my/appeals": _appeals,
}
"""What changes something too: both clones see the same attempts."""


async def spied(
    theatre: Theatre, story: Story, spy: Voice, crowds: tuple[Sequence[Voice], Sequence[Voice]],
    channels: Mapping[str, Channel] = ACTS,
) -> Compared:  # fmt: skip
    return await theatre.compare(story, ([spy, *crowds[0]], [spy, *crowds[1]]), channels)


@pytest.mark.parametrize("verdict", [Verdict.VIOLATION, Verdict.NO_VIOLATION, Verdict.COULD_NOT_VERIFY])
@pytest.mark.parametrize("audience", [Audience.MANY, Audience.ONE])
async def test_alone_or_in_a_crowd_reads_the_same(
    theatre: Theatre, verdict: Verdict, audience: Audience
) -> None:
    story = Story(verdict=verdict, audience=audience, appeals=False)
    assert (await spied(theatre, story, EARLY, ((), CROWD))).differences == ()


@pytest.mark.parametrize("verdict", [Verdict.VIOLATION, Verdict.NO_VIOLATION, Verdict.COULD_NOT_VERIFY])
async def test_too_late_reads_the_same_whoever_came_before(theatre: Theatre, verdict: Verdict) -> None:
    """The wait for the answer is drawn from the post's inner key, which is made of chance and of its first flag's day.

    So that both clones draw alike, both crowds begin in the same minute.
    """
    story = Story(verdict=verdict, appeals=False)
    first = Voice("zoe", "job_post.unclear_incomplete", "", ONE[0].minutes)
    assert (await spied(theatre, story, LATE, (ONE, [first, *CROWD]), LOOKS)).differences == ()


@settings(
    max_examples=examples(3),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    verdict=st.sampled_from([Verdict.VIOLATION, Verdict.NO_VIOLATION, Verdict.COULD_NOT_VERIFY]),
    one=voices,
    other=voices,
)
async def test_whoever_else_flags_how_often_when_and_in_which_words(
    theatre: Theatre, verdict: Verdict, one: list[Voice], other: list[Voice]
) -> None:
    compared = await spied(theatre, Story(verdict=verdict, appeals=False), EARLY, (one, other), LOOKS)
    assert compared.differences == ()


# -- the comparison can fail, and it compares something


async def _count(clone: Clone) -> Any:
    """A receipt that says how many flagged before."""
    async with owner(clone.house.database.address) as connection:
        return await connection.fetchval("select count(*) from flags.flag")


async def _case_state(clone: Clone) -> Any:
    """A status that follows the case, of which others' flags are a part."""
    async with owner(clone.house.database.address) as connection:
        return await connection.fetchval("select severity from cases.case order by opened_at limit 1")


async def test_a_planted_leak_is_caught(theatre: Theatre) -> None:
    planted = {**LOOKS, "count": _count, "severity": _case_state}
    compared = await spied(theatre, Story(appeals=False), EARLY, ((), CROWD), planted)
    assert {one.where.split(" › ")[1] for one in compared.differences} == {"count", "severity"}


async def test_the_spy_gets_as_far_as_receipt_outcome_and_refusals(theatre: Theatre) -> None:
    """Equality of nothing would prove nothing."""
    compared = await spied(theatre, Story(appeals=False), EARLY, ((), CROWD))
    seen = compared.one.moments
    assert '"status":"in_review"' in seen["flagged"]["GET /v1/my/flags"]["body"]
    assert seen["decided"]["POST /v1/flags"]["status"] == 202
    assert seen["in effect"]["GET /v1/my/flags/{number}"]["body"].count('"acted"') == 1
    assert "we acted" in seen["a month later"]["GET /v1/my/notices"]["body"]
    assert seen["flagged"]["DELETE /v1/my/flags/{number}"]["status"] == 404
    assert [one["status"] for one in seen["flagged"]["POST /v1/my/flags/{number}/answer"]] == [409, 404]


async def test_a_late_flag_is_answered_in_the_words_of_a_first_one(theatre: Theatre) -> None:
    """A flag that joins a verdict says nothing of a look before it: only the day differs."""
    story = Story(verdict=Verdict.NO_VIOLATION, appeals=False)
    early = (await spied(theatre, story, EARLY, (ONE, ONE), LOOKS)).one
    late = (await spied(theatre, story, LATE, (ONE, ONE), LOOKS)).one
    told = [_told(one.moments["a month later"]["GET /v1/my/notices"]["body"]) for one in (early, late)]
    assert told[0] == told[1]
    assert len(told[0]) == 2


def _told(body: str) -> list[str]:
    days = re.compile(r"\d{1,2} [A-Z][a-z]+ \d{4}")
    return [days.sub("a day", text) for text in re.findall(r'"text":"([^"]*)"', body)]


NOT_TRIED: Final[Mapping[str, str]] = {
    "POST /v1/flags:bulk": "each row is answered by what answers POST /v1/flags",
    "POST /v1/my/notices/{number}/answer": "an author's; the author's own side is compared in test_two_clones",
    "DELETE /v1/my/appeals/{number}": "ends one's own voice",
    "GET /v1/my/suggestions": "reads no flag",
    "GET /v1/my/contact": "reads no flag",
    "POST /v1/my/contact/{number}": "reads no flag",
}


def test_every_address_where_a_reporter_sees_flags_is_tried() -> None:
    theirs = {one for one in ROUTES if "/v1/my/" in one or " /v1/flags" in one}
    assert set(ACTS) | set(NOT_TRIED) == theirs

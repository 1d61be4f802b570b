"""What was promised to whoever flags: nothing ends in silence, nothing waits unseen, and a mistake costs nothing."""

import dataclasses
import re
from collections import Counter
from datetime import timedelta
from typing import Any

from flagstaff.decisions.model import Forbids
from flagstaff.flows.person_events import PersonEvent, PersonEventKind, follow_persons
from flagstaff.flows.show_standing import access_of, standing_of
from flagstaff.flows.take_effect import take_effect
from flagstaff.kernel.clock import StoppedClock
from flagstaff.kernel.settings import Settings
from flagstaff.staff.model import Reach
from flagstaff.vocabulary.references import Place, Surface
from flagstaff.vocabulary.roles import StaffRole
from flagstaff.vocabulary.states import Verdict
from tests.case_work import GENERAL, decide, job as open_job, number_of, post_in
from tests.desks import rows
from tests.doors.platform import Harborlane
from tests.doors.shop import KINDS, WORDS, subject
from tests.houses import person
from tests.people import ADDRESS, Browser, browser, hire

VERDICTS = {
    "job_post": Verdict.VIOLATION,
    "profile": Verdict.NO_VIOLATION,
    "portfolio_item": Verdict.COULD_NOT_VERIFY,
    "private_message": Verdict.HOUSEKEEPING,
    "proposal": Verdict.CARE,
    "review": Verdict.REFERRED,
    "community_post": Verdict.NO_VIOLATION,
    "community_group": Verdict.NO_VIOLATION,
}


async def test_every_flag_under_other_reaches_a_case_and_an_answer(
    harborlane: Harborlane, job: str, business: StoppedClock
) -> None:
    """Whatever kind and verdict: a person decided with a reason, and the reporter is told how it ended."""
    house, who = harborlane.house, f"other-{job}"[:60]
    numbers = {}
    for kind in KINDS:
        about = subject(kind, f"{job}-{kind}")
        if kind == "private_message":
            about["participant"] = ["ann", who]
        receipt = await harborlane.flag(
            "", who, subject=about, option=f"{kind}.something_else", details=WORDS
        )
        numbers[receipt["number"]] = kind
        case = await number_of(house, about["id"])
        clause, measures = ("MT-6", [("remove_content", None), ("educate", None)]) if (
            VERDICTS[kind] is Verdict.VIOLATION
        ) else ("", [])  # fmt: skip
        moderator = await hire(house, StaffRole.MODERATOR)
        await decide(house, moderator, case, clause, *measures, verdict=VERDICTS[kind])
    business.move(timedelta(days=2))
    await take_effect(house)
    decided = await rows(
        house,
        "select f.number, d.state, d.reason from flags.flag f join decisions.decision d on d.case = f.case "
        "where f.number = any($1::text[])",
        list(numbers),
    )
    assert {row["number"] for row in decided} == set(numbers)
    assert {row["state"] for row in decided} == {"effective"}
    assert all(row["reason"] for row in decided)
    ended = {one["number"]: one for one in await _mine(harborlane, who)}
    assert {one["status"] for one in ended.values()} <= {"acted", "no_violation", "could_not_verify"}
    assert all(one["status_text"] and not one["open"] for one in ended.values())
    told = await rows(
        house,
        "select f.number from delivery.notice n join flags.flag f on f.key = n.flag "
        "where f.number = any($1::text[]) and n.text_key like 'outcome%' and n.released_at <= $2",
        list(numbers),
        house.now,
    )
    assert Counter(row["number"] for row in told) == Counter(numbers.keys())


async def _mine(harborlane: Harborlane, who: str) -> list[dict[str, Any]]:
    answer = await harborlane.client.get("/v1/my/flags", headers=harborlane.as_person(who))
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def test_no_flag_ends_in_silence_where_its_author_left(harborlane: Harborlane, job: str) -> None:
    """A flag that nobody needs to decide any more still ends with a status and with words that say why."""
    gone, who = f"gone-{job}"[:60], f"eye-{job}"[:60]
    await harborlane.flag(
        "", who, subject=subject("job_post", job, author=gone), option="job_post.unclear_incomplete"
    )
    leaving = [PersonEvent(PersonEventKind.CLOSED, person(gone))]
    await follow_persons(harborlane.house, leaving, "platform:harborlane")
    (mine,) = await _mine(harborlane, who)
    assert (mine["status"], mine["open"]) == ("could_not_verify", False)
    told = await harborlane.client.get("/v1/my/notices", headers=harborlane.as_person(who))
    assert any("is gone" in one["text"] for one in told.json()["items"])


async def test_what_nobody_decided_in_time_is_an_alert_on_the_first_page(
    harborlane: Harborlane, job: str, business: StoppedClock
) -> None:
    """Past its target a case is counted aloud, taken or not, to whoever may know of it, until it is decided."""
    house = dataclasses.replace(harborlane.house, settings=Settings(public_url=ADDRESS))
    moderator = await hire(house, StaffRole.MODERATOR)
    lead = await hire(house, StaffRole.COMMUNITY_MODERATOR, places=[Reach("board", GENERAL.board or "")])
    async with browser(house, moderator) as page, browser(house, lead) as theirs:
        before = await _late(page), await _late(theirs)
        cases = [await open_job(house, f"{job}-{place}", author=f"late-{place}") for place in range(2)]
        await post_in(house, f"{job}-post", GENERAL)
        assert (await _late(page), await _late(theirs)) == before
        business.move(timedelta(days=30))
        waiting = await _late(page)
        assert waiting["queue"] == waiting["health"] >= before[0]["queue"] + 3
        assert 1 <= (await _late(theirs))["queue"] <= waiting["queue"] - 2
        assert (await page.post(f"/console/cases/{cases[0]}/claim")).status_code == 303
        assert await _late(page) == waiting
        await decide(house, moderator, cases[0], "", verdict=Verdict.NO_VIOLATION, claim=False)
        after = await _late(page)
        assert (after["queue"], after["health"]) == (waiting["queue"] - 1, waiting["health"] - 1)


async def _late(page: Browser) -> dict[str, int]:
    """Read the alert off the first page, and the figure behind it where it may be seen."""
    home = await page.get("/console")
    first = (await page.get(home.headers["location"])).text
    figures = await page.get("/console/health")
    alert = re.search(r'class="notice bad late" role="status"><strong>(\d+) cases? (?:is|are) past', first)
    shown = re.search(r'Past their target</span><span class="value[^"]*">(\d+)<', figures.text)
    found = {"queue": int(alert[1]) if alert else 0}
    return found | ({"health": int(shown[1])} if shown else {})


async def test_twenty_honest_mistakes_cost_a_reporter_nothing(
    harborlane: Harborlane, job: str, business: StoppedClock
) -> None:
    """After twenty flags on what broke no rule nothing runs against the reporter; the next counts like anybody's."""
    house, who = harborlane.house, f"honest-{job}"[:60]
    moderator = await hire(house, StaffRole.MODERATOR)
    for place in range(22):
        fair = place % 11 == 5
        number = await open_job(house, f"{job}-{place}", who, author=f"poster-{place}")
        measures: list[tuple[str, int | None]] = [("remove_content", None), ("educate", None)]
        if fair:
            await decide(house, moderator, number, "MT-6", *measures)
        else:
            await decide(house, moderator, number, "", verdict=Verdict.NO_VIOLATION)
    business.move(timedelta(days=2))
    await take_effect(house)
    ended = [one["status"] for one in await _mine(harborlane, who)]
    assert (ended.count("no_violation"), ended.count("acted")) == (20, 2)
    assert (await standing_of(house, person(who))).running == ()
    access = await access_of(house, person(who), Place(Surface.MARKETPLACE))
    assert all(access.may(deed) for deed in Forbids)
    assert await rows(house, "select 1 from flags.flag where state = 'kept'") == []
    said: list[str] = []
    for name in (who, f"new-{job}"[:60]):
        about = subject("job_post", f"{job}-next-{len(said)}")
        receipt = await harborlane.flag("", name, subject=about)
        said.append(str(receipt).replace(receipt["number"], "F"))
        number = await number_of(house, about["id"])
        query = "select state, flags_counted from cases.case where number = $1"
        (case,) = await rows(house, query, number)
        assert (case["state"], case["flags_counted"]) == ("open", 1), name
    assert said[0] == said[1]

"""What people see of themselves: their flags, their notices, where they stand; and nothing of others."""

from datetime import timedelta
from typing import Any

from flagstaff.decisions.model import Chosen
from flagstaff.flows.ask_reporter import Question, ask_reporter
from flagstaff.flows.claim_case import claim_case
from flagstaff.flows.decide_case import Judgement, decide_case
from flagstaff.flows.house import House
from flagstaff.flows.publish import publish
from flagstaff.flows.take_effect import take_effect
from flagstaff.kernel.clock import StoppedClock
from flagstaff.staff.model import Account
from flagstaff.vocabulary.references import ClauseId, MeasureKind
from flagstaff.vocabulary.states import Verdict
from tests.desks import moderator, rows
from tests.doors.platform import Harborlane


async def _number_of(house: House, job: str) -> str:
    query = "select c.number from cases.case c join subjects.subject s on s.key = c.subject where s.outside_id = $1"
    return str((await rows(house, query, job))[0]["number"])


async def _moderator(house: House) -> Account:
    return moderator(house.ids)


async def _decide(harborlane: Harborlane, job: str, business: StoppedClock, verdict: Verdict) -> None:
    house = harborlane.house
    by, number = await _moderator(house), await _number_of(house, job)
    await claim_case(house, by, number)
    violates = verdict is Verdict.VIOLATION
    judgement = Judgement(
        case=number,
        verdict=verdict,
        reason="Somebody looked at it.",
        facts="It asks for samples made for this job without pay." if violates else "",
        clauses=(ClauseId("MT-6"),) if violates else (),
        measures=(Chosen(MeasureKind("remove_content")), Chosen(MeasureKind("educate"))) if violates else (),
        deviation=None,
    )
    await decide_case(house, by, judgement)
    business.move(timedelta(days=1))
    while await take_effect(house):
        pass
    business.move(timedelta(seconds=1))
    while (await publish(house)).events:
        pass


async def _mine(harborlane: Harborlane, person: str, what: str, role: str = "reporter") -> dict[str, Any]:
    headers = {"authorization": f"Bearer {harborlane.token(person, role=role)}"}
    answer = await harborlane.client.get(f"/v1/my/{what}", headers=headers)
    assert answer.status_code == 200, answer.text
    shown: dict[str, Any] = answer.json()
    return shown


async def test_a_status_depends_on_the_flags_own_time(
    harborlane: Harborlane, job: str, business: StoppedClock
) -> None:
    """In review comes after a fixed delay, whatever happens to the case."""
    receipt = await harborlane.flag(job, "wanda")
    (shown,) = (await _mine(harborlane, "wanda", "flags"))["items"]
    assert (shown["number"], shown["status"], shown["open"]) == (receipt["number"], "received", True)
    business.move(timedelta(hours=4))
    (shown,) = (await _mine(harborlane, "wanda", "flags"))["items"]
    assert (shown["status"], shown["status_text"]) == ("in_review", "It is in line for a person to look at.")
    assert (await _mine(harborlane, "nobody-yet", "flags"))["items"] == []


async def test_a_flag_is_taken_back_by_its_reporter_alone(harborlane: Harborlane, job: str) -> None:
    receipt = await harborlane.flag(job, "xenia")
    stranger = await harborlane.client.delete(receipt["withdraw_url"], headers=harborlane.as_person("yuri"))
    assert stranger.status_code == 404
    for _ in range(2):
        own = await harborlane.client.delete(receipt["withdraw_url"], headers=harborlane.as_person("xenia"))
        assert (own.status_code, own.content) == (204, b"")
    one = await harborlane.client.get(receipt["withdraw_url"], headers=harborlane.as_person("xenia"))
    assert (one.json()["status"], one.json()["withdraw_url"]) == ("withdrawn", None)


async def test_a_server_withdraws_for_a_person_that_it_names(harborlane: Harborlane, job: str) -> None:
    receipt = await harborlane.flag(job, "zoe")
    url = receipt["withdraw_url"] + "?person=zoe"
    assert (await harborlane.client.delete(url, headers=harborlane.as_server())).status_code == 204


async def test_a_decision_reaches_author_reporter_and_feed_and_can_be_appealed(
    harborlane: Harborlane, job: str, business: StoppedClock
) -> None:
    """One flag's whole way, seen through the door alone."""
    author = f"author-{job}"[:60]
    subject = {
        "kind": "job_post",
        "id": job,
        "author": author,
        "audience": "20+",
        "text": "Three samples first.",
    }
    receipt = await harborlane.flag(job, "vera", subject=subject)
    await _decide(harborlane, job, business, Verdict.VIOLATION)
    (shown,) = (await _mine(harborlane, "vera", "flags"))["items"]
    assert shown["status"] == "acted"
    told = (await _mine(harborlane, "vera", "notices"))["items"]
    assert {one["to"] for one in told} == {"reporter"}
    assert all(one["flag"] == receipt["number"] for one in told)
    notices = (await _mine(harborlane, author, "notices", "author"))["items"]
    assert [one["to"] for one in notices] == ["author"]
    assert "vera" not in str(notices)
    standing = await _mine(harborlane, author, "standing", "author")
    assert (standing["counted"], [one["kind"] for one in standing["running"]]) == (1, ["educate"])
    feed = await harborlane.client.get("/v1/measures", headers=harborlane.as_server())
    hidden = [
        one for one in feed.json()["items"] if one["data"].get("subject") == {"kind": "job_post", "id": job}
    ]
    assert [(one["type"], one["data"]["effect"]) for one in hidden] == [("measure.applied", "hide")]
    body = {"notice": notices[0]["number"], "text": "It was a paid test, please look again."}
    headers = {
        "authorization": f"Bearer {harborlane.token(author, role='author')}",
        "idempotency-key": job[:90],
    }
    appeal = await harborlane.client.post("/v1/my/appeals", json=body, headers=headers)
    assert appeal.status_code == 202, appeal.text
    assert appeal.json()["number"].startswith("A-")
    again = await harborlane.client.post("/v1/my/appeals", json=body, headers=headers)
    assert again.content == appeal.content
    other = await harborlane.client.post("/v1/my/appeals", json=body, headers=harborlane.as_person("vera"))
    assert other.status_code == 404
    assert "joined" not in appeal.text
    own = f"/v1/my/appeals/{appeal.json()['number']}"
    stranger = await harborlane.client.delete(own, headers=harborlane.as_person("vera"))
    unknown = await harborlane.client.delete(
        "/v1/my/appeals/A-0000-0000-0000", headers=harborlane.as_person("vera")
    )
    assert (stranger.status_code, unknown.status_code) == (404, 404)
    assert stranger.text.replace(appeal.json()["number"], "…") == unknown.text.replace(
        "A-0000-0000-0000", "…"
    )
    for _ in range(2):
        assert (await harborlane.client.delete(own, headers=headers)).status_code == 204


async def test_a_suspended_author_appeals_with_number_and_code(
    harborlane: Harborlane, job: str, business: StoppedClock
) -> None:
    author = f"author-{job}"[:60]
    await harborlane.flag(
        job, "ursula", subject={"kind": "job_post", "id": job, "author": author, "audience": "20+"}
    )
    await _decide(harborlane, job, business, Verdict.VIOLATION)
    (notice,) = (await _mine(harborlane, author, "notices", "author"))["items"]
    form = await harborlane.client.get(f"/appeal?number={notice['number']}")
    assert notice["number"] in form.text
    wrong = {"number": notice["number"], "code": "WRONG", "text": "It was paid. <b>Look</b> again."}
    refused = await harborlane.client.post("/appeal", data=wrong)
    assert refused.status_code == 404
    assert "It was paid. &lt;b&gt;Look&lt;/b&gt; again." in refused.text
    code = harborlane.house.sealer.notice_code(notice["number"])
    taken = await harborlane.client.post("/appeal", data=wrong | {"code": code})
    assert taken.status_code == 200
    assert "We have your appeal" in taken.text


async def test_nothing_about_flags_shows_where_somebody_stands(harborlane: Harborlane, job: str) -> None:
    """A hundred flags and no decision: the author sees what they saw before."""
    author = f"author-{job}"[:60]
    before = (
        await _mine(harborlane, author, "standing", "author"),
        await _mine(harborlane, author, "notices", "author"),
    )
    subject = {"kind": "job_post", "id": job, "author": author}
    for number in range(5):
        await harborlane.flag(job, f"crowd-{number}", subject=subject)
    after = (
        await _mine(harborlane, author, "standing", "author"),
        await _mine(harborlane, author, "notices", "author"),
    )
    assert before == after


async def test_only_one_thing_is_appealed_at_once(harborlane: Harborlane) -> None:
    for body in ({"text": "x"}, {"text": "x", "notice": "N-1", "flag": "F-1"}):
        answer = await harborlane.client.post("/v1/my/appeals", json=body, headers=harborlane.as_person())
        assert (answer.status_code, answer.json()["where"]) == (400, "notice")


async def test_an_answer_without_a_question_is_refused(harborlane: Harborlane, job: str) -> None:
    receipt = await harborlane.flag(job, "tanja")
    answer = await harborlane.client.post(
        f"/v1/my/flags/{receipt['number']}/answer",
        json={"text": "Yes."},
        headers=harborlane.as_person("tanja"),
    )
    assert answer.status_code == 409


async def test_what_its_author_deleted_is_still_judged_and_no_longer_hidden(
    harborlane: Harborlane, job: str, business: StoppedClock
) -> None:
    """Content measures are void, those on the person go on."""
    subject = {"kind": "job_post", "id": job, "author": f"author-{job}"[:60], "audience": "20+"}
    await harborlane.flag(job, "olga", subject=subject)
    house, by = harborlane.house, await _moderator(harborlane.house)
    number = await _number_of(house, job)
    await claim_case(house, by, number)
    both = (Chosen(MeasureKind("remove_content")), Chosen(MeasureKind("educate")))
    judgement = Judgement(
        case=number,
        verdict=Verdict.VIOLATION,
        reason="It asks for free work.",
        clauses=(ClauseId("MT-6"),),
        measures=both,
    )
    await decide_case(house, by, judgement)
    body = {"events": [{"type": "deleted_by_author", "subject": subject}]}
    told = await harborlane.client.post("/v1/content-events", json=body, headers=harborlane.as_server())
    assert told.status_code == 202, told.text
    business.move(timedelta(days=1))
    while await take_effect(house):
        pass
    query = (
        "select m.kind, m.state from decisions.measure m join decisions.decision d on d.key = m.decision "
        'join cases.case c on c.key = d."case" where c.number = $1'
    )
    found = {str(row["kind"]): str(row["state"]) for row in await rows(house, query, number)}
    assert found == {"remove_content": "void", "educate": "running"}
    assert (await _mine(harborlane, "olga", "flags"))["items"][0]["status"] == "acted"


async def test_an_author_answers_a_question_through_the_door(harborlane: Harborlane, job: str) -> None:
    """With a token, or at the form that the notice leads to; a stranger learns of no question."""
    author, house = f"author-{job}"[:60], harborlane.house
    await harborlane.flag(job, "quinn", subject={"kind": "job_post", "id": job, "author": author})
    by, case = await _moderator(house), await _number_of(house, job)
    await claim_case(house, by, case)
    await ask_reporter(house, by, Question(case, "Were the samples paid for?"))
    (notice,) = (await _mine(harborlane, author, "notices", "author"))["items"]
    url, body = f"/v1/my/notices/{notice['number']}/answer", {"text": "They were, see the contract."}
    stranger = await harborlane.client.post(url, json=body, headers=harborlane.as_person("quinn"))
    assert (stranger.status_code, stranger.json()["type"]) == (404, "/problems/no-such-question")
    headers = {"authorization": f"Bearer {harborlane.token(author, role='author')}"}
    own = await harborlane.client.post(url, json=body, headers=headers)
    assert (own.status_code, own.json()) == (202, {"accepted": 1})
    form = {"number": notice["number"], "code": "WRONG", **body}
    assert (await harborlane.client.post("/appeal", data=form)).status_code == 404
    form["code"] = house.sealer.notice_code(notice["number"])
    taken = await harborlane.client.post("/appeal", data=form)
    assert (taken.status_code, "We have your answer" in taken.text) == (200, True)


async def test_guessing_at_a_code_soon_waits_also_where_there_is_no_such_notice(
    harborlane: Harborlane, job: str, wall: StoppedClock, business: StoppedClock
) -> None:
    author = f"author-{job}"[:60]
    await harborlane.flag(
        job, "gus", subject={"kind": "job_post", "id": job, "author": author, "audience": "20+"}
    )
    await _decide(harborlane, job, business, Verdict.VIOLATION)
    (notice,) = (await _mine(harborlane, author, "notices", "author"))["items"]
    seen = []
    for number in (notice["number"], "N-0000-0000-0000"):
        form = {"number": number, "code": "WRONG", "text": "It was paid."}
        answers = [await harborlane.client.post("/appeal", data=form) for _ in range(7)]
        seen.append([(one.status_code, one.text.replace(number, "…")) for one in answers])
    assert seen[0] == seen[1]
    assert [status for status, _ in seen[0]] == [404] * 5 + [429] * 2
    right = {
        "number": notice["number"],
        "code": harborlane.house.sealer.notice_code(notice["number"]),
        "text": "Paid.",
    }
    assert (await harborlane.client.post("/appeal", data=right)).status_code == 429
    wall.move(timedelta(minutes=1))
    assert (await harborlane.client.post("/appeal", data=right)).status_code == 200

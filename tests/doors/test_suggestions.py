"""People suggest options, the same ones wait together, each ends with a reason, and who suggested can follow theirs."""

import asyncio
import dataclasses
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
import pytest_asyncio

from flagstaff.delivery import storage as delivery
from flagstaff.flows.alert_owners import alert_owners
from flagstaff.flows.answer_suggestion import (
    CannotEndSo,
    accept_suggestion,
    decline_suggestion,
    merge_into_option,
)
from flagstaff.flows.draft_menu import look_at_draft
from flagstaff.flows.erase_person import erase_person
from flagstaff.flows.house import House
from flagstaff.flows.join_suggestions import merge_into_group, take_apart
from flagstaff.flows.read_suggestions import persons_behind, read_suggestions
from flagstaff.flows.redact_words import redact_words
from flagstaff.kernel.clock import StoppedClock
from flagstaff.kernel.errors import Forbidden
from flagstaff.kernel.ids import SeededIds
from flagstaff.kernel.settings import Settings
from flagstaff.menus.drafts import Add, NewReason, Restore
from flagstaff.menus.model import Wording
from flagstaff.menus.suggestions import BadSuggestion, SuggestionEnded
from flagstaff.staff.model import Account
from flagstaff.store.roles import Role
from flagstaff.vocabulary.roles import StaffRole
from tests.desks import account, rows
from tests.doors.platform import ORIGIN, Harborlane
from tests.houses import HARBORLANE, person
from tests.people import hire

URL = "/v1/option-suggestions"
WHY = "Many of you asked for it."
PASSWORD = {"kind": "job_post", "label": "Asks for my password"}
ADD = Add(
    kind="job_post",
    reason="asks_for_password",
    words={"en": Wording(label="Asks for a password", help="Wants to sign in as you.")},
    meaning=NewReason(like="free_work", clauses=("MT-1",), severity=2),
)


@pytest_asyncio.fixture
async def pia(house: House) -> Account:
    return await hire(house, StaffRole.POLICY_MANAGER, login="pia")


async def suggest(platform: Harborlane, who: str, label: str = "Asks for my password") -> str:
    sent = PASSWORD | {"label": label}
    answer = await platform.client.post(URL, json=sent, headers=platform.as_person(who, origin=ORIGIN))
    assert answer.status_code == 202, answer.text
    return str(answer.json()["number"])


async def mine(platform: Harborlane, who: str) -> list[dict[str, str]]:
    answer = await platform.client.get("/v1/my/suggestions", headers=platform.as_person(who))
    assert answer.status_code == 200
    found: list[dict[str, str]] = answer.json()["items"]
    return found


async def groups(house: House) -> list[str]:
    found = await rows(
        house, "select number from menus.suggestion_group where state = 'open' order by opened_at, key"
    )
    return [str(row["number"]) for row in found]


async def members(house: House, number: str) -> list[tuple[UUID, str]]:
    found = await rows(
        house,
        "select s.key, s.joined from menus.suggestion s join menus.suggestion_group g on g.key = s.suggestion_group"
        " where g.number = $1 order by s.key",
        number,
    )
    return [(UUID(str(row["key"])), str(row["joined"])) for row in found]


async def told(house: House, *, about: str = "suggestion") -> list[tuple[str, str]]:
    found = await rows(
        house,
        "select values->>'number' as number, text_key from delivery.notice where values->>'about' = $1 order by key",
        about,
    )
    return [(str(row["number"]), str(row["text_key"])) for row in found]


async def test_suggestions_that_say_the_same_wait_together_and_read_alike(
    platform: Harborlane, house: House
) -> None:
    """Row 41: taken from a browser and from a server, joined, and nobody learns from the answer that others asked."""
    first = await platform.client.post(URL, json=PASSWORD, headers=platform.as_person("rita"))
    same = PASSWORD | {"label": "asking for my PASSWORDS", "details": "He asked me twice.", "language": "en"}
    second = await platform.client.post(f"{URL}?person=tom", json=same, headers=platform.as_server())
    third = await platform.client.post(
        URL, json=PASSWORD | {"label": "Late payment"}, headers=platform.as_person("ann")
    )
    bodies = [answer.json() | {"number": ""} for answer in (first, second, third)]
    assert [answer.status_code for answer in (first, second, third)] == [202, 202, 202]
    assert bodies[0] == bodies[1] == bodies[2]
    password, _ = await groups(house)
    assert [joined for _, joined in await members(house, password)] == ["first", "same"]
    (own,) = await mine(platform, "tom")
    assert own["number"] == second.json()["number"]
    assert (own["status"], own["reason"], own["option"]) == ("received", "", "")


@pytest.mark.parametrize(
    ("change", "status", "slug", "where"),
    [
        ({"label": " a "}, 422, "bad-suggestion", "label"),
        ({"label": "x" * 81}, 422, "bad-suggestion", "label"),
        ({"details": "y" * 1001}, 422, "bad-suggestion", "details"),
        ({"kind": "spaceship"}, 404, "unknown-kind", "kind"),
        ({"label": 7}, 400, "malformed", "label"),
        ({"colour": "red"}, 400, "malformed", "colour"),
        ({"label": "\u0000 nothing"}, 400, "malformed", "body"),
    ],
)
async def test_bad_input_is_refused_with_what_and_where(
    platform: Harborlane, house: House, change: dict[str, object], status: int, slug: str, where: str
) -> None:
    answer = await platform.client.post(URL, json=PASSWORD | change, headers=platform.as_person())
    said = answer.json()
    assert (answer.status_code, said["type"], said["where"]) == (status, f"/problems/{slug}", where)
    assert said["mend"]
    assert not await groups(house)


async def test_nobody_speaks_for_a_person_without_a_right_to(platform: Harborlane) -> None:
    assert (await platform.client.post(URL, json=PASSWORD)).status_code == 401
    unnamed = await platform.client.post(URL, json=PASSWORD, headers=platform.as_server())
    assert (unnamed.status_code, unnamed.json()["type"]) == (400, "/problems/person-missing")


async def test_a_repeat_with_its_key_is_kept_once_and_a_flood_is_stopped(
    platform: Harborlane, house: House
) -> None:
    keyed = platform.as_person("rita") | {"idempotency-key": "s-1"}
    answers = [await platform.client.post(URL, json=PASSWORD, headers=keyed) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert len(await members(house, (await groups(house))[0])) == 1
    flood = [
        (await platform.client.post(URL, json=PASSWORD, headers=platform.as_person("tom"))).status_code
        for _ in range(house.settings.letters_per_minute + 1)
    ]
    assert flood[-1] == 429
    assert set(flood[:-1]) == {202}


async def test_an_accepted_one_is_an_option_of_a_draft_with_a_way_back(
    platform: Harborlane, house: House, pia: Account, business: StoppedClock
) -> None:
    """Row 43: the answer has a reason, the draft names its evidence, and the suggester hears after a day."""
    number = await suggest(platform, "rita")
    (group,) = await groups(house)
    draft = await accept_suggestion(house, pia, group, ADD, WHY, None, "What people suggest")
    looked = await look_at_draft(house, pia, draft)
    (operation,) = looked.draft.operations
    assert isinstance(operation, Add)
    assert (operation.option, operation.suggestion) == ("job_post.asks_for_password", group)
    assert "job_post.asks_for_password" in looked.applied.version.option_by_key
    assert [one["status"] for one in await mine(platform, "rita")] == ["received"]
    business.move(timedelta(days=1))
    (own,) = await mine(platform, "rita")
    assert (own["status"], own["reason"], own["option"]) == ("accepted", WHY, "Asks for a password")
    assert await told(house) == [(number, "suggestion_accepted")]
    (notice,) = (await platform.client.get("/v1/my/notices", headers=platform.as_person("rita"))).json()[
        "items"
    ]
    assert number in notice["text"]
    assert WHY in notice["text"]
    assert notice["flag"] is None


async def test_what_a_live_option_covers_is_merged_and_says_so(
    platform: Harborlane, house: House, pia: Account, business: StoppedClock
) -> None:
    await suggest(platform, "rita", "Unpaid samples wanted")
    (group,) = await groups(house)
    await merge_into_option(house, pia, group, "job_post.free_work", "Choose this option for it, please.")
    business.move(timedelta(days=2))
    (own,) = await mine(platform, "rita")
    label = house.policy.menus(HARBORLANE).option_by_key["job_post.free_work"].label
    assert (own["status"], own["option"]) == ("merged", label)


async def test_an_answer_is_given_once_and_fits_the_menus(
    platform: Harborlane, house: House, pia: Account
) -> None:
    await suggest(platform, "rita")
    (group,) = await groups(house)
    with pytest.raises(BadSuggestion):
        await decline_suggestion(house, pia, group, "no")
    live = Add(kind="job_post", reason="free_work", words=ADD.words)
    with pytest.raises(CannotEndSo, match="is on the menu"):
        await accept_suggestion(house, pia, group, live, WHY, None, "x")
    with pytest.raises(CannotEndSo):
        await accept_suggestion(
            house, pia, group, Add(kind="review", reason="new", words=ADD.words), WHY, None, "x"
        )
    with pytest.raises(CannotEndSo):
        await merge_into_option(house, pia, group, "job_post.none", WHY)
    assert not await rows(house, "select 1 from menus.draft")
    await decline_suggestion(house, pia, group, "The rules have no clause for it.")
    with pytest.raises(SuggestionEnded):
        await decline_suggestion(house, pia, group, "The rules have no clause for it.")
    moderator = await hire(house, StaffRole.MODERATOR)
    await suggest(platform, "tom")
    (group,) = await groups(house)
    with pytest.raises(Forbidden):
        await decline_suggestion(house, moderator, group, "The rules have no clause for it.")


async def test_what_a_menu_once_had_is_brought_back_with_the_suggestion_as_its_evidence(
    platform: Harborlane, house: House, pia: Account
) -> None:
    """Row 37: the same key, so that its series goes on; nobody is made to add it under another one."""
    sent = {"kind": "private_message", "label": "Message looks like spam"}
    await platform.client.post(URL, json=sent, headers=platform.as_person("rita", origin=ORIGIN))
    (group,) = await groups(house)
    for wrong, what in (
        (Add(kind="private_message", reason="spam", words=ADD.words), "was on the menu before"),
        (Restore(option="private_message.never"), "no menu ever had"),
        (Restore(option="private_message.off_platform_payment"), "is on the menu"),
        (Restore(option="profile.fake_profile"), "it was suggested for"),
    ):
        with pytest.raises(CannotEndSo, match=what):
            await accept_suggestion(house, pia, group, wrong, WHY, None, "x")
    key = await accept_suggestion(house, pia, group, Restore(option="private_message.spam"), WHY, None, "x")
    looked = await look_at_draft(house, pia, key)
    assert looked.draft.operations == (Restore(option="private_message.spam", suggestion=group),)
    assert "private_message.spam" in looked.applied.version.option_by_key
    (ended,) = await rows(house, "select state, option, label from menus.suggestion_group")
    assert tuple(ended.values()) == ("accepted", "private_message.spam", "Message looks like spam")


async def test_joining_by_hand_is_told_to_nobody_and_is_undone_one_by_one(
    platform: Harborlane, house: House, pia: Account, business: StoppedClock
) -> None:
    rita = await suggest(platform, "rita")
    tom = await suggest(platform, "tom", "Wants to know my login")
    password, login = await groups(house)
    await merge_into_group(house, pia, login, password, "Both are about signing in.")
    assert [joined for _, joined in await members(house, password)] == ["first", "hand"]
    assert not await told(house)
    business.move(timedelta(days=2))
    assert [one["status"] for one in await mine(platform, "tom")] == ["received"]
    hers, his = [key for key, _ in await members(house, password)]
    apart = await take_apart(house, pia, password, his)
    assert await members(house, apart) == [(his, "apart")]
    with pytest.raises(CannotEndSo):
        await take_apart(house, pia, password, hers)
    with pytest.raises(CannotEndSo):
        await merge_into_group(house, pia, password, password, "With itself, it cannot be.")
    await decline_suggestion(house, pia, password, "Passwords belong to nobody's menu.")
    assert await told(house) == [(rita, "suggestion_declined")]
    assert [one["number"] for one in await mine(platform, "tom")] == [tom]
    assert [one["status"] for one in await mine(platform, "tom")] == ["received"]


async def test_words_are_read_without_names_and_persons_counted_from_five_on(
    platform: Harborlane, house: House, pia: Account
) -> None:
    for who in ("rita", "tom", "ann", "ben"):
        await suggest(platform, who, "Asks for my password jane@example.com")
    await suggest(platform, "rita", "asks for my password jane@example.com")
    (group,) = await groups(house)
    keys = [key for key, _ in await members(house, group)]
    assert len(keys) == 5
    assert await persons_behind(house, pia, HARBORLANE, keys) is None, "five suggestions of four persons"
    await suggest(platform, "eve", "Asks for my password jane@example.com")
    keys = [key for key, _ in await members(house, group)]
    assert await persons_behind(house, pia, HARBORLANE, keys) == 5
    before = await read_suggestions(house, pia, HARBORLANE, keys)
    assert before[keys[0]].label is None
    while await redact_words(house):
        pass
    read = await read_suggestions(house, pia, HARBORLANE, keys)
    assert read[keys[0]].label == "Asks for my password [e-mail]"
    assert await rows(house, "select 1 from vault.asking where purpose = 'read' and account = $1", pia.key)
    with pytest.raises(Forbidden):
        await read_suggestions(house, await hire(house, StaffRole.MODERATOR), HARBORLANE, keys)


async def test_none_waits_past_its_day_without_an_alert(
    platform: Harborlane, house: House, business: StoppedClock
) -> None:
    """Row 43: once each, on the record, and not for what was answered in time."""
    await suggest(platform, "rita")
    business.move(timedelta(days=house.settings.suggestion_days))
    assert await alert_owners(house) == 0
    business.move(timedelta(days=1))
    assert await alert_owners(house) == 1
    assert await alert_owners(house) == 0
    (entry,) = await rows(house, "select * from audit.entry where deed = 'suggestion.overdue'")
    assert entry["platform"] == HARBORLANE


async def test_an_erased_person_leaves_nothing_to_compare_or_read(
    platform: Harborlane, house: House, ids: SeededIds, pia: Account, tmp_path: Path
) -> None:
    await suggest(platform, "rita")
    await suggest(platform, "tom")
    (group,) = await groups(house)
    house = dataclasses.replace(house, settings=Settings(keys=tmp_path))
    done = await erase_person(house, account(ids, StaffRole.ADMIN), person("rita"))
    assert done.flags == 0
    assert await mine(platform, "rita") == []
    sketches = await rows(house, "select cardinality(sketch) as size from menus.suggestion order by key")
    assert [row["size"] == 0 for row in sketches] == [True, False]
    keys = [key for key, _ in await members(house, group)]
    assert list(await read_suggestions(house, pia, HARBORLANE, keys)) == keys[1:]


async def test_those_who_suggest_the_same_at_once_meet_and_an_answer_meanwhile_leaves_nobody_untold(
    platform: Harborlane, house: House, pia: Account
) -> None:
    await asyncio.gather(*(suggest(platform, who) for who in ("rita", "tom", "ann", "ben")))
    (group,) = await groups(house)
    assert len(await members(house, group)) == 4
    decline = decline_suggestion(house, pia, group, "The rules have no clause for it.")
    await asyncio.gather(decline, *(suggest(platform, who) for who in ("eve", "kim", "lou")))
    waiting = [key for one in await groups(house) for key, _ in await members(house, one)]
    assert len(await told(house)) + len(waiting) == 7


async def test_what_one_suggested_nobody_else_sees(platform: Harborlane) -> None:
    await suggest(platform, "rita")
    assert await mine(platform, "tom") == []


async def test_the_notice_leaves_by_the_endpoint_for_reporters(
    platform: Harborlane, house: House, pia: Account
) -> None:
    await suggest(platform, "rita")
    (group,) = await groups(house)
    await decline_suggestion(house, pia, group, "The rules have no clause for it.")
    async with house.database.reading(Role.WORKER) as connection:
        assert await delivery.next_outgoing(connection) is not None
    (event,) = await rows(
        house, "select kind, feed, not_before from delivery.outbox where kind = 'notice.person'"
    )
    assert event["feed"] == "reporter_notices"
    assert event["not_before"] == house.now + timedelta(days=1)

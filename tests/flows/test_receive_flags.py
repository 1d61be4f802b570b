"""One flag's first hour: kept, sealed, in a case, answered."""

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import pytest
import pytest_asyncio

from flagstaff.flows.house import House
from flagstaff.flows.receive_flags import receive_flags
from flagstaff.flows.sent_flag import Sent
from flagstaff.flows.withdraw_flag import NoSuchFlag, Withdrawal, withdraw_flag
from flagstaff.kernel.clock import Clocks, StoppedClock
from flagstaff.kernel.errors import FlagstaffError
from flagstaff.kernel.ids import SeededIds
from flagstaff.store.database import Database
from flagstaff.store.roles import Role
from flagstaff.vocabulary.audience import Audience
from tests.houses import build_house, flag, person, receipts, seen, sent


@pytest_asyncio.fixture
async def house(database: Database, ids: SeededIds, clocks: Clocks) -> AsyncIterator[House]:
    """Give a house whose subjects are new in every test."""
    yield await build_house(database, ids, clocks)


@pytest.fixture
def job(request: pytest.FixtureRequest) -> str:
    """Name a job that no other test flags."""
    return f"job-{request.node.name}"


async def _rows(house: House, query: str, *arguments: object) -> list[dict[str, object]]:
    async with house.database.transaction(Role.OWNER) as connection:
        return [dict(row) for row in await connection.fetch(query, *arguments)]


async def _case_of(house: House, job: str) -> dict[str, object]:
    rows = await _rows(
        house,
        "select c.* from cases.case c join subjects.subject s on s.key = c.subject "
        "where s.outside_id = $1 order by c.opened_at desc",
        job,
    )
    return rows[0]


async def test_a_first_flag_opens_a_case_with_snapshot_words_and_place_in_the_queue(
    house: House, job: str
) -> None:
    """Everything that one flag needs is there when it is answered."""
    (receipt,) = await flag(house, sent("rita", seen(id_=job), details="They want three logos for nothing."))
    case = await _case_of(house, job)
    assert receipt.number is not None
    assert receipt.label == "Client is asking for free work"
    assert (case["state"], case["severity"], case["flags_counted"]) == ("open", 2, 1)
    assert case["priority"] > 0  # type: ignore[operator]
    assert "severity 2" in str(case["priority_reason"])
    (snapshot,) = await _rows(
        house,
        "select * from subjects.snapshot n join flags.flag f on f.snapshot = n.key where f.number = $1",
        receipt.number,
    )
    assert snapshot["words"] == "Logo wanted, make three samples first."
    words = await _rows(house, 'select sealed from vault.words where "case" = $1', case["key"])
    assert len(words) == 1
    assert isinstance(words[0]["sealed"], bytes)
    assert b"three logos" not in words[0]["sealed"]


async def test_flags_of_several_people_grow_one_case(house: House, job: str) -> None:
    """There is at most one case per subject before it takes effect, within a batch and across batches."""
    first = await flag(house, sent("rita", seen(id_=job)), sent("sam", seen(id_=job)))
    second = await flag(house, sent("tom", seen(id_=job)))
    cases = await _rows(
        house,
        'select distinct "case" from flags.flag where number = any($1)',
        [r.number for r in first + second],
    )
    assert len(cases) == 1
    assert (await _case_of(house, job))["flags_counted"] == 3


async def test_a_repeat_is_an_addendum_that_reads_like_a_first_flag(house: House, job: str) -> None:
    """The same person in the same case adds to their flag; the graver option raises the case."""
    (first,) = await flag(house, sent("rita", seen(id_=job)))
    (again,) = await flag(house, sent("rita", seen(id_=job), "job_post.off_platform_payment"))
    assert again.number == first.number
    assert again.status == first.status
    case = await _case_of(house, job)
    assert (case["flags_counted"], case["severity"]) == (1, 3)
    both = await receive_flags(house, [sent("uma", seen(id_=job)), sent("uma", seen(id_=job))])
    assert receipts(both)[0].number == receipts(both)[1].number


async def test_the_same_request_is_answered_again_and_another_body_is_refused(house: House, job: str) -> None:
    """An Idempotency-Key makes a retry safe."""
    request = house.sealer.idempotency_digest("key:1", "/v1/flags", job)
    one = sent("rita", seen(id_=job), request=request, body=b"a")
    (first,) = await flag(house, one)
    (again,) = await flag(house, one)
    assert again == first
    (other,) = await receive_flags(house, [sent("rita", seen(id_=job), request=request, body=b"b")])
    assert isinstance(other, FlagstaffError)
    assert other.slug == "key-reused"


@pytest.mark.parametrize(
    ("changed", "slug"),
    [
        (sent("rita", seen("house")), "unknown-kind"),
        (sent("rita", option="job_post.nothing"), "unknown-option"),
        (sent("rita", option="profile.impersonation"), "unknown-option"),
        (sent("rita", menu_version=99), "unknown-menu-version"),
        (sent("ann"), "own-content"),
        (sent("rita", option="job_post.something_else", details="too short"), "details-missing"),
        (sent("rita", details="x" * 4001), "details-too-long"),
        (sent("rita", seen("private_message", "m-1"), "private_message.free_work"), "not-a-participant"),
        (
            sent(
                "rita",
                seen("private_message", "m-1"),
                "private_message.free_work",
                participants=("ann", "bob"),
            ),
            "not-a-participant",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_what_cannot_be_kept_is_refused_precisely_and_alone(
    house: House, changed: Sent, slug: str, job: str
) -> None:
    """A bad flag names its fault and does not fail its neighbours."""
    bad, good = await receive_flags(house, [changed, sent("sam", seen(id_=job))])
    assert isinstance(bad, FlagstaffError)
    assert (bad.slug, bool(bad.mend)) == (slug, True)
    assert receipts([good])


async def test_a_preference_is_counted_and_never_a_case(house: House, job: str) -> None:
    """ "Just not for me" breaks no rule."""
    (receipt,) = await flag(house, sent("rita", seen(id_=job), "job_post.low_pay"))
    assert receipt.number is None
    assert not await _rows(house, "select 1 from subjects.subject where outside_id = $1", job)
    (count,) = await _rows(
        house, "select sum(count) as n from flags.preference_count where option = 'job_post.low_pay'"
    )
    assert count["n"] == 1


async def test_gravest_material_is_named_and_never_kept(house: House, job: str) -> None:
    """A child-safety flag copies nothing, blanks what was pushed before, and goes to the restricted desk."""
    await flag(house, sent("rita", seen(id_=job)))
    await flag(house, sent("sam", seen(id_=job), "job_post.child_safety"))
    rows = await _rows(
        house,
        "select n.* from subjects.snapshot n join subjects.subject s on s.key = n.subject where s.outside_id = $1",
        job,
    )
    assert [(row["words"], row["title"], row["reference_only"]) for row in rows] == [(None, None, True)]
    case = await _case_of(house, job)
    assert (case["restricted"], case["severity"]) == (True, 4)


async def test_a_flag_taken_back_stops_counting_and_an_empty_case_closes(
    house: House, job: str, business: StoppedClock
) -> None:
    """A reporter may change their mind; sent again before the case closed it lives again."""
    rita, sam = await flag(house, sent("rita", seen(id_=job)), sent("sam", seen(id_=job)))
    await withdraw_flag(house, Withdrawal(person("rita"), str(rita.number)))
    assert ((await _case_of(house, job))["flags_counted"], (await _case_of(house, job))["state"]) == (
        1,
        "open",
    )
    await flag(house, sent("rita", seen(id_=job)))
    assert (await _case_of(house, job))["flags_counted"] == 2
    for name, receipt in (("rita", rita), ("sam", sam)):
        await withdraw_flag(house, Withdrawal(person(name), str(receipt.number)))
    assert (await _case_of(house, job))["state"] == "closed"
    with pytest.raises(NoSuchFlag):
        await withdraw_flag(house, Withdrawal(person("tom"), str(rita.number)))
    business.move(timedelta(hours=1))
    await flag(house, sent("rita", seen(id_=job)))
    assert (await _case_of(house, job))["names_case"] is not None


async def test_a_complaint_about_a_group_lead_is_for_staff_only(house: House, job: str) -> None:
    """The group's own moderators never see it, even when it joins a case that they could see."""
    group = seen("community_group", job, audience=Audience.SOME)
    await flag(house, sent("rita", group, "community_group.group_off_purpose"))
    assert not (await _case_of(house, job))["staff_only"]
    await flag(
        house,
        sent("sam", group, "community_group.group_lead_conduct", details="The lead bans whoever disagrees."),
    )
    assert (await _case_of(house, job))["staff_only"]


async def test_no_receipt_lacks_its_notice_and_its_place_in_the_outbox(house: House, job: str) -> None:
    """The receipt reaches the platform by its reporter feed, as a reference without words."""
    (receipt,) = await flag(house, sent("rita", seen(id_=job), details="canary-in-details, please look"))
    (notice,) = await _rows(
        house,
        "select n.*, o.feed, o.cancelled_at from delivery.notice n join flags.flag f on f.key = n.flag "
        "join delivery.outbox o on o.reference = n.key where f.number = $1",
        receipt.number,
    )
    assert (notice["text_key"], notice["feed"], notice["cancelled_at"]) == (
        "receipt",
        "reporter_notices",
        None,
    )
    assert "canary" not in str(notice)
    assert isinstance(notice["flag"], UUID)


async def test_cases_that_wait_for_one_restricted_reporter_wake_at_moments_of_their_own(
    house: House, job: str, business: StoppedClock
) -> None:
    """The end of a restriction, written into each case, would say whose flags they are."""
    await flag(house, sent("kim", seen(id_=f"{job}-0")))
    until = business.now() + timedelta(days=7)
    hashed = house.sealer.person_hash(person("kim"))
    async with house.database.transaction(Role.OWNER) as connection:
        await connection.execute(
            "update vault.person set restricted_until = $1 where hash = $2", until, hashed
        )
    await flag(house, *(sent("kim", seen(id_=f"{job}-{number}")) for number in (1, 2, 3)))
    waking = [(await _case_of(house, f"{job}-{number}"))["wakes_at"] for number in (1, 2, 3)]
    assert len(set(waking)) == len(waking)
    assert all(until <= moment <= until + timedelta(days=1) for moment in waking)  # type: ignore[operator]

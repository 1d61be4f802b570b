"""Words are read by whoever holds the task now: redacted, or raw with a reason on record."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
import pytest_asyncio

from flagstaff.flows.house import House
from flagstaff.flows.read_words import RevealWords, read_words, reveal_words
from flagstaff.flows.redact_words import redact_words
from flagstaff.kernel.clock import Clocks, StoppedClock
from flagstaff.kernel.errors import Forbidden, NotFound, Unavailable
from flagstaff.kernel.ids import SeededIds
from flagstaff.staff.model import Account
from flagstaff.store.database import Database
from flagstaff.store.roles import Role
from flagstaff.vault.model import Field
from flagstaff.vault.rules import ReasonMissing
from flagstaff.vault.sealing import CannotOpen, Opener
from flagstaff.vocabulary.roles import StaffRole
from tests.desks import account, case_of, hand_over, linked, moderator, rows
from tests.houses import build_house, flag, person, seen, sent

WRITTEN = "I am Jane Doe, jane@example.com: he wants three logos for nothing."
READ = "I am [name], [e-mail]: he wants three logos for nothing."
REASON = "the name may be the author's own"


@pytest_asyncio.fixture
async def house(database: Database, ids: SeededIds, clocks: Clocks) -> House:
    return await build_house(database, ids, clocks)


@pytest_asyncio.fixture
async def case(house: House, request: pytest.FixtureRequest) -> UUID:
    job = f"job-{request.node.name}"
    await flag(house, sent("jane", seen(id_=job), details=WRITTEN))
    return await case_of(house, job)


@pytest.fixture
def mia(ids: SeededIds) -> Account:
    return moderator(ids)


async def test_the_holder_reads_the_redacted_copy(house: House, case: UUID, mia: Account) -> None:
    await hand_over(house, case, mia)
    await redact_words(house)
    (words,) = await read_words(house, mia, case)
    assert (words.field, words.text) == (Field.DETAILS, READ)


async def test_until_the_copy_is_made_there_is_nothing_to_read(
    house: House, case: UUID, mia: Account
) -> None:
    await hand_over(house, case, mia)
    (words,) = await read_words(house, mia, case)
    assert words.text is None


async def test_copies_are_made_once_and_none_is_left_out(house: House, case: UUID) -> None:
    while await redact_words(house, most=2):
        pass
    assert not await rows(house, "select 1 from vault.words where redacted is null")
    assert await redact_words(house) == 0


async def test_words_that_do_not_open_do_not_hold_up_those_behind_them(
    house: House, case: UUID, mia: Account
) -> None:
    await hand_over(house, case, mia)
    async with house.database.transaction(Role.OWNER) as connection:
        await connection.execute(
            "update vault.words set sealed = set_byte(sealed, 60, get_byte(sealed, 60) # 1), redacted = null "
            'where "case" = $1',
            case,
        )
    assert await redact_words(house) >= 1
    (words,) = await read_words(house, mia, case)
    assert words.text == "[cannot be opened]"


async def test_what_was_asked_stays_on_the_record_although_nothing_could_be_served(
    house: House, case: UUID, mia: Account
) -> None:
    await hand_over(house, case, mia)
    while await redact_words(house):
        pass
    before = await _openings(house)
    with pytest.raises(CannotOpen):
        await read_words(replace(house, opener=Opener({})), mia, case)
    assert await _openings(house) == before + 1


async def test_a_process_without_the_private_key_does_not_even_ask(
    house: House, case: UUID, mia: Account
) -> None:
    await hand_over(house, case, mia)
    sealed, before = replace(house, opener=None), await _openings(house)
    for story in (read_words(sealed, mia, case), redact_words(sealed)):
        with pytest.raises(Unavailable, match="no private half"):
            await story
    assert await _openings(house) == before


@pytest.mark.parametrize(
    "who", ["nobody holds it", "another one", "lapsed", "a party", "the author", "no permission for a second"]
)
async def test_without_a_task_nothing_is_read(
    house: House, case: UUID, mia: Account, ids: SeededIds, business: StoppedClock, who: str
) -> None:
    if who == "another one":
        await hand_over(house, case, moderator(ids))
    elif who == "lapsed":
        await hand_over(house, case, mia)
        business.move(timedelta(minutes=30))
    elif who in {"a party", "the author"}:
        mia = moderator(ids, linked(house, person("jane" if who == "a party" else "ann")))
        await hand_over(house, case, mia)
    elif who == "no permission for a second":
        await _wait_for_second(house, case, moderator(ids), ids)
        mia = account(ids, StaffRole.COMMUNITY_MODERATOR)
    before = await _openings(house)
    with pytest.raises(Forbidden):
        await read_words(house, mia, case)
    with pytest.raises(Forbidden):
        await reveal_words(house, mia, RevealWords(case, (ids.key(),), REASON))
    assert await _openings(house) == before, "what is refused is not even asked for"


async def test_a_second_person_reads_while_one_is_waited_for_and_who_asked_does_not(
    house: House, case: UUID, mia: Account, ids: SeededIds
) -> None:
    asker = moderator(ids)
    await _wait_for_second(house, case, asker, ids)
    await redact_words(house)
    assert [words.text for words in await read_words(house, mia, case)] == [READ]
    with pytest.raises(Forbidden):
        await read_words(house, asker, case)


async def test_the_reviewer_of_an_appeal_reads(
    house: House, case: UUID, mia: Account, ids: SeededIds
) -> None:
    decision = await _decide(house, case, moderator(ids), ids)
    async with house.database.transaction(Role.OWNER) as connection:
        await connection.execute(
            'insert into appeals.appeal (key, number, platform, decision, "case", state, received_at, answer_by,'
            " reviewer, claimed_until) values ($1, $2, 'harborlane', $3, $4, 'claimed', $5, $5, $6, $7)",
            *(
                ids.key(),
                str(ids.key()),
                decision,
                case,
                house.now,
                mia.key,
                house.now + timedelta(minutes=30),
            ),
        )
    await redact_words(house)
    assert [words.text for words in await read_words(house, mia, case)] == [READ]


async def test_a_reveal_shows_what_was_written_and_stands_in_the_audit_with_its_reason(
    house: House, case: UUID, mia: Account
) -> None:
    await hand_over(house, case, mia)
    (unread,) = await read_words(house, mia, case)
    (words,) = await reveal_words(house, mia, RevealWords(case, (unread.ref,), f"  {REASON} "))
    assert words.text == WRITTEN
    (entry,) = await rows(
        house,
        "select actor, facts from audit.entry where deed = 'words.revealed' and object = $1",
        f"case:{case}",
    )
    assert (entry["actor"], entry["facts"]) == (str(mia.key), {"words": 1, "reason": REASON})


async def test_every_reading_is_on_record_before_it_is_served(house: House, case: UUID, mia: Account) -> None:
    await hand_over(house, case, mia)
    await read_words(house, mia, case)
    (asked,) = await rows(
        house, 'select role, purpose, account, taken_at, asked_at from vault.asking where "case" = $1', case
    )
    assert (asked["role"], asked["purpose"], asked["account"]) == ("flagstaff_reader", "read", mia.key)
    assert asked["taken_at"] == asked["asked_at"]


@pytest.mark.parametrize("reason", ["", "   ", "\u200b" * 20, "because"])
async def test_a_reveal_needs_a_reason_that_says_something(
    house: House, case: UUID, mia: Account, ids: SeededIds, reason: str
) -> None:
    await hand_over(house, case, mia)
    with pytest.raises(ReasonMissing):
        await reveal_words(house, mia, RevealWords(case, (ids.key(),), reason))


async def test_words_of_another_case_are_not_revealed(
    house: House, case: UUID, mia: Account, request: pytest.FixtureRequest
) -> None:
    await flag(house, sent("kim", seen(id_=f"other-{request.node.name}"), details=WRITTEN))
    other = await case_of(house, f"other-{request.node.name}")
    (foreign,) = await rows(house, 'select ref from vault.words where "case" = $1', other)
    await hand_over(house, case, mia)
    for refs in ((foreign["ref"],), ()):
        with pytest.raises(NotFound):
            await reveal_words(house, mia, RevealWords(case, refs, REASON))  # type: ignore[arg-type]


async def _openings(house: House) -> int:
    (row,) = await rows(house, "select count(*)::int as n from vault.asking")
    assert isinstance(row["n"], int)
    return row["n"]


async def _decide(house: House, case: UUID, by: Account, ids: SeededIds) -> UUID:
    decision = ids.key()
    async with house.database.transaction(Role.OWNER) as connection:
        await connection.execute(
            'insert into decisions.decision (key, number, platform, "case", subject, verdict, severity,'
            " guidelines_version, words_at, reason, state, decided_by, decided_at, not_before)"
            " select $1, $2, platform, key, subject, 'no_violation', 2, 1, $3, '', 'proposed', $4, $3, $3"
            " from cases.case where key = $5",
            *(decision, str(decision), house.now, by.key, case),
        )
    return decision


async def _wait_for_second(house: House, case: UUID, asker: Account, ids: SeededIds) -> None:
    decision = await _decide(house, case, asker, ids)
    async with house.database.transaction(Role.OWNER) as connection:
        await connection.execute("update cases.case set state = 'awaiting_second' where key = $1", case)
        await connection.execute(
            "insert into decisions.second (key, decision, asked_by, asked_at) values ($1, $2, $3, $4)",
            *(ids.key(), decision, asker.key, house.now),
        )

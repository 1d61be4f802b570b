"""What an added option would take is estimated from comments that nobody sees, drawn at random, for whoever may."""

from datetime import timedelta
from uuid import UUID

import msgspec
import pytest

from flagstaff.flows.draft_menu import add_operations, begin_draft, lineage_of_draft, look_at_draft
from flagstaff.flows.estimate_added import NothingAdded, estimate_added
from flagstaff.flows.expect_draft import Expected, expect_draft
from flagstaff.flows.house import House
from flagstaff.flows.redact_words import redact_words
from flagstaff.kernel.clock import StoppedClock
from flagstaff.kernel.errors import Forbidden
from flagstaff.menus.backtest import backtest
from flagstaff.menus.drafts import Add, DraftOperation, NewReason, Remove, Restore
from flagstaff.menus.estimates import HintEstimate
from flagstaff.menus.model import Wording
from flagstaff.staff.model import Account
from flagstaff.store.roles import Role
from flagstaff.vault import opening, storage
from flagstaff.vault.model import Asking, Purpose
from flagstaff.vault.storage import NotGranted
from flagstaff.vocabulary.roles import StaffRole
from tests.clusters import owner
from tests.houses import HARBORLANE, flag, seen, sent
from tests.people import hire

OTHER = "job_post.something_else"
PARROTS = Add(
    kind="job_post", reason="trains_parrots",
    words={"en": Wording(label="Wants a parrot trained", help="Parrots, budgerigars or other talking birds.")},
    meaning=NewReason(like="upfront_fee", clauses=("MT-10",), severity=3), why="People ask for it.",
)  # fmt: skip
ABOUT, ELSE = "He wants me to train his parrot to talk, secretword", "Ghmpf brrr, nothing here fits at all"


async def written(house: House, *texts: str, option: str = OTHER) -> None:
    """Let somebody write each of these, and have the redacted copies made."""
    flags = [
        sent(f"r{n}", seen(id_=f"{option}-{n}"), option, details=text, menu_version=3)
        for n, text in enumerate(texts)
    ]
    for start in range(0, len(flags), 50):
        await flag(house, *flags[start : start + 50])
    while await redact_words(house, 200):
        pass


async def drafted(house: House, by: Account, *operations: DraftOperation) -> UUID:
    key = await begin_draft(house, by, HARBORLANE, "Parrots")
    await add_operations(house, by, key, 1, operations)
    return key


async def expected(house: House, by: Account, key: UUID, counts: dict[str, int]) -> Expected:
    looked = await look_at_draft(house, by, key)
    found = backtest(counts, looked.live, await lineage_of_draft(house, looked.kept), looked.applied)
    return await expect_draft(house, looked, found, counts, 90)


async def test_the_estimate_counts_what_the_drafts_own_hints_would_have_proposed(
    house: House, pia: Account
) -> None:
    await written(house, *[ABOUT] * 30, *[ELSE] * 70)
    key = await drafted(house, pia, PARROTS)
    kept = await estimate_added(house, pia, key, 90)
    (menu,) = kept.found
    assert (menu.kind, menu.under_other, menu.drawn, menu.read) == ("job_post", 100, 100, 100)
    assert [(one.option, one.first) for one in menu.options] == [("job_post.trains_parrots", 30)]
    found = await expected(house, pia, key, {OTHER: 100, "job_post.low_pay": 100})
    (one,) = found.estimates
    assert one.first is not None
    assert (one.first.part, one.first.of, one.likely) == (30, 100, 30.0)
    assert one.low < 30 < one.high
    assert found.share_today == 0.5
    assert found.share_then is not None
    assert found.share_then.low < 0.35 < found.share_then.high
    assert found.share_then.high < 0.5
    moved = {(row.kind, row.severity): row for row in found.load}
    assert moved["job_post", 3].then.likely > moved["job_post", 3].today == 0


async def test_only_counts_are_kept_and_who_opened_how_many_is_written_down_first(
    house: House, pia: Account
) -> None:
    await written(house, *[ABOUT] * 60, *[ELSE] * 60)
    key = await drafted(house, pia, PARROTS)
    kept = await estimate_added(house, pia, key, 90)
    assert "secretword" not in msgspec.json.encode(kept).decode()
    async with owner(house.database.address) as connection:
        askings = await connection.fetch(
            "select purpose, account, reason, cardinality(refs) as refs, taken_at from vault.asking "
            "where role = 'flagstaff_analyst' order by key"
        )
        deeds = await connection.fetch(
            "select actor, object, facts from audit.entry where deed = 'comments.counted'"
        )
    assert [(row["purpose"], row["refs"]) for row in askings] == [("estimate", 100), ("estimate", 20)]
    assert {row["account"] for row in askings} == {pia.key}
    assert all(str(key) in row["reason"] and row["taken_at"] for row in askings)
    assert [(row["actor"], row["object"]) for row in deeds] == [(pia.actor, f"draft:{key}")]
    assert kept.seed in str(deeds[0]["facts"])


async def test_a_restored_option_is_estimated_like_a_new_one(house: House, pia: Account) -> None:
    await written(house, *[ELSE] * 50)
    key = await drafted(house, pia, Restore(option="private_message.spam"))
    kept = await estimate_added(house, pia, key, 90)
    assert [(one.kind, one.under_other) for one in kept.found] == [("private_message", 0)]
    found = await expected(house, pia, key, {OTHER: 50})
    assert (found.estimates, [one.kind for one in found.thin]) == ((), ["private_message"])


async def test_too_few_comments_say_nothing(house: House, pia: Account) -> None:
    await written(house, *[ABOUT] * 49)
    key = await drafted(house, pia, PARROTS)
    await estimate_added(house, pia, key, 90)
    found = await expected(house, pia, key, {OTHER: 49})
    assert found.estimates == ()
    assert [one.read for one in found.thin] == [49]
    assert found.other_then.low == found.other_then.high == 49


async def test_a_count_is_about_the_draft_as_it_was(house: House, pia: Account) -> None:
    await written(house, *[ABOUT] * 60)
    key = await drafted(house, pia, PARROTS)
    await estimate_added(house, pia, key, 90)
    assert not (await expected(house, pia, key, {OTHER: 60})).outdated
    await add_operations(house, pia, key, 2, [Remove(option="job_post.low_pay", into=OTHER)])
    found = await expected(house, pia, key, {OTHER: 60})
    assert (found.outdated, found.estimates) == (True, ())


async def test_who_may_not_run_a_deep_dive_counts_no_comment(house: House, pia: Account) -> None:
    key = await drafted(house, pia, PARROTS)
    boss = await hire(house, StaffRole.ADMIN)
    with pytest.raises(Forbidden):
        await estimate_added(house, boss, key, 90)
    async with owner(house.database.address) as connection:
        assert not await connection.fetchval("select count(*) from vault.asking")


async def test_a_draft_that_brings_nothing_in_has_nothing_to_estimate(house: House, pia: Account) -> None:
    key = await drafted(house, pia, Remove(option="job_post.low_pay", into=OTHER))
    with pytest.raises(NothingAdded):
        await estimate_added(house, pia, key, 90)


async def test_older_flags_and_those_taken_back_are_left_out(
    house: House, pia: Account, business: StoppedClock
) -> None:
    await written(house, *[ABOUT] * 10)
    business.move(timedelta(days=40))
    key = await drafted(house, pia, PARROTS)
    assert (await estimate_added(house, pia, key, 28)).found[0].under_other == 0
    assert (await estimate_added(house, pia, key, 90)).found[0].under_other == 10


async def test_a_sample_is_drawn_by_its_seed_alone(
    house: House, pia: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flagstaff.flows.estimate_added.SAMPLE", 50)
    await written(house, *[ABOUT] * 60, *[ELSE] * 60)
    key = await drafted(house, pia, PARROTS)
    found: list[HintEstimate] = [await estimate_added(house, pia, key, 90) for _ in range(3)]
    assert {(one.found[0].under_other, one.found[0].drawn, one.found[0].read) for one in found} == {
        (120, 50, 50)
    }
    assert len({one.seed for one in found}) == 3
    assert len({one.found[0].options[0].first for one in found}) > 1


class TestTheVaultsOwnRule:
    async def ask(self, house: House, by: UUID | None, refs: list[UUID]) -> UUID:
        now = house.clocks.wall.now()
        asking = Asking(house.ids.key(), Purpose.ESTIMATE, tuple(refs), "a test", now, account=by)
        async with house.database.transaction(Role.ANALYST) as connection:
            await opening.ask(connection, asking)
        return asking.key

    async def test_words_of_another_option_are_neither_named_nor_served(
        self, house: House, pia: Account
    ) -> None:
        await written(house, ABOUT, ELSE, option="job_post.account_rental")
        await written(house, ABOUT)
        async with owner(house.database.address) as connection:
            flags = [row[0] for row in await connection.fetch("select key from flags.flag")]
            refs = [
                row[0]
                for row in await connection.fetch("select ref from vault.words where field = 'details'")
            ]
        assert (len(flags), len(refs)) == (3, 3)
        async with house.database.reading(Role.ANALYST) as connection:
            assert len(await storage.copies_of(connection, flags)) == 1
        key = await self.ask(house, pia.key, refs)
        async with house.database.transaction(Role.ANALYST) as connection:
            assert len(await storage.take_copies(connection, key, house.clocks.wall.now())) == 1

    @pytest.mark.parametrize(("named", "refs"), [(True, 101), (False, 1)])
    async def test_it_is_asked_for_one_account_a_hundred_at_a_time(
        self, house: House, pia: Account, named: bool, refs: int
    ) -> None:
        with pytest.raises(NotGranted, match="a hundred at a time"):
            await self.ask(house, pia.key if named else None, [house.ids.key() for _ in range(refs)])

"""Old flags under Other point to options that came later; what their reporters chose stays what it was."""

import pytest

from flagstaff.flows.house import House
from flagstaff.flows.infer_options import (
    AT_ONCE,
    Backfill,
    NothingBroughtIn,
    brought_in,
    infer_options,
    show_backfill,
)
from flagstaff.flows.redact_words import redact_words
from flagstaff.flows.release_notes import NoSuchVersion
from flagstaff.kernel.errors import Forbidden
from flagstaff.staff.model import Account
from flagstaff.vocabulary.roles import StaffRole
from tests.flows.desks import rows_of
from tests.houses import HARBORLANE, flag, seen, sent
from tests.people import hire

OTHER, FREE = "job_post.something_else", "job_post.free_work"
ABOUT = "They want me to work for free first, an unpaid test project."
ELSE = "Ghmpf brrr, nothing here fits at all"


async def written(house: House, *texts: str, version: int = 2, option: str = OTHER) -> None:
    """Let somebody write each of these, and have the redacted copies made."""
    await flag(
        house,
        *(
            sent(
                f"r{version}{n}",
                seen(id_=f"{option}-{version}-{n}"),
                option,
                details=text,
                menu_version=version,
            )
            for n, text in enumerate(texts)
        ),
    )
    while await redact_words(house, 200):
        pass


def pointed(found: Backfill) -> dict[str, int]:
    return {one.option: one.flags for one in found.pointed if one.flags}


async def test_old_flags_point_to_what_came_later_and_keep_what_was_chosen(
    house: House, pia: Account
) -> None:
    await written(house, ABOUT, ABOUT, ELSE)
    await written(house, ABOUT, version=3)
    before = await rows_of(house, "select * from flags.flag order by key")
    found = await infer_options(house, pia, HARBORLANE, 3)
    assert (pointed(found), found.looked_at, found.left) == ({FREE: 2}, 3, 0), (
        "those of version 3 had the choice"
    )
    assert await rows_of(house, "select * from flags.flag order by key") == before
    rows = await rows_of(
        house, "select menu_version, option, label, source from flags.inferred order by flag"
    )
    assert [row["option"] for row in rows] == [FREE, FREE, None]
    assert {row["source"] for row in rows} == {"hints"}
    assert rows[0]["label"] == house.policy.menus(HARBORLANE).option_by_key[FREE].label


async def test_each_old_flag_is_looked_at_once(house: House, pia: Account) -> None:
    await written(house, ABOUT)
    first = await infer_options(house, pia, HARBORLANE, 3)
    assert await infer_options(house, pia, HARBORLANE, 3) == first
    await written(house, ABOUT, ELSE, option=OTHER)
    again = await infer_options(house, pia, HARBORLANE, 3)
    assert (again.looked_at, again.left) == (first.looked_at + 1, 0), (
        "one of the two was a repeat of the first"
    )


async def test_the_words_are_opened_for_a_named_account_after_the_log_says_so(
    house: House, pia: Account
) -> None:
    await written(house, ABOUT)
    await infer_options(house, pia, HARBORLANE, 3)
    (asked,) = await rows_of(
        house,
        "select account, purpose, taken_at is not null as taken from vault.asking where purpose = 'estimate'",
    )
    assert asked == {"account": pia.key, "purpose": "estimate", "taken": True}
    (entry,) = await rows_of(
        house, "select actor, object, facts from audit.entry where deed = 'flags.inferred'"
    )
    assert (entry["actor"], entry["object"]) == (pia.actor, "menus:harborlane:3")
    tables = await rows_of(house, "select string_agg(i::text, '') as all from flags.inferred i")
    assert "unpaid test" not in str(tables)


async def test_another_option_and_a_flag_that_was_taken_back_are_left_alone(
    house: House, pia: Account
) -> None:
    await written(house, ABOUT, option="job_post.off_platform_payment")
    await written(house, ABOUT)
    (row,) = await rows_of(house, "select number from flags.flag where option = $1", OTHER)
    await rows_of(
        house,
        "update flags.flag set state = 'withdrawn' where number = $1 returning 1 as done",
        row["number"],
    )
    found = await infer_options(house, pia, HARBORLANE, 3)
    assert (found.looked_at, found.left) == (0, 0)


async def test_a_version_that_brought_in_nothing_or_was_never_published_is_refused(
    house: House, pia: Account
) -> None:
    with pytest.raises(NothingBroughtIn):
        await infer_options(house, pia, HARBORLANE, 1)
    with pytest.raises(NoSuchVersion):
        await infer_options(house, pia, HARBORLANE, 99)
    with pytest.raises(NoSuchVersion):
        await show_backfill(house, pia, HARBORLANE, 99)


async def test_only_who_may_dive_into_comments_may_ask(house: House) -> None:
    mia = await hire(house, StaffRole.MODERATOR, login="mia")
    await written(house, ABOUT)
    with pytest.raises(Forbidden):
        await infer_options(house, mia, HARBORLANE, 3)
    assert await rows_of(house, "select * from flags.inferred") == []


async def test_what_a_version_brought_in_is_what_the_one_before_did_not_offer(house: House) -> None:
    new = brought_in(house.policy.menus_history(HARBORLANE), 3)
    assert FREE in new["job_post"]
    assert not any(key.endswith(".something_else") for keys in new.values() for key in keys)
    assert AT_ONCE >= 100

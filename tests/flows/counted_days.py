"""Plant what a count of many days came to, without the flags behind it, which would take minutes."""

from collections.abc import Callable
from datetime import date, timedelta

import msgspec

from flagstaff.flows.draft_menu import Aim, add_operations, begin_draft, look_at_draft, set_aim
from flagstaff.flows.house import House
from flagstaff.flows.propose_draft import propose_draft
from flagstaff.flows.publish_version import AnswerProposal, answer_proposal
from flagstaff.menus.drafts import DraftOperation, Remove
from flagstaff.menus.model import Goal
from flagstaff.staff.model import Account
from flagstaff.store.roles import Role
from flagstaff.vocabulary.roles import StaffRole
from tests.houses import HARBORLANE
from tests.people import hire

OTHER, FREE, FEE = "job_post.something_else", "job_post.free_work", "job_post.upfront_fee"
GOAL = Goal(primary="something_else_share", direction="down", watch=(), window_days=28)


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """Flags of one day that are alike."""

    day: date
    flags: int
    option: str = FREE
    version: int = 3
    option_kind: str = "violation"
    clauses: tuple[str, ...] = ("MT-6",)
    counting: str = "counts"
    imported: bool = False
    converted_from: str = ""
    verdict: str = ""
    decided: tuple[str, ...] = ()
    cases: int = 0


async def plant_lines(house: House, *lines: Line) -> None:
    """Put counts where the job would have put them."""
    rows = [
        (
            HARBORLANE, one.day, one.option, one.option.partition(".")[0], one.option_kind, one.version,
            list(one.clauses), one.counting, one.imported, one.converted_from, one.verdict, list(one.decided),
            one.flags, one.cases or one.flags,
        )
        for one in lines if one.flags
    ]  # fmt: skip
    async with house.database.transaction(Role.OWNER) as connection:
        await connection.executemany(
            """insert into insight.use_of_day (platform, day, option, kind, option_kind, version, clauses, counting,
               imported, converted_from, verdict, decided, flags, cases)
               values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)""",
            rows,
        )


async def plant_waits(house: House, days: dict[date, dict[int, int]], version: int = 3) -> None:
    """Put so many flags of each day that waited so many steps."""
    rows = [
        (HARBORLANE, day, "job_post", version, step, flags)
        for day, steps in days.items()
        for step, flags in steps.items()
    ]
    async with house.database.transaction(Role.OWNER) as connection:
        await connection.executemany("insert into insight.wait_of_day values ($1, $2, $3, $4, $5, $6)", rows)


async def publish_change(house: House, by: Account, *operations: DraftOperation, owner: str = "") -> int:
    """Let a version be published that changes something, and return its number."""
    key = await begin_draft(house, by, HARBORLANE, "A change")
    changes = operations or (Remove(option=FEE, into=OTHER, why="Nobody chose it."),)
    await add_operations(house, by, key, 1, changes)
    await set_aim(house, by, key, 2, Aim("A change", GOAL, owner or str(by.key), "Readers asked for it."))
    revision = (await look_at_draft(house, by, key)).kept.revision
    proposal = await propose_draft(house, by, key, revision)
    second = await hire(house, StaffRole.POLICY_MANAGER)
    await answer_proposal(house, second, AnswerProposal(proposal, publish=True))
    return house.policy.menus(HARBORLANE).number


def weeks(around: date, count: int, other: Callable[[float], int], of: int = 210) -> list[Line]:
    """Make days of so many weeks on both sides: of each week's flags so many under Other, by its place in weeks."""
    lines = []
    for away in range(-7 * count, 7 * count + 1):
        if away == 0:
            continue
        place = (abs(away) - 1) // 7 + 0.5
        under = other(place if away > 0 else -place) // 7
        day, version = around + timedelta(days=away), 4 if away > 0 else 3
        lines += [
            Line(day=day, flags=under, option=OTHER, option_kind="open", version=version),
            Line(day=day, flags=of // 7 - under, version=version),
        ]
    return lines

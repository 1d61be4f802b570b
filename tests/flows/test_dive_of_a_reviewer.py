"""A run counts what a reviewer answered, through the codebook of that day, and not what is to be asked again."""

from datetime import timedelta

import pytest

from flagstaff.flows.answer_comments import answer_comments
from flagstaff.flows.ask_dive import count_again
from flagstaff.flows.change_codebook import Words, merge_theme, name_themes
from flagstaff.flows.coding_desk import lay_out
from flagstaff.flows.house import House
from flagstaff.flows.run_dive import Diver
from flagstaff.flows.show_dive import show_dive
from flagstaff.insight.auditing import Stack
from flagstaff.insight.dive import OTHER, Basis, Sized, Table
from flagstaff.kernel.clock import StoppedClock
from flagstaff.staff.model import Account
from tests.coding import ready_run
from tests.houses import HARBORLANE

FREE = [f"they want a free sample before they decide, number {n}" for n in range(8)]
FEES = [f"I shall pay a fee of {n}0 before the work begins" for n in range(6)]
REST = [f"the picture of the office is upside down, and that for {n} days" for n in range(5)]
EVERY = [*FREE, *FEES, *REST]


async def counted(house: House, by: Account, number: str) -> Table:
    """Let a worker make a run, and return its table."""
    worker = Diver()
    while await worker.step(house):
        pass
    table = (await show_dive(house, by, number)).table
    assert table is not None
    return table


def sized(table: Table, key: str) -> Sized:
    return next(row.sized for row in table.rows if row.key == key)


@pytest.mark.once
async def test_a_run_counts_what_its_reviewer_says_today(
    house: House, pia: Account, business: StoppedClock
) -> None:
    first = await ready_run(house, pia, EVERY)
    free, fees = await name_themes(house, pia, HARBORLANE, [Words("Free work", ""), Words("Fees", "")])
    business.move(timedelta(minutes=1))
    while shown := (await lay_out(house, pia, first, Stack.RANDOM)).shown:
        said = {one.row: free if one.words in FREE else fees if one.words in FEES else OTHER for one in shown}
        await answer_comments(house, pia, first, Stack.RANDOM, said)
        business.move(timedelta(minutes=1))

    second = await count_again(house, pia, first)
    table = await counted(house, pia, second)
    assert (table.labels, table.audit) == (len(EVERY), len(EVERY))
    assert (await show_dive(house, pia, second)).reviewer == pia.key
    for key, count in ((free, len(FREE)), (fees, len(FEES)), (OTHER, len(REST))):
        found = sized(table, key)
        assert (found.basis, found.audited) == (Basis.COUNTED, count)
        assert found.share == pytest.approx(count / len(EVERY))

    await merge_theme(house, pia, HARBORLANE, fees, free)
    third = await count_again(house, pia, second)
    assert sized(await counted(house, pia, third), free).share == pytest.approx(14 / len(EVERY))
    business.move(timedelta(minutes=1))
    await name_themes(house, pia, HARBORLANE, [Words("Rude", "")])
    laid = await lay_out(house, pia, third, Stack.AGAIN)
    assert (len(laid.desk.stacks[Stack.AGAIN]), len(laid.desk.audited)) == (len(EVERY), 0)

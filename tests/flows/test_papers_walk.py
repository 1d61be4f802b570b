"""Suggestions and letters go along their arrows, whatever is done to them in whatever order, and along every one."""

from datetime import timedelta

from flagstaff.flows.house import House
from flagstaff.kernel.clock import StoppedClock
from flagstaff.vocabulary.roles import StaffRole
from tests.flows.desks import account
from tests.flows.walk.papers import Papers


async def test_every_edge_of_suggestions_and_letters_is_taken_and_no_other(
    own_house: House, business: StoppedClock
) -> None:
    editor = await account(own_house, "pia", StaffRole.POLICY_MANAGER)
    papers = Papers(own_house, editor, await account(own_house, "mia"))
    for _ in range(90):
        business.move(timedelta(minutes=7))
        await papers.go()
    assert papers.strange() == []
    assert papers.never() == [], papers.edges

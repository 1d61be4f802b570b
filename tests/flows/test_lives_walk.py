"""Whatever people and the house do, in whatever order: every life goes along its arrows, and what is promised holds."""

import asyncio
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from flagstaff.flows.house import House
from flagstaff.kernel.clock import StoppedClock
from tests.examples import examples
from tests.flows.desks import account
from tests.flows.walk.machine import Walk, machine_of
from tests.flows.walk.world import World

LATER: dict[tuple[str, str], str] = {}
"""Arrows that nothing takes yet, each with the reason."""


def _run(walk: Walk, machine: type[RuleBasedStateMachine], walks: int) -> None:
    """Run a machine; where it fails, what failed first is raised, with what was done before."""
    how = settings(
        max_examples=examples(walks),
        stateful_step_count=60,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    try:
        run_state_machine_as_test(machine, settings=how)
    except BaseException:
        if walk.failure is not None:
            raise walk.failure from walk.failure.__cause__
        raise


@pytest.mark.once
async def test_every_arrow_is_taken_and_every_promise_holds(
    own_house: House,
    business: StoppedClock,
    record_property: Callable[[str, object], None],
) -> None:
    people = [await account(own_house, name) for name in ("mia", "noor", "omar", "pia")]
    walk = Walk(World(own_house, business, people))
    machine = machine_of(walk, asyncio.get_running_loop())
    for walks in (24, 48):  # the second begins like the first and goes on, where chance left an arrow out
        await asyncio.to_thread(_run, walk, machine, walks)
        if set(walk.tally.never()) == set(LATER):
            break
    record_property("shown", walk.page())
    assert set(walk.tally.never()) == set(LATER), walk.page()

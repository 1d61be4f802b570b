"""List what runs by itself, each with the channels that wake it and how it knows when it is due next."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

import msgspec

from flagstaff.appeals import storage as appeals
from flagstaff.cases import moves
from flagstaff.contact import storage as contact
from flagstaff.decisions import storage as decisions
from flagstaff.delivery import storage as delivery
from flagstaff.flags import outcomes
from flagstaff.flows.alert_owners import alert_owners
from flagstaff.flows.ask_dive import CHANNEL as ASK_DIVE
from flagstaff.flows.close_cases import close_cases, close_emptied
from flagstaff.flows.count_kept_flags import count_kept_flags
from flagstaff.flows.count_use import CHANNEL as COUNT, count_use
from flagstaff.flows.deliver import deliver
from flagstaff.flows.end_holds import end_holds
from flagstaff.flows.end_measures import end_measures
from flagstaff.flows.end_questions import end_questions
from flagstaff.flows.house import House
from flagstaff.flows.keep_house import keep_house
from flagstaff.flows.lapse_claims import lapse_claims
from flagstaff.flows.leave_appeals import leave_appeals
from flagstaff.flows.measure_versions import measure_versions
from flagstaff.flows.publish import publish
from flagstaff.flows.redact_words import redact_words
from flagstaff.flows.run_dive import Diver
from flagstaff.flows.score_cases import rescore_open_cases
from flagstaff.flows.take_effect import take_effect
from flagstaff.flows.wake_cases import wake_cases
from flagstaff.flows.watch_themes import watch_themes
from flagstaff.insight import storage as insight, watching
from flagstaff.menus import suggested
from flagstaff.store.clockwork import CHANNEL as CLOCK
from flagstaff.store.roles import Role

if TYPE_CHECKING:
    from flagstaff.delivery.sending import Sender
    from flagstaff.store.database import Connection


class By(StrEnum):
    """Say by which clock a job is due."""

    BUSINESS = "business"
    WALL = "wall"


class Job(msgspec.Struct, frozen=True):
    """One thing that runs by itself.

    `run` does one batch and returns how much it did; it is called again at once until it returns 0. `due` asks the
    database when the next piece falls due, by the clock `by`; without it the job runs when woken, and every `at_most`
    seconds in any case, for a notification can be lost.
    """

    name: str
    run: Callable[[House], Awaitable[int]]
    channels: tuple[str, ...]
    due: "Callable[[Connection], Awaitable[datetime | None]] | None" = None
    by: By = By.BUSINESS
    role: Role = Role.WORKER
    at_most: float = 30.0


async def _publish(house: House) -> int:
    done = await publish(house)
    return done.events + done.entries


def _deliver(sender: "Sender") -> Callable[[House], Awaitable[int]]:
    async def run(house: House) -> int:
        return (await deliver(house, sender)).tried

    return run


async def _rescore(house: House) -> int:
    """Let waiting count in the queue; once through is enough until it is woken again."""
    await rescore_open_cases(house)
    return 0


async def _first(*moments: Awaitable[datetime | None]) -> datetime | None:
    found = [await moment for moment in moments]
    return min((moment for moment in found if moment is not None), default=None)


async def _next_lapse(connection: "Connection") -> datetime | None:
    return await _first(moves.next_waking(connection), appeals.next_leaving(connection))


async def _next_alert(connection: "Connection") -> datetime | None:
    return await _first(suggested.next_late(connection), contact.next_unanswered(connection))


def jobs(sender: "Sender", diver: Diver) -> tuple[Job, ...]:
    """Return every job, in the order in which they are started."""
    work = (delivery.WORK, CLOCK)
    return (
        Job("take_effect", take_effect, work, decisions.next_decision),
        Job("end_measures", end_measures, work, decisions.next_end),
        Job("end_holds", end_holds, work, decisions.next_end),
        Job("lapse_claims", lapse_claims, work, _next_lapse),
        Job("wake_cases", wake_cases, work, moves.next_waking),
        Job("end_questions", end_questions, work, outcomes.next_question),
        Job("count_kept_flags", count_kept_flags, (CLOCK,), at_most=300.0),
        Job("leave_appeals", leave_appeals, work, appeals.next_leaving),
        Job(
            "publish",
            _publish,
            (delivery.PUBLISH, CLOCK),
            delivery.next_outgoing,
            role=Role.PUBLISHER,
            at_most=5.0,
        ),
        Job("deliver", _deliver(sender), (delivery.DELIVER,), delivery.next_delivery, by=By.WALL),
        Job("close_cases", close_cases, (delivery.DELIVER, CLOCK)),
        Job("close_emptied", close_emptied, (delivery.WORK, CLOCK)),
        # Intake rings no bell: a notification per batch would make commits wait for each other.
        Job("rescore_cases", _rescore, (CLOCK,), at_most=300.0),
        Job("alert_owners", alert_owners, (CLOCK,), _next_alert, at_most=300.0),
        # It looks at whole months: once an hour is often enough, and when the clock is moved.
        Job("measure_versions", measure_versions, (CLOCK,), at_most=3600.0),
        Job("count_use", count_use, (COUNT, CLOCK), insight.next_turn, by=By.WALL, at_most=60.0),
        # A run takes minutes: a step of it at a time, so that a process that is to end need not wait for its table.
        Job("run_dive", diver.step, (ASK_DIVE,)),
        Job("watch_themes", watch_themes, (CLOCK,), watching.next_due, at_most=300.0),
        Job("keep_house", keep_house, (CLOCK,), at_most=3600.0),
        Job("redact_words", redact_words, (), role=Role.REDACTOR, at_most=2.0),
    )

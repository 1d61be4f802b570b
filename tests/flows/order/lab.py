"""Run meetings: set the scene, let the actors meet under a seed, compare with one after another, shrink what fails."""

import contextlib
import dataclasses
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from hashlib import sha256
from itertools import islice
from pathlib import Path
from random import Random
from typing import cast

import msgspec

from flagstaff.flows.answer_second import Answer, answer_second
from flagstaff.flows.claim_case import claim_case
from flagstaff.flows.close_cases import close_cases, close_emptied
from flagstaff.flows.decide_case import Judgement, decide_case
from flagstaff.flows.end_holds import end_holds
from flagstaff.flows.house import House
from flagstaff.flows.lapse_claims import lapse_claims
from flagstaff.flows.leave_appeals import leave_appeals
from flagstaff.flows.publish import publish
from flagstaff.flows.take_effect import take_effect
from flagstaff.flows.wake_cases import wake_cases
from flagstaff.kernel.clock import Clocks, StoppedClock
from flagstaff.kernel.ids import RandomIds
from flagstaff.kernel.settings import Settings
from flagstaff.staff.model import Account
from flagstaff.staff.storage import list_accounts
from flagstaff.store.database import Address, Connection, Database, connect
from flagstaff.store.roles import Role
from flagstaff.vocabulary.states import Verdict
from tests.clusters import clone
from tests.flows.desks import rows_of
from tests.flows.order.acts import Do
from tests.flows.order.outcome import Outcome, outcome_of
from tests.flows.order.scenarios import SCENARIOS, Scenario
from tests.flows.order.scheduler import Choose, Course, Doing, Scheduler, Stuck, by_list, by_seed
from tests.flows.order.verdicts import MOST_ORDERS, Order, acted, broken_here, orders
from tests.flows.order.world import BEGIN, World, staff_of
from tests.flows.walk.promises import broken
from tests.houses import build_house

_POOL = 12
_PATIENT = timedelta(seconds=30)
_SHRINKS = 40
_TIDY = 300
_FEW = 6
"""Orders tried while a failing schedule is made smaller."""


class Trial(msgspec.Struct, frozen=True):
    """One schedule: which scenario, which of its actors, and who goes on when (by seed, or as listed)."""

    scenario: str
    actors: tuple[str, ...]
    seed: str
    wanted: tuple[str, ...] | None = None
    careless: tuple[str, ...] = ()

    def choose(self) -> Choose:
        """Return who says who goes on."""
        return by_list(self.wanted) if self.wanted is not None else by_seed(Random(self.seed))


class Judged(msgspec.Struct, frozen=True):
    """What became of one schedule; no faults means that it equals some order and broke nothing."""

    trial: Trial
    course: Course
    faults: tuple[str, ...]
    outcome: Outcome | None
    order: Order = ()

    @property
    def digest(self) -> str:
        """Name the end state shortly."""
        return sha256(self.outcome.text.encode()).hexdigest()[:12] if self.outcome else ""

    def page(self) -> str:
        """Return the schedule as somebody reads it who looks for the mistake."""
        lines = [f"{self.trial.scenario}: {', '.join(self.trial.actors)} (seed {self.trial.seed!r})"]
        before = ""
        for step in self.course.steps:
            who = step.actor if step.actor != before else ""
            lines.append(f"  {who:>16}  {step.what}{'   … waits for a lock' if step.waits else ''}")
            before = step.actor
        lines += [f"  {deed.actor:>16}  {deed.act} → {deed.result}" for deed in self.course.deeds]
        return "\n".join([*lines, *(f"  ! {fault}" for fault in self.faults)])


def drawn(seed: int, place: int, careless: Sequence[str] = ()) -> Trial:
    """Return the schedule of this place in the run of a seed."""
    random = Random(f"{seed}:{place}")
    scenario = SCENARIOS[place % len(SCENARIOS)]
    actors = list(scenario.actors)
    if random.random() < 0.6:
        keep = set(random.sample(actors, random.randint(2, min(4, len(actors)))))
        actors = [name for name in actors if name in keep]
    return Trial(scenario.name, tuple(actors), f"{seed}:{place}", careless=tuple(careless))


class Lab:
    """A house with nothing in it, and what one after another gives there."""

    def __init__(
        self, house: House, clock: StoppedClock, staff: dict[str, Account], eye: Connection, emptied: str
    ) -> None:
        """Work in a house; `eye` is the owner and sees who waits for whom; `emptied` is SQL that forgets every case."""
        self.house = house
        self.clock = clock
        self.staff = staff
        self.trials = 0
        self._eye = eye
        self._emptied = emptied
        self._cleared = 0
        self._serial: dict[tuple[str, Order], tuple[Outcome, dict[tuple[str, str], str]]] = {}

    async def judge(self, trial: Trial, patience: int = MOST_ORDERS) -> Judged:
        """Run one schedule and say whether it holds; at most `patience` orders are tried."""
        scenario = next(one for one in SCENARIOS if one.name == trial.scenario)
        self.trials += 1
        world = await self._begin(scenario)
        scheduler = Scheduler(self._eye, trial.choose())
        actors = {}
        for name in trial.actors:
            gate = scheduler.gate(name)
            house = world.through(gate, careless=name in trial.careless)
            actors[name] = [(act, _bind(world, house, do)) for act, do in scenario.acts(name)]
        try:
            course = await scheduler.run(actors)
        except Stuck as stuck:
            return Judged(trial, scheduler.course, (f"stuck: {stuck}",), None)
        order: Order = ()
        outcome = await outcome_of(world)
        faults = list(course.faults)
        faults += await self._wrong(world)
        await self._quiet(world)
        faults += await self._wrong(world, quiet=True)
        if not faults:
            faults, order = await self._compare(scenario, course, outcome, patience)
        return Judged(trial, course, tuple(dict.fromkeys(faults)), outcome, order)

    async def shrink(self, failed: Judged) -> Judged:
        """Return a smaller schedule that fails too: fewer actors, then fewer switches."""
        left = _SHRINKS
        smallest = failed
        for name in failed.trial.actors:
            actors = tuple(one for one in smallest.trial.actors if one != name)
            if len(actors) < 2:
                break
            again = await self.judge(_as_it_went(smallest, actors), _FEW)
            smallest, left = (again if again.faults else smallest), left - 1
        place = 1
        while left > 0 and place < len(smallest.course.steps):
            wanted = [step.actor for step in smallest.course.steps]
            shorter = _one_switch_less(wanted, place)
            place += 1
            if shorter == wanted:
                continue
            again = await self.judge(msgspec.structs.replace(smallest.trial, wanted=tuple(shorter)), _FEW)
            left -= 1
            if again.faults and again.course.switches < smallest.course.switches:
                smallest = again
        return smallest

    async def one_after_another(
        self, scenario: Scenario, order: Order
    ) -> tuple[Outcome, dict[tuple[str, str], str]]:
        """Return what these acts leave in this order, and how each was answered; done once and remembered."""
        known = self._serial.get((scenario.name, order))
        if known is not None:
            return known
        world = await self._begin(scenario)
        scheduler = Scheduler(self._eye, lambda names: names[0])
        answers = {}
        for actor, name in order:
            act = dict(scenario.acts(actor))[name]
            answers[actor, name] = await scheduler.outcome("alone", _bind(world, world.house, act))
        if scheduler.course.faults:
            msg = f"{order} one after another: {scheduler.course.faults}"
            raise AssertionError(msg)
        found = await outcome_of(world), answers
        self._serial[scenario.name, order] = found
        return found

    async def _begin(self, scenario: Scenario) -> World:
        await self._clear()
        world = World(self.house, self.clock, self.staff)
        await scenario.begin(world)
        return world

    async def _compare(
        self, scenario: Scenario, course: Course, outcome: Outcome, patience: int
    ) -> tuple[list[str], Order]:
        """Look for an order of the same acts that gives the same; say how the likeliest differs."""
        given = {(deed.actor, deed.act): deed.result for deed in acted(course)}
        likeliest: list[str] = []
        for order in islice(orders(course), patience):
            there, answers = await self.one_after_another(scenario, order)
            if there.text == outcome.text and answers == given:
                return [], order
            if not likeliest:
                other = [
                    f"{key}: {given[key]}, not {answers[key]}" for key in given if given[key] != answers[key]
                ]
                likeliest = ["no order gives this; the nearest differs in", *other, *outcome.differs(there)]
        return ["\n    ".join(likeliest)], ()

    async def _wrong(self, world: World, *, quiet: bool = False) -> list[str]:
        general = [f"{name}: {row}" for name, rows in (await broken(world.house)).items() for row in rows]
        return [*general, *await broken_here(world.house, quiet=quiet)]

    async def _quiet(self, world: World) -> None:
        """Let a night shift decide what is left, and let time pass until nothing waits any more."""
        house, day = self.house, 200
        world.at(timedelta(hours=day))
        await _jobs(house)
        while left := await _left(world):
            for number, state, barred in left:
                who = next(one for one in self.staff.values() if str(one.key) not in barred)
                if state == "awaiting_second":
                    await answer_second(house, who, Answer(number, confirm=False, reason="A first offence."))
                    world.at(timedelta(hours=day + 10))
                    await lapse_claims(house)
                if state != "decided":
                    await claim_case(house, who, number)
                    await decide_case(house, who, _let_stand(number))
            day += 100
            world.at(timedelta(hours=day))
            await _jobs(house)
        while (await publish(house)).events:
            pass

    async def _clear(self) -> None:
        """Leave nothing of one case to the next: what the house does by itself it does to all cases."""
        await self._eye.execute(self._emptied)
        self._cleared += 1
        if self._cleared % _TIDY == 0:
            await self._eye.execute("vacuum")


def _bind(world: World, house: House, act: Do) -> Doing:
    return lambda: act(world, house)


def _let_stand(number: str) -> Judgement:
    return Judgement(case=number, verdict=Verdict.NO_VIOLATION, reason="Nothing is wrong with it.")


async def _left(world: World) -> list[tuple[str, str, set[str]]]:
    """Return the cases of the subject that are not over, with those who may not take them now."""
    rows = await rows_of(
        world.house,
        "select c.number, c.state, array_cat(c.not_for, array_remove(array[d.decided_by], null))::text[] as barred "
        "from cases.case c join subjects.subject s on s.key = c.subject "
        "left join decisions.decision d on d.key = c.decision and d.state = 'proposed' "
        "where s.outside_id = $1 and c.state not in ('effective', 'closed')",
        world.shown.ref.id,
    )
    return [
        (str(row["number"]), str(row["state"]), set(map(str, cast("list[str]", row["barred"]))))
        for row in rows
    ]


async def _jobs(house: House) -> None:
    """Let the house do what is due until nothing is."""
    for _ in range(4):
        done = [
            await work(house)
            for work in (lapse_claims, wake_cases, take_effect, leave_appeals, end_holds, close_emptied)
        ]
        if not any(done):
            break
    await close_cases(house)


def _as_it_went(failed: Judged, actors: tuple[str, ...]) -> Trial:
    wanted = tuple(step.actor for step in failed.course.steps if step.actor in actors)
    return msgspec.structs.replace(failed.trial, actors=actors, wanted=wanted)


def _one_switch_less(wanted: Sequence[str], place: int) -> list[str]:
    """Let whoever went on before this place go on until the switch after it, before the others do."""
    before, now = wanted[place - 1], wanted[place]
    if before == now:
        return list(wanted)
    end = place
    while end < len(wanted) and wanted[end] != before:
        end += 1
    after = end
    while after < len(wanted) and wanted[after] == before:
        after += 1
    return [*wanted[:place], *wanted[end:after], *wanted[place:end], *wanted[after:]]


@contextlib.asynccontextmanager
async def template(cluster: Address, folder: Path) -> AsyncIterator[Address]:
    """Give a database with the policy and the staff in it, to be copied for every lab."""
    async with clone(cluster) as address:
        database = await Database.open(address, Role, statement_timeout=_PATIENT)
        house = await _house(database, folder, StoppedClock(BEGIN - timedelta(minutes=1)))
        await staff_of(house)
        await database.close()
        yield address


@contextlib.asynccontextmanager
async def lab(cluster: Address, of: Address, folder: Path) -> AsyncIterator[Lab]:
    """Give a lab on a copy of its own."""
    async with clone(cluster, of=str(of.database)) as address:
        database = await Database.open(address, Role, size=_POOL, statement_timeout=_PATIENT)
        eye = await connect(address, Role.OWNER)
        clock = StoppedClock(BEGIN)
        house = await _house(database, folder, clock)
        async with database.reading(Role.CONSOLE) as connection:
            staff = {one.name: one for one in await list_accounts(connection)}
        try:
            yield Lab(house, clock, staff, eye, "; ".join(await _emptying(eye)))
        finally:
            await eye.close()
            await database.close()


async def _emptying(eye: Connection) -> list[str]:
    """Return what empties every table that cases fill."""
    rows = await eye.fetch(
        "select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname = any($1) "
        "and tablename not in ('host', 'policy')",
        ["subjects", "cases", "flags", "vault", "decisions", "appeals", "delivery", "audit"],
    )
    return ["set session_replication_role = replica", *(f"delete from {row['name']}" for row in rows)]


async def _house(database: Database, folder: Path, clock: StoppedClock) -> House:
    wall = StoppedClock(clock.now())
    house = await build_house(database, RandomIds(wall), Clocks(wall, clock))
    settings = Settings(home=folder)
    settings.keys_folder.mkdir(parents=True, exist_ok=True)  # the list of erasures is kept there
    return dataclasses.replace(house, settings=settings)

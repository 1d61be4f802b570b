"""Say who goes on at every statement: repeatable by a seed, whoever waits for a lock is passed over.

One thing is PostgreSQL's choice: who of two that wait for one row comes first, where a third has changed that row.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from random import Random

import msgspec

from flagstaff.kernel.errors import FlagstaffError
from flagstaff.store.database import Connection
from tests.flows.order.gates import Gate, Mood

_BLOCKERS = "select pid, pg_blocking_pids(pid) as by from unnest($1::int[]) as t(pid)"
_ASK_AFTER = 0.002
"""Seconds after which somebody who has not come back may be waiting for a lock."""
_STUCK = 20.0

Choose = Callable[[Sequence[str]], str]
Doing = Callable[[], Awaitable[object]]
Act = tuple[str, Doing]


class Step(msgspec.Struct, frozen=True):
    """One actor went on with one statement; `waits` where it met a lock."""

    actor: str
    what: str
    waits: bool = False


class Deed(msgspec.Struct):
    """One act of one actor: its place among all, when it began and took hold, and how it ended."""

    actor: str
    act: str
    began: int
    held: int = 0
    ended: int = 0
    result: str = ""


class Course(msgspec.Struct):
    """What happened in one schedule."""

    steps: list[Step] = []
    deeds: list[Deed] = []
    faults: list[str] = []
    deadlocks: int = 0

    @property
    def switches(self) -> int:
        """Return how often another actor went on than the one before."""
        return sum(a.actor != b.actor for a, b in zip(self.steps, self.steps[1:], strict=False))

    @property
    def lock_waits(self) -> int:
        """Return how often somebody met a lock."""
        return sum(step.waits for step in self.steps)

    @property
    def refusals(self) -> Counter[str]:
        """Return the refusals by kind."""
        return Counter(
            f"{one.act.split()[0]}: {one.result}" for one in self.deeds if one.result[:1].isupper()
        )


class Stuck(Exception):
    """An actor neither went on nor waited for another one."""


class Scheduler:
    """Lead some actors through their acts."""

    def __init__(self, monitor: Connection, choose: Choose) -> None:
        """Ask `monitor`, a connection of the owner, who waits for whom."""
        self._monitor = monitor
        self._choose = choose
        self._changed = asyncio.Event()
        self._gates: list[Gate] = []
        self._current: dict[str, Deed] = {}
        self._tick = 0
        self.course = Course()

    def gate(self, name: str) -> Gate:
        """Make the gate of an actor."""
        gate = Gate(name, self._changed.set, self._took_hold)
        self._gates.append(gate)
        return gate

    async def run(self, actors: Mapping[str, Sequence[Act]]) -> Course:
        """Let every actor do its acts in their order, and return what happened."""
        gates = {gate.name: gate for gate in self._gates}
        tasks = [asyncio.create_task(self._act(gates[name], acts)) for name, acts in actors.items()]
        try:
            await self._settle()
            while any(gate.doing is not Mood.DONE for gate in self._gates):
                await self._step()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        return self.course

    async def _act(self, gate: Gate, acts: Sequence[Act]) -> None:
        for name, act in acts:
            await gate.pause(f"[{name}]")
            deed = Deed(gate.name, name, began=self._now())
            self._current[gate.name] = deed
            self.course.deeds.append(deed)
            deed.result = await self.outcome(gate.name, act)
            deed.ended = self._now()
            deed.held = deed.held or deed.ended
        gate.done()

    async def outcome(self, actor: str, act: Doing) -> str:
        """Do one act and say how it was answered."""
        try:
            done = await act()
        except FlagstaffError as refused:
            return type(refused).__name__
        except Exception as error:  # noqa: BLE001 - whatever breaks is what is looked for
            self.course.faults.append(f"{actor}: {error!r}")
        else:
            return "nothing" if done == 0 and done is not None else "done"
        return "fault"

    async def _step(self) -> None:
        paused = {gate.name: gate for gate in self._gates if gate.doing is Mood.PAUSED}
        if not paused:
            await self._deadlock()
            return
        chosen = paused[self._choose(sorted(paused))]
        what = chosen.next
        chosen.open()
        await self._settle()
        self.course.steps.append(Step(chosen.name, what, chosen.doing is Mood.LOCKED))

    async def _settle(self) -> None:
        """Wait until everybody pauses, waits for a lock or is done."""
        tries = 0
        while True:
            self._wake_waiting()
            working = [gate for gate in self._gates if gate.doing is Mood.WORKING]
            if not working:
                return
            self._changed.clear()
            alarm = asyncio.get_running_loop().call_later(_ASK_AFTER, self._changed.set)
            await self._changed.wait()
            alarm.cancel()
            if all(gate.doing is Mood.WORKING for gate in working):
                tries += 1
                await self._mark_locked(working)
            if tries * _ASK_AFTER > _STUCK:
                raise Stuck(", ".join(f"{gate.name} at {gate.next}" for gate in working))

    def _wake_waiting(self) -> None:
        """Take it that those who waited may go on, once a transaction has ended."""
        if any(gate.released for gate in self._gates):
            for gate in self._gates:
                gate.released = False
                if gate.doing is Mood.LOCKED:
                    gate.doing = Mood.WORKING

    async def _mark_locked(self, working: Sequence[Gate]) -> None:
        ours = {gate.pid for gate in self._gates}
        asked = {gate.pid: gate for gate in working if gate.pid is not None}
        for row in await self._monitor.fetch(_BLOCKERS, list(asked)):
            if row["by"] and set(row["by"]) <= ours and asked[row["pid"]].doing is Mood.WORKING:
                asked[row["pid"]].doing = Mood.LOCKED

    async def _deadlock(self) -> None:
        """Everybody waits for somebody: PostgreSQL ends it, and it is a fault."""
        waiting = ", ".join(f"{one.name} at {one.next}" for one in self._gates if one.doing is Mood.LOCKED)
        self.course.deadlocks += 1
        self.course.faults.append(f"a deadlock: {waiting}")
        while not any(gate.doing is Mood.PAUSED for gate in self._gates):
            if all(gate.doing is Mood.DONE for gate in self._gates):
                return
            self._wake_waiting()
            await asyncio.sleep(0.02)
        await self._settle()

    def _took_hold(self, gate: Gate) -> None:
        deed = self._current.get(gate.name)
        if deed is not None:
            deed.held = self._now()

    def _now(self) -> int:
        self._tick += 1
        return self._tick


def by_seed(random: Random, most: int = 120) -> Choose:
    """Choose anybody at every statement, or mostly let one go on: races that need few switches are found sooner."""
    if random.random() < 0.5:
        return lambda names: random.choice(names)
    ranks: dict[str, float] = {}
    turns = {random.randrange(most) for _ in range(random.randint(1, 4))}
    at = 0

    def choose(names: Sequence[str]) -> str:
        nonlocal at
        for name in names:
            ranks.setdefault(name, random.random())
        first = max(names, key=lambda name: ranks[name])
        at += 1
        if at in turns:
            ranks[first] = -random.random()
            first = max(names, key=lambda name: ranks[name])
        return first

    return choose


def by_list(wanted: Sequence[str]) -> Choose:
    """Choose as written; whoever cannot go on is passed over, and after the list the first by name goes on."""
    rest = list(wanted)

    def choose(names: Sequence[str]) -> str:
        while rest:
            name = rest.pop(0)
            if name in names:
                return name
        return names[0]

    return choose

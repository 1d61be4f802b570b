"""Walk: at each step Hypothesis draws a number, which picks what is done to which of a few subjects."""

import asyncio
from collections import Counter
from collections.abc import Coroutine
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from flagstaff.flows.push_content import push_content
from flagstaff.kernel.errors import FlagstaffError
from flagstaff.vocabulary.arrows import IllegalArrow
from tests.flows.walk import deeds, second_looks
from tests.flows.walk.deed import DEEDS, Deed
from tests.flows.walk.edges import Seen, Tally, look, strange, taken
from tests.flows.walk.promises import broken
from tests.flows.walk.scene import Scene, scenes_of
from tests.flows.walk.world import World, author_of
from tests.houses import seen

SUBJECTS = 3
_NOTED_IN = (deeds, second_looks)
"""Where the deeds of the list stand; each is noted as its file is read."""
_WAYS = 4
"""Of so many deeds one is taken by chance; the others are least done in their state, most among those that lead on."""


class Walk:
    """Do deeds one by one, count the edges that they take, and ask after each what must hold."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.tally = Tally()
        self.done: Counter[tuple[str, str]] = Counter()
        self.refused: Counter[str] = Counter()
        self.trace: list[str] = []
        self.failure: AssertionError | None = None
        self._subjects: list[str] = []
        self._rounds = 0
        self._seen: Seen = Seen({}, {})

    async def begin(self) -> None:
        """Let a few new subjects appear; what stands about the former ones stays as it is."""
        self._rounds += 1
        self._subjects = [f"job-{self._rounds}-{place}" for place in range(SUBJECTS)]
        self.trace = [f"round {self._rounds}"]
        shown = [
            seen(id_=one, author=author_of(one), words=self.world.words_of(one)) for one in self._subjects
        ]
        await push_content(self.world.house, shown)
        self._seen = await look(self.world.house)

    async def go(self, draw: int) -> None:
        """Do one deed."""
        scenes = await scenes_of(self.world.house, self._subjects)
        possible = [(scene, deed) for scene in scenes for deed in DEEDS if deed.when(scene, self.world)]
        scene, deed = self._choose(possible, draw)
        self.done[deed.name, scene.state] += 1
        self.trace.append(f"{scene.id} {scene.state or 'new'}: {deed.name}")
        try:
            await deed.do(self.world, scene)
        except IllegalArrow:
            raise
        except FlagstaffError as refused:
            self.refused[f"{deed.name}: {refused}"] += 1
        now = await look(self.world.house)
        edges = await taken(self.world.house, self._seen, now, deed.name)
        self._seen = now
        self.tally.count(edges)
        self.trace[-1] += f" → {', '.join(f'{life}.{edge.arrow}' for life, edge in edges) or 'nothing'}"
        if unknown := strange(edges):
            raise AssertionError(f"edges that stand in no table: {unknown}")
        if promises := await broken(self.world.house):
            raise AssertionError(f"promises that do not hold: {promises}")

    def page(self) -> str:
        """Return what was walked, to be shown."""
        never = ", ".join(self.tally.edges_never()) or "none"
        refused = "".join(f"\nrefused {times} x {what}" for what, times in self.refused.items())
        return f"{self.tally.table()}\n{self.done.total()} deeds; edges never taken: {never}{refused}"

    def _choose(self, possible: list[tuple[Scene, Deed]], draw: int) -> tuple[Scene, Deed]:
        way, draw = draw % _WAYS, draw // _WAYS
        if way == 0:
            return possible[draw % len(possible)]
        if way > 1:
            onward = [(scene, deed) for scene, deed in possible if deed.leads_on(scene, self.world)]
            possible = onward or possible
        times = [self.done[deed.name, scene.state] for scene, deed in possible]
        rare = [one for one, count in zip(possible, times, strict=True) if count == min(times)]
        return rare[draw % len(rare)]


def machine_of(walk: Walk, loop: asyncio.AbstractEventLoop) -> type[RuleBasedStateMachine]:
    """Return the machine that drives a walk from another thread than its loop's."""

    def run(story: Coroutine[Any, Any, None]) -> None:
        try:
            asyncio.run_coroutine_threadsafe(story, loop).result(timeout=60)
        except Exception as error:
            if walk.failure is None:
                walk.failure = AssertionError(f"{error!r}\nafter:\n  " + "\n  ".join(walk.trace[-40:]))
                walk.failure.__cause__ = error
            raise

    class Lives(RuleBasedStateMachine):
        """One round of a walk."""

        @initialize()
        def begin(self) -> None:
            run(walk.begin())

        @rule(draw=st.integers(min_value=0, max_value=2**32 - 1))
        def go(self, draw: int) -> None:
            run(walk.go(draw))

    return Lives

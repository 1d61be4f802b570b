"""What a deed is, and how one is noted."""

from collections.abc import Awaitable, Callable

import msgspec

from tests.flows.walk.scene import Scene
from tests.flows.walk.world import World

When = Callable[[Scene, World], object]
Do = Callable[[World, Scene], Awaitable[object]]


class Deed(msgspec.Struct, frozen=True):
    """One thing that somebody, or the house, may do; `leads_on` where it brings a life nearer to its end."""

    name: str
    when: When
    do: Do
    leads_on: When


DEEDS: list[Deed] = []


def never(scene: Scene, world: World) -> bool:
    return False


def deed(when: When, leads_on: When = never) -> Callable[[Do], Do]:
    """Note a deed under the name of its function."""

    def note(do: Do) -> Do:
        DEEDS.append(Deed(do.__name__, when, do, leads_on))
        return do

    return note


def always(scene: Scene, world: World) -> bool:
    return True


def in_state(*states: str) -> When:
    return lambda scene, world: scene.state in states

"""What stands when the meeting begins, and who meets there: each scenario is one case with its actors."""

from collections import Counter
from collections.abc import Mapping

import msgspec

from flagstaff.flows.house import House
from tests.flows.desks import value_of
from tests.flows.order.acts import (
    AUTHOR_APPEALS,
    AUTHOR_WITHDRAWS_APPEAL,
    CLOSE,
    DELETES,
    EFFECT,
    EMPTIED,
    HOLDS,
    LAPSE,
    LEAVE,
    RESTORES,
    WAKE,
    Acts,
    Do,
    answers,
    appeals_flag,
    claims,
    closes_account,
    confirms,
    erased,
    flags,
    gives_back,
    holds,
    lets_stand,
    lifts,
    parks,
    proposes,
    proposes_grave,
    refuses,
    removes,
    reverses,
    time_passes,
    undoes,
    withdraws,
)
from tests.flows.order.world import GRAVE, LOW, OTHER, World


class Scenario(msgspec.Struct, frozen=True):
    """One case: what was done before, one after the other, and what the actors do now."""

    name: str
    before: Acts
    actors: Mapping[str, Acts]

    def acts(self, actor: str) -> list[tuple[str, Do]]:
        """Return what an actor does, each act under a name of its own."""
        acts = self.actors[actor]
        times = Counter(name for name, _ in acts)
        seen: Counter[str] = Counter()
        named = []
        for name, do in acts:
            seen[name] += 1
            named.append((f"{name} {seen[name]}" if times[name] > 1 else name, do))
        return named

    async def begin(self, world: World) -> None:
        """Let Rita flag the subject, and do what is done before."""
        house: House = world.house
        await world.flag(house, "rita")
        found = await value_of(
            house,
            "select c.number from cases.case c join subjects.subject s on s.key = c.subject "
            "where s.outside_id = $1",
            world.shown.ref.id,
        )
        world.case = str(found)
        for _, act in self.before:
            await act(world, house)


_IN_EFFECT = (*removes("mia"), time_passes(2), EFFECT)

SCENARIOS = (
    Scenario(
        "two moderators, deletion, a second flag, an undo, an appeal",
        (),
        {
            "mia": (*removes("mia"), undoes("mia")),
            "noor": lets_stand("noor"),
            "ann": (DELETES, AUTHOR_APPEALS),
            "sam": (flags("sam", OTHER),),
            "house": (time_passes(2), EFFECT, EFFECT),
        },
    ),
    Scenario(
        "two moderators, and the case changes under them",
        (),
        {
            "mia": proposes("mia"),
            "noor": (*removes("noor"), undoes("noor")),
            "sam": (flags("sam", GRAVE),),
            "rita": (withdraws("rita"), flags("rita", LOW)),
            "ann": (DELETES, RESTORES),
        },
    ),
    Scenario(
        "the window of a decision ends",
        removes("mia"),
        {
            "mia": (undoes("mia"),),
            "sam": (flags("sam", OTHER), withdraws("sam")),
            "rita": (withdraws("rita"),),
            "ann": (DELETES, AUTHOR_APPEALS),
            "clock": (time_passes(2),),
            "one worker": (EFFECT, CLOSE),
            "another worker": (EFFECT,),
        },
    ),
    Scenario(
        "a second person is asked",
        proposes("mia"),
        {
            "pia": (confirms("pia"),),
            "omar": (refuses("omar"),),
            "mia": (undoes("mia"),),
            "sam": (flags("sam", GRAVE),),
            "ann": (DELETES,),
            "house": (time_passes(2), EFFECT, EFFECT),
        },
    ),
    Scenario(
        "a grave proposal holds what it is about",
        proposes_grave("mia"),
        {
            "pia": (confirms("pia"),),
            "mia": (undoes("mia"), gives_back("mia")),
            "lea": (lifts("lea"),),
            "house": (time_passes(100), HOLDS, EFFECT),
            "platform": (closes_account("ann"),),
        },
    ),
    Scenario(
        "a decision is in effect",
        _IN_EFFECT,
        {
            "ann": (AUTHOR_APPEALS, DELETES),
            "rita": (appeals_flag("rita"), withdraws("rita")),
            "sam": (flags("sam"), withdraws("sam")),
            "tom": (flags("tom", OTHER),),
            "lea": (reverses("lea"),),
            "platform": (erased("rita"),),
        },
    ),
    Scenario(
        "what was left up is doubted",
        (*lets_stand("mia"), time_passes(2), EFFECT),
        {
            "rita": (appeals_flag("rita"),),
            "sam": (flags("sam"),),
            "tom": (flags("tom"),),
            "uma": (flags("uma"),),
            "lea": (reverses("lea"),),
            "noor": (claims("noor"),),
        },
    ),
    Scenario(
        "an appeal is answered",
        (*_IN_EFFECT, AUTHOR_APPEALS),
        {
            "omar": answers("omar", uphold=True),
            "pia": answers("pia", uphold=False),
            "ann": (AUTHOR_WITHDRAWS_APPEAL, AUTHOR_APPEALS),
            "lea": (reverses("lea"),),
            "sam": (flags("sam"),),
            "house": (time_passes(3), LEAVE, LEAVE),
        },
    ),
    Scenario(
        "a hold stands",
        (holds("noor"),),
        {
            "mia": (*removes("mia"), undoes("mia")),
            "lea": (lifts("lea"), holds("lea")),
            "sam": (flags("sam", GRAVE),),
            "ann": (DELETES,),
            "house": (time_passes(100), HOLDS, EFFECT),
        },
    ),
    Scenario(
        "the author leaves",
        (),
        {
            "platform": (closes_account("ann"), erased("ann")),
            "sam": (flags("sam"),),
            "mia": removes("mia"),
            "rita": (withdraws("rita"),),
            "house": (time_passes(2), EFFECT, LAPSE),
        },
    ),
    Scenario(
        "nothing is left in a case that somebody holds",
        (claims("mia"), withdraws("rita")),
        {
            "mia": (gives_back("mia"), claims("mia")),
            "house": (EMPTIED, EMPTIED),
            "sam": (flags("sam"),),
            "rita": (flags("rita"), withdraws("rita")),
            "noor": (claims("noor"),),
        },
    ),
    Scenario(
        "claims run out and waiting ends",
        (claims("mia"), parks("mia")),
        {
            "house": (time_passes(2), WAKE, LAPSE),
            "mia": (claims("mia"), gives_back("mia")),
            "noor": lets_stand("noor"),
            "sam": (flags("sam", GRAVE),),
            "tom": (flags("tom"),),
        },
    ),
    Scenario(
        "people are erased while they write",
        (flags("sam"), *_IN_EFFECT, AUTHOR_APPEALS),
        {
            "rita": (appeals_flag("rita"),),
            "ann": (AUTHOR_APPEALS,),
            "sam": (flags("sam", OTHER), flags("sam")),
            "tom": (flags("tom", OTHER), flags("tom"), withdraws("tom")),
            "one eraser": (erased("rita"), erased("tom")),
            "another eraser": (erased("sam"), erased("ann")),
        },
    ),
)

"""Run the two-clones comparison for the tour, and lay out what it found."""

import json
import time
from typing import Final

from flagstaff.cli.two_clones import AUTHOR, Compared, Observed, Story, Voice, open_theatre
from flagstaff.console.tour_parts import Proof, anonymous
from flagstaff.flows.house import House
from flagstaff.vocabulary.audience import Audience
from flagstaff.vocabulary.references import Platform

_USUAL: Final = "CG-12c"
_WORDS: Final = (
    "I am quite sure about this one.",
    "Somebody should look at this, please.",
    "Again the same.",
)


async def prove_by_clones(house: House, kind: str, option: str, person: str) -> Proof:
    """Tell the story of one flag on two clones: by this person alone, and by three others in other ways."""
    began = time.monotonic()
    alone = (Voice(person, option, _WORDS[0], 5),)
    others = (
        Voice("bruno" if person != "bruno" else "noor", f"{kind}.something_else", _WORDS[1], 40),
        Voice("celeste", option, _WORDS[2], 95),
        Voice("leo", option, _WORDS[0], 2100),
    )
    async with open_theatre(house, house.database.address) as theatre:
        found = await theatre.compare(_story(house, kind, option), (alone, others))
    return Proof(
        seconds=time.monotonic() - began,
        voices=(tuple(_says(house, one) for one in alone), tuple(_says(house, one) for one in others)),
        channels=tuple(_channels(found)),
        differences=tuple((one.where, str(one.one), str(one.other)) for one in found.differences),
        author=tuple(anonymous(_author_read(found.one))),
        platform=tuple(anonymous(_platform_read(found.one))),
    )


def _story(house: House, kind: str, option: str) -> Story:
    """Decide under the clause that the option leads to; Other and what leads to none under the rule for the rest."""
    platform = Platform("harborlane")
    known = house.policy.guidelines(platform).clause_by_key
    chosen = house.policy.menus(platform).option_by_key.get(option)
    fits = [
        key
        for key in (chosen.clauses if chosen else ())
        if key in known
        and known[key].decidable
        and kind in known[key].scope
        and (known[key].severity or 1) < 4
    ]
    audience = Audience.ONE if kind == "private_message" else Audience.MANY
    return Story(kind=kind, clause=fits[0] if fits else _USUAL, audience=audience)


def _says(house: House, voice: Voice) -> str:
    platform = Platform("harborlane")
    option = house.policy.menus(platform).option_by_key.get(voice.option)
    label = option.label.replace("{platform}", house.policy.host(platform).name) if option else voice.option
    when = f"after {voice.minutes} minutes" if voice.minutes < 120 else "a day after the decision"
    return f"{voice.reporter.capitalize()}, {when}: {label}. “{voice.words}”"


def _channels(found: Compared) -> list[tuple[str, int, bool]]:
    names = next(iter(found.one.moments.values())).keys()
    differing = {one.where.split(" › ")[1] for one in found.differences}
    return [
        (name, sum(_count(seen[name]) for seen in found.one.moments.values()), name not in differing)
        for name in names
    ]


def _count(value: object) -> int:
    if isinstance(value, dict):
        return sum(map(_count, value.values()))
    return sum(map(_count, value)) if isinstance(value, list) else 1


def _author_read(told: Observed) -> list[str]:
    last = list(told.moments.values())[-1]
    return [one["text"] for one in reversed(last["GET /v1/my/notices"]["body"]["items"])]


def _platform_read(told: Observed) -> list[str]:
    last = list(told.moments.values())[-1]
    return [
        json.dumps(json.loads(one), indent=2, ensure_ascii=False)
        for one in last["bodies of webhooks"]
        if AUTHOR in one or "measure." in one
    ]

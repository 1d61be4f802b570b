"""Everything that can be done to an appeal, and when it can be done."""

from flagstaff.flows.answer_appeal import AppealAnswer, answer_appeal, undo_answer
from flagstaff.flows.claim_appeal import claim_appeal, release_appeal
from flagstaff.flows.lapse_claims import lapse_claims
from flagstaff.flows.leave_appeals import leave_appeals
from flagstaff.flows.receive_appeal import Asked, receive_appeal
from flagstaff.flows.withdraw_appeal import TakenBack, withdraw_appeal
from flagstaff.staff.model import Account
from tests.flows.desks import rows_of
from tests.flows.walk.deed import When, always, deed
from tests.flows.walk.scene import Row, Scene
from tests.flows.walk.world import World, author_of
from tests.houses import person


@deed(lambda scene, world: scene.in_force and scene.measures_in("running", "ended"), always)
async def appeal(world: World, scene: Scene) -> None:
    assert scene.decision is not None
    author = person(author_of(scene.id))
    await receive_appeal(world.house, Asked(scene.decision["number"], "I paid for it.", author))


def _refused(scene: Scene) -> list[Row]:
    flags = [
        flag for flag in scene.flags_in("answered") if flag["decision"] and flag["outcome_from"] <= scene.now
    ]
    return [flag for flag in flags if flag["outcome"] == "no_violation"] if scene.in_force else []


@deed(lambda scene, world: _refused(scene), always)
async def appeal_as_reporter(world: World, scene: Scene) -> None:
    number = _refused(scene)[-1]["number"]
    await receive_appeal(world.house, Asked(number, "Look at it again.", person(world.sent_by[number])))


def _appeal_is(*states: str) -> When:
    return lambda scene, world: (
        scene.appeal and scene.appeal["state"] in states and not scene.appeal["left_at"]
    )


def reviewer(world: World, scene: Scene) -> Account:
    assert scene.appeal is not None
    return world.account(scene.appeal["reviewer"])


async def _bench(world: World, scene: Scene) -> tuple[Account, str]:
    assert scene.appeal is not None
    by = reviewer(world, scene)
    await claim_appeal(world.house, by, scene.appeal["number"])
    return by, scene.appeal["number"]


@deed(_appeal_is("received"), always)
async def take_appeal(world: World, scene: Scene) -> None:
    assert scene.appeal is not None
    await claim_appeal(world.house, await _judge(world, scene), scene.appeal["number"])


async def _judge(world: World, scene: Scene, *but: object) -> Account:
    """Return somebody who took no part."""
    assert scene.decision is not None
    second = await rows_of(
        world.house, "select answered_by from decisions.second where decision = $1", scene.decision["key"]
    )
    return world.other(scene.decision["decided_by"], *(row["answered_by"] for row in second), *but)


@deed(_appeal_is("claimed"), always)
async def take_lapsed_appeal(world: World, scene: Scene) -> None:
    assert scene.appeal is not None
    world.until(scene.appeal["claimed_until"])
    await claim_appeal(
        world.house, await _judge(world, scene, scene.appeal["reviewer"]), scene.appeal["number"]
    )


@deed(_appeal_is("claimed"), always)
async def appeal_lapses(world: World, scene: Scene) -> None:
    assert scene.appeal is not None
    world.until(scene.appeal["claimed_until"])
    await lapse_claims(world.house)


@deed(_appeal_is("claimed"), always)
async def give_appeal_back(world: World, scene: Scene) -> None:
    await release_appeal(world.house, *await _bench(world, scene))


@deed(_appeal_is("claimed"), always)
async def uphold(world: World, scene: Scene) -> None:
    by, number = await _bench(world, scene)
    await answer_appeal(world.house, by, AppealAnswer(number, uphold=True, reason="It was paid."))


@deed(_appeal_is("claimed"), always)
async def reject(world: World, scene: Scene) -> None:
    by, number = await _bench(world, scene)
    await answer_appeal(world.house, by, AppealAnswer(number, uphold=False, reason="It was not paid."))


@deed(lambda scene, world: _answer_waits(scene), always)
async def undo_the_answer(world: World, scene: Scene) -> None:
    assert scene.appeal is not None
    await undo_answer(world.house, reviewer(world, scene), scene.appeal["number"])


def _answer_waits(scene: Scene) -> bool:
    left = scene.appeal["not_before"] if scene.appeal and not scene.appeal["left_at"] else None
    return left is not None and scene.now < left


@deed(_appeal_is("upheld", "rejected"), always)
async def answer_leaves(world: World, scene: Scene) -> None:
    assert scene.appeal is not None
    world.until(scene.appeal["not_before"])
    await leave_appeals(world.house)


@deed(_appeal_is("received", "claimed"), always)
async def take_appeal_back(world: World, scene: Scene) -> None:
    """Let everybody who spoke take it back, one after the other."""
    assert scene.appeal is not None
    voices = await rows_of(
        world.house,
        "select f.number, min(v.number) as told from appeals.voice v left join flags.flag f on f.key = v.flag "
        "where v.appeal = $1 and v.withdrawn_at is null group by f.number",
        scene.appeal["key"],
    )
    for voice in voices:
        number = voice["number"]
        who = world.sent_by[str(number)] if number else author_of(scene.id)
        await withdraw_appeal(world.house, TakenBack(person(who), str(voice["told"])))

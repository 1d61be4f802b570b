"""Everything that can be done to a subject, each by the flow that does it, and when it can be done."""

from datetime import timedelta
from typing import Final

from flagstaff.decisions.model import Chosen
from flagstaff.flows.answer_question import GivenAnswer, answer_question
from flagstaff.flows.answer_second import Answer, answer_second
from flagstaff.flows.ask_reporter import Question, ask_reporter
from flagstaff.flows.claim_case import claim_case
from flagstaff.flows.close_cases import close_cases, close_emptied
from flagstaff.flows.content_events import ContentEvent, ContentEventKind, follow_content
from flagstaff.flows.count_kept_flags import count_kept_flags
from flagstaff.flows.end_holds import end_holds
from flagstaff.flows.end_measures import end_measures
from flagstaff.flows.end_questions import end_questions
from flagstaff.flows.import_past import keep_verdicts
from flagstaff.flows.import_past_flags import keep_past_flags
from flagstaff.flows.import_policy import Options
from flagstaff.flows.lapse_claims import lapse_claims
from flagstaff.flows.mend_measure import Mending, mend_measure
from flagstaff.flows.open_case import Opening, open_case
from flagstaff.flows.park_case import Parking, park_case
from flagstaff.flows.person_events import PersonEvent, PersonEventKind, follow_persons
from flagstaff.flows.place_hold import Holding, lift_hold, place_hold
from flagstaff.flows.publish import publish
from flagstaff.flows.release_case import release_case
from flagstaff.flows.reverse_decision import Reversal, reverse_decision
from flagstaff.flows.take_effect import take_effect
from flagstaff.flows.undo_decision import undo_decision
from flagstaff.flows.wake_cases import wake_cases
from flagstaff.flows.withdraw_flag import Withdrawal, withdraw_flag
from flagstaff.imports.model import Content, PastFlag, PastVerdict
from flagstaff.staff.model import Account
from flagstaff.store.roles import Role
from flagstaff.vocabulary.references import MeasureKind, SubjectRef
from flagstaff.vocabulary.states import FlagStatus, Verdict
from tests.flows.desks import BAN, REMOVE, decided, rows_of
from tests.flows.walk.deed import When, always, deed, in_state
from tests.flows.walk.scene import Row, Scene
from tests.flows.walk.world import World, author_of
from tests.houses import HARBORLANE, person

LOW, OTHER, GRAVE = "job_post.free_work", "job_post.contact_before_contract", "job_post.upfront_fee"
EDIT: Final = (Chosen(MeasureKind("educate")), Chosen(MeasureKind("request_edit")))
SILENCE: Final = (Chosen(MeasureKind("remove_content")), Chosen(MeasureKind("restrict_posting"), 7))
_UNDECIDED: Final = {"open", "claimed", "parked", "asked", "awaiting_second"}

# Reporters


@deed(always, lambda scene, world: not scene.case)
async def flag_low(world: World, scene: Scene) -> None:
    await world.flag(scene, world.somebody(), LOW)


@deed(lambda scene, world: scene.case, in_state("decided"))
async def flag_other_rule(world: World, scene: Scene) -> None:
    await world.flag(scene, world.somebody(), OTHER)


@deed(always, in_state("parked", "asked"))
async def flag_grave(world: World, scene: Scene) -> None:
    await world.flag(scene, world.somebody(), GRAVE)


@deed(always)
async def flag_kept(world: World, scene: Scene) -> None:
    await world.flag(scene, await world.somebody_restricted(), LOW)


def _of(world: World, flags: list[Row], *, restricted: bool) -> list[Row]:
    return [
        flag for flag in flags if world.is_restricted(world.sent_by.get(flag["number"], "")) is restricted
    ]


def _repeats(state: str, *, restricted: bool) -> When:
    return lambda scene, world: _of(world, scene.flags_in(state), restricted=restricted)


async def _again(world: World, scene: Scene, state: str, *, restricted: bool) -> None:
    flag = _of(world, scene.flags_in(state), restricted=restricted)[0]
    await world.flag(scene, world.sent_by[flag["number"]], LOW)


@deed(_repeats("live", restricted=False))
async def repeat(world: World, scene: Scene) -> None:
    await _again(world, scene, "live", restricted=False)


@deed(_repeats("live", restricted=False))
async def repeat_graver(world: World, scene: Scene) -> None:
    flag = _of(world, scene.flags_in("live"), restricted=False)[0]
    await world.flag(scene, world.sent_by[flag["number"]], GRAVE)


@deed(_repeats("kept", restricted=True))
async def repeat_a_kept(world: World, scene: Scene) -> None:
    await _again(world, scene, "kept", restricted=True)


@deed(_repeats("answered", restricted=False))
async def repeat_an_answered(world: World, scene: Scene) -> None:
    await _again(world, scene, "answered", restricted=False)


@deed(_repeats("withdrawn", restricted=False))
async def resend(world: World, scene: Scene) -> None:
    await _again(world, scene, "withdrawn", restricted=False)


@deed(_repeats("withdrawn", restricted=True), always)
async def resend_kept(world: World, scene: Scene) -> None:
    await _again(world, scene, "withdrawn", restricted=True)


def _unanswered(scene: Scene) -> list[Row]:
    late = [
        flag for flag in scene.flags_in("answered") if flag["outcome_from"] > scene.now and not flag["legacy"]
    ]
    return [*late, *scene.flags_in("kept"), *scene.flags_in("live")]


@deed(lambda scene, world: _unanswered(scene))
async def withdraw(world: World, scene: Scene) -> None:
    number = _unanswered(scene)[0]["number"]
    await withdraw_flag(world.house, Withdrawal(person(world.sent_by[number]), number))


@deed(lambda scene, world: scene.flags_in("live", "kept"))
async def withdraw_all(world: World, scene: Scene) -> None:
    for flag in scene.flags_in("live", "kept"):
        number = flag["number"]
        await withdraw_flag(world.house, Withdrawal(person(world.sent_by[number]), number))


@deed(lambda scene, world: _of(world, scene.flags_in("kept"), restricted=True))
async def restriction_ends(world: World, scene: Scene) -> None:
    flag = _of(world, scene.flags_in("kept"), restricted=True)[0]
    world.until(world.restricted[world.sent_by[flag["number"]]])
    await count_kept_flags(world.house)


def _questioned(scene: Scene) -> list[Row]:
    flags = scene.flags_in("live", "kept")
    return [flag for flag in flags if flag["question_until"] and scene.now < flag["question_until"]]


@deed(lambda scene, world: _questioned(scene), always)
async def answer(world: World, scene: Scene) -> None:
    number = _questioned(scene)[0]["number"]
    await answer_question(world.house, GivenAnswer(person(world.sent_by[number]), number, "On Tuesday."))


@deed(lambda scene, world: [flag for flag in scene.flags_in("live", "kept") if flag["question_until"]])
async def question_ends(world: World, scene: Scene) -> None:
    asked = [flag for flag in scene.flags_in("live", "kept") if flag["question_until"]]
    world.until(asked[0]["question_until"])
    await end_questions(world.house)


# Authors and their platform


@deed(always, lambda scene, world: _edits_asked(scene) and not _edited(scene))
async def edit(world: World, scene: Scene) -> None:
    world.words[scene.id] += 1
    await _event(world, scene, ContentEventKind.EDITED)


@deed(
    lambda scene, world: scene.subject["state"] != "deleted_by_author",
    lambda scene, world: scene.hold or scene.measures_in("running"),
)
async def delete(world: World, scene: Scene) -> None:
    await _event(world, scene, ContentEventKind.DELETED_BY_AUTHOR)


@deed(lambda scene, world: scene.subject["state"] == "deleted_by_author")
async def restore(world: World, scene: Scene) -> None:
    await _event(world, scene, ContentEventKind.RESTORED)


async def _event(world: World, scene: Scene, kind: ContentEventKind) -> None:
    await follow_content(world.house, [ContentEvent(kind, world.shown(scene))])


@deed(lambda scene, world: scene.case and scene.subject["author_state"] == "active")
async def close_account(world: World, scene: Scene) -> None:
    gone = PersonEvent(PersonEventKind.CLOSED, person(author_of(scene.id)))
    await follow_persons(world.house, [gone], "platform:harborlane")


# Moderators


def holder(world: World, scene: Scene) -> Account:
    assert scene.case is not None
    return world.account(scene.case["claimed_by"])


def free(world: World, scene: Scene) -> Account:
    """Return somebody who may take the case: none of those who decided where another person must look."""
    assert scene.case is not None
    return world.other(*scene.case["not_for"])


@deed(in_state("open", "parked", "asked"), always)
async def claim(world: World, scene: Scene) -> None:
    await claim_case(world.house, free(world, scene), scene.number)


@deed(in_state("claimed"))
async def claim_what_lapsed(world: World, scene: Scene) -> None:
    assert scene.case is not None
    world.until(scene.case["claimed_until"])
    who = world.other(scene.case["claimed_by"], *scene.case["not_for"])
    await claim_case(world.house, who, scene.number)


@deed(in_state("claimed"), always)
async def lapse(world: World, scene: Scene) -> None:
    assert scene.case is not None
    world.until(scene.case["claimed_until"])
    await lapse_claims(world.house)


async def held(world: World, scene: Scene) -> Account:
    """Renew the holder's claim, which another deed may have let run out."""
    by = holder(world, scene)
    await claim_case(world.house, by, scene.number)
    return by


@deed(in_state("claimed"))
async def release(world: World, scene: Scene) -> None:
    await release_case(world.house, await held(world, scene), scene.number)


@deed(in_state("claimed"), always)
async def park(world: World, scene: Scene) -> None:
    by = await held(world, scene)
    until = world.house.now + timedelta(days=3)
    await park_case(world.house, by, Parking(scene.number, until, "A document will come."))


@deed(lambda scene, world: scene.state == "claimed" and scene.flags_in("live", "kept"), always)
async def ask(world: World, scene: Scene) -> None:
    by = await held(world, scene)
    number = scene.flags_in("live", "kept")[0]["number"]
    await ask_reporter(world.house, by, Question(scene.number, "When did you see it?", number))


@deed(lambda scene, world: scene.state == "claimed" and scene.subject["author_state"] == "active")
async def ask_the_author(world: World, scene: Scene) -> None:
    await ask_reporter(world.house, await held(world, scene), Question(scene.number, "What was agreed?"))


async def _decide(world: World, scene: Scene, **more: object) -> None:
    await decided(world.house, holder(world, scene), scene.number, **more)  # type: ignore[arg-type]


@deed(in_state("claimed"), always)
async def remove(world: World, scene: Scene) -> None:
    await _decide(world, scene, measures=REMOVE)


@deed(in_state("claimed"), always)
async def let_stand(world: World, scene: Scene) -> None:
    await _decide(world, scene, verdict=Verdict.NO_VIOLATION)


@deed(in_state("claimed"), always)
async def let_mend(world: World, scene: Scene) -> None:
    await _decide(world, scene, measures=EDIT)


@deed(in_state("claimed"), always)
async def silence(world: World, scene: Scene) -> None:
    await _decide(world, scene, measures=SILENCE)


@deed(in_state("claimed"), always)
async def propose(world: World, scene: Scene) -> None:
    await _decide(world, scene, measures=BAN)


@deed(in_state("claimed"), always)
async def propose_grave(world: World, scene: Scene) -> None:
    await _decide(world, scene, measures=BAN[1:], clauses=["MT-3"])


def _as_proposed(scene: Scene) -> bool:
    return bool(scene.second and scene.second["snapshot"] == scene.subject["snapshot"])


@deed(lambda scene, world: _as_proposed(scene), always)
async def confirm(world: World, scene: Scene) -> None:
    assert scene.second is not None
    by = world.other(scene.second["asked_by"])
    await answer_second(world.house, by, Answer(scene.number, confirm=True))


@deed(lambda scene, world: _as_proposed(scene), always)
async def confirm_alone(world: World, scene: Scene) -> None:
    assert scene.second is not None
    by = world.account(scene.second["asked_by"])
    world.until(scene.second["asked_at"] + timedelta(hours=12))
    await world.alone(by, lambda: answer_second(world.house, by, Answer(scene.number, confirm=True)))


def _began(scene: Scene) -> bool:
    return bool(scene.second and scene.measures_in("running"))


@deed(lambda scene, world: scene.second and scene.measures_in("waiting"), always)
async def let_a_part_begin(world: World, scene: Scene) -> None:
    await let_take_effect(world, scene)


@deed(lambda scene, world: _began(scene), always)
async def refuse_after_a_part(world: World, scene: Scene) -> None:
    await refuse(world, scene)


@deed(lambda scene, world: scene.second, always)
async def refuse(world: World, scene: Scene) -> None:
    assert scene.second is not None
    by = world.other(scene.second["asked_by"])
    await answer_second(world.house, by, Answer(scene.number, confirm=False, reason="A first offence."))


def _undoable(scene: Scene, world: World) -> bool:
    made, begun = scene.decision, any(one["starts_at"] for one in scene.measures)
    return (
        scene.state in {"awaiting_second", "decided"}
        and bool(made and scene.now < made["not_before"])
        and not begun
    )


@deed(_undoable, always)
async def undo(world: World, scene: Scene) -> None:
    assert scene.decision is not None
    await undo_decision(world.house, world.account(scene.decision["decided_by"]), scene.number)


@deed(lambda scene, world: scene.standing and not scene.hold, in_state("parked", "asked"))
async def hold(world: World, scene: Scene) -> None:
    reason = "It looks like theft of card data."
    await place_hold(world.house, world.accounts[0], Holding(scene.number, reason, "MT-3"))


@deed(lambda scene, world: scene.hold)
async def lift(world: World, scene: Scene) -> None:
    await lift_hold(world.house, world.accounts[0], scene.number, "It was the platform's own page.")


@deed(lambda scene, world: scene.in_force)
async def reverse(world: World, scene: Scene) -> None:
    await reverse_decision(world.house, world.accounts[0], Reversal(scene.number, "The samples were paid."))


@deed(lambda scene, world: not scene.standing)
async def open_by_staff(world: World, scene: Scene) -> None:
    ref = SubjectRef(HARBORLANE, world.shown(scene).ref.kind, scene.id)
    await open_case(world.house, world.accounts[0], Opening(ref, "I came across it."))


def _edits_asked(scene: Scene) -> list[Row]:
    return [one for one in scene.measures_in("running") if one["kind"] == "request_edit"]


def _edited(scene: Scene) -> bool:
    return scene.decision is not None and scene.decision["snapshot"] != scene.subject["snapshot"]


@deed(lambda scene, world: _edits_asked(scene) and _edited(scene), always)
async def mend(world: World, scene: Scene) -> None:
    number = _edits_asked(scene)[0]["number"]
    await mend_measure(world.house, world.accounts[0], Mending(scene.number, number, "The passage is gone."))


# The house


@deed(in_state("awaiting_second", "decided"), always)
async def let_take_effect(world: World, scene: Scene) -> None:
    assert scene.decision is not None
    world.until(scene.decision["not_before"])
    await take_effect(world.house)


@deed(in_state("parked", "asked"), always)
async def wake(world: World, scene: Scene) -> None:
    assert scene.case is not None
    world.until(scene.case["wakes_at"])
    await wake_cases(world.house)


@deed(lambda scene, world: scene.hold, in_state("parked", "asked"))
async def hold_runs_out(world: World, scene: Scene) -> None:
    assert scene.hold is not None
    world.until(scene.hold["ends_at"])
    await end_holds(world.house)


@deed(lambda scene, world: any(one["ends_at"] for one in scene.measures_in("running")), always)
async def measure_runs_out(world: World, scene: Scene) -> None:
    world.until(min(one["ends_at"] for one in scene.measures_in("running") if one["ends_at"]))
    await end_measures(world.house)


@deed(in_state("effective"))
async def close(world: World, scene: Scene) -> None:
    while (await publish(world.house)).events:
        pass
    await close_cases(world.house)


@deed(lambda scene, world: scene.state == "open" and not scene.flags_in("live", "kept"))
async def close_what_is_empty(world: World, scene: Scene) -> None:
    await close_emptied(world.house)


@deed(lambda scene, world: not scene.standing)
async def import_old(world: World, scene: Scene) -> None:
    who = world.somebody()
    shown = world.shown(scene)
    content = Content(kind=shown.ref.kind, subject=shown.ref.id, author=shown.author, place=shown.place)
    old = PastFlag(reporter=who, content=content, option=LOW, at=world.house.now, outcome=FlagStatus.ACTED)
    chosen = Options(world.house.policy, HARBORLANE).chosen(old)
    verdict = PastVerdict(content=content, verdict=Verdict.NO_VIOLATION, at=world.house.now)
    async with world.house.database.transaction(Role.IMPORTER) as connection:
        await keep_past_flags(world.house, connection, HARBORLANE, [(old, chosen)])
        await keep_verdicts(world.house, connection, HARBORLANE, [(verdict, world.house.ids.key())])
    (flag,) = await rows_of(world.house, "select number from flags.flag order by key desc limit 1")
    world.sent_by[str(flag["number"])] = who

"""Everything that somebody, or the house, does in these meetings: each a flow of the product as its doors call it."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

from flagstaff.decisions.model import Chosen
from flagstaff.flows.answer_appeal import AppealAnswer, answer_appeal
from flagstaff.flows.answer_second import Answer, answer_second
from flagstaff.flows.claim_appeal import claim_appeal
from flagstaff.flows.claim_case import claim_case
from flagstaff.flows.close_cases import close_cases, close_emptied
from flagstaff.flows.content_events import ContentEvent, ContentEventKind, follow_content
from flagstaff.flows.decide_case import Judgement, decide_case
from flagstaff.flows.end_holds import end_holds
from flagstaff.flows.erase_person import erase_person
from flagstaff.flows.house import House
from flagstaff.flows.lapse_claims import lapse_claims
from flagstaff.flows.leave_appeals import leave_appeals
from flagstaff.flows.park_case import Parking, park_case
from flagstaff.flows.person_events import PersonEvent, PersonEventKind, follow_persons
from flagstaff.flows.place_hold import Holding, lift_hold, place_hold
from flagstaff.flows.receive_appeal import Asked, NothingToAppeal, receive_appeal
from flagstaff.flows.release_case import release_case
from flagstaff.flows.reverse_decision import Reversal, reverse_decision
from flagstaff.flows.take_effect import take_effect
from flagstaff.flows.undo_decision import undo_decision
from flagstaff.flows.wake_cases import wake_cases
from flagstaff.flows.withdraw_appeal import TakenBack, withdraw_appeal
from flagstaff.flows.withdraw_flag import Withdrawal, withdraw_flag
from flagstaff.vocabulary.references import ClauseId
from flagstaff.vocabulary.states import Verdict
from tests.flows.desks import BAN, DANGER, REMOVE
from tests.flows.order.world import LOW, World

PLATFORM: Final = "platform:harborlane"
Do = Callable[[World, House], Awaitable[object]]
Acts = Sequence[tuple[str, Do]]


def flags(who: str, option: str = LOW) -> tuple[str, Do]:
    return f"flag {who} {option}", lambda world, house: world.flag(house, who, option)


def withdraws(who: str) -> tuple[str, Do]:
    return f"withdraw {who}", lambda world, house: withdraw_flag(
        house, Withdrawal(world.person(who), world.number_of(who))
    )


def claims(who: str) -> tuple[str, Do]:
    return f"claim {who}", lambda world, house: claim_case(house, world.staff[who], world.case)


def _decides(who: str, verdict: Verdict, measures: Sequence[Chosen], clause: str = "MT-6") -> Do:
    async def do(world: World, house: House) -> object:
        broken = verdict is Verdict.VIOLATION
        judgement = Judgement(
            case=world.case,
            verdict=verdict,
            reason="It asks for work that nobody pays for.",
            clauses=(ClauseId(clause),) if broken else (),
            measures=tuple(measures),
            deviation=DANGER if broken else None,
        )
        ruled = await decide_case(house, world.staff[who], judgement)
        world.decision = ruled.decision
        return ruled

    return do


def removes(who: str) -> Acts:
    return claims(who), (f"decide {who} violation", _decides(who, Verdict.VIOLATION, REMOVE))


def lets_stand(who: str) -> Acts:
    return claims(who), (f"decide {who} no_violation", _decides(who, Verdict.NO_VIOLATION, ()))


def proposes(who: str) -> Acts:
    return claims(who), (f"propose {who} ban", _decides(who, Verdict.VIOLATION, BAN))


def proposes_grave(who: str) -> Acts:
    return claims(who), (f"propose {who} grave", _decides(who, Verdict.VIOLATION, BAN[1:], "MT-3"))


def undoes(who: str) -> tuple[str, Do]:
    return f"undo {who}", lambda world, house: undo_decision(house, world.staff[who], world.case)


def gives_back(who: str) -> tuple[str, Do]:
    return f"release {who}", lambda world, house: release_case(house, world.staff[who], world.case)


def parks(who: str) -> tuple[str, Do]:
    return f"park {who}", lambda world, house: park_case(
        house, world.staff[who], Parking(world.case, world.clock.now() + timedelta(hours=1), "It will come.")
    )


def confirms(who: str) -> tuple[str, Do]:
    return f"confirm {who}", lambda world, house: answer_second(
        house, world.staff[who], Answer(world.case, confirm=True)
    )


def refuses(who: str) -> tuple[str, Do]:
    return f"refuse {who}", lambda world, house: answer_second(
        house, world.staff[who], Answer(world.case, confirm=False, reason="A first offence.")
    )


def reverses(who: str) -> tuple[str, Do]:
    return f"reverse {who}", lambda world, house: reverse_decision(
        house, world.staff[who], Reversal(world.case, "It was paid for.")
    )


def holds(who: str) -> tuple[str, Do]:
    return f"hold {who}", lambda world, house: place_hold(
        house, world.staff[who], Holding(world.case, "It looks like theft of card data.", "MT-3")
    )


def lifts(who: str) -> tuple[str, Do]:
    return f"lift {who}", lambda world, house: lift_hold(
        house, world.staff[who], world.case, "It is what it says."
    )


def author(kind: ContentEventKind) -> tuple[str, Do]:
    return f"content {kind}", lambda world, house: follow_content(house, [ContentEvent(kind, world.shown)])


DELETES = author(ContentEventKind.DELETED_BY_AUTHOR)
RESTORES = author(ContentEventKind.RESTORED)


def closes_account(who: str = "ann") -> tuple[str, Do]:
    return f"gone {who}", lambda world, house: follow_persons(
        house, [PersonEvent(PersonEventKind.CLOSED, world.person(who))], PLATFORM
    )


def erased(who: str) -> tuple[str, Do]:
    return f"erase {who}", lambda world, house: erase_person(house, None, world.person(who), PLATFORM)


async def _author_appeals(world: World, house: House) -> object:
    return await _appeal(world, house, "ann", world.decision)


async def _appeal(world: World, house: House, who: str, number: str) -> object:
    if not number:
        msg = "nothing was decided yet"
        raise NothingToAppeal(msg)
    taken = await receive_appeal(house, Asked(number, "I paid for every sample.", world.person(who)))
    if who == "ann":
        world.appeal, world.told = taken.appeal, taken.number
    return taken


AUTHOR_APPEALS: tuple[str, Do] = ("appeal ann", _author_appeals)


def appeals_flag(who: str) -> tuple[str, Do]:
    return f"appeal {who}", lambda world, house: _appeal(world, house, who, world.number_of(who))


async def _withdraw_appeal(world: World, house: House) -> None:
    await withdraw_appeal(house, TakenBack(world.person("ann"), world.told))


AUTHOR_WITHDRAWS_APPEAL: tuple[str, Do] = ("unappeal ann", _withdraw_appeal)


def answers(who: str, *, uphold: bool) -> Acts:
    answer = "uphold" if uphold else "reject"
    return (
        (
            f"take_appeal {who}",
            lambda world, house: claim_appeal(house, world.staff[who], world.appeal),
        ),
        (
            f"{answer} {who}",
            lambda world, house: answer_appeal(
                house,
                world.staff[who],
                AppealAnswer(world.appeal, uphold=uphold, reason="We looked at the contract."),
            ),
        ),
    )


def time_passes(hours: float) -> tuple[str, Do]:
    async def pass_on(world: World, house: House) -> datetime:
        world.at(timedelta(hours=hours))
        return house.now

    return f"time {hours}h", pass_on


def job(name: str, work: Callable[[House], Awaitable[int]]) -> tuple[str, Do]:
    return f"job {name}", lambda world, house: work(house)


EFFECT = job("take_effect", take_effect)
LEAVE = job("leave_appeals", leave_appeals)
HOLDS = job("end_holds", end_holds)
LAPSE = job("lapse_claims", lapse_claims)
WAKE = job("wake_cases", wake_cases)
CLOSE = job("close_cases", close_cases)
EMPTIED = job("close_emptied", close_emptied)

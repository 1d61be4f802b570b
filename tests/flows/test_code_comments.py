"""A reviewer names themes and answers comments; nothing is overwritten, and what is opened is written down first."""

import dataclasses
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from flagstaff.flows.answer_comments import (
    NoSuchComment,
    NothingAnswered,
    answer_comments,
    answer_with_new_theme,
    take_answer_back,
)
from flagstaff.flows.change_codebook import (
    Words,
    merge_theme,
    name_themes,
    restore_theme,
    retire_theme,
    reword_theme,
    show_codebook,
    split_theme,
)
from flagstaff.flows.change_while_coding import Merge, Reword, Split, Wanted, change_while_coding
from flagstaff.flows.coding_desk import HANDFUL, Laid, lay_out, turn_of
from flagstaff.flows.compare_reviewers import compare_reviewers
from flagstaff.flows.erase_person import erase_person
from flagstaff.flows.house import House
from flagstaff.flows.name_theme import name_theme
from flagstaff.flows.open_proposals import open_proposals
from flagstaff.flows.show_dive import NoSuchDive, show_dive
from flagstaff.flows.take_change_back import take_change_back
from flagstaff.flows.take_proposals import take_proposals
from flagstaff.insight.auditing import Stack
from flagstaff.insight.codebook import NoSuchTheme, NothingToTakeBack
from flagstaff.insight.dive import NOT_USABLE, OTHER
from flagstaff.insight.naming import SaysWho, WordsOfAComment
from flagstaff.kernel.clock import Clocks, StoppedClock
from flagstaff.kernel.errors import Forbidden
from flagstaff.kernel.ids import SeededIds
from flagstaff.kernel.settings import Settings
from flagstaff.staff.model import Account
from flagstaff.store.database import Database
from flagstaff.vocabulary.roles import StaffRole
from tests.coding import ready_run
from tests.flows.desks import rows_of
from tests.houses import HARBORLANE, build_house, person
from tests.people import hire

COMMENTS = [f"They want me to work for free first, an unpaid test project number {n}." for n in range(12)]
FREE, RUDE = Words("Free work", "Unpaid tests or samples."), Words("Rude", "")
MINUTE = timedelta(minutes=1)


@pytest_asyncio.fixture
async def house(own_database: Database, ids: SeededIds, clocks: Clocks) -> AsyncIterator[House]:
    yield await build_house(own_database, ids, clocks)


@pytest_asyncio.fixture
async def pia(house: House) -> Account:
    return await hire(house, StaffRole.POLICY_MANAGER, login="pia")


@pytest_asyncio.fixture
async def run(house: House, pia: Account) -> str:
    return await ready_run(house, pia, COMMENTS, unsure=(9, 2))


class Hand:
    """One reviewer at one run; a minute passes before everything they do."""

    def __init__(self, house: House, by: Account, run: str, business: StoppedClock) -> None:
        self.house, self.by, self.run, self.business = house, by, run, business

    async def see(self, stack: Stack = Stack.RANDOM, skip: int = 0) -> Laid:
        self.business.move(MINUTE)
        return await lay_out(self.house, self.by, self.run, stack, skip)

    async def say(self, *answers: str, stack: Stack = Stack.RANDOM) -> None:
        laid = await self.see(stack)
        said = {one.row: answer for one, answer in zip(laid.shown, answers, strict=False)}
        await answer_comments(self.house, self.by, self.run, stack, said)

    async def name(self, *themes: Words) -> tuple[str, ...]:
        self.business.move(MINUTE)
        return await name_themes(self.house, self.by, HARBORLANE, themes)


@pytest.fixture
def hand(house: House, pia: Account, run: str, business: StoppedClock) -> Hand:
    return Hand(house, pia, run, business)


def left(laid: Laid) -> list[int]:
    return [len(laid.desk.stacks[one]) for one in Stack]


def words(laid: Laid) -> list[str | None]:
    return [one.words for one in laid.shown]


async def test_comments_are_asked_in_their_order_a_handful_at_a_time(hand: Hand) -> None:
    (free,) = await hand.name(FREE)
    laid = await hand.see()
    assert words(laid) == COMMENTS[:HANDFUL]
    await hand.say(free, free, OTHER)
    assert words(await hand.see()) == COMMENTS[3 : 3 + HANDFUL]
    await hand.say(*[free] * HANDFUL)
    laid = await hand.see()
    assert words(laid) == COMMENTS[11:]
    assert (len(laid.desk.audited), laid.of, left(laid)) == (11, 12, [1, 0, 0, 0])


async def test_reading_on_answers_nothing(hand: Hand) -> None:
    assert words(await hand.see(skip=HANDFUL)) == COMMENTS[HANDFUL:]
    assert (await hand.see()).desk.answered == 0


async def test_rows_that_the_coder_is_unsure_of_are_a_stack_of_their_own_and_no_audit(hand: Hand) -> None:
    assert words(await hand.see(Stack.UNSURE)) == [COMMENTS[9], COMMENTS[2]]
    await hand.say(OTHER, OTHER, stack=Stack.UNSURE)
    laid = await hand.see()
    assert (len(laid.desk.audited), laid.desk.answered) == (0, 2)
    await hand.say(*[OTHER] * 3)  # the third of these is the fourth comment: the one between was answered
    assert len((await hand.see()).desk.audited) == 4


async def test_a_new_theme_puts_what_was_answered_back_to_be_asked(hand: Hand) -> None:
    (free,) = await hand.name(FREE)
    await hand.say(free, OTHER, NOT_USABLE)
    (rude,) = await hand.name(RUDE)
    again = await hand.see(Stack.AGAIN)
    assert [one.former for one in again.shown] == [free, OTHER, NOT_USABLE]
    assert len(again.desk.audited) == 0
    await hand.say(free, rude, NOT_USABLE, stack=Stack.AGAIN)
    assert len((await hand.see()).desk.audited) == 3


async def test_a_theme_named_on_the_way_answers_its_comment_at_once(
    hand: Hand, house: House, pia: Account
) -> None:
    await hand.say(OTHER)
    laid = await hand.see()
    theirs = Words("Unpaid", "Me to work for free first, an unpaid test")
    with pytest.raises(WordsOfAComment):
        await answer_with_new_theme(house, pia, hand.run, Stack.RANDOM, laid.shown[0].row, theirs)
    key = await answer_with_new_theme(house, pia, hand.run, Stack.RANDOM, laid.shown[0].row, RUDE)
    laid = await hand.see()
    assert (key, laid.kept.counts, left(laid)[1]) == ("theme-1", {OTHER: 1, key: 1}, 1)


async def test_a_merge_keeps_answers_and_a_split_asks_for_its_own_again(
    hand: Hand, house: House, pia: Account, business: StoppedClock
) -> None:
    free, rude = await hand.name(FREE, RUDE)
    await hand.say(free, rude, OTHER)
    await merge_theme(house, pia, HARBORLANE, rude, free)
    assert (await hand.see()).kept.counts == {free: 2, OTHER: 1}
    assert len((await hand.see()).desk.audited) == 3
    await split_theme(house, pia, HARBORLANE, free, [Words("Tests", ""), Words("Samples", "")])
    laid = await hand.see()
    assert laid.kept.counts == {OTHER: 1}
    assert words(laid)[:3] == [COMMENTS[0], COMMENTS[1], COMMENTS[3]]


async def change(hand: Hand, wanted: Wanted, row: int = 0) -> None:
    laid = await hand.see()
    await change_while_coding(hand.house, hand.by, hand.run, laid.shown[row].row, wanted)


async def test_the_codebook_is_changed_while_a_comment_is_asked_and_the_reviewer_stays_with_it(
    hand: Hand, house: House, pia: Account
) -> None:
    free, rude = await hand.name(FREE, RUDE)
    await hand.say(free, rude, OTHER)
    now = (await hand.see()).shown[2].row
    await change(hand, Reword(free, Words("Unpaid work", ""), "Asks for free work"))
    await change(hand, Merge(rude, free))
    laid = await hand.see()
    (theme,) = laid.kept.book.live
    assert (theme.name, theme.meaning, theme.public) == ("Unpaid work", FREE.meaning, "Asks for free work")
    assert await turn_of(house, pia, hand.run, Stack.RANDOM, now) == 2
    assert laid.reopened == 0
    await change(hand, Split(free, (Words("Tests", ""), Words("Samples", ""))))
    laid = await hand.see()
    assert (laid.reopened, len(laid.desk.audited)) == (2, 0)
    turn = await turn_of(house, pia, hand.run, Stack.RANDOM, now)
    assert (turn, (await hand.see(skip=turn)).shown[0].row) == (4, now)
    gone = await hand.see()
    await hand.say(gone.kept.book.live[0].key, gone.kept.book.live[1].key)
    assert (await hand.see()).reopened == 0


async def test_words_typed_beside_a_comment_are_not_its_own_and_say_of_nobody_who_they_are(
    hand: Hand, house: House, pia: Account
) -> None:
    (free,) = await hand.name(FREE)
    theirs, who = Words("Me to work for free first, an unpaid test", ""), Words("Call", "+34 600 123 456")
    for wanted, refusal in (
        (Reword(free, theirs, ""), WordsOfAComment),
        (Split(free, (Words("Tests", ""), theirs)), WordsOfAComment),
        (Reword(free, FREE, "They want me to work for free"), WordsOfAComment),
        (Reword(free, who, ""), SaysWho),
        (Reword(free, FREE, who.meaning), SaysWho),
        (Split(free, (Words("Tests", ""), who)), SaysWho),
    ):
        with pytest.raises(refusal) as caught:
            await change(hand, wanted)
        assert "free" not in str(caught.value)
    assert (await hand.see()).kept.book.live[0].name == FREE.name
    with pytest.raises(SaysWho):
        await name_themes(house, pia, HARBORLANE, [who])


async def test_a_change_is_taken_back_as_if_it_had_never_been_until_somebody_answers(
    hand: Hand, house: House, pia: Account
) -> None:
    free, rude = await hand.name(FREE, RUDE)
    await hand.say(free, rude, OTHER)
    await change(hand, Merge(rude, free))
    assert type((await hand.see()).last).__name__ == "Merge"
    await take_change_back(house, pia, HARBORLANE)
    laid = await hand.see()
    assert (laid.kept.counts, len(laid.desk.audited)) == ({free: 1, rude: 1, OTHER: 1}, 3)
    await change(hand, Split(free, (Words("Tests", ""), Words("Samples", ""))))
    await take_change_back(house, pia, HARBORLANE)
    assert len((await hand.see()).desk.audited) == 3, "nothing is asked again"
    (newer,) = await hand.name(Words("Late pay", ""))
    assert newer == "theme-5", "a key that a run may have counted is no other theme's"
    ann = await hire(house, StaffRole.POLICY_MANAGER, login="ann")
    with pytest.raises(NothingToTakeBack):
        await take_change_back(house, ann, HARBORLANE)
    await hand.say(newer)
    assert (await hand.see()).last is None
    with pytest.raises(NothingToTakeBack):
        await take_change_back(house, pia, HARBORLANE)
    await take_answer_back(house, pia, hand.run)
    await take_change_back(house, pia, HARBORLANE)
    assert len((await hand.see()).desk.audited) == 3
    await change(hand, Reword(free, Words("Unpaid", ""), ""))
    await hand.say(free)
    await take_change_back(house, pia, HARBORLANE)
    assert (await hand.see()).kept.book.theme(free).name == FREE.name, "words touch no answer"


async def test_a_theme_is_reworded_given_up_and_brought_back(hand: Hand, house: House, pia: Account) -> None:
    (free,) = await hand.name(FREE)
    await hand.say(free)
    await hand.see()
    await reword_theme(house, pia, HARBORLANE, free, Words("Unpaid work", ""))
    await retire_theme(house, pia, HARBORLANE, free)
    assert (await hand.see()).kept.book.live == ()
    await restore_theme(house, pia, HARBORLANE, free)
    shown = await show_codebook(house, pia, HARBORLANE)
    assert [(one.name, one.key) for one in shown.kept.book.live] == [("Unpaid work", free)]
    assert [type(one.change).__name__ for one in shown.history] == ["Restore", "Retire", "Rename", "New"]
    entries = await rows_of(
        house,
        "select facts ->> 'change' as change from audit.entry where deed = 'codebook.changed' order by key",
    )
    assert [row["change"] for row in entries] == ["new", "rename", "retire", "restore"]


async def test_the_last_answer_is_taken_back_one_after_another(
    hand: Hand, house: House, pia: Account
) -> None:
    (free,) = await hand.name(FREE)
    await hand.say(free)
    await hand.say(free)
    await hand.name(RUDE)
    await hand.say(OTHER, stack=Stack.AGAIN)
    assert (await hand.see()).kept.counts == {OTHER: 1, free: 1}
    await take_answer_back(house, pia, hand.run)
    laid = await hand.see(Stack.AGAIN)
    assert [one.former for one in laid.shown] == [free, free]
    for _ in range(2):
        await take_answer_back(house, pia, hand.run)
    assert (await hand.see()).desk.answered == 0
    with pytest.raises(NothingAnswered):
        await take_answer_back(house, pia, hand.run)


async def test_a_second_coder_is_asked_the_same_comments_unseen_and_their_agreement_is_told(
    hand: Hand, house: House, business: StoppedClock
) -> None:
    ann = Hand(house, await hire(house, StaffRole.POLICY_MANAGER, login="ann"), hand.run, business)
    (free,) = await hand.name(FREE)
    await hand.say(free, free, OTHER, free)
    laid = await ann.see(Stack.SECOND)
    assert words(laid) == COMMENTS[:4]
    assert [one.former for one in laid.shown] == [""] * 4
    await ann.say(free, free, OTHER, OTHER, stack=Stack.SECOND)
    found = compare_reviewers((await ann.see()).kept)
    assert (found.reviewers, found.agreement.comments, found.agreement.same) == (2, 4, 3)
    assert found.agreement.alpha == pytest.approx(1 - 7 * 2 / (64 - 25 - 9))


async def test_the_coder_guesses_in_the_words_of_the_codebook(
    house: House, pia: Account, business: StoppedClock
) -> None:
    run = await ready_run(house, pia, COMMENTS[:2], proposed={"p1": (1, 0)}, guess="p1")
    assert [one.guess for one in (await lay_out(house, pia, run, Stack.RANDOM)).shown] == ["", ""]
    quotes = await open_proposals(house, pia, await show_dive(house, pia, run))
    assert quotes == {"p1": (COMMENTS[1], COMMENTS[0])}
    for words in (
        Words("They want me to work for free", ""),
        Words("Free", "Want me to work for free first"),
    ):
        with pytest.raises(WordsOfAComment):
            await take_proposals(house, pia, run, {"p1": words})
    (key,) = await take_proposals(house, pia, run, {"p1": FREE})
    assert [one.guess for one in (await lay_out(house, pia, run, Stack.RANDOM)).shown] == [key, key]
    await retire_theme(house, pia, HARBORLANE, key)
    assert [one.guess for one in (await lay_out(house, pia, run, Stack.RANDOM)).shown] == ["", ""]


async def test_labels_and_themes_serve_the_next_run(hand: Hand, house: House, pia: Account) -> None:
    (free,) = await hand.name(FREE)
    await hand.say(free, free)
    lines = (await hand.see()).kept.book.lines
    later = Hand(house, pia, await ready_run(house, pia, COMMENTS, lines=lines, guess=free), hand.business)
    laid = await later.see()
    assert (len(laid.desk.audited), words(laid)[0], laid.shown[0].guess) == (2, COMMENTS[2], free)


async def test_what_is_erased_meanwhile_is_asked_no_more_and_holds_nothing_up(
    hand: Hand, house: House, tmp_path: Path
) -> None:
    await erase_person(dataclasses.replace(house, settings=Settings(keys=tmp_path)), None, person("r1"))
    assert words(await hand.see()) == [COMMENTS[0], *COMMENTS[2 : HANDFUL + 1]]
    await hand.say(OTHER, OTHER)
    assert len((await hand.see()).desk.audited) == 2


async def test_every_opening_is_written_down_for_the_account_and_words_stand_nowhere(
    hand: Hand, house: House, pia: Account
) -> None:
    (free,) = await hand.name(FREE)
    await hand.say(free)
    entries = await rows_of(house, "select actor, facts from audit.entry where deed = 'dive.comments_shown'")
    assert [(row["actor"], row["facts"]) for row in entries] == [
        (pia.actor, {"comments": HANDFUL, "run": hand.run})
    ]
    (asked,) = await rows_of(
        house, "select account, cardinality(refs) as refs from vault.asking where purpose = 'coding'"
    )
    assert asked == {"account": pia.key, "refs": HANDFUL}
    kept = await rows_of(
        house,
        "select string_agg(t::text, '') as all from (select l::text as t from insight.label l"
        " union all select c::text from insight.theme_change c union all select e::text from audit.entry e) x",
    )
    assert "test project" not in str(kept)


NAMED: Sequence[tuple[str, bool]] = [
    ("Asked to work for free", True),
    ("Unpaid test project", True),
    ("People who want me to WORK for free", False),
    ("", True),
]


@pytest.mark.parametrize(("public", "kept"), NAMED)
async def test_a_public_name_is_nobodys_own_words(
    hand: Hand, house: House, pia: Account, public: str, *, kept: bool
) -> None:
    (free,) = await hand.name(FREE)
    if kept:
        await name_theme(house, pia, HARBORLANE, free, public)
    else:
        with pytest.raises(WordsOfAComment):
            await name_theme(house, pia, HARBORLANE, free, public)
    assert (await show_codebook(house, pia, HARBORLANE)).kept.book.theme(free).public == (
        (public or None) if kept else None
    )


async def test_what_was_not_asked_or_cannot_be_answered_is_refused(
    hand: Hand, house: House, pia: Account
) -> None:
    row = (await hand.see()).shown[0].row
    refused: list[tuple[dict[object, str], type[Exception]]] = [
        ({row: "no-such"}, NoSuchTheme),
        ({house.ids.key(): OTHER}, NoSuchComment),
        ({}, NothingAnswered),
    ]
    for answers, refusal in refused:
        with pytest.raises(refusal):
            await answer_comments(house, pia, hand.run, Stack.RANDOM, answers)  # type: ignore[arg-type]
    with pytest.raises(NoSuchDive):
        await answer_comments(house, pia, "I-ZZZZZZ", Stack.RANDOM, {row: OTHER})
    mia = await hire(house, StaffRole.MODERATOR, login="mia")
    for deed in (lay_out(house, mia, hand.run, Stack.RANDOM), show_codebook(house, mia, HARBORLANE)):
        with pytest.raises(Forbidden):
            await deed
    assert await rows_of(house, "select * from insight.label") == []

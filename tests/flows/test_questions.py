"""Who is asked may answer: the words are sealed, and the case is open again for whoever decides."""

from datetime import timedelta

import pytest

from flagstaff.flows.answer_as_author import AuthorAnswer, NoSuchQuestion, answer_as_author
from flagstaff.flows.answer_question import GivenAnswer, answer_question
from flagstaff.flows.ask_reporter import Question, ask_reporter
from flagstaff.flows.case_desk import NothingWaits
from flagstaff.flows.claim_case import claim_case
from flagstaff.flows.house import House
from flagstaff.flows.read_words import read_words
from flagstaff.flows.redact_words import redact_words
from flagstaff.flows.show_my_flags import show_my_flag
from flagstaff.kernel.clock import StoppedClock
from flagstaff.kernel.errors import Refusal
from flagstaff.staff.model import Account
from flagstaff.vault.model import Field
from flagstaff.vocabulary.states import FlagStatus
from tests.flows.desks import flagged, key_of, rows_of, state_of, value_of
from tests.houses import flag, person, seen, sent
from tests.notices import show_notices

ANSWER = "The samples were paid for; the contract names them."


async def asked(house: House, by: Account, flag: str | None = None) -> tuple[str, str]:
    """Ask the author (or a reporter) of a new case; return its number and that of the author's notice."""
    case = await flagged(house, sent("rita"))
    await claim_case(house, by, case)
    await ask_reporter(house, by, Question(case, "Were the samples paid for?", flag))
    return case, (await show_notices(house, person("ann")))[0].notice


async def test_an_authors_answer_opens_the_case_and_whoever_holds_it_next_reads_it(
    own_house: House, mia: Account, noor: Account
) -> None:
    case, notice = await asked(own_house, mia)
    assert await state_of(own_house, case) == "asked"
    await answer_as_author(own_house, AuthorAnswer(notice, ANSWER, person("ann")))
    assert await state_of(own_house, case) == "open"
    assert await redact_words(own_house)
    await claim_case(own_house, noor, case)
    key = key_of(await value_of(own_house, "select key from cases.case where number = $1", case))
    assert [(one.field, one.text) for one in await read_words(own_house, noor, key)] == [
        (Field.AUTHOR_ANSWER, ANSWER)
    ]
    steps = await rows_of(own_house, "select actor from cases.step where arrow = 'answered'")
    assert steps == [{"actor": "author"}]
    (words,) = await rows_of(own_house, "select sealed from vault.words where field = 'author_answer'")
    assert b"samples" not in words["sealed"]  # type: ignore[operator]


async def test_somebody_suspended_answers_with_number_and_code(own_house: House, mia: Account) -> None:
    case, notice = await asked(own_house, mia)
    with pytest.raises(NoSuchQuestion):
        await answer_as_author(own_house, AuthorAnswer(notice, ANSWER, code="AAAAAAAA"))
    (shown,) = await show_notices(own_house, person("ann"))
    await answer_as_author(own_house, AuthorAnswer(notice.lower(), ANSWER, code=shown.code))
    assert await state_of(own_house, case) == "open"


async def test_nobody_answers_what_others_were_asked(own_house: House, mia: Account) -> None:
    _, notice = await asked(own_house, mia)
    for who, number in (("rita", notice), ("zoe", notice), ("ann", "N-0000-0000-0000"), ("ann", "anything")):
        with pytest.raises(NoSuchQuestion):
            await answer_as_author(own_house, AuthorAnswer(number, ANSWER, person(who)))
    with pytest.raises(Refusal, match="no answer"):
        await answer_as_author(own_house, AuthorAnswer(notice, "  ", person("ann")))


async def test_an_author_cannot_tell_from_a_refusal_that_the_case_went_on(
    own_house: House, mia: Account, business: StoppedClock
) -> None:
    """A grave flag opens the case at once; the author's answer is taken all the same, for seven days."""
    case, notice = await asked(own_house, mia)
    await flag(own_house, sent("tom", seen(), "job_post.looks_like_scam"))
    assert await state_of(own_house, case) == "open"
    await claim_case(own_house, mia, case)
    await answer_as_author(own_house, AuthorAnswer(notice, ANSWER, person("ann")))
    assert await state_of(own_house, case) == "claimed"
    business.move(timedelta(days=7))
    with pytest.raises(NothingWaits, match="over"):
        await answer_as_author(own_house, AuthorAnswer(notice, ANSWER, person("ann")))


async def test_an_answer_to_the_author_s_question_does_not_end_the_wait_for_a_reporter(
    own_house: House, mia: Account, business: StoppedClock
) -> None:
    case, notice = await asked(own_house, mia)
    business.move(timedelta(minutes=1))
    await claim_case(own_house, mia, case)
    number = str(await value_of(own_house, "select number from flags.flag"))
    await ask_reporter(own_house, mia, Question(case, "When was it?", number))
    await answer_as_author(own_house, AuthorAnswer(notice, ANSWER, person("ann")))
    assert await state_of(own_house, case) == "asked"


async def test_a_reporters_answer_does_not_tell_another_one_who_was_asked(
    own_house: House, mia: Account
) -> None:
    """A question that ended early, or an answer refused, would say that somebody else flagged and answered."""
    case = await flagged(own_house, sent("rita"), sent("sam"))
    numbers = {name: (await show_notices(own_house, person(name)))[0].flag for name in ("rita", "sam")}
    for name, number in numbers.items():
        await claim_case(own_house, mia, case)
        await ask_reporter(own_house, mia, Question(case, "When was it?", number))
        await flag(own_house, sent(f"tom-{name}", seen(), "job_post.looks_like_scam"))
    await answer_question(own_house, GivenAnswer(person("rita"), numbers["rita"], ANSWER))
    shown = await show_my_flag(own_house, person("sam"), numbers["sam"])
    assert shown.status is FlagStatus.QUESTION
    with pytest.raises(NothingWaits):
        await answer_question(own_house, GivenAnswer(person("rita"), numbers["rita"], ANSWER))
    await answer_question(own_house, GivenAnswer(person("sam"), numbers["sam"], ANSWER))

"""Take the answer of an author to a question: sealed, and the case is open again where it waits for this alone.

For seven days an answer is taken whatever has become of the case: that somebody flagged it again, or took it up
without waiting, is nothing that its author could tell by being refused.
"""

import msgspec

from flagstaff.cases.desk import QUESTION_LASTS
from flagstaff.delivery import questions
from flagstaff.delivery.questions import Question
from flagstaff.flows.answer_question import wake
from flagstaff.flows.case_desk import NothingWaits
from flagstaff.flows.hold_case import hold_case
from flagstaff.flows.house import House
from flagstaff.kernel.errors import NotFound, Refusal
from flagstaff.kernel.ids import NumberKind, read_number
from flagstaff.store.database import Connection
from flagstaff.store.roles import Role
from flagstaff.subjects import judging
from flagstaff.vault import admission
from flagstaff.vault.admission import Words
from flagstaff.vocabulary.references import PersonRef


class NoSuchQuestion(NotFound):
    """No question of this number was asked of this person, or the code is another notice's: both read the same."""

    slug = "no-such-question"
    title = "There is no question of this number"


class AuthorAnswer(msgspec.Struct, frozen=True):
    """What an author answers to the notice `number`; without `person`, `code` shows that it was received."""

    number: str
    text: str
    person: PersonRef | None = None
    code: str = ""


async def answer_as_author(house: House, given: AuthorAnswer) -> None:
    """Keep an answer and wake the case, as `take_authors_answer` does, in a transaction of its own."""
    async with house.database.transaction(Role.INTAKE) as connection:
        await take_authors_answer(house, connection, given)


async def take_authors_answer(house: House, connection: Connection, given: AuthorAnswer) -> None:
    """Keep an answer and wake the case; raises NoSuchQuestion, NothingWaits after its seven days, or Refusal."""
    if not given.text.strip():
        msg = "there is no answer"
        raise Refusal(msg, where="text", mend="write a sentence")
    question = await _find(house, connection, given)
    if question is None:
        msg = "no question under this number was put to you"
        raise NoSuchQuestion(msg, where="number", mend="copy the number from the notice")
    until = question.made_at + QUESTION_LASTS
    if house.now >= until:
        msg = "the days for an answer are over"
        raise NothingWaits(msg, mend="if a decision follows, you can ask for a second look at it")
    case = await hold_case(connection, question.case)
    words = Words("author_answer", question.key, question.case, question.platform, given.text)
    await admission.leave_words(connection, [words], house.sealer.batch(), house.ids, house.now.date())
    # An earlier question, or one to a reporter, waits until another moment: this answer is not what it waits for.
    if case is not None and case.wakes_at == until:
        await wake(house, connection, case, "author")


async def _find(house: House, connection: Connection, given: AuthorAnswer) -> Question | None:
    """Return the question that a number names, where it was put to whoever answers."""
    read = read_number(given.number)
    if read is None or read[0] is not NumberKind.NOTICE:
        return None
    found = await questions.question_called(connection, read[1], house.now)
    if found is None:
        return None
    if given.person is None:
        return found if house.sealer.shows_receipt(read[1], given.code) else None
    author = await judging.hold_author_named(connection, given.person.platform, given.person.id)
    return found if author == found.author else None

"""How a thread of letters lives: who may write how much, and who it waits for then."""

from typing import Final

from flagstaff.kernel.errors import Conflict, Refusal
from flagstaff.language.graphemes import count, count_meant
from flagstaff.vocabulary.arrows import Arrow, Life, arrow
from flagstaff.vocabulary.states import ThreadState

_S = ThreadState


def _line(name: str, sources: str, target: ThreadState, by: str, guard: str) -> Arrow[ThreadState]:
    return arrow(name, sources, target, by, guard, ThreadState)


ARROWS: Life[ThreadState] = Life(
    "thread",
    (
        _line("begin", "", _S.OPEN, "person", "a letter that says something; it waits for the team"),
        _line(
            "write_again",
            "open answered closed",
            _S.OPEN,
            "person",
            "there is room; also where it was closed",
        ),
        _line("answer", "open answered closed", _S.ANSWERED, "staff", "nobody wrote since it was read"),
        _line("answer_last", "open answered closed", _S.CLOSED, "staff", "as answer; nothing is left to say"),
        _line(
            "close", "open answered", _S.CLOSED, "staff", "nobody wrote since it was read; without an answer"
        ),
    ),
)
"""The life of a thread of letters: whoever wrote it can always write again."""

LEAST: Final = 10
MOST: Final = 4000
"""A letter's length in graphemes, of both sides."""
LETTERS_MOST: Final = 50
"""So many letters a thread holds: then it is time for another way to talk."""


class BadLetter(Refusal):
    """A letter says nothing, or is longer than anybody reads at once."""

    slug = "bad-letter"
    status = 422
    title = "This letter cannot be taken"


class ThreadFull(Conflict):
    """A thread holds as many letters as it may."""

    slug = "thread-full"
    title = "This thread is full"


class ThreadMoved(Conflict):
    """Somebody wrote, or closed the thread, since it was read."""

    slug = "thread-moved"
    title = "This thread changed meanwhile"


def check_letter(text: str) -> str:
    """Return a letter without its outer spaces; raises BadLetter."""
    if count_meant(text) < LEAST:
        msg = f"a letter has at least {LEAST} characters"
        raise BadLetter(msg, where="text", mend="say in a sentence what it is about")
    if count(text) > MOST:
        msg = f"this letter has {count(text)} characters; {MOST} are read at once"
        raise BadLetter(
            msg, where="text", mend="say the most important first; more can follow in another letter"
        )
    return text.strip()


def check_room(letters: int) -> None:
    """Refuse one letter more than a thread holds; raises ThreadFull."""
    if letters >= LETTERS_MOST:
        msg = f"this thread holds {LETTERS_MOST} letters already"
        raise ThreadFull(msg, where="number", mend="begin a new one")


def apply(state: ThreadState | None, name: str) -> ThreadState:
    """Return the state after an arrow of ARROWS; IllegalArrow tells what is possible instead."""
    return ARROWS.apply(state, name)

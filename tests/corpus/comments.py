"""Comments that nobody wrote, about four things, and the lines of a codebook for them."""

import hashlib
from datetime import UTC, date, datetime
from typing import Final
from uuid import UUID

from flagstaff.insight.dive import Comment, Drawn, Label, Line

LINES: Final = (
    Line(key="unpaid", name="Unpaid trial", meaning="Work asked for without pay, as a test or a sample"),
    Line(key="elsewhere", name="Talk moved elsewhere", meaning="Asked to write on another app, or to phone"),
    Line(key="noise", name="Shouting", meaning="Insults, shouting, rude words"),
)
SAID: Final = {
    "unpaid": (
        "they want a free sample before paying", "a whole logo as an unpaid test", "test task for free",
        "asks everyone for free trial work", "no pay for the first article", "unpaid trial week",
        "wants two drafts without paying", "free work again", "sample for nothing", "three pages as a test, unpaid",
    ),
    "elsewhere": (
        "told me to write him on telegram", "wants my phone number", "says come to whatsapp",
        "he only talks on another app", "asked me to email outside", "moves the chat to telegram",
        "phone call outside the site", "write me on the other messenger", "whatsapp only", "gave a telegram name",
    ),
    "noise": (
        "called me an idiot", "he shouts in every message", "rude words in his reply", "insulted my family",
        "swears at people", "mean and rude", "insults everybody", "shouted at me", "very rude man", "dirty words",
    ),
}  # fmt: skip
PIA: Final = UUID(int=7)
AT: Final = datetime(2026, 3, 1, tzinfo=UTC)


def comment(number: int, words: str, person: int | None = None) -> Comment:
    """Return one comment; by a person of its own unless named."""
    seed = hashlib.sha256(str(number).encode()).digest()
    who = hashlib.sha256(f"person {number if person is None else person}".encode()).digest()
    return Comment(
        row=UUID(bytes=seed[:16]), kind="job_post", language="en", day=date(2026, 1 + number % 3, 9), person=who[:8],
        place=hashlib.sha256(seed).digest(), words=words,
    )  # fmt: skip


def comments() -> tuple[tuple[Comment, ...], dict[UUID, str]]:
    """Return thirty comments and what each is about."""
    made = [(theme, words) for theme, said in SAID.items() for words in said]
    found = tuple(comment(number, words) for number, (_, words) in enumerate(made))
    return found, {one.row: theme for one, (theme, _) in zip(found, made, strict=True)}


def label(row: UUID, theme: str, drawn: Drawn = Drawn.RANDOM, reviewer: UUID = PIA) -> Label:
    """Return what a reviewer said of a comment."""
    return Label(row=row, theme=theme, reviewer=reviewer, drawn=drawn, at=AT)

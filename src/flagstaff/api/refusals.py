"""Tell a reader of a page in their language why something was not done.

A problem says in English what was wrong this time, which is for whoever programs against us; an English page shows that
very sentence. In another language a page says what usually mends a refusal of that kind.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from flagstaff.kernel.errors import FlagstaffError
from flagstaff.language.marking import marked
from flagstaff.language.tongues import SOURCE, spoken


class ToldRefusal(NamedTuple):
    """What a reader is told of a refusal."""

    title: str
    text: str


TOLD: Final[Mapping[str, ToldRefusal]] = MappingProxyType(
    {
        "bad-letter": ToldRefusal(
            marked("This letter cannot be taken"),
            marked("Say in a sentence or more what it is about. Very long letters are best sent in parts."),
        ),
        "thread-full": ToldRefusal(
            marked("This thread is full"), marked("It holds as many letters as it may. Begin a new one.")
        ),
        "no-such-thread": ToldRefusal(
            marked("There is no such thread of yours"),
            marked("Check the number and the code that you got when you wrote."),
        ),
        "bad-suggestion": ToldRefusal(
            marked("This suggestion cannot be taken"),
            marked("Write the option in a few words, and what it is for in a few sentences."),
        ),
        "unknown-kind": ToldRefusal(
            marked("There is no menu for this kind of subject"), marked("Choose one from the list.")
        ),
        "bad-token": ToldRefusal(
            marked("It is not known who you are"),
            marked("Open this page again from where you are signed in."),
        ),
        "expired-token": ToldRefusal(
            marked("This page was open for too long"),
            marked("Open this page again from where you are signed in."),
        ),
        "nothing-to-appeal": ToldRefusal(
            marked("There is nothing here to appeal"),
            marked("Check the number and the code in the notice that you received."),
        ),
        "no-appeal": ToldRefusal(
            marked("No appeal is possible here"),
            marked("Either the time for it is over, or this decision had its second look."),
        ),
        "no-such-flag": ToldRefusal(
            marked("You have no flag of this number"), marked("Choose one from your list.")
        ),
        "no-such-question": ToldRefusal(
            marked("There is no question of this number"), marked("It may have ended meanwhile.")
        ),
        "nothing-waits": ToldRefusal(
            marked("There is nothing to do here any more"), marked("It may have ended meanwhile.")
        ),
        "too-late": ToldRefusal(
            marked("This flag has its answer"), marked("You may ask for a second look instead.")
        ),
        "details-missing": ToldRefusal(
            marked("Please tell a little more"), marked("A few words more help whoever reads it.")
        ),
        "details-too-long": ToldRefusal(marked("These details are too long"), marked("Please shorten them.")),
        "too-large": ToldRefusal(marked("This is too large"), marked("Please shorten it.")),
        "too-many-letters": ToldRefusal(
            marked("More was written than is taken in a minute"),
            marked("Please wait a minute and send it again."),
        ),
        "too-many-tries": ToldRefusal(
            marked("Please wait before the next try"), marked("Please wait a minute and try again.")
        ),
        "busy": ToldRefusal(
            marked("This cannot be taken right now"), marked("Please wait a minute and send it again.")
        ),
    }
)
"""By kind of problem, the last part of its type: what a page says of it."""
OTHERWISE: Final = ToldRefusal(
    marked("That could not be done"), marked("Check what you wrote, and try again in a moment.")
)


def refused(problem: FlagstaffError) -> ToldRefusal:
    """Return what the page that is made now says of a problem."""
    tongue = spoken()
    if tongue.language == SOURCE:
        what = problem.what[:1].upper() + problem.what[1:]
        return ToldRefusal(problem.title, f"{what}: {problem.mend}." if problem.mend else f"{what}.")
    told = TOLD.get(problem.slug, OTHERWISE)
    return ToldRefusal(tongue.gettext(told.title), tongue.gettext(told.text))

"""Tell whoever works here, in their language, why something was not done.

A problem says in English what was wrong this time: an English page shows that very sentence. In another language a
page says what usually mends a refusal of that kind; where it has no words for it, it shows the English ones as such.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from flagstaff.kernel.errors import FlagstaffError
from flagstaff.language.marking import marked
from flagstaff.language.tongues import SOURCE, spoken


class ToldRefusal(NamedTuple):
    """What a page tells of a refusal; `what` stands beside a field, `english`: on a page in another language."""

    title: str
    text: str
    what: str
    english: bool = False


KNOWN: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "illegal-arrow": (
            marked("That cannot be done in this state"),
            marked("Load the page again: somebody else may have gone on with it meanwhile."),
        ),
        "case-changed": (
            marked("This case changed meanwhile"),
            marked("Look at what came in, and decide again. What you typed is still here."),
        ),
        "not-yours": (
            marked("This case is not in your hands"),
            marked("Take it first; your time for it may have run out."),
        ),
        "no-such-case": (
            marked("There is no such case"),
            marked("Look in the queue; it may be outside your places."),
        ),
        "no-such-appeal": (marked("There is no such appeal"), marked("Look in the list of appeals.")),
        "nothing-waits": (
            marked("There is nothing to do here any more"),
            marked("It may have ended meanwhile. Load the page again."),
        ),
        "decision-incomplete": (
            marked("This decision cannot stand yet"),
            marked(
                "It needs a verdict and a reason in words. A broken rule needs at least one measure, and removing "
                "needs the copy that was judged; whoever leaves the ladder chooses why and writes it in a sentence."
            ),
        ),
        "reason-missing": (marked("A reason is needed"), marked("Write in a sentence why.")),
        "no-hold": (
            marked("No hold can be placed here"),
            marked("A hold needs a rule that is grave enough, and content that still stands."),
        ),
        "case-stands": (marked("There is a case about this already"), marked("Look for it in the queue.")),
        "unknown-subject": (
            marked("This subject is not known here"),
            marked("Check its kind and its id; the platform may not have sent it."),
        ),
        "bad-form": (
            marked("This form was not filled in as expected"),
            marked("Check what you chose, or load the page again and fill it in anew."),
        ),
        "bad-selection": (
            marked("These comments cannot be chosen"),
            marked("Choose days that have begun, menus that there are, and a language of the list."),
        ),
        "bad-draft": (
            marked("This draft cannot be kept"),
            marked("Give it a title, and choose options, menus and days of a goal that can be."),
        ),
        "forged-request": (
            marked("This request was not sent from here"),
            marked("Open the page again from where you are signed in."),
        ),
        "not-repeated": (marked("The two passwords differ"), marked("Type both again.")),
        "weak-password": (
            marked("This password will not do"),
            marked("Choose at least 12 characters that are not easy to guess and that are not your login."),
        ),
        "not-signed-in": (marked("Please sign in"), marked("Check your login and your password.")),
        "too-many-tries": (
            marked("Please wait before the next try"),
            marked("Too many tries failed. Wait a few minutes and try again."),
        ),
        "spent-invitation": (
            marked("This link no longer works"),
            marked("Ask an administrator for another one."),
        ),
        "bad-account": (
            marked("This account cannot be made"),
            marked("Check name, login and roles; a community moderator needs places."),
        ),
        "login-taken": (marked("This login is taken"), marked("Choose another one.")),
        "last-admin": (
            marked("A house needs an administrator"),
            marked("Make somebody else an administrator first."),
        ),
        "linked-already": (
            marked("This account is linked to a person already"),
            marked("Another administrator has to take the link back first."),
        ),
        "forbidden": (
            marked("This is not allowed"),
            marked("Your roles do not reach so far. Ask an administrator, or a colleague who may."),
        ),
        "not-found": (
            marked("There is nothing here"),
            marked("Check the address, or what you chose, and begin from the list."),
        ),
        "conflict": (
            marked("This does not fit the present state"),
            marked("Load the page again and look at what changed."),
        ),
        "refused": (marked("This was refused"), marked("Check what you wrote, and try again.")),
        "too-large": (marked("This is too large"), marked("Please shorten it.")),
        "busy": (
            marked("Flagstaff cannot take this right now"),
            marked("Nothing was changed. Wait a minute and try again."),
        ),
        "not-granted": (
            marked("This opening is not granted"),
            marked("It needs a reason and the right to it; the log keeps both."),
        ),
        "bad-queue-cursor": (
            marked("This page of the queue cannot be found"),
            marked("Begin again at the top of the queue."),
        ),
        "no-such-suggestion": (
            marked("There is no such suggestion"),
            marked("Look in the list of suggestions."),
        ),
        "suggestion-ended": (
            marked("This suggestion is answered already"),
            marked("Read its answer; it stays as it is."),
        ),
        "cannot-end-so": (
            marked("The suggestion cannot end so"),
            marked("Write a reason, and choose an option or a suggestion that is live."),
        ),
        "no-such-thread": (
            marked("There is no such thread of yours"),
            marked("Look in the list of letters."),
        ),
        "bad-letter": (
            marked("This letter cannot be taken"),
            marked("Say it in a sentence or more; very long answers are best sent in parts."),
        ),
        "thread-full": (marked("This thread is full"), marked("Close it; they can begin another one.")),
        "thread-moved": (
            marked("This thread changed meanwhile"),
            marked("Read what came in, and answer then. What you typed is still here."),
        ),
        "bad-platform": (
            marked("This platform cannot be added so"),
            marked("Check key, time zone, languages and addresses."),
        ),
        "platform-exists": (marked("This platform is here already"), marked("Choose another key.")),
        "bad-webhook": (
            marked("Events cannot be sent to this address"),
            marked(
                "It has to be an https address that can be reached from here and that is not an inner one."
            ),
        ),
        "last-secret": (
            marked("A platform needs one live secret"),
            marked("Make a new one first, and retire this one then."),
        ),
        "nothing-published": (
            marked("Nothing is published here"),
            marked("Publish guidelines and menus for this platform first."),
        ),
        "no-such-theme": (
            marked("There is no such theme"),
            marked("Load the page again: somebody else may have changed the codebook meanwhile."),
        ),
        "bad-theme": (
            marked("This theme cannot stand so"),
            marked("Give it a name of its own, not too long; a split makes at least two themes."),
        ),
        "codebook-full": (
            marked("The codebook is full"),
            marked("Merge two themes, or give one up, first."),
        ),
        "words-of-a-comment": (
            marked("These are the words of a comment"),
            marked("Six words in a row stand in a comment. Say it in your own words."),
        ),
        "says-who": (
            marked("This says who somebody is"),
            marked(
                "It holds what reads like a name, an address or a number. Say what happened, and nothing of who."
            ),
        ),
        "nothing-to-take-back": (
            marked("This change cannot be taken back"),
            marked(
                "It is not yours, or comments were answered since. Merge, rename or bring a theme back instead."
            ),
        ),
        "no-such-comment": (
            marked("This comment is not of this deep dive"),
            marked("Load the page again and answer anew."),
        ),
        "nothing-answered": (
            marked("There is no answer"),
            marked("Choose what a comment is about, and save what the page shows."),
        ),
        "dive-not-ready": (
            marked("This deep dive is not ready"),
            marked("Wait until it is, or ask for another one."),
        ),
        "no-such-version": (marked("There is no such version"), marked("Choose one from the list.")),
        "nothing-to-undo": (
            marked("There is nothing to undo"),
            marked("The live menus hold nothing of what it changed; look at what was published since."),
        ),
        "cannot-join": (
            marked("These options cannot be joined"),
            marked("Load the page again, and choose two live options of one menu."),
        ),
        "cannot-answer": (
            marked("They cannot answer for a version"),
            marked("Name somebody who works here and may change menus on this platform."),
        ),
    }
)
"""By kind of problem, the last part of its type: its title, and what usually mends it."""


def told(problem: FlagstaffError) -> ToldRefusal:
    """Return what the page that is made now says of a problem."""
    tongue = spoken()
    what = _sentence(problem.what)
    mend = f" {_sentence(problem.mend)}" if problem.mend else ""
    known = KNOWN.get(problem.slug)
    if tongue.language == SOURCE or known is None:
        return ToldRefusal(problem.title, what + mend, what, english=tongue.language != SOURCE)
    title, text = (tongue.gettext(one) for one in known)
    return ToldRefusal(title, text, text)


def _sentence(words: str) -> str:
    """Return words with a capital first and their stop, where they have none of their own."""
    return words[:1].upper() + words[1:] + ("" if words.endswith((".", "!", "?")) else ".")

"""Hold the names of what has only a key: kinds, measures, states and the like, for whoever translates them.

A key that no list of ours holds, such as a kind that a policy made up, reads as its own words.
"""

from typing import Final

from flagstaff.language.marking import marked
from flagstaff.language.tongues import spoken

KINDS: Final = (
    marked("Job post"), marked("Profile"), marked("Portfolio item"), marked("Private message"), marked("Proposal"),
    marked("Review"), marked("Community post"), marked("Community group"), marked("Flag use"),
)  # fmt: skip
MEASURES: Final = (
    marked("Hold"), marked("Limit reach"), marked("Educate"), marked("Move or merge"), marked("Request edit"),
    marked("Remove content"), marked("Warning"), marked("Restrict flagging"), marked("Restrict posting"),
    marked("Remove from group"), marked("Remove from board"), marked("Remove from part"),
    marked("Remove from community"), marked("Suspend site"), marked("Terminate account"), marked("Refer outside"),
)  # fmt: skip
# In small letters; a page that begins with one raises the first.
STATES: Final = (
    # of cases, decisions, measures
    marked("open"), marked("claimed"), marked("parked"), marked("asked"), marked("awaiting second"),
    marked("decided"), marked("effective"), marked("closed"), marked("proposed"), marked("refused"),
    marked("undone"), marked("handed back"), marked("reversed"), marked("waiting"), marked("running"),
    # of accounts, appeals
    marked("invited"), marked("active"), marked("left"), marked("received"), marked("upheld"), marked("rejected"),
    marked("withdrawn"),
    # of subjects and their authors
    marked("deleted by author"), marked("removed"), marked("erased"), marked("suspended"), marked("terminated"),
    marked("deleted"),
    # why a decision leaves its ladder
    marked("honest mistake"), marked("already mended"), marked("long ago"), marked("danger now"),
    marked("planned or repeated"), marked("length"), marked("legal duty"),
    # what events, secrets and links of a platform are for
    marked("measures"), marked("reporter notices"), marked("token"), marked("my flags"), marked("appeal"),
    marked("rules"), marked("private form"),
)  # fmt: skip
# What a draft does to an option, and what a version is meant to change; the policy's own files name both.
DEEDS: Final = (
    marked("Add an option"), marked("Remove an option"), marked("Merge options"), marked("Restore an option"),
    marked("Reword an option"), marked("Move an option"), marked("Add"), marked("Remove"), marked("Merge"),
    marked("Restore"), marked("Reword"), marked("Reorder"),
)  # fmt: skip
METRICS: Final = (
    marked('Share of flags under "It\'s something else"'),
    marked("Share of flags decided under another rule than their option names"),
    marked("Share of decided flags whose case was decided under another rule"),
    marked("Share of flags on these options"),
    marked("Use of the changed options"),
    marked("Half of the flags are sent within"),
    marked("Half of the decisions come within"),
    marked("Share of dialogs left without a flag"),
)


def named(words: str) -> str:
    """Return words that stand for a key in the language of the page."""
    return spoken().gettext(words) if words else ""


def kind(key: str) -> str:
    """Say a subject's kind: "Job post"."""
    return named(key.replace("_", " ").capitalize())


def measure(key: str) -> str:
    """Say a measure: "Remove content"."""
    return named(key.replace("_", " ").capitalize())


def state(key: str) -> str:
    """Say a state or another short key: "awaiting second"."""
    return named(str(key).replace("_", " "))


def deed(key: str) -> str:
    """Say what an operation of a draft does: "Reword"."""
    return named(str(key).capitalize())


def raised(words: str) -> str:
    """Return words with the first letter as a capital."""
    return words[:1].upper() + words[1:]

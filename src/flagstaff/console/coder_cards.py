"""Cards of the coders of a deep dive as its page shows them, and what came of asking a model."""

from collections.abc import Mapping
from typing import Final

import msgspec

from flagstaff.insight.cards import cards_of
from flagstaff.insight.dive import BOTH, HOUSE, MODEL, Table
from flagstaff.insight.dives import Dive
from flagstaff.insight.prompting import Outcome, Unanswered
from flagstaff.language.marking import marked
from flagstaff.language.tongues import spoken

_NAMES: Final[Mapping[str, str]] = {
    HOUSE: marked("The house's coder"),
    MODEL: marked("{model} at {host} alone"),
    BOTH: marked("Both together, which this run uses"),
}
ENDED: Final[Mapping[Unanswered, str]] = {
    Unanswered.UNSET: marked("No model is set any more, or its key cannot be read."),
    Unanswered.CHANGED: marked("Another model is set than the one that was chosen."),
    Unanswered.TOO_FEW: marked("Fewer than five persons wrote these comments."),
    Unanswered.TOO_MANY: marked("These are more comments than a model is asked about."),
    Unanswered.ADDRESS: marked("Its address is not allowed."),
    Unanswered.UNREACHABLE: marked("It could not be reached."),
    Unanswered.SLOW: marked("It was too slow."),
    Unanswered.BUSY: marked("It was busy or broken."),
    Unanswered.REFUSED: marked("It refused."),
    Unanswered.UNREADABLE: marked("Its answers could not be read."),
}


class ShownCard(msgspec.Struct, frozen=True):
    """One coder with how often it agreed, in words."""

    name: str
    agreed: str
    range: str
    of: str


def shown_cards(dive: Dive, table: Table) -> list[ShownCard]:
    """Return the cards of a run in the language that is spoken now."""
    tongue = spoken()
    told = {"model": dive.coder.model, "host": dive.coder.host} if dive.coder else {"model": "", "host": ""}
    found = []
    for one in cards_of(table):
        share = one.agreed
        of = tongue.number(share.of)
        counted = (
            tongue.gettext("{n} drawn at random", n=of)
            if one.audited
            else tongue.gettext("{n} labelled", n=of)
        )
        low, high = f"{100 * share.low:.0f}", f"{100 * share.high:.0f}"
        name = tongue.gettext(_NAMES[one.coder], **(told if one.coder == MODEL else {}))
        found.append(ShownCard(name, f"{100 * (share.value or 0):.0f} %", f"{low}–{high} %", counted))
    return found


def ended(outcome: Outcome | None) -> str:
    """Say why a model was asked no further; blank where it was asked about everything."""
    if outcome is None or outcome.ended is None:
        return ""
    return spoken().gettext(ENDED[outcome.ended])

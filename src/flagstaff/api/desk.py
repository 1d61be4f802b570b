"""What every handler of this door is handed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from litestar import Request

from flagstaff.api.allowance import Allowance, HintAllowance, LetterAllowance, ReactionAllowance
from flagstaff.api.callers import Gate
from flagstaff.api.guesses import Guesses
from flagstaff.api.menu_shelf import MenuShelf
from flagstaff.flows.house import House
from flagstaff.flows.placing import Receipt
from flagstaff.flows.propose_options import HintBook
from flagstaff.flows.sent_flag import Sent
from flagstaff.store.group_commit import GroupCommit

type_of_request = Request[Any, Any, Any]
DESK: Final = "flagstaff.desk"
"""Under this key a door gives its desk along with each request."""


@dataclass(frozen=True)
class Desk:
    """Carry the house, who may enter, the rendered menus, the hints, and the queues of incoming flags."""

    house: House
    gate: Gate
    menus: MenuShelf
    intake: GroupCommit[Sent, Receipt]
    bulk: GroupCommit[Sequence[Sent], Sequence[Receipt | Exception]]
    allowance: Allowance
    hints: HintBook
    hint_allowance: HintAllowance
    letter_allowance: LetterAllowance
    reaction_allowance: ReactionAllowance
    guesses: Guesses
    address: str


def desk_of(request: type_of_request) -> Desk:
    """Return the desk of the door that got this request."""
    scope: Any = request.scope
    desk: Desk = scope[DESK]
    return desk

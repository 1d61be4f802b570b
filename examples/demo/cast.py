"""Who works here in the demo, and which part each plays in the tour. All of them are invented."""

import msgspec

from flagstaff.console.tour_parts import Player, Tale
from flagstaff.vocabulary.roles import StaffRole


class Worker(msgspec.Struct, frozen=True):
    """A staff account; `person` is who they are on Harborlane too, `places` where a scoped role reaches."""

    login: str
    name: str
    roles: frozenset[StaffRole]
    places: frozenset[str] = frozenset()
    person: str | None = None


STAFF = (
    Worker("ada", "Ada Vance", frozenset({StaffRole.MODERATOR}), person="thandi"),
    Worker("jonas", "Jonas Brekke", frozenset({StaffRole.MODERATOR})),
    Worker("mira", "Mira Kaplan", frozenset({StaffRole.MODERATOR})),
    Worker(
        "marisol",
        "Marisol Echeverría",
        frozenset({StaffRole.COMMUNITY_MODERATOR}),
        frozenset({"board:general", "board:getting-started", "group:espanol"}),
        "marisol",
    ),
    Worker("petra", "Petra Holm", frozenset({StaffRole.POLICY_MANAGER})),
    Worker("selim", "Selim Aydin", frozenset({StaffRole.AUDITOR})),
    Worker("root", "Robin Ferrante", frozenset({StaffRole.ADMIN})),
)
"""Everybody who works here. Mira takes no part in what is appealed, so that somebody is left to look again."""

DECIDING = ("ada", "jonas", "mira")
COMMUNITY = "marisol"

PLAYERS = (
    Player(
        key="freelancer", part="freelancer and reporter", name="Ines Quintal", person="ines", begins="/jobs",
        says="Draws for books. She has flagged things before, and sees what became of each.",
    ),
    Player(
        key="client", part="client", name="Bruno Halvorsen", person="bruno", begins="/messages",
        says="Publishes slow books. Two blunt lines of his wait in the queue; he knows nothing of it.",
    ),
    Player(
        key="author", part="author of what was decided", name="Dario Petrescu", person="dario", begins="/trust",
        says="Brand design, fast. He has a standing, notices, and the right to appeal.",
    ),
    Player(
        key="moderator", part="moderator", name="Jonas Brekke", login="jonas",
        says="Takes the next case, decides, undoes. He holds one case now.",
    ),
    Player(
        key="second", part="moderator, and a member of Harborlane too", name="Ada Vance", login="ada", person="thandi",
        says="Confirms as the second person. She is Thandi on Harborlane, so no case of Thandi's exists for her.",
    ),
    Player(
        key="lead", part="community lead", name="Marisol Echeverría", login="marisol", person="marisol",
        begins="/community/groups/espanol",
        says="Works in two boards and the group Español, and sees nothing of the marketplace.",
    ),
    Player(
        key="policy", part="policy manager", name="Petra Holm", login="petra",
        says="Menus and guidelines. Version 2 is live; version 3 will be hers.",
    ),
    Player(
        key="admin", part="administrator", name="Robin Ferrante", login="root",
        says="Invites people, connects platforms, and publishes as the second person what Petra drafts.",
    ),
    Player(
        key="auditor", part="auditor", name="Selim Aydin", login="selim",
        says="Reads the sealed log and the figures, and changes nothing.",
    ),
)  # fmt: skip
"""Whom the visitor of the tour can be."""

LATER_TALES = (
    Tale(
        "community_post", "post-decision-stands", "an appeal that should fail",
        "Its author calls a whole trade idiots and says it was a joke. The decision stands; read his appeal.",
    ),
    Tale(
        "community_post", "post-decision-falls", "an appeal that should succeed",
        "A warning about a dangerous manual was taken for a threat. Read it again, and put it right.",
    ),
    Tale(
        "job_post", "job-closed-case", "a repeat flag on a closed case",
        "Found in order three weeks ago. The same person flags it again, and another one joins.",
    ),
)  # fmt: skip
"""Cases written by hand whose decisions lie some days back."""

FIRST_NAMES = (
    *(
        "Aino",
        "Boris",
        "Carla",
        "Deniz",
        "Edda",
        "Farid",
        "Greta",
        "Hugo",
        "Ilse",
        "Jamal",
        "Kaja",
        "Lars",
        "Mina",
    ),
    *(
        "Niko",
        "Olga",
        "Pilar",
        "Quinn",
        "Rosa",
        "Stig",
        "Tove",
        "Umut",
        "Vera",
        "Wim",
        "Xenia",
        "Ylva",
        "Zoran",
    ),
)


def stranger(number: int) -> str:
    """Return the id of an invented person whom Harborlane does not show; each number is somebody else."""
    return f"{FIRST_NAMES[number % len(FIRST_NAMES)].lower()}-{number:04}"

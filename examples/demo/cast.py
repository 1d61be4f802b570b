"""Who works here in the demo, and which part each plays in the tour. All of them are invented."""

import msgspec

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

FIRST_NAMES = (
    "Aino Boris Carla Deniz Edda Farid Greta Hugo Ilse Jamal Kaja Lars Mina Niko Olga Pilar Quinn Rosa Stig Tove Umut"
    " Vera Wim Xenia Ylva Zoran"
).split()


def stranger(number: int) -> str:
    """Return the id of an invented person whom Harborlane does not show; each number is somebody else."""
    return f"{FIRST_NAMES[number % len(FIRST_NAMES)].lower()}-{number:04}"

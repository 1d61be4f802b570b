"""Where a case, a hold or a reporter's voice comes from."""

from enum import StrEnum


class CaseOrigin(StrEnum):
    """Say what opened a case."""

    FLAG = "flag"
    SIGNAL = "signal"
    STAFF = "staff"
    IMPORT = "import"


class HoldOrigin(StrEnum):
    """Say what placed a hold; never who flagged."""

    RULE = "rule"
    DETECTOR = "detector"
    STAFF = "staff"
    SECOND_PERSON = "second_person"


class Party(StrEnum):
    """Say which side of a decision somebody stands on."""

    AUTHOR = "author"
    REPORTER = "reporter"


class Actor(StrEnum):
    """Say who can take an arrow of a life."""

    REPORTER = "reporter"
    AUTHOR = "author"
    PERSON = "person"
    STAFF = "staff"
    SECOND = "second"
    HOUSE = "house"

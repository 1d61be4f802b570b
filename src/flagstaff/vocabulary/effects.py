"""What a platform is asked to do, and how far a measure reaches."""

from enum import StrEnum


class Effect(StrEnum):
    """The five things that a platform can be asked to carry out."""

    HIDE = "hide"
    SHOW = "show"
    RESTRICT = "restrict"
    ALLOW = "allow"
    TELL = "tell"


class Scope(StrEnum):
    """What a measure touches; the five middle ones fit only a place that lies in such a ring."""

    CONTENT = "content"
    PERSON = "person"
    GROUP = "group"
    BOARD = "board"
    PART = "part"
    COMMUNITY = "community"
    SITE = "site"
    OUTSIDE = "outside"

"""What an option of a menu is for, and how it asks for details."""

from enum import StrEnum


class OptionKind(StrEnum):
    """Say what a flag with this option starts; a `preference` never starts a case, `open` is Other."""

    VIOLATION = "violation"
    LEGAL = "legal"
    CARE = "care"
    HOUSEKEEPING = "housekeeping"
    PREFERENCE = "preference"
    OPEN = "open"


class DetailsMode(StrEnum):
    """Say how an option asks: text or one answered prompt; prompts that may all be skipped; a plain box."""

    REQUIRED = "required"
    PROMPTED = "prompted"
    OPTIONAL = "optional"

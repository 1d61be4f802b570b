"""Name the database roles: each is a login of its own with the least it needs, listed in privileges.yaml."""

from enum import StrEnum


class Role(StrEnum):
    """Say on whose behalf a connection acts."""

    OWNER = "owner"  # owns every table and function; migrates, and nothing else
    INTAKE = "intake"  # receives: seals what it can never open again
    CONSOLE = "console"  # staff at work
    WORKER = "worker"  # background jobs
    PUBLISHER = "publisher"  # gives feed positions and chains the audit after commit
    VIEWS = "views"  # pages across rooms, read only, never the vault
    READER = "reader"  # redacted words for whoever holds the task now; raw ones as a logged reveal
    REDACTOR = "redactor"  # makes the redacted copy and seals it again
    POSTMAN = "postman"  # one address, in the sending step
    ANALYST = (
        "analyst"  # redacted words under Other: for one run that was asked for, or a few for one account
    )
    ERASER = "eraser"  # erases a person
    CONFLICT = "conflict"  # one boolean: is this account's person a party here?
    IMPORTER = "importer"  # brings in history from before; no process that serves holds it
    TOUR = "tour"  # shows the ciphertext of the demo

    @property
    def login(self) -> str:
        """Return the role's name in the database."""
        return f"flagstaff_{self.value}"


SERVANTS = tuple(role for role in Role if role is not Role.OWNER)
"""Every role except the owner: those that privileges.yaml speaks of."""

"""Say what went wrong, where, and what to do next, in one shape for people and programs (RFC 9457)."""

from typing import ClassVar


class FlagstaffError(Exception):
    """Base of every error of the house; each class names one kind of failure.

    `slug` is the last part of its problem type, `status` the HTTP status, `title` the same sentence for all
    errors of the class. Facts are members of their own in the problem document; they carry no words or names.
    """

    slug: ClassVar[str] = "internal"
    status: ClassVar[int] = 500
    title: ClassVar[str] = "Something went wrong inside Flagstaff"

    def __init__(self, what: str, *, where: str = "", mend: str = "", **facts: object) -> None:
        """Tell `what` happened, `where` (a field, file or setting) and how to `mend` it."""
        super().__init__(what)
        self.what = what
        self.where = where
        self.mend = mend
        self.facts = facts

    def __str__(self) -> str:
        """Return one line for a terminal: where, what and the mend."""
        where = f"{self.where}: " if self.where else ""
        mend = f" → {self.mend}" if self.mend else ""
        return f"{where}{self.what}{mend}"

    def problem(self) -> dict[str, object]:
        """Return the problem document (RFC 9457, section 3), with `where`, `mend` and the facts as extensions."""
        document: dict[str, object] = {
            "type": f"/problems/{self.slug}",
            "title": self.title,
            "status": self.status,
            "detail": self.what,
        }
        spoken = {"where": self.where, "mend": self.mend}
        return document | {name: text for name, text in spoken.items() if text} | self.facts


class Refusal(FlagstaffError):
    """The request was understood and is against a rule."""

    slug = "refused"
    status = 400
    title = "This was refused"


class Unauthorised(FlagstaffError):
    """Nobody showed who they are, or what they showed is not valid."""

    slug = "unauthorised"
    status = 401
    title = "It is not known who asks"


class Forbidden(FlagstaffError):
    """Who asks is known and may not do this."""

    slug = "forbidden"
    status = 403
    title = "This is not allowed"


class NotFound(FlagstaffError):
    """There is no such thing, or nothing that the asker may know of."""

    slug = "not-found"
    status = 404
    title = "There is nothing here"


class Conflict(FlagstaffError):
    """Something changed meanwhile, or the act does not fit the present state."""

    slug = "conflict"
    status = 409
    title = "This does not fit the present state"


class TooLarge(FlagstaffError):
    """More was sent than is taken at once."""

    slug = "too-large"
    status = 413
    title = "This is too large"


class Unavailable(FlagstaffError):
    """The house cannot take this now.

    Either nothing was kept, or nobody can say whether it was: the same request, with its idempotency key, may be
    sent again.
    """

    slug = "busy"
    status = 503
    title = "Flagstaff cannot take this right now"

    def __init__(
        self, what: str, *, retry_after: int = 1, where: str = "", mend: str = "", **facts: object
    ) -> None:
        """Tell after how many seconds another try makes sense (the Retry-After header)."""
        super().__init__(what, where=where, mend=mend, **facts)
        self.retry_after = retry_after

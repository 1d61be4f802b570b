"""Let only those who may open a page: `guards=[require(Permission.SEE_QUEUE)]` on a handler."""

from typing import Any

from litestar.connection import ASGIConnection
from litestar.handlers.base import BaseRouteHandler

from flagstaff.kernel.errors import Forbidden
from flagstaff.staff.model import Account
from flagstaff.staff.rules import NotSignedIn, may_somewhere
from flagstaff.vocabulary.roles import Permission


def current_account(request: ASGIConnection[Any, Any, Any, Any]) -> Account:
    """Return who is signed in; raises NotSignedIn, which leads to the sign-in page."""
    account = request.user
    if not isinstance(account, Account):
        msg = "nobody is signed in here"
        raise NotSignedIn(msg, mend="sign in and come back")
    return account


class require:  # noqa: N801 - it reads as a word where it is used
    """Let in whoever has one of these permissions somewhere; where exactly is for the flow to check, by place."""

    def __init__(self, *permissions: Permission) -> None:
        """Name the permissions; without any, being signed in is enough."""
        self.permissions = frozenset(permissions)

    def __call__(self, connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
        """Raise NotSignedIn or Forbidden."""
        account = current_account(connection)
        if self.permissions and not any(may_somewhere(account, wanted) for wanted in self.permissions):
            msg = "none of your roles opens this page"
            raise Forbidden(msg, mend="an administrator can change your roles")


signed_in = require()
"""Guard a page that is open to everybody who works here."""


def everybody(_: ASGIConnection[Any, Any, Any, Any], __: BaseRouteHandler) -> None:
    """Mark a page that is open before signing in; a test expects each handler to say who may open it."""

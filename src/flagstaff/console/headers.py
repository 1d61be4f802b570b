"""Put the security headers on every answer of the process, also on those that no route gave."""

from collections.abc import Mapping
from typing import Final

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

HEADERS: Final[Mapping[bytes, bytes]] = {
    b"content-security-policy": POLICY.encode(),
    b"x-content-type-options": b"nosniff",
    # Not no-referrer: with it browsers send "Origin: null" with our own forms, and the guard against forgery needs it.
    b"referrer-policy": b"same-origin",
    b"cross-origin-opener-policy": b"same-origin",
    b"cross-origin-resource-policy": b"same-origin",
    b"x-frame-options": b"DENY",
    b"permissions-policy": b"camera=(), microphone=(), geolocation=(), interest-cohort=()",
}
_LONG: Final = (b"strict-transport-security", b"max-age=31536000")


class SecureHeaders:
    """Wrap an ASGI app; what an answer says itself stands (the dialog's script is read by other sites)."""

    def __init__(self, app: ASGIApp, *, https: bool) -> None:
        """Wrap `app`; `https` says that people reach the house by https, and always shall."""
        self._app = app
        self._headers = {**HEADERS, **dict([_LONG] if https else [])}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve as an ASGI app."""
        if scope["type"] != ScopeType.HTTP:
            await self._app(scope, receive, send)
            return
        private = scope["path"].startswith("/console") and not scope["path"].startswith("/console/static")

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = list(message.get("headers", []))
                said = {name.lower() for name, _ in given}
                wanted = self._headers | ({b"cache-control": b"no-store"} if private else {})
                given += [(name, value) for name, value in wanted.items() if name not in said]
                message = {**message, "headers": given}
            await send(message)

        await self._app(scope, receive, send_with_headers)

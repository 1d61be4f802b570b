"""Set the headers that no handler should have to think of: what browsers may do with an answer, and who may read it."""

from collections.abc import Iterable
from typing import Any, Final

from flagstaff.api.reading import headers_of
from flagstaff.flows.policy_book import PolicyBook

# Answers to a 404 do not get the framework's own response headers, hence a layer of our own round everything.
_ALWAYS: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
    (
        b"content-security-policy",
        (
            b"default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; "
            b"base-uri 'none'"
        ),
    ),
)
_METHODS: Final = b"GET, POST, DELETE, OPTIONS"
_ALLOWED_HEADERS: Final = b"authorization, content-type, idempotency-key, if-none-match"
_EXPOSED: Final = b"etag, retry-after, content-language"
PUBLIC: Final = ("/v1/menus/", "/static/flag.js")
"""Without credentials and the same for everybody: any page may read it."""


def is_public(path: str) -> bool:
    """Tell whether any page of the web may read an answer."""
    return path.startswith(PUBLIC)


def allowed_origin(policy: PolicyBook, path: str, origin: str | None) -> bytes | None:
    """Return the origin to name in the answer, None where the page may not read it."""
    if origin is None:
        return None
    if is_public(path):
        return b"*"
    if path.startswith("/v1/") and any(origin in host.origins for host in policy.hosts()):
        return origin.encode("latin-1")
    return None


def dressed(policy: PolicyBook, scope: Any, send: Any) -> Any:
    """Return `send` with the headers added."""
    path = scope["path"]
    # Joined as everywhere (see `headers_of`), without reading the other headers: this stands round every request.
    named = [value for name, value in scope["headers"] if name == b"origin"]
    origin = allowed_origin(policy, path, b", ".join(named).decode("latin-1") if named else None)
    extra = [*_ALWAYS, *_for_origin(path, origin)]

    async def add(message: Any) -> None:
        if message["type"] == "http.response.start":
            given = list(message.get("headers", ()))
            names = {name.lower() for name, _ in given}
            message = {**message, "headers": given + [pair for pair in extra if pair[0] not in names]}
        await send(message)

    return add


def _for_origin(path: str, origin: bytes | None) -> Iterable[tuple[bytes, bytes]]:
    if not path.startswith(("/v1/", "/static/")):
        return
    if not is_public(path):
        yield (b"vary", b"Origin")
    else:
        yield (b"cross-origin-resource-policy", b"cross-origin")
    if origin is not None:
        yield (b"access-control-allow-origin", origin)
        yield (b"access-control-expose-headers", _EXPOSED)


def is_preflight(scope: Any) -> bool:
    """Tell whether a browser asks beforehand if a page may send something."""
    return bool(
        scope["type"] == "http"
        and scope["method"] == "OPTIONS"
        and scope["path"].startswith(("/v1/", "/static/"))
        and any(name == b"access-control-request-method" for name, _ in scope["headers"])
    )


async def answer_preflight(policy: PolicyBook, scope: Any, send: Any) -> None:
    """Say what a page may send; one of an origin that no platform declared gets no permission."""
    origin = allowed_origin(policy, scope["path"], headers_of(scope).get("origin"))
    head = [(b"content-length", b"0")]
    if origin is not None:
        head += [
            (b"access-control-allow-methods", _METHODS),
            (b"access-control-allow-headers", _ALLOWED_HEADERS),
            (b"access-control-max-age", b"600"),
        ]
    await send({"type": "http.response.start", "status": 204, "headers": head})
    await send({"type": "http.response.body", "body": b""})

"""Render every failure as a problem document (RFC 9457), those of the web framework included."""

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Any, Final

import msgspec
import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException

from flagstaff.api.reading import ClientLeft, Malformed, too_large
from flagstaff.kernel.errors import FlagstaffError, NotFound, Refusal, Unauthorised, Unavailable

MEDIA_TYPE: Final = "application/problem+json"


class NoSuchPage(NotFound):
    """There is no such address."""

    slug = "no-such-page"
    title = "There is no such address here"


class NoSuchMethod(Refusal):
    """The address exists and cannot be used with this method."""

    slug = "method-not-allowed"
    status = 405
    title = "This address cannot be used so"


class Internal(FlagstaffError):
    """Something went wrong inside; it is in the log, without what was sent."""


def rendered(error: FlagstaffError) -> tuple[int, dict[str, str], bytes]:
    """Return status, headers and body of a failure."""
    headers = {"content-type": MEDIA_TYPE, "cache-control": "no-store"}
    if isinstance(error, Unauthorised):
        headers["www-authenticate"] = 'Bearer realm="flagstaff"'
    after = error.retry_after if isinstance(error, Unavailable) else error.facts.get("retry_after")
    if after is not None:
        headers["retry-after"] = str(after)
    return error.status, headers, msgspec.json.encode(error.problem())


def answer(_: "Request[Any, Any, Any]", error: Exception) -> Response[bytes]:
    """Answer any exception of a handler."""
    status, headers, body = rendered(known(error))
    if isinstance(error, HTTPException) and "allow" in (error.headers or {}):
        headers["allow"] = (error.headers or {})["allow"]
    return Response(body, status_code=status, headers=headers, media_type=MEDIA_TYPE)


def known(error: Exception) -> FlagstaffError:
    """Return the failure as one of ours; what nobody foresaw is logged by its type alone."""
    if isinstance(error, FlagstaffError):
        return error
    if isinstance(error, HTTPException):
        return _of_framework(error)
    if not isinstance(error, ClientLeft):
        structlog.get_logger().error("a request failed", exc_info=error)
    return Internal("this is ours to mend; nothing is known to be wrong with what was sent")


def _of_framework(error: HTTPException) -> FlagstaffError:
    if error.status_code == HTTPStatus.NOT_FOUND:
        return NoSuchPage(
            "nothing answers at this address", mend="see /schema/openapi.json for those that do"
        )
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        return NoSuchMethod("this address does not take that method", mend="see /schema/openapi.json")
    if error.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return too_large()
    if error.status_code < HTTPStatus.INTERNAL_SERVER_ERROR:
        wrong = [str(item.get("key", "")) for item in error.extra or () if isinstance(item, Mapping)]
        return Malformed(error.detail, where=", ".join(filter(None, wrong)), mend="see docs/reference/api.md")
    return Internal("this is ours to mend")


def explained() -> Mapping[str, type[FlagstaffError]]:
    """Return every kind of failure by the last part of its problem type."""
    return MappingProxyType(
        {kind.slug: kind for kind in sorted(_kinds(FlagstaffError), key=lambda one: one.slug)}
    )


def _kinds(kind: type[FlagstaffError]) -> Iterator[type[FlagstaffError]]:
    for below in kind.__subclasses__():
        yield from _kinds(below)
    yield kind

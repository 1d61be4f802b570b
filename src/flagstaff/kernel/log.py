"""Write the log as JSON lines from an allow-list of keys, so that no identity and no words can slip into it."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any, Final

import structlog

ALLOWED: Final = frozenset(
    {
        "event", "level", "timestamp", "logger",
        "address", "attempts", "batch", "cases", "channel", "count", "error", "feed", "file", "flags", "function",
        "job", "line", "method", "milliseconds", "migrations", "part", "path", "platform", "position", "seconds",
        "slug", "stage", "status", "version",
    }
)  # fmt: skip
"""Every key that may stand in a log line; what else is given is dropped, and its name noted under `dropped`."""


def start_log(level: str) -> None:
    """Send structlog and the standard library's loggers to stderr as JSON; `level` is a name such as "info"."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            name_error,
            keep_allowed,
            structlog.processors.JSONRenderer(sort_keys=True),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    # What libraries write may quote a request: only that something was said, and where, gets through.
    logging.basicConfig(level=logging.WARNING, handlers=[_Elsewhere()], force=True)


def keep_allowed(_logger: object, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Drop every key that is not allowed, and every value that could carry more than one word or number."""
    dropped = sorted(set(event) - ALLOWED)
    kept = {
        key: value for key, value in event.items() if key in ALLOWED and isinstance(value, str | int | float)
    }
    return kept | ({"dropped": " ".join(dropped)} if dropped else {})


def name_error(_logger: object, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replace an exception by its class and the place in our code; its text and locals may hold what people wrote."""
    given = event.pop("exc_info", None)
    error = given if isinstance(given, BaseException) else sys.exc_info()[1] if given else None
    if error is None:
        return event
    event["error"] = type(error).__name__
    trace = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        if "flagstaff" in code.co_filename:
            event["file"] = code.co_filename.rpartition("flagstaff/")[2]
            event["line"], event["function"] = trace.tb_lineno, code.co_name
        trace = trace.tb_next
    return event


class _Elsewhere(logging.Handler):
    """Note that a library logged something, without its text."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line that names the logger and, where there is one, the kind of error."""
        error = record.exc_info[1] if record.exc_info else None
        structlog.get_logger().warning(
            "a library wrote to its log", logger=record.name, error=type(error).__name__ if error else ""
        )

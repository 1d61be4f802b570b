"""The log tells operators what happens and nobody who did it."""

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from flagstaff.kernel import log


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """Give what the log writes, and put the loggers back afterwards."""
    stream = io.StringIO()
    monkeypatch.setattr("sys.stderr", stream)
    handlers, level = logging.getLogger().handlers[:], logging.getLogger().level
    log.start_log("info")
    yield stream
    structlog.reset_defaults()
    logging.basicConfig(level=level, handlers=handlers, force=True)


def test_only_allowed_keys_reach_the_log(written: io.StringIO) -> None:
    """A key that nobody allowed is dropped by name, its value is not shown, however deep."""
    structlog.get_logger().info(
        "flag received", platform="shop", reporter="canary", count={"nested": "canary"}
    )
    line = json.loads(written.getvalue())
    assert (line["event"], line["platform"], line["dropped"]) == ("flag received", "shop", "reporter")
    assert "canary" not in written.getvalue()


def test_an_error_is_named_and_not_quoted(written: io.StringIO) -> None:
    """The text of an exception and its locals may hold what somebody wrote."""
    try:
        log.start_log("canary-level")
    except KeyError as error:
        structlog.get_logger().error("could not start", exc_info=error)
    line = json.loads(written.getvalue())
    assert (line["error"], line["file"], line["function"]) == ("KeyError", "kernel/log.py", "start_log")
    assert "CANARY" not in written.getvalue().upper()


def test_a_library_is_heard_without_its_words(written: io.StringIO) -> None:
    """What a library logs may quote a request."""
    logging.getLogger("somebody.else").error("bad value %s", "canary")
    assert json.loads(written.getvalue())["logger"] == "somebody.else"
    assert "canary" not in written.getvalue()

"""What nobody foresaw is a page for whoever works here, and a line in the log that quotes nobody."""

import json
import logging
from collections.abc import Iterator

import pytest
import structlog
from litestar import Litestar, get
from litestar.testing import RequestFactory

from flagstaff.api.problems import answer
from flagstaff.kernel.log import start_log


@pytest.fixture
def written(capsys: pytest.CaptureFixture[str]) -> Iterator[pytest.CaptureFixture[str]]:
    """Let one test start the log, and put the loggers back: what it wrote to is closed afterwards."""
    handlers, level = logging.getLogger().handlers[:], logging.getLogger().level
    start_log("info")
    yield capsys
    structlog.reset_defaults()
    logging.basicConfig(level=level, handlers=handlers, force=True)


def test_a_fault_of_the_api_is_logged_by_its_kind_and_place_alone(
    written: pytest.CaptureFixture[str],
) -> None:
    """Its text may hold what a person wrote."""
    with pytest.raises(ValueError, match="Expecting") as fault:
        json.loads('{"canary": ')
    said = answer(RequestFactory(app=Litestar([_page])).get("/"), fault.value)
    assert said.status_code == 500
    line = json.loads(written.readouterr().err.strip().splitlines()[-1])
    assert (line["event"], line["error"]) == ("a request failed", "JSONDecodeError")
    assert "canary" not in str(said.content)


@get("/")
async def _page() -> None:
    """Stand in for a page; it is never served."""

"""What nobody foresaw is a page for whoever works here, and a line in the log that quotes nobody."""

import io
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
def written(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """Give what the log writes, and put the loggers back afterwards."""
    stream = io.StringIO()
    monkeypatch.setattr("sys.stderr", stream)
    handlers, level = logging.getLogger().handlers[:], logging.getLogger().level
    start_log("info")
    yield stream
    structlog.reset_defaults()
    logging.basicConfig(level=level, handlers=handlers, force=True)


def test_a_fault_of_the_api_is_logged_by_its_kind_and_place_alone(written: io.StringIO) -> None:
    """Its text may hold what a person wrote."""
    with pytest.raises(ValueError, match="Expecting") as fault:
        json.loads('{"canary": ')
    request = RequestFactory(app=Litestar([_page], logging_config=None)).get("/")
    said = answer(request, fault.value)
    assert said.status_code == 500
    line = json.loads(written.getvalue().strip().splitlines()[-1])
    assert (line["event"], line["error"]) == ("a request failed", "JSONDecodeError")
    assert "canary" not in str(said.content)


@get("/")
async def _page() -> None:
    """Stand in for a page; it is never served."""

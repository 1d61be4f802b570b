"""The table of a deep dive as a file, for colleagues and notebooks: no example is in it."""

from collections.abc import Mapping
from typing import Final

from litestar import Response, get
from litestar.params import FromPath

from flagstaff.console.guards import current_account, require
from flagstaff.console.session import Visit, house_of
from flagstaff.flows.export_dive import export_dive
from flagstaff.vocabulary.roles import Permission

_reads: Final = require(Permission.READ_FIGURES)
_KINDS: Final[Mapping[str, str]] = {"csv": "text/csv", "md": "text/markdown", "json": "application/json"}


@get(
    ["/dives/{number:str}/table.csv", "/dives/{number:str}/table.md", "/dives/{number:str}/table.json"],
    guards=[_reads],
)
async def file_of_dive(request: Visit, number: FromPath[str]) -> Response[str]:
    """Give the table as a file; the log says so, and no comment is in it."""
    form = request.url.path.rpartition(".")[2]
    text = await export_dive(house_of(request), current_account(request), number, form)
    headers = {"Content-Disposition": f'attachment; filename="deep-dive.{form}"'}
    return Response(text, media_type=f"{_KINDS[form]}; charset=utf-8", headers=headers)


HANDLERS = [file_of_dive]

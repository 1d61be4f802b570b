"""Let a deep dive be ready over a few comments, as a worker would leave it, so that reviewers can be asked."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from uuid import UUID

import msgspec

from flagstaff.flows.house import House
from flagstaff.flows.redact_words import redact_words
from flagstaff.insight.dive import OTHER, Basis, Line, Proposal, Sized, Table, ThemeRow
from flagstaff.insight.dives import DiveRow, Result
from flagstaff.staff.model import Account
from tests.dived import asked_by, let_stand
from tests.flows.desks import rows_of
from tests.houses import flag, seen, sent

UNDER_OTHER = "job_post.something_else"
_MONTH = date(2026, 3, 1)


async def ready_run(
    house: House,
    by: Account,
    comments: Sequence[str],
    *,
    lines: Sequence[Line] = (),
    proposed: Mapping[str, Sequence[int]] | None = None,
    guess: str = OTHER,
    unsure: Sequence[int] = (),
    narrow: bool | None = None,
) -> str:
    """Return the number of a run over these comments; their turns in the audit are in this order.

    `proposed` and `unsure` name comments by their number. `narrow`: what its table says of its intervals.
    """
    told = [sent(f"r{n}", seen(id_=f"job-{n}"), UNDER_OTHER, details=text) for n, text in enumerate(comments)]
    for start in range(0, len(told), 60):
        await flag(house, *told[start : start + 60])
    while await redact_words(house, 200):
        pass
    found = await rows_of(
        house,
        'select f.key, s.outside_id from flags.flag f join cases.case c on c.key = f."case"'
        " join subjects.subject s on s.key = c.subject",
    )
    keys = {row["outside_id"]: UUID(str(row["key"])) for row in found}
    flags = [keys[f"job-{n}"] for n in range(len(comments))]
    days = (_MONTH, _MONTH + timedelta(days=30))
    asked = asked_by(house, by, lines, ("job_post",), days)
    rows = tuple(
        DiveRow(
            flag=one, kind="job_post", language="en", month=_MONTH, place=n.to_bytes(32), theme=guess,
            probability=0.7, second=OTHER,
        )
        for n, one in enumerate(flags)
    )  # fmt: skip
    quoted = tuple(
        Proposal(key=one, quotes=tuple(flags[n] for n in some)) for one, some in (proposed or {}).items()
    )
    result = Result(
        table=msgspec.json.encode(_table(len(rows), narrow)), proposed=quoted,
        unsure=tuple(flags[n] for n in unsure), rows=rows,
    )  # fmt: skip
    return await let_stand(house, asked, result)


def _table(of: int, narrow: bool | None) -> Table:
    sized = Sized(share=1.0, low=0.0, high=1.0, basis=Basis.UNVERIFIED, audited=0)
    row = ThemeRow(
        key=OTHER, name="", sized=sized, rows=of, persons=of if of >= 5 else None, kinds={"job_post": of},
        languages={"en": of}, months={"2026-03": of}, examples=(),
    )  # fmt: skip
    return Table(
        rows=(row,), of=of, labels=0, audit=0 if narrow is None else of, gone=0, inputs="", model="", parameters={},
        code="", narrow=narrow, accuracy=None,
    )  # fmt: skip

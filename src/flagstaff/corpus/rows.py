"""Name the columns of the Arrow tables that go from stage to stage; one row is one comment."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

import pyarrow as pa

from flagstaff.insight.dive import Comment

ROWS: Final = pa.schema(
    [
        pa.field("row", pa.binary(16)),
        pa.field("place", pa.binary()),
        pa.field("kind", pa.string()),
        pa.field("language", pa.string()),
        pa.field("month", pa.string()),
        pa.field("person", pa.binary()),
        pa.field("words", pa.string()),
    ]
)
"""What comes in. `place`: its turn in the audit, unlike any other's; `month`: such as 2026-03."""

PREPARED: Final = ROWS.append(pa.field("same", pa.int64()))
"""In order of `place`, `words` cleaned. `same`: the number of the first row that says the same."""


def table_of(comments: Sequence[Comment]) -> pa.Table:
    """Return comments as one table, in whatever order they came."""
    return pa.table(
        {
            "row": [one.row.bytes for one in comments],
            "place": [one.place for one in comments],
            "kind": [one.kind for one in comments],
            "language": [one.language for one in comments],
            "month": [f"{one.day:%Y-%m}" for one in comments],
            "person": [one.person for one in comments],
            "words": [one.words for one in comments],
        },
        schema=ROWS,
    )


def key_of(row: bytes) -> UUID:
    """Return the flag that a row is about."""
    return UUID(bytes=row)

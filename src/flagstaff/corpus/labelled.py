"""Turn labels into numbers of rows and columns, and say which of them are the audit."""

from collections import Counter
from collections.abc import Sequence

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from flagstaff.corpus.features import Numbers
from flagstaff.corpus.likest import Places
from flagstaff.corpus.rows import key_of
from flagstaff.insight.auditing import Placed, audit_of
from flagstaff.insight.dive import Label


class Labelled(msgspec.Struct, frozen=True):
    """Labels as numbers: of rows, of columns, and which of the rows are the audit with the column of each."""

    rows: Places
    themes: Places
    audited: Places
    said: Places

    def accuracy(self, probabilities: Numbers) -> float | None:
        """Return how often the coder gives a labelled row the reviewer's theme, without having seen it."""
        if not len(self.rows):
            return None
        return float((probabilities[self.rows].argmax(1) == self.themes).mean())


def labelled(labels: Sequence[Label], rows: pa.Table, columns: Sequence[str]) -> Labelled:
    """Return labels as numbers; the audit is of whoever said most, and what others said teaches beside it.

    `rows`: as prepared. Labels of other rows, or of themes that are no column, are left out.
    """
    column_of = {key: number for number, key in enumerate(columns)}
    number_of = _numbers([one.row.bytes for one in labels], rows)
    known = [one for one in labels if one.row.bytes in number_of and one.theme in column_of]
    many = Counter(one.reviewer for one in known)
    leading = min(many, key=lambda one: (-many[one], one), default=None)
    held: dict[int, Label] = {}
    for one in sorted(known, key=lambda one: (one.reviewer == leading, one.at, one.reviewer)):
        held[number_of[one.row.bytes]] = one
    first = rows.slice(0, len(known) + 1)
    places = [
        Placed(key_of(row), place)
        for row, place in zip(first["row"].to_pylist(), first["place"].to_pylist(), strict=True)
    ]
    audit = audit_of(places, [one for one in known if one.reviewer == leading])
    audited = [number_of[one.bytes] for one in audit]
    numbers = sorted(held)
    return Labelled(
        np.array(numbers, np.int64),
        np.array([column_of[held[one].theme] for one in numbers], np.int64),
        np.array(audited, np.int64),
        np.array([column_of[held[one].theme] for one in audited], np.int64),
    )


def _numbers(keys: Sequence[bytes], rows: pa.Table) -> dict[bytes, int]:
    wanted = pa.array(sorted(set(keys)), pa.binary(16))
    at = pc.index_in(wanted, value_set=rows["row"].combine_chunks()).to_pylist()
    return {key: number for key, number in zip(wanted.to_pylist(), at, strict=True) if number is not None}

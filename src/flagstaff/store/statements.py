"""Read a room's SQL from the named blocks of its storage.sql and hand it out as typed functions.

A block reads::

    -- name: open_cases
    -- List the open cases of one platform, the most urgent first.
    select … where platform = $1

The line of description is required; what is declared and what is written must agree, and a test PREPAREs all.
"""

import re
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from importlib import resources
from typing import TYPE_CHECKING, Final, Generic, TypeVar
from uuid import UUID

import msgspec

from flagstaff.kernel.errors import FlagstaffError

if TYPE_CHECKING:
    from flagstaff.store.connection import Connection

T = TypeVar("T")

_NAME = re.compile(r"^--\s*name:\s*(?P<name>\S*)\s*$")
_GOOD_NAME = re.compile(r"^[a-z][a-z0-9_]*$")
# asyncpg hands these over as the very types that rows declare; msgspec must take them as they come.
_AS_THEY_COME: Final = (UUID, datetime, date, time, timedelta, Decimal, bytes, bytearray)


class BadStatements(FlagstaffError):
    """A file of statements, or what a room declares of it, is not in order."""

    slug = "bad-statements"
    title = "A file of SQL statements is not in order"


class Statement(msgspec.Struct, frozen=True):
    """One named statement as written, with where it stands."""

    name: str
    purpose: str
    sql: str
    where: str


class Declared(msgspec.Struct, frozen=True):
    """A statement that a room uses, with the row it expects: what the PREPARE test goes through.

    `row` is None where no columns are expected; `single` says that the row is one value of that type.
    """

    statement: Statement
    row: object = None
    single: bool = False


ALL: list[Declared] = []
"""Every statement declared by every room imported so far."""

FILES: "list[Queries]" = []
"""Every file of statements read so far."""


def parse(text: str, where: str) -> dict[str, Statement]:
    """Return the statements of a file by name; raises BadStatements for a duplicate or a missing description."""
    found: dict[str, Statement] = {}
    lines = text.splitlines()
    starts = [at for at, line in enumerate(lines) if _NAME.match(line)]
    _refuse_stray(lines[: starts[0]] if starts else lines, where)
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        statement = _read_block(lines[start:end], f"{where}:{start + 1}")
        if statement.name in found:
            msg = f"the statement {statement.name!r} is written twice"
            raise BadStatements(msg, where=statement.where, mend="rename or remove one of them")
        found[statement.name] = statement
    return found


def _refuse_stray(head: Iterable[str], where: str) -> None:
    if any(line.strip() and not line.startswith("--") for line in head):
        msg = "there is SQL before the first '-- name:' line"
        raise BadStatements(msg, where=where, mend="give that statement a name and a description")


def _read_block(lines: list[str], where: str) -> Statement:
    match = _NAME.match(lines[0])
    name = match["name"] if match else ""
    if not _GOOD_NAME.match(name):
        msg = f"{name!r} is no name for a statement"
        raise BadStatements(msg, where=where, mend="use lower_case_with_underscores")
    purpose = lines[1].removeprefix("--").strip() if len(lines) > 1 and lines[1].startswith("--") else ""
    if not purpose:
        msg = f"the statement {name!r} has no description"
        raise BadStatements(msg, where=where, mend="add a line '-- what it is for' below its name")
    sql = "\n".join(lines[2:]).strip().removesuffix(";").rstrip()
    if not sql:
        msg = f"the statement {name!r} is empty"
        raise BadStatements(msg, where=where, mend="write it, or remove its name")
    return Statement(name, purpose, sql, where)


class Run:
    """Run a statement that returns no rows."""

    def __init__(self, statement: Statement) -> None:
        """Bind the statement."""
        self.statement = statement

    async def __call__(self, connection: "Connection", *arguments: object) -> int:
        """Return how many rows were touched."""
        tag = await connection.execute(self.statement.sql, *arguments)
        count = tag.rpartition(" ")[2]
        return int(count) if count.isdecimal() else 0


class Row(Generic[T]):
    """Run a statement that finds at most one row."""

    def __init__(self, statement: Statement, row: type[T]) -> None:
        """Bind the statement and the row it fills."""
        self.statement = statement
        self._row = row

    async def __call__(self, connection: "Connection", *arguments: object) -> T | None:
        """Return the row, or None where there is none."""
        record = await connection.fetchrow(self.statement.sql, *arguments)
        return None if record is None else fill(self._row, dict(record))


class Rows(Generic[T]):
    """Run a statement that lists rows."""

    def __init__(self, statement: Statement, row: type[T]) -> None:
        """Bind the statement and the row it fills."""
        self.statement = statement
        self._row = row

    async def __call__(self, connection: "Connection", *arguments: object) -> list[T]:
        """Return the rows in the statement's order."""
        records = await connection.fetch(self.statement.sql, *arguments)
        return [fill(self._row, dict(record)) for record in records]


class Value(Generic[T]):
    """Run a statement that finds one value."""

    def __init__(self, statement: Statement, kind: type[T]) -> None:
        """Bind the statement and the kind of its value."""
        self.statement = statement
        self._kind = kind

    async def __call__(self, connection: "Connection", *arguments: object) -> T | None:
        """Return the value; None where there is no row, or where it is null."""
        value = await connection.fetchval(self.statement.sql, *arguments)
        return None if value is None else fill(self._kind, value)


class Values(Generic[T]):
    """Run a statement that lists one column."""

    def __init__(self, statement: Statement, kind: type[T]) -> None:
        """Bind the statement and the kind of its values."""
        self.statement = statement
        self._kind = kind

    async def __call__(self, connection: "Connection", *arguments: object) -> list[T]:
        """Return the column in the statement's order."""
        records = await connection.fetch(self.statement.sql, *arguments)
        return [fill(self._kind, record[0]) for record in records]


def fill(kind: type[T], value: object) -> T:
    """Turn what the driver returned into the declared type: enums, nested structs of jsonb, tuples of arrays."""
    return msgspec.convert(value, kind, builtin_types=_AS_THEY_COME)


class Queries:
    """Hand out the statements of one room's file; every name may be declared once."""

    def __init__(self, package: str | None, file: str = "storage.sql") -> None:
        """Read `file` beside the package (a room passes its own `__package__`)."""
        self.where = f"{package}/{file}"
        text = resources.files(package or "").joinpath(file).read_text(encoding="utf-8")
        self._statements = parse(text, self.where)
        self._declared: set[str] = set()
        FILES.append(self)

    def run(self, name: str) -> Run:
        """Declare a statement without rows."""
        return Run(self._declare(name))

    def row(self, name: str, row: type[T]) -> Row[T]:
        """Declare a statement with at most one row, a struct whose fields are named like the columns."""
        return Row(self._declare(name, row), row)

    def rows(self, name: str, row: type[T]) -> Rows[T]:
        """Declare a statement with any number of rows."""
        return Rows(self._declare(name, row), row)

    def value(self, name: str, kind: type[T]) -> Value[T]:
        """Declare a statement with one column and at most one row."""
        return Value(self._declare(name, kind, single=True), kind)

    def values(self, name: str, kind: type[T]) -> Values[T]:
        """Declare a statement with one column and any number of rows."""
        return Values(self._declare(name, kind, single=True), kind)

    def unused(self) -> list[str]:
        """Return the names written in the file that nobody declared; a test expects none."""
        return sorted(self._statements.keys() - self._declared)

    def _declare(self, name: str, row: object = None, *, single: bool = False) -> Statement:
        statement = self._statements.get(name)
        if statement is None:
            msg = f"there is no statement {name!r}"
            raise BadStatements(msg, where=self.where, mend=f"known are: {', '.join(self._statements)}")
        if name in self._declared:
            msg = f"the statement {name!r} is declared twice"
            raise BadStatements(msg, where=self.where, mend="declare it once and use that name")
        self._declared.add(name)
        ALL.append(Declared(statement, row, single))
        return statement

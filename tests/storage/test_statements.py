"""Statements say what they are for, are declared once, and fit the database they run on."""

import importlib
import re
from pathlib import Path
from uuid import UUID

import msgspec
import pytest

import flagstaff
from flagstaff.store import statements
from flagstaff.store.database import Address, Database
from flagstaff.store.roles import Role
from flagstaff.store.statement_check import find_faults
from flagstaff.store.statements import BadStatements, Declared, Queries, Statement, parse
from tests.clusters import owner

_PACKAGE = Path(flagstaff.__file__).parent
_TIME_OR_CHANCE = re.compile(
    r"\b(now|clock_timestamp|statement_timestamp|transaction_timestamp|gen_random_uuid|uuidv7|random)\s*\("
    r"|\b(current_date|current_time|current_timestamp|localtime|localtimestamp)\b",
    re.IGNORECASE,
)
_STAR = re.compile(r"^\s*select\s+(\w+\.)?\*|returning\s+(\w+\.)?\*", re.IGNORECASE)

_LASTING = re.compile(
    r"^\s*(set\s+(?!local)|listen|prepare|declare|load|discard)\b|pg_(try_)?advisory_lock(_shared)?\s*\("
    r"|create\s+(local\s+|global\s+)?temp|set_config\s*\([^)]*false\s*\)",
    re.IGNORECASE,
)


def _import_all() -> None:
    for path in sorted(_PACKAGE.rglob("*.py")):
        if "Queries(" in path.read_text(encoding="utf-8"):
            parts = path.relative_to(_PACKAGE.parent).with_suffix("").parts
            importlib.import_module(".".join(part for part in parts if part != "__init__"))


_import_all()


@pytest.mark.parametrize("declared", statements.ALL, ids=lambda d: f"{d.statement.where}:{d.statement.name}")
async def test_every_statement_prepares_and_fits_its_row(database: Database, declared: Declared) -> None:
    async with database.reading(Role.OWNER) as connection:
        assert await find_faults(connection, declared) == []


@pytest.mark.parametrize("file", statements.FILES, ids=lambda file: file.where)
def test_every_written_statement_is_used(file: Queries) -> None:
    assert file.unused() == []


def test_every_file_of_statements_is_read_by_its_room() -> None:
    written = {path for path in _PACKAGE.rglob("*.sql") if path.parent.name != "migrations"}
    read = {
        file.where.rpartition("/")[0].replace(".", "/") + "/" + file.where.rpartition("/")[2]
        for file in statements.FILES
    }
    assert {str(path.relative_to(_PACKAGE.parent)) for path in written} == read


@pytest.mark.parametrize("declared", statements.ALL, ids=lambda d: f"{d.statement.where}:{d.statement.name}")
def test_no_statement_asks_the_database_for_time_or_chance_or_all_columns(declared: Declared) -> None:
    sql = re.sub(r"--.*", "", declared.statement.sql)
    assert _TIME_OR_CHANCE.search(sql) is None, "time and ids are parameters: two clocks, one source of ids"
    assert _STAR.search(sql) is None, "name the columns: a later migration must not change this row"


@pytest.mark.parametrize("declared", statements.ALL, ids=lambda d: f"{d.statement.where}:{d.statement.name}")
def test_no_statement_leaves_anything_on_its_connection(declared: Declared) -> None:
    assert _LASTING.search(declared.statement.sql) is None, (
        "connections go back to the pool without being reset"
    )


class _Pair(msgspec.Struct, frozen=True):
    key: UUID
    name: str


@pytest.mark.parametrize(
    ("sql", "row", "fault"),
    [
        ("select null::uuid as key, 'a'::text as name", _Pair, None),
        ("select null::uuid as key, 1 as name", _Pair, "column name is int4, its field is str"),
        ("select null::uuid as key", _Pair, "field name has no column"),
        ("select null::uuid as key, 'a'::text as name, 1 as more", _Pair, "column more has no field"),
        (
            "select null::uuid as key, 'a'::text as name, 'b'::text as name",
            _Pair,
            "two columns are named name",
        ),
        ("select null::uuid as key, ''::text as name where $1::timestamp is null", _Pair, "use timestamptz"),
        ("select 1 as one from no_such_table", _Pair, "no_such_table"),
        ("select 1 as one", None, "declared as run()"),
        ("select pg_catalog.pg_notify('a', '')", None, None),
    ],
)
async def test_a_planted_misfit_is_found(
    database: Database, sql: str, row: object, fault: str | None
) -> None:
    declared = Declared(Statement("planted", "Planted.", sql, "here:1"), row)
    async with database.reading(Role.OWNER) as connection:
        faults = await find_faults(connection, declared)
    assert len(faults) == (0 if fault is None else 1), faults
    assert (fault or "") in " ".join(faults)


@pytest.mark.parametrize(
    ("kind", "sql", "fits"),
    [
        (int, "select 1", True),
        (str, "select 1", False),
        (list[UUID], "select array[]::uuid[]", True),
        (list[str], "select array[]::uuid[]", False),
        (dict[str, int], "select '{}'::jsonb", True),
        (str | None, "select ''::text", True),
        (Role, "select ''::text", True),
        (Role, "select 1", False),
    ],
    ids=str,
)
async def test_one_value_is_compared_with_its_kind(
    database: Database, kind: object, sql: str, fits: bool
) -> None:
    declared = Declared(Statement("planted", "Planted.", sql, "here:1"), kind, single=True)
    async with database.reading(Role.OWNER) as connection:
        assert (await find_faults(connection, declared) == []) is fits


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("-- name: a\n-- One.\nselect 1;\n-- name: a\n-- Two.\nselect 2;", "written twice"),
        ("-- name: a\nselect 1;", "no description"),
        ("-- name: a\n-- One.\n", "is empty"),
        ("-- name: A-b\n-- One.\nselect 1;", "no name for a statement"),
        ("select 1;\n-- name: a\n-- One.\nselect 1;", "before the first"),
    ],
)
def test_a_file_out_of_order_is_refused(text: str, said: str) -> None:
    with pytest.raises(BadStatements, match=said):
        parse(text, "room/storage.sql")


def test_a_statement_that_is_not_written_or_is_declared_twice_is_refused() -> None:
    queries = Queries("flagstaff.store", "clockwork.sql")
    statements.FILES.remove(queries)
    before = len(statements.ALL)
    queries.run("tell")
    with pytest.raises(BadStatements, match="declared twice"):
        queries.run("tell")
    with pytest.raises(BadStatements, match="no statement 'tel'"):
        queries.run("tel")
    del statements.ALL[before:]


async def test_json_goes_in_and_out_as_objects(address: Address, database: Database) -> None:
    async with database.reading(Role.VIEWS) as connection:
        value = {"a": [1, None, "ü"], "b": {"c": True}}
        assert await connection.fetchval("select $1::jsonb", value) == value
        assert await connection.fetchval("select ($1::jsonb)->>'b'", value) == '{"c": true}'
    async with owner(address) as plain:
        assert await plain.fetchval("select jsonb_typeof('{}')") == "object"

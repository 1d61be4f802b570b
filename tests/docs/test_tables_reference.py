"""The page about tables lists exactly those of a migrated database."""

import re

import pytest

from flagstaff.store.database import Address
from tests.architecture.tree import ROOT
from tests.clusters import owner

PAGE = (ROOT / "docs" / "reference" / "tables.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| `([a-z_]+\.[a-z_]+)` \| (.*?) \| (.*?) ?\|$", PAGE, re.MULTILINE)

# A month is part of the table it belongs to.
LISTED = """
select n.nspname || '.' || c.relname from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p', 'v', 'm') and not c.relispartition
  and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname not like 'pg\\_%'
"""


async def test_the_page_lists_exactly_the_tables_there_are(address: Address) -> None:
    async with owner(address) as connection:
        there = {row[0] for row in await connection.fetch(LISTED)}
    assert {name for name, _, _ in ROWS} == there


@pytest.mark.parametrize(("name", "row"), [(name, row) for name, row, _ in ROWS])
def test_each_stands_under_its_schema_and_says_what_a_row_is(name: str, row: str) -> None:
    section = PAGE.partition(f"\n## {name.partition('.')[0]}\n")[2].partition("\n## ")[0]
    assert f"| `{name}` |" in section
    assert len(row.split()) >= 3

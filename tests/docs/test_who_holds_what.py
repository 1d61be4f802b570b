"""The page "who holds what" says what the list of rights and the assembly really do."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from flagstaff.app import OPENS, ROLES, Part
from flagstaff.store.privileges import read_privileges
from flagstaff.store.roles import SERVANTS, Role

PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "who-holds-what.md"


def _tables() -> Iterator[list[list[str]]]:
    for block in re.findall(r"(?:^\|.*\|\n)+", PAGE.read_text(encoding="utf-8"), re.MULTILINE):
        yield [[cell.strip() for cell in line.strip("|").split("|")] for line in block.splitlines()]


def _table(*head: str) -> dict[str, list[str]]:
    (found,) = (table for table in _tables() if table[0] == list(head))
    return {row[0]: row[1:] for row in found[2:]}


def test_every_role_is_listed_with_the_functions_it_may_call() -> None:
    listed = _table("role", "functions of the vault")
    assert list(listed) == [role.value for role in SERVANTS]
    for role in SERVANTS:
        granted = {
            grant.name.removeprefix("vault.").partition("(")[0]
            for grant in read_privileges()
            if grant.thing == "function" and grant.name.startswith("vault.") and grant.role == role.login
        }
        assert set(re.findall(r"`(\w+)`", listed[role.value][0])) == granted, role


@pytest.mark.parametrize("part", list(Part))
def test_every_part_is_listed_with_its_roles_and_keys(part: Part) -> None:
    roles, keys = _table("part", "database roles", "keys")[part.value]
    assert {Role(name.strip()) for name in roles.split(",")} == ROLES[part]
    assert ("private halves" in keys) is (part in OPENS)


def test_no_table_of_the_vault_is_open_to_anybody_but_for_leaving_words() -> None:
    rights = {
        str(grant)
        for grant in read_privileges()
        if grant.thing == "table" and grant.name.startswith("vault.")
    }
    assert rights == {
        "flagstaff_intake: insert on table vault.words",
        "flagstaff_importer: insert on table vault.words",
    }

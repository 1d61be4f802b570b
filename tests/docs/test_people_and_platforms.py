"""The pages about people and platforms say what the code does, and their examples run."""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from flagstaff.api.bodies import FlagBody
from flagstaff.flows.connection_page import connection_page
from flagstaff.platforms.model import LiveSecret
from flagstaff.platforms.tokens import (
    BadTicket,
    BadToken,
    ExpiredToken,
    read_person_token,
    read_subject_ticket,
)
from flagstaff.staff.api_keys import BadKey
from flagstaff.vocabulary.roles import PERMISSIONS, Permission, StaffRole
from tests.docs.connection import EXAMPLE

DOCS = Path(__file__).parents[2] / "docs"
CONNECT = (DOCS / "how-to/connect-a-platform.md").read_text(encoding="utf-8")


def blocks(language: str, text: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", text, flags=re.DOTALL)


def test_the_page_that_is_printed_is_the_page_of_the_docs() -> None:
    printed = connection_page(EXAMPLE)
    assert printed[printed.index("## 1") :].strip() in CONNECT
    assert EXAMPLE.api_key in printed
    assert len(re.findall(r"^## \d", printed, flags=re.MULTILINE)) == 4


def test_the_code_of_the_page_signs_what_the_house_believes() -> None:
    scope: dict[str, Any] = {}
    (code,) = blocks("python", connection_page(EXAMPLE))
    exec(code, scope)  # the example, as a reader would run it
    secrets = {EXAMPLE.kid: LiveSecret(EXAMPLE.host.key, EXAMPLE.kid, EXAMPLE.token_secret)}
    now = datetime.now(UTC)
    token = read_person_token(scope["person_token"]("user-1"), secrets, now)
    job = {"id": "job-1", "author": "user-2", "title": "A job", "text": "Its words"}
    ticket = read_subject_ticket(scope["subject_ticket"](job), secrets, now)
    assert token.person.id == "user-1"
    assert (ticket.subject.id, ticket.author.id, ticket.text) == ("job-1", "user-2", "Its words")


def test_the_first_flag_of_the_page_is_written_as_the_house_reads_flags() -> None:
    (command,) = blocks("sh", connection_page(EXAMPLE))
    body = re.search(r"-d '(.*)'", command, flags=re.DOTALL)
    assert body is not None
    flag = msgspec.json.decode(body[1], type=FlagBody)
    assert flag.menu_version == EXAMPLE.menu_version


def test_every_way_a_token_is_refused_is_listed() -> None:
    for error in (BadKey, BadToken, ExpiredToken, BadTicket):
        assert f"| `{error.slug}` | {error.status} |" in CONNECT


def test_the_table_of_roles_is_the_one_of_the_code() -> None:
    page = (DOCS / "reference/roles.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \|(.*)\|$", page, flags=re.MULTILINE)
    said = {name: [cell.strip() == "✓" for cell in cells.split("|")] for name, cells in rows}
    table = {str(one): [one in PERMISSIONS[role] for role in StaffRole] for one in Permission}
    assert said == table

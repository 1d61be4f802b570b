"""Read the one list of database rights, apply it, and compare it with what the catalogue really grants."""

import re
from collections.abc import Iterable, Mapping
from importlib import resources
from typing import TYPE_CHECKING

import msgspec
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from flagstaff.kernel.errors import FlagstaffError
from flagstaff.store.roles import SERVANTS
from flagstaff.store.statements import Queries

if TYPE_CHECKING:
    from flagstaff.store.connection import Connection

_RIGHT = re.compile(r"^(?P<verb>select|insert|update|delete|usage)(\((?P<columns>[a-z0-9_, ]+)\))?$")
_SPELLED = {
    "timestamptz": "timestamp with time zone",
    "int": "integer",
    "bool": "boolean",
    "varchar": "character varying",
}
_ROLES = {role.value: role.login for role in SERVANTS}


class BadPrivileges(FlagstaffError):
    """The list of database rights is not in order, or does not fit the schema."""

    slug = "bad-privileges"
    title = "The list of database rights is not in order"


class Grant(msgspec.Struct, frozen=True, order=True):
    """One right as the catalogue knows it: on a schema, table, column, sequence or function."""

    thing: str
    name: str
    column: str
    right: str
    role: str

    def __str__(self) -> str:
        """Return one line for a difference."""
        column = f".{self.column}" if self.column else ""
        return f"{self.role}: {self.right} on {self.thing} {self.name}{column}"


_queries = Queries(__package__, "privileges.sql")
_own_schemas = _queries.values("own_schemas", str)
_logins = _queries.values("logins", str)
_granted = _queries.rows("granted", Grant)


class _List(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    schemas: dict[str, list[str]]
    tables: dict[str, dict[str, list[str]]]
    functions: dict[str, list[str]] = {}
    sequences: dict[str, dict[str, list[str]]] = {}


def read_privileges(text: str | None = None) -> frozenset[Grant]:
    """Return every right of the list; raises BadPrivileges for an unknown role, right or form."""
    if text is None:
        text = resources.files("flagstaff.store").joinpath("privileges.yaml").read_text(encoding="utf-8")
    try:
        # YAML 1.2, and a repeated key is an error: half of a table's rights would vanish silently.
        given = msgspec.convert(YAML(typ="safe", pure=True).load(text), _List)
    except (YAMLError, msgspec.ValidationError) as error:
        raise BadPrivileges(str(error), where="store/privileges.yaml", mend="see its first lines") from error
    grants = {
        Grant("schema", name, "", "usage", _login(role))
        for name, roles in given.schemas.items()
        for role in roles
    }
    grants |= set(_on_relations("table", given.tables)) | set(_on_relations("sequence", given.sequences))
    for name, roles in given.functions.items():
        grants |= {Grant("function", _tidy(name), "", "execute", _login(role)) for role in roles}
    return frozenset(grants)


def _on_relations(thing: str, rights: Mapping[str, Mapping[str, list[str]]]) -> Iterable[Grant]:
    for name, by_role in rights.items():
        for role, verbs in by_role.items():
            for verb in verbs:
                match = _RIGHT.match(verb)
                if match is None:
                    raise BadPrivileges(
                        f"{verb!r} is no right", where=f"{name}, {role}", mend="e.g. update(status)"
                    )
                for column in (match["columns"] or "").split(","):
                    yield Grant(thing, name, column.strip(), match["verb"], _login(role))


def _tidy(signature: str) -> str:
    """Spell the argument types as the catalogue does, so that the file may use the short names."""
    name, _, arguments = signature.strip().removesuffix(")").partition("(")
    spelled = (
        re.sub(r"^\w+", lambda word: _SPELLED.get(word[0], word[0]), kind.strip())
        for kind in arguments.split(",")
    )
    return f"{name}({', '.join(spelled)})"


def _login(role: str) -> str:
    if role not in _ROLES:
        raise BadPrivileges(
            f"there is no role {role!r}", where="store/privileges.yaml", mend=f"use {sorted(_ROLES)}"
        )
    return _ROLES[role]


async def apply_privileges(connection: "Connection", grants: Iterable[Grant]) -> None:
    """Take every right from every role and from PUBLIC, then grant the list; call it inside one transaction."""
    present = set(await _logins(connection))
    everybody = ", ".join(["public", *(login for login in _ROLES.values() if login in present)])
    schemas = await _own_schemas(connection)
    lines = [f"revoke all on schema {schema} from {everybody}" for schema in schemas]
    for things in ("tables", "sequences", "routines"):
        lines += [f"revoke all on all {things} in schema {schema} from {everybody}" for schema in schemas]
    # What a later step creates starts closed as well, even before this list is applied again.
    lines.append("alter default privileges revoke execute on routines from public")
    lines += [_spoken(grant) for grant in sorted(grants) if grant.role in present]
    await connection.execute(";\n".join(lines))


def _spoken(grant: Grant) -> str:
    right = f"{grant.right} ({grant.column})" if grant.column else grant.right
    return f"grant {right} on {grant.thing} {grant.name} to {grant.role}"


async def granted(connection: "Connection") -> frozenset[Grant]:
    """Return what the catalogue grants to anyone but the owner, PUBLIC included (as role `public`)."""
    return frozenset(await _granted(connection))

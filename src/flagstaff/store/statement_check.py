"""Compare a declared statement with what PostgreSQL says about it: names and types of columns and parameters."""

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import asyncpg
import msgspec
from msgspec import inspect

from flagstaff.store.statements import Declared

if TYPE_CHECKING:
    from asyncpg.types import Attribute, Type

    from flagstaff.store.connection import Connection

_FITTING: Final[dict[str, tuple[type[inspect.Type], ...]]] = {
    "bool": (inspect.BoolType,),
    "int2": (inspect.IntType,),
    "int4": (inspect.IntType,),
    "int8": (inspect.IntType,),
    "float4": (inspect.FloatType,),
    "float8": (inspect.FloatType,),
    "numeric": (inspect.DecimalType,),
    "text": (inspect.StrType,),
    "varchar": (inspect.StrType,),
    "bpchar": (inspect.StrType,),
    "name": (inspect.StrType,),
    "uuid": (inspect.UUIDType,),
    "timestamptz": (inspect.DateTimeType,),
    "date": (inspect.DateType,),
    "time": (inspect.TimeType,),
    "interval": (inspect.TimeDeltaType,),
    "bytea": (inspect.BytesType,),
}
_LISTS = (
    inspect.ListType,
    inspect.VarTupleType,
    inspect.SetType,
    inspect.FrozenSetType,
    inspect.CollectionType,
)
_REFUSED: Final = {
    "timestamp": "use timestamptz: this names no instant",
    "json": "use jsonb, which has a codec here",
}


async def find_faults(connection: "Connection", declared: Declared) -> list[str]:
    """PREPARE the statement and return what is wrong with it in words; an empty list where all fits.

    Whether a column may be null is not known to PREPARE and so not compared.
    """
    statement = declared.statement
    try:
        prepared = await connection.prepare(statement.sql)
    except asyncpg.PostgresError as error:
        return [_at(declared, str(error))]
    parameters, columns = prepared.get_parameters(), prepared.get_attributes()
    faults = [_REFUSED[kind.name] for kind in parameters if kind.name in _REFUSED]
    faults += [
        f"column {column.name}: {_REFUSED[column.type.name]}"
        for column in columns
        if column.type.name in _REFUSED
    ]
    faults += [
        f"two columns are named {name}" for name, n in Counter(c.name for c in columns).items() if n > 1
    ]
    return [_at(declared, fault) for fault in faults + _compare(declared, columns)]


def _at(declared: Declared, fault: str) -> str:
    return f"{declared.statement.where} {declared.statement.name}: {fault}"


def _compare(declared: Declared, columns: "Sequence[Attribute]") -> list[str]:
    if declared.row is None:
        silent = all(column.type.name == "void" for column in columns)
        return [] if silent else ["it returns columns and is declared as run()"]
    if declared.single:
        if len(columns) != 1:
            return [f"it returns {len(columns)} columns and is declared as one value"]
        return _misfit(columns[0].name, columns[0].type, inspect.type_info(declared.row))
    row = inspect.type_info(declared.row)
    if not isinstance(row, inspect.StructType):
        return [f"its row {declared.row} is no msgspec.Struct"]
    fields = {field.encode_name: field for field in row.fields}
    faults = [f"column {column.name} has no field" for column in columns if column.name not in fields]
    there = {column.name for column in columns}
    faults += [
        f"field {name} has no column" for name, f in fields.items() if f.required and name not in there
    ]
    for column in columns:
        if column.name in fields:
            faults += _misfit(column.name, column.type, fields[column.name].type)
    return faults


def _misfit(name: str, column: "Type", field: inspect.Type) -> list[str]:
    return [] if _fits(column, field) else [f"column {name} is {column.name}, its field is {_speak(field)}"]


def _speak(field: inspect.Type) -> str:
    return type(field).__name__.removesuffix("Type").lower()


def _fits(column: "Type", field: inspect.Type) -> bool:
    if isinstance(field, inspect.Metadata):
        return _fits(column, field.type)
    if isinstance(field, inspect.UnionType):
        return any(_fits(column, kind) for kind in field.types if not isinstance(kind, inspect.NoneType))
    if isinstance(field, inspect.AnyType) or column.name == "jsonb":
        return True  # what jsonb holds is checked against the field when it is read
    if column.kind == "array":
        element = column.name.removesuffix("[]").lstrip("_")
        return isinstance(field, _LISTS) and _name_fits(element, field.item_type)
    return _name_fits("text" if column.kind == "enum" else column.name, field)


def _name_fits(name: str, field: inspect.Type) -> bool:
    if isinstance(field, inspect.EnumType | inspect.LiteralType):
        values = (
            [member.value for member in field.cls] if isinstance(field, inspect.EnumType) else field.values
        )
        return all(isinstance(_plain(value), _FITTING.get(name, ())) for value in values)
    if isinstance(field, inspect.UnionType):
        return any(_name_fits(name, kind) for kind in field.types)
    return name == "jsonb" or isinstance(field, (inspect.AnyType, *_FITTING.get(name, ())))


def _plain(value: object) -> inspect.Type:
    return msgspec.inspect.type_info(int if isinstance(value, int) else str)

"""Read plain data as frozen values, and name everything that does not fit at once.

`msgspec.convert` stops at the first misfit. Whoever writes a policy wants the whole list, so the data is first compared
with the fields of the type; what does not fit is replaced by a blank, so that the rest can still be checked.
"""

import difflib
import functools
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple, TypeVar

import msgspec
from msgspec import inspect as kinds

from flagstaff.language.yaml import Finding, Trail

T = TypeVar("T")
_type_info: Callable[[Any], kinds.Type] = functools.cache(kinds.type_info)

_NAMES: tuple[tuple[type[kinds.Type], type | tuple[type, ...], str, object], ...] = (
    (kinds.StrType, str, "text", ""),
    (kinds.BoolType, bool, "true or false", False),
    (kinds.IntType, int, "a whole number", 0),
    (kinds.FloatType, (int, float), "a number", 0.0),
    (kinds.NoneType, type(None), "null", None),
)


class Read(NamedTuple):
    """Data that fits its type, with what had to be replaced to make it fit."""

    value: object
    findings: list[Finding]


def read_form(data: object, form: type[T], at: Trail) -> tuple[T, list[Finding]]:
    """Return `data` as a value of type `form`; every misfit is named and replaced by a blank."""
    fitted, findings = _fit(data, _type_info(form), at)
    return msgspec.convert(fitted, form), findings


def read_entries(data: object, form: type[T], at: Trail) -> tuple[tuple[T, ...], list[Finding]]:
    """Return a mapping of entries as values in their order, each with its `key`."""
    if not isinstance(data, dict):
        return (), [_misfit(at, "entries, each under its own key")]
    entries: list[T] = []
    findings: list[Finding] = []
    for key, fields in data.items():
        keyed = {**fields, "key": key} if isinstance(fields, dict) else fields
        entry, wrong = read_form(keyed, form, (*at, key))
        entries.append(entry if isinstance(fields, dict) else msgspec.structs.replace(entry, key=key))  # type: ignore[type-var]
        findings += wrong
    return tuple(entries), findings


def closest(word: str, known: Iterable[str]) -> str:
    """Return a sentence that proposes the known word nearest to `word`, or lists a few."""
    names = sorted(known)
    near = difflib.get_close_matches(word, names, n=1, cutoff=0.6)
    if near:
        return f"Did you mean `{near[0]}`?"
    return f"Known: {', '.join(f'`{name}`' for name in names[:8])}{' …' if len(names) > 8 else ''}."


def unknown(at: Trail, what: str, key: str, known: Iterable[str]) -> Iterator[Finding]:
    """Yield a finding when `key` is not among the known ones."""
    names = set(known)
    if key not in names:
        yield Finding(at, f"unknown {what} `{key}`", closest(key, names))


def _misfit(at: Trail, wanted: str) -> Finding:
    return Finding(at, f"`{at[-1] if at else 'the file'}` must be {wanted}", "Change the value.")


def _fit(data: object, form: kinds.Type, at: Trail) -> Read:
    if isinstance(form, kinds.StructType):
        return _fit_struct(data, form, at)
    if isinstance(form, kinds.VarTupleType | kinds.ListType):
        return _fit_list(data, form, at)
    if isinstance(form, kinds.DictType):
        return _fit_dict(data, form, at)
    if isinstance(form, kinds.UnionType):
        return _fit_union(data, form, at)
    if isinstance(form, kinds.TupleType):
        return _fit_pair(data, form, at)
    if isinstance(form, kinds.LiteralType):
        return _fit_literal(data, form, at)
    return _fit_plain(data, form, at)


def _fit_struct(data: object, form: kinds.StructType, at: Trail) -> Read:
    if not isinstance(data, dict):
        return Read(_blank(form), [_misfit(at, "a mapping of fields")])
    fields = {field.encode_name: field for field in form.fields}
    findings = [
        Finding((*at, name), f"unknown field `{name}`", closest(name, fields.keys() - {"key"}))
        for name in data if name not in fields
    ]  # fmt: skip
    fitted: dict[str, object] = {}
    for name, field in fields.items():
        if name in data:
            fitted[name], wrong = _fit(data[name], field.type, (*at, name))
            findings += wrong
        elif field.required:
            findings.append(Finding((*at, name), f"the field `{name}` is missing", f"Add `{name}:`."))
            fitted[name] = _blank(field.type)
    return Read(fitted, findings)


def _fit_list(data: object, form: kinds.VarTupleType | kinds.ListType, at: Trail) -> Read:
    if not isinstance(data, list):
        return Read([], [_misfit(at, "a list, as in [one, two]")])
    read = [_fit(item, form.item_type, (*at, place)) for place, item in enumerate(data)]
    return Read([item.value for item in read], [wrong for item in read for wrong in item.findings])


def _fit_pair(data: object, form: kinds.TupleType, at: Trail) -> Read:
    if not isinstance(data, list) or len(data) != len(form.item_types):
        return Read(_blank(form), [_misfit(at, f"a list of exactly {len(form.item_types)}")])
    read = [
        _fit(item, kind, (*at, place))
        for place, (item, kind) in enumerate(zip(data, form.item_types, strict=True))
    ]
    return Read([item.value for item in read], [wrong for item in read for wrong in item.findings])


def _fit_dict(data: object, form: kinds.DictType, at: Trail) -> Read:
    if not isinstance(data, dict):
        return Read({}, [_misfit(at, "a mapping, as in {one: two}")])
    read = {key: _fit(value, form.value_type, (*at, key)) for key, value in data.items()}
    return Read(
        {key: item.value for key, item in read.items()},
        [wrong for item in read.values() for wrong in item.findings],
    )


def _fit_union(data: object, form: kinds.UnionType, at: Trail) -> Read:
    read = [_fit(data, kind, at) for kind in form.types]
    for item in read:
        if not item.findings:
            return item
    deeper = [item for item in read if item.findings[0].at != at]
    if deeper:
        return deeper[0]
    return Read(_blank(form), [_misfit(at, " or ".join(_name(kind) for kind in form.types))])


def _fit_literal(data: object, form: kinds.LiteralType, at: Trail) -> Read:
    if data in form.values and not (
        isinstance(data, bool) and True not in form.values and False not in form.values
    ):
        return Read(data, [])
    wanted = [str(value) for value in form.values]
    finding = Finding(at, f"`{at[-1]}` cannot be {_shown(data)}", closest(str(data), wanted))
    return Read(form.values[0], [finding])


def _fit_plain(data: object, form: kinds.Type, at: Trail) -> Read:
    for kind, accepted, wanted, blank in _NAMES:
        if isinstance(form, kind):
            fits = isinstance(data, accepted) and (accepted is bool or not isinstance(data, bool))
            return Read(data, []) if fits else Read(blank, [_misfit(at, wanted)])
    return Read(data, [])


def _shown(data: object) -> str:
    return f"`{data}`" if isinstance(data, str | int | float) else "that"


def _name(form: kinds.Type) -> str:
    if isinstance(form, kinds.LiteralType):
        return ", ".join(f"`{value}`" for value in form.values)
    if isinstance(form, kinds.VarTupleType | kinds.ListType | kinds.TupleType):
        return "a list"
    return next((name for kind, _, name, _ in _NAMES if isinstance(form, kind)), "a mapping of fields")


def _blank(form: kinds.Type) -> object:
    """Return a value of the type that says nothing."""
    if isinstance(form, kinds.StructType):
        return {field.encode_name: _blank(field.type) for field in form.fields if field.required}
    if isinstance(form, kinds.VarTupleType | kinds.ListType):
        return []
    if isinstance(form, kinds.TupleType):
        return [_blank(kind) for kind in form.item_types]
    if isinstance(form, kinds.DictType):
        return {}
    if isinstance(form, kinds.UnionType):
        return None if any(isinstance(kind, kinds.NoneType) for kind in form.types) else _blank(form.types[0])
    if isinstance(form, kinds.LiteralType):
        return form.values[0]
    return next((blank for kind, _, _, blank in _NAMES if isinstance(form, kind)), None)


def blank_form(form: type[T]) -> T:
    """Return a value of the type that says nothing, to stand in for what is missing."""
    return msgspec.convert(_blank(_type_info(form)), form)

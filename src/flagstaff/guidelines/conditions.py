"""Compile the conditions of group exceptions (CEL) and say in words why one does not compile or does not hold.

Features are declared with dotted names and types, so that a misspelt name or a wrong comparison is found before
publishing. An exception whose condition cannot be evaluated does not hold.
"""

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from cel_expr_python import cel

from flagstaff.guidelines.model import Feature
from flagstaff.language.forms import closest

MAX_ITEMS = 200
"""Longer lists are not judged: the runtime stops after 10,000 steps of all loops, and a cut would hide items."""
MAX_TEXT = 20_000
MAX_CONDITION = 1_000

_ERROR = re.compile(r"ERROR: <input>:(-?\d+):(-?\d+): (.*)")
_MACRO = re.compile(r"([\w.]+)\.(?:all|exists|exists_one|filter|map)\(\s*(\w+)\s*,")
_QUOTED = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"")
_SCALARS = {"string": cel.Type.STRING, "int": cel.Type.INT, "double": cel.Type.DOUBLE, "bool": cel.Type.BOOL}
_EMPTY: dict[str, object] = {"string": "", "int": 0, "double": 0.0, "bool": False, "list": []}


class Held(NamedTuple):
    """Whether a condition held, and why."""

    held: bool
    why: str


class BadCondition(ValueError):
    """A condition is no expression over the features; `hint` says how to mend it."""

    def __init__(self, what: str, hint: str) -> None:
        """Keep both parts."""
        super().__init__(what)
        self.what = what
        self.hint = hint


class Conditions:
    """The features of one guidelines version, and the conditions written over them."""

    def __init__(self, features: Iterable[Feature]) -> None:
        """Declare the features."""
        self.features = {feature.key: feature for feature in features}
        self._environment = cel.NewEnv(
            variables={key: _type_of(feature) for key, feature in self.features.items()}
        )

    def compile(self, condition: str) -> "Condition":
        """Return the condition ready to evaluate; raise BadCondition when it is none."""
        if len(condition) > MAX_CONDITION:
            raise BadCondition(
                f"the condition is longer than {MAX_CONDITION} characters", "Split the exception."
            )
        if "\x00" in condition:
            raise BadCondition("the condition contains a NUL character", "Remove it.")
        try:
            compiled = self._environment.compile(condition)
        except (RuntimeError, UnicodeError) as error:
            raise self._explain(condition, str(error)) from None
        if compiled.return_type() != cel.Type.BOOL:
            raise BadCondition(
                "the condition is neither true nor false", "Compare something, as in `size(links) > 0`."
            )
        self._refuse_unknown_fields(condition)
        return Condition(condition, compiled, self.features)

    def _refuse_unknown_fields(self, condition: str) -> None:
        """Find fields of list items that do not exist; the compiler sees a map of text and lets every name pass."""
        plain = _QUOTED.sub("''", condition)
        for of, variable in _MACRO.findall(plain):
            feature = self.features.get(of)
            if feature is None or not feature.of:
                continue
            for name in re.findall(rf"(?<![\w.]){variable}\.(\w+)", plain):
                if name not in feature.of:
                    raise BadCondition(f"`{of}` has no field `{name}`", closest(name, feature.of))

    def _explain(self, condition: str, message: str) -> BadCondition:
        found = _ERROR.search(message)
        said = (
            found.group(3).replace(" (in container '')", "").removesuffix(" [INVALID_ARGUMENT]")
            if found
            else message
        )
        column = int(found.group(2)) if found else 0
        unknown = re.search(r"undeclared reference to '([^']*)'", said)
        if unknown:
            return BadCondition(
                f"`{unknown.group(1)}` is no feature", closest(unknown.group(1), self.features)
            )
        if "no matching overload" in said and "double" in said and "int" in said:
            return BadCondition(
                "a whole number is compared with a decimal one",
                "Write whole numbers for counts, 1.0 for scores.",
            )
        if "no matching overload" in said:
            return BadCondition(
                f"the types do not fit at column {column}", "Text stands in quotes, counts without."
            )
        near = condition[max(column - 1, 0) : column + 20].strip() or "the end"
        return BadCondition(
            f"syntax error near `{near}`", "Write conditions as in `size(links) > 0 && contact.count == 0`."
        )


class Condition:
    """One compiled condition."""

    def __init__(self, text: str, compiled: cel.Expression, features: Mapping[str, Feature]) -> None:
        """Keep the compiled form beside its text."""
        self.text = text
        self._compiled = compiled
        self._features = features

    def judge(self, features: Mapping[str, object]) -> Held:
        """Evaluate on these features; one that is missing counts as empty. What fails does not hold."""
        too_long = [key for key in self._features if _is_too_long(features.get(key))]
        if too_long:
            return Held(held=False, why=f"could not be evaluated: `{too_long[0]}` is too long")
        data = {
            key: _clean(features.get(key, _EMPTY[feature.type])) for key, feature in self._features.items()
        }
        try:
            value = self._compiled.eval(data=data)
        except RuntimeError as error:
            return Held(held=False, why=f"could not be evaluated: {error}")
        if value.type() != cel.Type.BOOL:  # an error is a value too, and a truthy one
            return Held(held=False, why=f"could not be evaluated: {value.value()}")
        held = value.value() is True
        return Held(held=held, why=f"`{self.text}` {'holds' if held else 'does not hold'}")


def _type_of(feature: Feature) -> cel.Type:
    if feature.type != "list":
        return _SCALARS[feature.type]
    if not feature.of:
        return cel.Type.List(cel.Type.STRING)
    fields = set(feature.of.values())
    of = _SCALARS[fields.pop()] if len(fields) == 1 else cel.Type.DYN
    return cel.Type.List(cel.Type.Map(cel.Type.STRING, of))


def _is_too_long(value: object) -> bool:
    if isinstance(value, str):
        return len(value) > MAX_TEXT
    return isinstance(value, list | tuple) and len(value) > MAX_ITEMS


def _clean(value: object) -> object:
    """Replace what the runtime cannot bear: NUL ends a text unseen, lone surrogates raise."""
    if isinstance(value, str):
        return value.replace("\x00", " ").encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, list | tuple):
        return [_clean(item) for item in value]
    if isinstance(value, Mapping):
        return {str(_clean(key)): _clean(item) for key, item in value.items()}
    return value

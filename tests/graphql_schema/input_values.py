"""Values for any input type, as they come in JSON and as they are written in a document; right ones and odd ones."""

import enum
import json
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    is_required_input_field,
)
from hypothesis import strategies as st


class Name(str):
    """The name of an enum's value: a string in JSON, no string in a document."""


_TEXT = st.text('aé\n"\\$', max_size=4)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | _TEXT, lambda inner: st.lists(inner, max_size=2)
)
_SCALARS: dict[str, st.SearchStrategy[Any]] = {
    "String": _TEXT,
    "ID": _TEXT | st.integers(0, 9),
    "Int": st.integers(-(2**31), 2**31 - 1),
    "Float": st.floats(allow_nan=False, allow_infinity=False) | st.integers(-9, 9),
    "Boolean": st.booleans(),
    "Decimal": st.sampled_from(["0", "12.50", "-1", "1E2", 7]),
    "Currency": st.sampled_from(["EUR", "JPY"]),
    "DateTime": st.sampled_from(["2026-06-01T12:00:00+02:00", "2026-06-01T12:00:00Z"]),
    "Date": st.sampled_from(["1990-05-17", "1992-02-29"]),
    "Duration": st.sampled_from(["PT15M", "P1DT12H"]),
    "Cursor": st.sampled_from(["abc", "x" * 500]),
    "Metadata": st.dictionaries(st.sampled_from(["a", "b"]), _JSON, max_size=2),
    "NoParameters": st.just({}),
    "JSON": _JSON,
}
_ODD: list[Any] = [
    None,
    True,
    0,
    -1,
    1.0,
    1.5,
    2**31,
    "",
    "odd",
    "1.5",
    [],
    [None],
    {},
    {"unknown": 1},
    Name("UNKNOWN"),
    [[{}]],
]


@st.composite
def values(draw: st.DrawFn, type_: Any, *, odd: bool, depth: int = 4) -> Any:
    """A value of the type; with `odd`, now and then something is wrong with it, or seldom seen."""
    if odd and draw(st.integers(0, 24)) == 24:
        return draw(st.sampled_from(_ODD))
    if isinstance(type_, GraphQLNonNull):
        type_ = type_.of_type
    elif draw(st.integers(0, 7)) == 7:
        return None
    inner = values(type_.of_type, odd=odd, depth=depth - 1) if isinstance(type_, GraphQLList) else None
    if inner is not None:
        if odd and draw(st.integers(0, 9)) == 9:
            return draw(inner)  # one may stand for a list of one
        return draw(st.lists(inner, max_size=2 if depth > 0 else 0))
    if isinstance(type_, GraphQLInputObjectType):
        return draw(_objects(type_, odd, depth))
    if isinstance(type_, GraphQLEnumType):
        return Name(draw(st.sampled_from(sorted(type_.values))))
    return draw(_SCALARS[type_.name])


@st.composite
def _objects(draw: st.DrawFn, type_: GraphQLInputObjectType, odd: bool, depth: int) -> dict[str, Any]:
    fields = dict(type_.fields)
    if type_.extensions["strawberry-definition"].is_one_of:
        many = draw(st.sampled_from([1, 1, 1, 0, 2])) if odd else 1
        chosen = draw(st.lists(st.sampled_from(sorted(fields)), unique=True, min_size=many, max_size=many))
        given = {name: values(_needed(fields[name].type), odd=odd, depth=depth - 1) for name in chosen}
    else:
        left_out = {
            name
            for name, field in fields.items()
            if not is_required_input_field(field) and (depth <= 0 or draw(st.booleans()))
        }
        given = {
            name: values(field.type, odd=odd, depth=depth - 1)
            for name, field in fields.items()
            if name not in left_out
        }
    made = {name: draw(value) for name, value in given.items()}
    if odd and made and draw(st.integers(0, 24)) == 24:
        del made[draw(st.sampled_from(sorted(made)))]
    if odd and draw(st.integers(0, 24)) == 24:
        made["unknown"] = 1
    return dict(draw(st.permutations(list(made.items()))))


def _needed(type_: Any) -> Any:
    return type_ if isinstance(type_, GraphQLNonNull) else GraphQLNonNull(type_)


def as_json(value: Any) -> Any:
    """The value as JSON has it."""
    if isinstance(value, dict):
        return {name: as_json(each) for name, each in value.items()}
    if isinstance(value, list):
        return [as_json(each) for each in value]
    return str(value) if isinstance(value, Name) else value


def as_literal(value: Any) -> str:
    """The value as a document has it."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {as_literal(each)}" for name, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(as_literal, value)) + "]"
    return str(value) if isinstance(value, Name) else json.dumps(value)


def shown(value: Any) -> str:
    """All that a Python value is made of, types and order included; equal texts are equal values."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name!r}: {shown(each)}" for name, each in value.items()) + "}"
    if isinstance(value, list | tuple):
        return f"{type(value).__name__}({', '.join(map(shown, value))})"
    if isinstance(value, enum.Enum):
        return str(value)
    if hasattr(value, "__dataclass_fields__"):
        return f"{type(value).__qualname__}({shown(vars(value))})"
    if hasattr(value, "value"):
        return f"Some({shown(value.value)})"
    return f"{type(value).__name__} {value!r}"

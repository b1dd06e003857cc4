"""Variables read by a plan are what graphql-core makes of them, and it is asked about everything that is not plain."""

import enum
from decimal import Decimal
from typing import Any

import pytest
import strawberry
from graphql import GraphQLInputObjectType, Undefined, is_input_type, parse, print_type, type_from_ast
from graphql.execution import VariableValues, get_variable_values
from hypothesis import given, settings
from hypothesis import strategies as st
from strawberry.schema.config import StrawberryConfig

from graphql_schema.inputs import Variables
from graphql_schema.scalars import SCALARS
from graphql_schema.schema import schema
from tests.graphql_schema.input_values import as_json, shown, values

CORE = schema._schema
TYPES = sorted(
    name for name, type_ in CORE.type_map.items() if is_input_type(type_) and not name.startswith("__")
)


def _definitions(declared: str) -> Any:
    (operation,) = parse(f"query ({declared}) {{ __typename }}").definitions
    return operation.variable_definitions  # type: ignore[attr-defined]  # it is an operation


def _same(core: Any, declared: str, variables: dict[str, Any]) -> VariableValues | None:
    """What the plan made of the variables, after it was found to be what graphql-core makes of them."""
    definitions = _definitions(declared)
    ours = Variables(core, definitions).read(variables)
    stock = get_variable_values(core, definitions, variables)
    if ours is not None:
        assert isinstance(stock, VariableValues), stock
        assert shown(ours.coerced) == shown(stock.coerced)
        assert list(ours.sources) == list(stock.sources)
        for name, source in ours.sources.items():
            assert source.value is stock.sources[name].value
            assert source.signature.name == name
            assert str(source.signature.type) == str(stock.sources[name].signature.type)
    return ours


def test_every_input_type_of_the_schema_is_tried() -> None:
    assert len(TYPES) > 50
    assert {"RedeemVouchersInput", "RuleInput", "CustomerInput", "Decimal", "CampaignState"} <= set(TYPES)


@pytest.mark.parametrize("name", TYPES)
@settings(max_examples=10)
@given(data=st.data())
def test_right_values_are_read_by_the_plan_as_graphql_core_reads_them(name: str, data: st.DataObject) -> None:
    one = as_json(data.draw(values(CORE.type_map[name], odd=False)))
    many = as_json(data.draw(st.lists(values(CORE.type_map[name], odd=False), max_size=2)))
    read = _same(CORE, f"$one: {name}, $many: [{name}], $none: {name}", {"one": one, "many": many})
    assert read is not None


@pytest.mark.parametrize("name", TYPES)
@settings(max_examples=25)
@given(data=st.data(), wrap=st.sampled_from(["{}", "{}!", "[{}]", "[{}!]!", "[[{}]!]"]))
def test_odd_values_are_read_as_graphql_core_reads_them_or_left_to_it(
    name: str, data: st.DataObject, wrap: str
) -> None:
    declared = f"$v: {wrap.format(name)}"
    (definition,) = _definitions(declared)
    type_ = type_from_ast(CORE, definition.type)
    given_too = data.draw(st.integers(0, 9)) > 0
    _same(CORE, declared, {"v": as_json(data.draw(values(type_, odd=True)))} if given_too else {})


@strawberry.enum
class Size(enum.Enum):
    SMALL = "s"
    LARGE = "l"


@strawberry.input
class Inner:
    number: int = 3
    ratio: float = 0.5


@strawberry.input
class Outer:
    required: str
    sizes: list[Size] = strawberry.field(default_factory=lambda: [Size.SMALL])
    size: Size = Size.LARGE
    exact: Decimal = Decimal("1.50")
    flag: bool | None = None
    inner: Inner = strawberry.field(default_factory=Inner)
    grid: list[list[int | None]] | None = strawberry.UNSET
    renamed: strawberry.ID | None = strawberry.field(name="otherName", default=None)
    maybe: strawberry.Maybe[int | None]
    again: "Outer | None" = None


@strawberry.type
class Query:
    @strawberry.field
    def probe(self, outer: Outer) -> str:
        return str(outer)


SMALL = strawberry.Schema(Query, config=StrawberryConfig(scalar_map=SCALARS))._schema
PLAIN = {"required": "r"}


@pytest.mark.parametrize(
    "outer",
    [
        PLAIN,
        {**PLAIN, "sizes": ["SMALL", "LARGE"], "size": "SMALL"},
        {**PLAIN, "exact": "2.25", "flag": None, "inner": {}},
        {**PLAIN, "exact": 2, "flag": False, "inner": {"number": 1, "ratio": 2}},
        {**PLAIN, "grid": [[1, None], []], "otherName": "id"},
        {**PLAIN, "grid": None, "maybe": None},
        {**PLAIN, "maybe": 2**31 - 1, "again": {**PLAIN, "again": PLAIN}},
    ],
)
def test_defaults_enums_lists_and_nulls_are_read_by_the_plan(outer: Any) -> None:
    assert _same(SMALL, "$outer: Outer!", {"outer": outer}) is not None


@pytest.mark.parametrize(
    "outer",
    [
        None,
        "text",
        [],
        {},
        {"required": None},
        {"required": 1},
        {**PLAIN, "unknown": None},
        {**PLAIN, "size": None},
        {**PLAIN, "size": "s"},
        {**PLAIN, "size": ["SMALL"]},
        {**PLAIN, "sizes": "SMALL"},
        {**PLAIN, "sizes": [None]},
        {**PLAIN, "exact": 2.5},
        {**PLAIN, "exact": "many"},
        {**PLAIN, "flag": 1},
        {**PLAIN, "inner": None},
        {**PLAIN, "inner": {"number": 2**31}},
        {**PLAIN, "inner": {"number": True}},
        {**PLAIN, "inner": {"number": 1.5}},
        {**PLAIN, "inner": {"ratio": "1"}},
        {**PLAIN, "grid": [1]},
        {**PLAIN, "grid": [None]},
        {**PLAIN, "otherName": 1.5},
        {**PLAIN, "renamed": "id"},
        {**PLAIN, "again": {}},
        {"required": Undefined},
        {**PLAIN, "flag": Undefined},
        {**PLAIN, "exact": Undefined},
        ("r",),
    ],
)
def test_what_is_wrong_or_seldom_is_left_to_graphql_core(outer: Any) -> None:
    assert _same(SMALL, "$outer: Outer!", {"outer": outer}) is None


def test_a_missing_variable_is_absent_its_default_or_left_to_graphql_core() -> None:
    read = _same(SMALL, '$outer: Outer = {required: "x"}, $size: Size = SMALL, $flag: Boolean', {})
    assert read is not None
    assert list(read.coerced) == ["outer", "size"]
    assert _same(SMALL, "$outer: Outer!", {}) is None
    assert _same(SMALL, "$size: Size = SMALL", {"size": None}) is not None
    assert _same(SMALL, "$size: Size! = SMALL", {"size": None}) is None


def test_no_request_sees_the_default_that_another_one_had() -> None:
    plan = Variables(SMALL, _definitions('$outer: Outer = {required: "x"}'))
    first, second = plan.read({}), plan.read({})
    assert first is not None
    assert second is not None
    assert first.coerced["outer"] == second.coerced["outer"]
    assert first.coerced["outer"] is not second.coerced["outer"]


@pytest.mark.parametrize("levels", [10, 66, 67, 99, 100, 150, 400, 2_000])
def test_deep_rules_are_read_or_refused_as_by_graphql_core(levels: int) -> None:
    rule: Any = {"firstPurchase": {}}
    for _ in range(levels):
        rule = {"noneOf": {"rules": [rule]}}
    read = _same(CORE, "$rule: RuleInput!", {"rule": rule})
    assert (read is not None) == (levels < 67)


def test_deep_metadata_is_read_as_by_graphql_core() -> None:
    deep: Any = {}
    for _ in range(150):
        deep = {"inner": deep}
    assert _same(CORE, "$metadata: Metadata", {"metadata": deep}) is not None


def test_an_input_that_graphql_core_itself_checks_for_one_of_is_left_to_it() -> None:
    assert "@oneOf" not in print_type(SMALL.type_map["Outer"])
    type_ = GraphQLInputObjectType("Either", lambda: SMALL.type_map["Inner"].fields, is_one_of=True)  # type: ignore[attr-defined]
    core = strawberry.Schema(Query, config=StrawberryConfig(scalar_map=SCALARS))._schema
    core.type_map["Either"] = type_
    assert _same(core, "$either: Either", {"either": {"number": 1}}) is None

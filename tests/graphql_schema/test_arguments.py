"""What a resolver receives, and what a caller is told, is the same by plan as by Strawberry and graphql-core."""

from collections.abc import Callable
from dataclasses import fields
from inspect import Parameter, Signature
from typing import Any

import pytest
import strawberry
from graphql import GraphQLInputObjectType, GraphQLObjectType
from graphql.execution import executor as graphql_executor
from hypothesis import given, settings
from hypothesis import strategies as st
from strawberry.schema import schema_converter
from strawberry.schema.config import StrawberryConfig

from app.ids import new_id
from app.projects.admit import Caller
from app.projects.values import KeyKind
from benchmarks.deeds import DEEDS, Deed
from graphql_schema.front import FrontSchema
from graphql_schema.request import Process, RequestContext
from graphql_schema.scalars import SCALARS
from graphql_schema.schema import make_graph, schema
from tests.conftest import NOW
from tests.graphql_schema.input_values import as_json, as_literal, shown, values
from tests.graphql_schema.stock_schema import Stock, same

INPUTS: dict[str, Any] = {
    name: type_
    for name, type_ in schema._schema.type_map.items()
    if isinstance(type_, GraphQLInputObjectType)
}


def _probes() -> type:
    """A query with one field for each input type of the real schema, which tells what it received."""
    fields = {f"take{name}": strawberry.field(resolver=_probe(type_)) for name, type_ in INPUTS.items()}
    made = type("Probes", (), {**fields, "__annotations__": dict.fromkeys(fields, str | None)})
    return strawberry.type(made)


def _probe(type_: Any) -> Callable[..., str]:
    def probe(**received: Any) -> str:
        return shown(received)

    cls = type_.extensions["strawberry-definition"].origin
    types = {"one": cls | None, "many": list[cls] | None, "given": strawberry.Maybe[cls]}
    # Strawberry reads arguments from the signature, which is made here because the types are only known here.
    probe.__annotations__ = types
    probe.__signature__ = Signature(  # type: ignore[attr-defined]
        [
            Parameter(name, Parameter.KEYWORD_ONLY, default=strawberry.UNSET, annotation=each)
            for name, each in types.items()
        ]
    )
    return probe


CONFIG = StrawberryConfig(scalar_map=SCALARS)

PROBES = _probes()

OURS, STOCK = FrontSchema(PROBES, config=CONFIG), Stock(PROBES, config=CONFIG)


@pytest.mark.parametrize("name", sorted(INPUTS))
@settings(max_examples=12)
@given(data=st.data())
async def test_any_input_in_variables_is_received_as_from_the_stock_schema(
    name: str, data: st.DataObject
) -> None:
    declared = f"$one: {name}, $many: [{name}!], $given: {name}"
    query = f"query ({declared}) {{ take{name}(one: $one, many: $many, given: $given) }}"
    odd = data.draw(st.booleans())
    drawn = {
        "one": data.draw(values(INPUTS[name], odd=odd)),
        "many": data.draw(st.lists(values(INPUTS[name], odd=odd), max_size=2)),
        "given": data.draw(values(INPUTS[name], odd=odd)),
    }
    left_out = data.draw(st.sets(st.sampled_from(sorted(drawn))))
    variables = {each: as_json(value) for each, value in drawn.items() if each not in left_out}
    await same(OURS, STOCK, query, variables)


@pytest.mark.parametrize("name", sorted(INPUTS))
@settings(max_examples=6)
@given(data=st.data())
async def test_any_input_in_a_document_is_received_as_from_the_stock_schema(
    name: str, data: st.DataObject
) -> None:
    value = data.draw(values(INPUTS[name], odd=data.draw(st.booleans())))
    argument = data.draw(st.sampled_from(["one", "many", "given"]))
    await same(OURS, STOCK, f"{{ take{name}({argument}: {as_literal(value)}) }}")


CODES = 'codes: [{code: "A"}, {code: $code}], cart: {currency: "EUR", lines: $lines, shipping: $shipping}'

NESTED = (
    "query ($code: String!, $lines: [CartLineInput!]!, $shipping: Decimal! = 4, $customer: CustomerInput)"
    f" {{ takeRedeemVouchersInput(one: {{{CODES}, idempotencyKey: $code, customer: $customer}}) }}"
)


@pytest.mark.parametrize(
    "variables",
    [
        {"code": "B", "lines": []},
        {"code": "B", "lines": [{"unitPrice": "1.50"}], "shipping": "2", "customer": {"id": "x"}},
        {"code": "B", "lines": [{"unitPrice": "1.50"}], "customer": None},
        {"code": "B", "lines": [{"unitPrice": "1.50"}], "customer": {"upsert": {"sourceId": "s"}}},
        {"code": "B", "lines": [{"unitPrice": 1.5}], "shipping": None},
        {"code": "B", "lines": {"unitPrice": 2}, "customer": {"id": None}},
        {"code": "B", "lines": [], "customer": {"upsert": {"sourceId": "s", "metadata": None}}},
        {},
    ],
)
async def test_variables_inside_of_a_literal_are_received_as_from_the_stock_schema(variables: Any) -> None:
    await same(OURS, STOCK, NESTED, variables)


def test_all_fields_with_arguments_of_the_real_schema_are_called_by_plan() -> None:
    stock = [
        f"{type_.name}.{name}"
        for type_ in schema._schema.type_map.values()
        if isinstance(type_, GraphQLObjectType) and not type_.name.startswith("__")
        for name, field in type_.fields.items()
        if field.args and field.resolve.__module__ != "graphql_schema.arguments"  # type: ignore[union-attr]
    ]
    assert schema._schema.subscription_type is not None
    assert stock == [f"Subscription.{name}" for name in schema._schema.subscription_type.fields]


@pytest.mark.parametrize("deed", DEEDS, ids=lambda deed: deed.name)
async def test_redeeming_and_validating_ask_no_stock_coercion(
    deed: Deed, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    for module, name in [
        (graphql_executor, "get_variable_values"),
        (schema_converter, "convert_arguments"),
    ]:
        monkeypatch.setattr(module, name, _noted(getattr(module, name), asked))
    nobody = Caller(
        project=new_id(),
        project_name="Shop",
        time_zone="UTC",
        currency="EUR",
        case_sensitive_codes=False,
        key=new_id(),
        kind=KeyKind.SERVER,
        key_name="Server",
        redemption_point=None,
        customer=None,
        creates_projects=False,
    )
    process = Process(*[None] * len(fields(Process)))  # type: ignore[arg-type]  # nobody gets that far
    context = RequestContext(
        caller=nobody, now=lambda: NOW, request_id="test", make_loaders=make_graph, process=process
    )
    # The cart has no line too many, so it is read; the blank code is a fault, so that nothing is looked up.
    result = await schema.execute(deed.document, deed.variables(" ", "key", "shopper"), context)
    assert result.errors is None, result.errors
    assert result.data is not None
    (payload,) = result.data.values()
    assert [fault["path"] for fault in payload["userErrors"]] == [["input", "codes", "0", "code"]]
    assert asked == []
    await schema.execute(deed.document, {"input": {}}, context)
    assert asked == ["get_variable_values"]


def _noted(function: Callable[..., Any], asked: list[str]) -> Callable[..., Any]:
    def noted(*args: Any, **more: Any) -> Any:
        asked.append(function.__name__)
        return function(*args, **more)

    return noted

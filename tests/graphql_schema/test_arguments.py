"""What a resolver receives, and what a caller is told, is the same by plan as by Strawberry and graphql-core."""

import enum
from collections.abc import Callable
from inspect import Parameter, Signature
from typing import Annotated, Any

import pytest
import strawberry
from graphql import GraphQLInputObjectType, GraphQLObjectType
from graphql.execution import executor as graphql_executor
from hypothesis import given, settings
from hypothesis import strategies as st
from strawberry.permission import BasePermission
from strawberry.relay import GlobalID
from strawberry.schema import schema_converter
from strawberry.schema.config import StrawberryConfig
from structlog.testing import capture_logs

from app.ids import new_id
from app.projects.admit import Caller
from app.projects.values import KeyKind
from benchmarks.deeds import DEEDS, Deed
from graphql_schema.errors import field_errors, validation_errors, variable_errors
from graphql_schema.front import FrontSchema
from graphql_schema.request import Process, RequestContext
from graphql_schema.scalars import SCALARS
from graphql_schema.schema import make_graph, schema
from tests.conftest import NOW
from tests.graphql_schema.input_values import as_json, as_literal, shown, values

INPUTS: dict[str, Any] = {
    name: type_
    for name, type_ in schema._schema.type_map.items()
    if isinstance(type_, GraphQLInputObjectType)
}


class Stock(strawberry.Schema):
    def process_errors(self, errors: Any, execution_context: Any = None) -> None:
        """The stock schema logs what these tests break on purpose."""


def _told(result: Any, *, literal: bool) -> Any:
    """The answer of the stock schema, its errors reworded as ours are."""
    errors = result.errors or []
    if any(error.path is None for error in errors):
        errors = (validation_errors if literal else variable_errors)(errors)
    else:
        errors = field_errors(errors, None)
    return result.data, _formatted(errors)


def _formatted(errors: Any) -> list[dict[str, Any]]:
    shown_errors = [error.formatted for error in errors or []]
    for error in shown_errors:
        if "reference" in error.get("extensions", {}):
            error["message"] = error["extensions"]["reference"] = "drawn"
    return shown_errors


async def _same(
    ours: FrontSchema, stock: Stock, query: str, variables: dict[str, Any] | None = None
) -> tuple[Any, Any]:
    """Data and errors of ours, after they were found to be the stock schema's."""
    with capture_logs():  # of the exceptions that are masked
        expected = _told(await stock.execute(query, variables), literal=variables is None)
        result = await ours.execute(query, variables)
    got = result.data, _formatted(result.errors)
    assert got == expected
    return got


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
@settings(max_examples=12, deadline=None)
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
    await _same(OURS, STOCK, query, variables)


@pytest.mark.parametrize("name", sorted(INPUTS))
@settings(max_examples=6, deadline=None)
@given(data=st.data())
async def test_any_input_in_a_document_is_received_as_from_the_stock_schema(
    name: str, data: st.DataObject
) -> None:
    value = data.draw(values(INPUTS[name], odd=data.draw(st.booleans())))
    argument = data.draw(st.sampled_from(["one", "many", "given"]))
    await _same(OURS, STOCK, f"{{ take{name}({argument}: {as_literal(value)}) }}")


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
    await _same(OURS, STOCK, NESTED, variables)


@strawberry.enum
class Colour(enum.Enum):
    RED = "red"


@strawberry.input
class Plain:
    number: int = 1
    names: list[str] = strawberry.field(default_factory=lambda: ["a"])


@strawberry.input
class Careful:
    number: int

    def __post_init__(self) -> None:
        if self.number == 13:
            raise ValueError("unlucky")


@strawberry.input
class Forest:
    trees: list["Forest"] | None = None
    colours: list[Colour | None] = strawberry.field(default_factory=lambda: [Colour.RED])
    by_name: Plain | None = strawberry.field(name="named", default=None)
    node: GlobalID | None = None


class Nobody(BasePermission):
    message = "no"

    def has_permission(self, source: Any, info: Any, **kwargs: Any) -> bool:
        return False


@strawberry.type
class Query:
    @strawberry.field
    def plain(self, plain: Plain = Plain(number=7, names=["x"]), colour: Colour = Colour.RED) -> str:  # noqa: B008
        plain.names.append("seen")
        return shown([plain, colour])

    @strawberry.field
    async def careful(self, careful: Careful | None = None) -> str | None:
        return shown(careful)

    @strawberry.field
    def must(self, careful: Careful) -> str:
        return shown(careful)

    @strawberry.field
    def forest(self, forest: Forest, again: list[list[Forest]] | None = None) -> str:
        return shown([forest, again])

    @strawberry.field
    def maybe(self, some: strawberry.Maybe[int], null: strawberry.Maybe[int | None]) -> str:
        return shown([some, null])

    @strawberry.field
    def told(
        self, info: strawberry.Info, times: Annotated[int, strawberry.argument(name="often")] = 2
    ) -> str:
        return f"{info.field_name} {info.python_name} {info.variable_values} " * times

    @strawberry.field
    def placed(parent: strawberry.Parent[Any], number: int) -> str:  # noqa: N805  # Strawberry's words
        return f"{parent} {number}"

    @strawberry.field
    def rooted(root: Any, number: int) -> str:  # noqa: N805  # as above
        return f"{root} {number}"

    @strawberry.field
    def breaks(self, number: int) -> str | None:
        raise ValueError("broken")

    @strawberry.field
    def bare(self, number: int | None) -> str | None:
        return shown(number)

    @strawberry.field(permission_classes=[Nobody])
    def forbidden(self, plain: Plain) -> str | None:
        return shown(plain)


LITTLE = FrontSchema(Query), Stock(Query)


@pytest.mark.parametrize(
    "selection",
    [
        "plain again: plain",
        "plain(plain: {}, colour: RED) other: plain(plain: {number: 2, names: []})",
        "plain(plain: null)",
        "plain(colour: BLUE)",
        "careful a: careful(careful: null) b: careful(careful: {number: 1}) c: careful(careful: {number: 13})",
        "must(careful: {number: 13})",
        "must(careful: {number: 1})",
        "must",
        "forest(forest: {})",
        'forest(forest: {named: {number: 3}, node: "UGxhaW46MQ==", colours: [null, RED], trees: [{trees: []}]})',
        'forest(forest: {node: "nonsense"})',
        "forest(forest: {trees: null}, again: [[{}, {}], []])",
        "maybe a: maybe(some: 1) b: maybe(null: null) c: maybe(some: 1, null: 1)",
        "maybe(some: null)",
        "told b: told(often: 1)",
        "told(often: null)",
        "placed(number: 1) rooted(number: 2)",
        "breaks(number: 1) bare(number: 1)",
        "bare",
        "bare(number: null)",
        "forbidden(plain: {})",
    ],
)
async def test_every_kind_of_argument_is_received_as_from_the_stock_schema(selection: str) -> None:
    await _same(*LITTLE, f"{{ {selection} }}")


@pytest.mark.parametrize("number", [None, 1, 13, "x"])
async def test_faulty_variables_are_told_as_by_the_stock_schema(number: Any) -> None:
    query = "query ($number: Int) { maybe(some: $number) bare(number: $number) careful(careful: {number: 1}) told }"
    await _same(*LITTLE, query, {"number": number})
    await _same(*LITTLE, "query ($c: Careful) { careful(careful: $c) told }", {"c": {"number": number}})


def test_all_fields_with_arguments_of_the_real_schema_are_called_by_plan() -> None:
    stock = [
        f"{type_.name}.{name}"
        for type_ in schema._schema.type_map.values()
        if isinstance(type_, GraphQLObjectType) and not type_.name.startswith("__")
        for name, field in type_.fields.items()
        if field.args and field.resolve.__module__ != "graphql_schema.arguments"  # type: ignore[union-attr]
    ]
    assert stock == ["Subscription.redemptions", "Subscription.rejectedRedemptions"]


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
    process = Process(None, None, None)  # type: ignore[arg-type]  # nobody gets that far
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

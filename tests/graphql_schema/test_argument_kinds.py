"""Every kind of argument that Strawberry knows is received as from the stock schema."""

import enum
from typing import Annotated, Any

import pytest
import strawberry
from strawberry.permission import BasePermission
from strawberry.relay import GlobalID

from graphql_schema.front import FrontSchema
from tests.graphql_schema.input_values import shown
from tests.graphql_schema.stock_schema import Stock, same


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
    await same(*LITTLE, f"{{ {selection} }}")


@pytest.mark.parametrize("number", [None, 1, 13, "x"])
async def test_faulty_variables_are_told_as_by_the_stock_schema(number: Any) -> None:
    query = "query ($number: Int) { maybe(some: $number) bare(number: $number) careful(careful: {number: 1}) told }"
    await same(*LITTLE, query, {"number": number})
    await same(*LITTLE, "query ($c: Careful) { careful(careful: $c) told }", {"c": {"number": number}})

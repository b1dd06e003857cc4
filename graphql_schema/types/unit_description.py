"""Catalogue entries: what rules and rewards there are, well enough described to draw a form from."""

import json
from typing import TypeVar

import strawberry
from strawberry.scalars import JSON
from strawberry.utils.str_converters import to_camel_case

from app.engine.json_data import JSONValue
from app.engine.parameter import Choice, Parameter
from app.engine.shelf import ParameterDescription as EngineParameterDescription
from app.engine.shelf import Shelf
from app.engine.shelf import UnitDescription as EngineUnitDescription
from app.engine.unit import Family as RuleFamily
from app.engine.unit import Unit
from graphql_schema.enums import describe_enum
from graphql_schema.types.units import as_input, value_as_input

describe_enum(
    RuleFamily,
    "What a rule is about.",
    "RuleFamily",
    CUSTOMER="The customer. These rules, and those of LOGIC around them, also make live segments.",
    ORDER="The order as a whole: amounts, payment, delivery, where it comes from.",
    ITEMS="The items in the cart.",
    TIME="The moment, on the clock of the campaign's time zone.",
    LOGIC="Other rules.",
)

U = TypeVar("U", bound=Unit)


@strawberry.type(description="One of the words that a choice may be.")
class ParameterChoice:
    value: str = strawberry.field(description="The word, as the input takes it.")
    description: str = strawberry.field(description="What it means.")


@strawberry.type(description="One parameter of a rule or reward, or a part of one.")
class ParameterDescription:
    name: str = strawberry.field(description="The name of the input's field.")
    type: str = strawberry.field(
        description=(
            'What it takes: "money", "decimal", "whole number", "text", "rule", "choice", "items" or another type '
            "that is made of parts, or a list of these."
        )
    )
    required: bool = strawberry.field(description="Whether it must be given.")
    default: JSON | None = strawberry.field(
        description="What it is when it is not given, as in the input; null for nothing, and when it is required."
    )
    description: str = strawberry.field(description="What it means.")
    unit: str | None = strawberry.field(
        description='What a number counts, such as "percent", or how a text is written.'
    )
    choices: list[ParameterChoice] = strawberry.field(
        description="The words of which it takes one, where it is a choice; else empty."
    )
    parts: list["ParameterDescription"] = strawberry.field(
        description="The fields that its value is made of, where it is an object such as `ItemsInput`; else empty."
    )


@strawberry.type(description="A kind of rule or reward.")
class UnitDescription:
    kind: str = strawberry.field(description="The kind as `Rule.kind` and `Reward.kind` name it.")
    input_name: str = strawberry.field(description="The field of RuleInput or RewardInput that makes one.")
    sentence: str = strawberry.field(description="What it does.")
    family: RuleFamily | None = strawberry.field(description="What a rule is about; null for rewards.")
    parameters: list[ParameterDescription] = strawberry.field(
        description="What it takes, in a sensible order."
    )
    example: JSON = strawberry.field(
        description="An example as the value of a variable of RuleInput or RewardInput."
    )
    input_example: str = strawberry.field(description="The same example as a GraphQL literal.")


def show_catalogue(shelf: Shelf[U]) -> list[UnitDescription]:
    """Every unit on the shelf, by kind."""
    return [_show_unit(shelf, described) for described in shelf.describe()]


def _show_unit(shelf: Shelf[U], described: EngineUnitDescription) -> UnitDescription:
    example = as_input(shelf, shelf.from_json(described.example))
    parameters = zip(described.parameters, shelf.parameters(described.kind), strict=True)
    return UnitDescription(
        kind=described.kind,
        input_name=to_camel_case(described.kind),
        sentence=described.sentence,
        family=described.family,
        parameters=[_show_parameter(told, parameter) for told, parameter in parameters],
        example=JSON(example),
        input_example=_literal(example),
    )


def _show_parameter(told: EngineParameterDescription, parameter: Parameter) -> ParameterDescription:
    default = None if parameter.required else value_as_input(parameter, parameter.default)
    return ParameterDescription(
        name=to_camel_case(told.name),
        type=told.type,
        required=told.required,
        default=None if default is None else JSON(default),
        description=told.description,
        unit=told.unit,
        choices=[ParameterChoice(value=each.value, description=each.sentence) for each in told.choices],
        parts=[_show_parameter(*both) for both in zip(told.parts, parameter.parts, strict=True)],
    )


def _literal(value: JSONValue) -> str:
    """JSON as GraphQL writes it: the same, but for the names of fields and choices, which stand without quotes."""
    if isinstance(value, dict):
        fields = ", ".join(f"{name}: {_literal(inner)}" for name, inner in value.items())
        return f"{{ {fields} }}" if fields else "{}"
    if isinstance(value, list):
        return f"[{', '.join(map(_literal, value))}]"
    return value.value if isinstance(value, Choice) else json.dumps(value)

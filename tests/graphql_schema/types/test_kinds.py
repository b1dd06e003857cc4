"""Every unit on a shelf becomes a type, an input and a member of union and @oneOf by itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import ClassVar

import pytest
from graphql import (
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    GraphQLUnionType,
    get_named_type,
    parse,
    validate,
)
from strawberry.utils.str_converters import to_camel_case

from app.engine.facts import Situation
from app.engine.json_data import JSONValue
from app.engine.money import Money
from app.engine.reason import Reason
from app.engine.rules.items_match import WhichItems
from app.engine.selection import Items
from app.engine.shelf import Shelf, rewards, rules
from app.engine.unit import Reward, Rule, says
from graphql_schema.scalars import NoParameters
from graphql_schema.types.kinds import input_types, shown_types
from tests.graphql_schema.asking import schema

CORE: GraphQLSchema = schema._schema
CASES = [("Rule", rules), ("Reward", rewards)]


def _shelf_with(cls: type) -> Shelf[Rule]:
    shelf: Shelf[Rule] = Shelf("rules")
    shelf.add(dataclass(frozen=True)(cls))
    return shelf


class _Nothing:
    example: ClassVar[Mapping[str, JSONValue]] = {}

    def refusals(self, situation: Situation) -> tuple[Reason, ...]:
        return ()


@pytest.mark.parametrize(("noun", "shelf"), CASES)
async def test_every_unit_is_a_member_of_the_union_and_of_the_one_of_input(noun, shelf):
    told = await schema.execute(
        """query ($union: String!, $input: String!) {
          union: __type(name: $union) { kind possibleTypes { name } }
          input: __type(name: $input) { kind isOneOf inputFields { name } }
        }""",
        {"union": noun, "input": f"{noun}Input"},
    )
    kinds = sorted(shelf.by_kind)
    assert told.data == {
        "union": {
            "kind": "UNION",
            "possibleTypes": [{"name": shelf.by_kind[kind].__name__} for kind in kinds],
        },
        "input": {
            "kind": "INPUT_OBJECT",
            "isOneOf": True,
            "inputFields": [{"name": to_camel_case(kind)} for kind in kinds],
        },
    }


@pytest.mark.parametrize(("noun", "shelf"), CASES)
def test_sentences_and_parameters_of_units_are_the_descriptions_in_the_schema(noun, shelf):
    for kind, cls in shelf.by_kind.items():
        shown = CORE.type_map[cls.__name__]
        assert isinstance(shown, GraphQLObjectType)
        assert shown.description == cls.__doc__
        assert shown.fields["kind"].description == "The kind as the catalogue names it."
        parameters = shelf.parameters(kind)
        told = {parameter.description for parameter in parameters}
        assert {f.description for name, f in shown.fields.items() if name != "kind"} == told
        if parameters:
            taken = CORE.type_map[f"{cls.__name__}Input"]
            assert taken.description == cls.__doc__
            assert {f.description for f in taken.fields.values()} == told


def test_types_follow_the_parameters():
    def printed(type_name: str) -> dict[str, str]:
        return {name: str(f.type) for name, f in CORE.type_map[type_name].fields.items()}

    assert printed("MinimumSpend") == {"kind": "String!", "amount": "Money!"}
    assert printed("MinimumSpendInput") == {"amount": "MoneyInput!"}
    assert printed("PercentOff") == {"kind": "String!", "percent": "Decimal!", "upTo": "Money"}
    assert printed("PercentOffInput") == {"percent": "Decimal!", "upTo": "MoneyInput"}
    assert printed("AllOf") == {"kind": "String!", "rules": "[Rule!]!"}
    assert printed("AllOfInput") == {"rules": "[RuleInput!]!"}
    assert printed("TimeWindowInput") == {"weekdays": "[Int!]!", "starts": "String!", "ends": "String!"}
    assert printed("FirstPurchase") == {"kind": "String!"}
    assert printed("RuleInput")["firstPurchase"] == "NoParameters"


def _all_of(kind: GraphQLOutputType) -> str:
    """A selection of every field, as deep as it goes without rules inside rules."""
    inner = get_named_type(kind)
    if isinstance(inner, GraphQLUnionType):
        return " { __typename }"
    if not isinstance(inner, GraphQLObjectType):
        return ""
    return " { " + " ".join(name + _all_of(field_.type) for name, field_ in inner.fields.items()) + " }"


@pytest.mark.parametrize(("noun", "shelf"), CASES)
def test_one_document_can_ask_for_every_parameter_of_every_unit(noun, shelf):
    """Two members of a union whose fields have one name and two types could not be asked for without aliases.

    GraphQL allows it for two compounds, as long as the fields that these have in common are of one type.
    """
    members = [CORE.type_map[cls.__name__] for cls in shelf.by_kind.values()]
    every = " ".join(f"... on {member.name}{_all_of(member)}" for member in members)
    field_ = noun.lower()
    document = parse(f"query {{ campaigns {{ nodes {{ offer {{ {field_} {{ {every} }} }} }} }} }}")
    assert validate(CORE, document) == []


def test_compounds_and_choices_among_parameters_become_types_inputs_and_enums():
    def printed(type_name: str) -> dict[str, str]:
        return {name: str(f.type) for name, f in CORE.type_map[type_name].fields.items()}

    assert printed("ItemsMatch") == {"kind": "String!", "items": "Items!", "which": "WhichItems!"}
    assert printed("ItemsMatchInput") == {"items": "ItemsInput!", "which": "WhichItems!"}
    assert printed("ItemsInput") == {
        "products": "[String!]!",
        "skus": "[String!]!",
        "categories": "[String!]!",
        "priceAtLeast": "MoneyInput",
        "priceAtMost": "MoneyInput",
        "metadata": "[MetadataMatchInput!]!",
        "excludedProducts": "[String!]!",
        "excludedSkus": "[String!]!",
        "excludedCategories": "[String!]!",
    }
    assert printed("Items") == {
        name: type_.replace("Input", "") for name, type_ in printed("ItemsInput").items()
    }
    assert printed("MetadataMatch") == {"key": "String!", "values": "[String!]!"}
    assert CORE.type_map["Items"].description == Items.__doc__
    which = CORE.type_map["WhichItems"]
    assert {name: value.description for name, value in which.values.items()} == {
        choice.value: choice.sentence for choice in WhichItems
    }


def test_defaults_of_parameters_are_defaults_in_the_schema():
    fields = CORE.type_map["ContainsProductsInput"].fields
    assert {name: f.default_value for name, f in fields.items()} == {
        "products": [],
        "categories": [],
        "quantity": 1,
    }


def test_a_unit_with_every_type_of_parameter_needs_no_line_of_its_own():
    class Whatever(_Nothing):
        """Something with everything."""

        money: Money = field(metadata=says("m"))
        number: Decimal = field(metadata=says("d"))
        rule: Rule = field(metadata=says("r"))
        reward: Reward | None = field(default=None, metadata=says("w"))
        texts: tuple[str, ...] = field(default=("a", "b"), metadata=says("t"))

    shelf = _shelf_with(Whatever)
    (shown,) = shown_types(shelf).values()
    (taken,) = input_types(shelf).values()
    assert list(shown.__annotations__) == ["kind", "money", "number", "rule", "reward", "texts"]
    assert taken(money=None, number=Decimal(1), rule=None).texts == ["a", "b"]


def test_a_unit_without_parameters_takes_an_empty_object():
    class Bare(_Nothing):
        """Nothing to say."""

    assert list(input_types(_shelf_with(Bare)).values()) == [NoParameters]


def test_a_default_that_no_schema_can_show_stops_the_start():
    class Costly(_Nothing):
        """Something that costs."""

        price: Money = field(default=Money(1, "EUR"), metadata=says("p"))

    with pytest.raises(TypeError, match=r"Costly\.price: a default is a plain value"):
        input_types(_shelf_with(Costly))

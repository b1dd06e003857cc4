"""The schema itself: committed, described to the last value, and in one style."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    build_schema,
    get_named_type,
    validate_schema,
)

from graphql_schema.schema import schema

ROOT = Path(__file__).parents[2]
CORE = schema._schema
OURS = {
    name: type_
    for name, type_ in CORE.type_map.items()
    if not name.startswith("__") and name not in {"Int", "String", "Boolean", "Float", "ID"}
}


def described() -> Iterator[tuple[str, str | None]]:
    """Everything that has a description, by its path."""
    for name, type_ in OURS.items():
        yield name, type_.description
        if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType):
            for field_name, field in type_.fields.items():
                yield f"{name}.{field_name}", field.description
                for argument_name, argument in field.args.items():
                    yield f"{name}.{field_name}({argument_name})", argument.description
        elif isinstance(type_, GraphQLInputObjectType):
            for field_name, input_field in type_.fields.items():
                yield f"{name}.{field_name}", input_field.description
        elif isinstance(type_, GraphQLEnumType):
            for value_name, value in type_.values.items():
                yield f"{name}.{value_name}", value.description


def fields(*kinds: type) -> Iterator[tuple[str, str, Any]]:
    """Type, name and field of every field of these kinds of types."""
    for name, type_ in OURS.items():
        if isinstance(type_, kinds):
            for field_name, field in type_.fields.items():
                yield name, field_name, field


def test_the_committed_schema_is_of_today():
    """`make schema` writes it; what changes in it is reviewed as every other line."""
    committed = (ROOT / "schema.graphql").read_text(encoding="utf-8")
    assert committed == f"{schema.as_str().rstrip()}\n", "schema.graphql is stale: run `make schema`"
    assert validate_schema(build_schema(committed)) == []


def test_everything_is_described_in_sentences():
    for path, description in described():
        assert description, f"{path} has no description"
        assert description[0].isupper() or not description[0].isalpha(), f"{path}: {description}"
        assert description.rstrip("`)\"'")[-1] in ".?!", f"{path}: {description}"


def test_nothing_has_a_name_that_says_nothing():
    for path, _ in described():
        for name in re.findall(r"\w+", path):
            assert name.lower() not in {"data", "info", "item", "value1", "type1", "object", "misc"}, path


def test_names_follow_one_style():
    for _, name, _ in fields(GraphQLObjectType, GraphQLInterfaceType, GraphQLInputObjectType):
        assert re.fullmatch("[a-z][a-zA-Z0-9]*", name), name
    for name, type_ in OURS.items():
        assert re.fullmatch("[A-Z][a-zA-Z0-9]*", name), name
        if isinstance(type_, GraphQLInputObjectType):
            assert re.search("(Input|Ref|Filter)$", name), name
        if isinstance(type_, GraphQLEnumType):
            assert all(re.fullmatch("[A-Z][A-Z_]*", value) for value in type_.values), name


def test_enums_are_small():
    assert {
        name: len(t.values)
        for name, t in OURS.items()
        if isinstance(t, GraphQLEnumType) and len(t.values) > 8
    } == {"EventKind": 37, "Operator": 13, "ChangeAct": 10, "ReportGroupBy": 9, "DemandCause": 18}


def test_mutations_take_one_input_and_answer_with_a_payload_of_user_errors():
    assert CORE.mutation_type is not None
    for name, field in CORE.mutation_type.fields.items():
        assert list(field.args) == ["input"], name
        assert isinstance(field.args["input"].type, GraphQLNonNull), name
        payload = get_named_type(field.type)
        assert isinstance(field.type, GraphQLNonNull), name
        assert payload.name.endswith("Payload"), name
        assert str(payload.fields["userErrors"].type) == "[UserError!]!", name


def test_consuming_mutations_take_an_idempotency_key():
    for name in ("RedeemVouchersInput", "RollBackRedemptionInput"):
        assert str(CORE.type_map[name].fields["idempotencyKey"].type) == "String!"
    assert "sourceId" in CORE.type_map["PublishVouchersInput"].fields


def test_everything_with_an_id_is_a_node():
    for name, type_ in OURS.items():
        if isinstance(type_, GraphQLObjectType) and "id" in type_.fields:
            assert [interface.name for interface in type_.interfaces] == ["Node"], name
            assert str(type_.fields["id"].type) == "ID!"


def test_feeds_take_what_to_tell_and_where_to_begin_and_give_an_event_with_its_cursor():
    assert CORE.subscription_type is not None
    what = {"events": "kinds", "walletChanges": "customer"}
    # These tell how something stands, as a whole each time: there is nothing to come back for.
    states = {"campaignPulse", "jobProgress"}
    for name, field in CORE.subscription_type.fields.items():
        if name in states:
            assert {"after", "from"}.isdisjoint(field.args), name
            continue
        assert list(field.args) == [what.get(name, "filter"), "after", "from"], name
        assert set(get_named_type(field.type).fields) == {"cursor", "event"}, name


def test_money_is_exact_and_nothing_is_a_float():
    assert "Float" not in CORE.type_map or not any(
        get_named_type(field.type).name == "Float"
        for _, _, field in fields(GraphQLObjectType, GraphQLInputObjectType)
    )
    assert str(CORE.type_map["Money"].fields["amount"].type) == "Decimal!"


async def test_references_are_one_of():
    document = "{ __schema { types { name isOneOf inputFields { type { kind } } } } }"
    types = (await schema.execute(document)).data["__schema"]["types"]
    one_of = {type_["name"]: type_["inputFields"] for type_ in types if type_["isOneOf"]}
    assert set(one_of) == {
        *("CampaignRef", "CustomerRef", "VoucherRef", "CustomerInput", "PublishedCodesInput"),
        *("RuleInput", "RewardInput", "BalanceAmountInput", "BudgetMostInput", "SimulatedCampaignInput"),
        "SegmentRef",
    }
    assert {field["type"]["kind"] for fields in one_of.values() for field in fields}.isdisjoint({"NON_NULL"})


def test_scalars_are_few():
    assert {name for name, type_ in OURS.items() if isinstance(type_, GraphQLScalarType)} == {
        *(
            "Currency",
            "Cursor",
            "Date",
            "DateTime",
            "Decimal",
            "Duration",
            "JSON",
            "Metadata",
            "NoParameters",
        ),
    }

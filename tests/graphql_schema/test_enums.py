"""Enums of the rooms in the schema: every member with its sentence."""

from enum import Enum

import pytest
import strawberry

from graphql_schema.enums import describe_enum


class Weather(Enum):
    SUN = "SUN"
    RAIN = "RAIN"


def test_every_member_gets_its_sentence():
    describe_enum(Weather, "What it is like outside.", SUN="Bright.", RAIN="Wet.")

    @strawberry.type
    class Query:
        outside: Weather

    kind = strawberry.Schema(Query)._schema.type_map["Weather"]
    assert kind.description == "What it is like outside."
    assert {name: value.description for name, value in kind.values.items()} == {
        "SUN": "Bright.",
        "RAIN": "Wet.",
    }


def test_the_schema_may_know_it_by_another_name():
    class Wind(Enum):
        CALM = "CALM"

    describe_enum(Wind, "How it blows.", name="WindOutside", CALM="Not at all.")

    @strawberry.type
    class Query:
        outside: Wind

    assert "Wind" not in strawberry.Schema(Query)._schema.type_map
    assert "WindOutside" in strawberry.Schema(Query)._schema.type_map


def test_a_member_without_a_sentence_stops_the_start():
    with pytest.raises(TypeError, match="Weather has SUN, RAIN; described are SUN"):
        describe_enum(Weather, "What it is like outside.", SUN="Bright.")

"""The catalogues: whoever reads them can draw the forms and send what the examples show."""

from typing import Any

import pytest
from graphql import parse_value, value_from_ast_untyped

from app.engine.shelf import rewards, rules
from app.projects.values import KeyKind
from tests.graphql_schema.asking import a_caller, ask
from tests.graphql_schema.form import Form
from tests.graphql_schema.named import in_project

CATALOGUES = """{
  ruleCatalogue { ...all } rewardCatalogue { ...all }
}
fragment all on UnitDescription {
  kind inputName sentence family example inputExample
  parameters { ...one choices { value description } parts { ...one parts { ...one } } }
}
fragment one on ParameterDescription { name type required default description unit }"""
FOR_FORMS = """{
  %s { ...all }
}
fragment all on UnitDescription {
  inputName sentence example parameters { ...one parts { ...one parts { ...one parts { ...one } } } }
}
fragment one on ParameterDescription { name type required description unit choices { value description } }"""


async def test_every_kind_is_there_for_every_caller(project):
    for kind in KeyKind:
        data = await ask(await a_caller(project, kind), CATALOGUES)
        assert [entry["kind"] for entry in data["ruleCatalogue"]] == sorted(rules.by_kind)
        assert [entry["kind"] for entry in data["rewardCatalogue"]] == sorted(rewards.by_kind)


async def test_an_entry_tells_all_that_a_form_needs(project):
    data = await ask(await a_caller(project), CATALOGUES)
    percent_off = next(entry for entry in data["rewardCatalogue"] if entry["kind"] == "percent_off")
    assert percent_off == {
        "kind": "percent_off",
        "inputName": "percentOff",
        "sentence": "A percentage is taken off the cart, up to a cap if there is one.",
        "family": None,
        "parameters": [
            {
                "name": "percent",
                "type": "decimal",
                "required": True,
                "default": None,
                "description": "More than 0, at most 100, with at most 4 decimals.",
                "unit": "percent",
                "choices": [],
                "parts": [],
            },
            {
                "name": "upTo",
                "type": "money",
                "required": False,
                "default": None,
                "description": "The most that is taken off one cart.",
                "unit": None,
                "choices": [],
                "parts": [],
            },
        ],
        "example": {"percentOff": {"percent": "10", "upTo": {"amount": "20.00", "currency": "EUR"}}},
        "inputExample": '{ percentOff: { percent: "10", upTo: { amount: "20.00", currency: "EUR" } } }',
    }
    products = next(entry for entry in data["ruleCatalogue"] if entry["kind"] == "contains_products")
    assert products["family"] == "ITEMS"
    assert {parameter["name"]: parameter["default"] for parameter in products["parameters"]} == {
        "products": [],
        "categories": [],
        "quantity": 1,
    }


async def test_an_entry_tells_what_its_objects_are_made_of_and_what_its_choices_mean(project):
    data = await ask(await a_caller(project), CATALOGUES)
    entry = next(entry for entry in data["ruleCatalogue"] if entry["kind"] == "items_match")
    items, which = entry["parameters"]
    assert (items["name"], items["type"], items["choices"]) == ("items", "items", [])
    assert [(part["name"], part["type"], part["default"]) for part in items["parts"]] == [
        ("products", "list of texts", []),
        ("skus", "list of texts", []),
        ("categories", "list of texts", []),
        ("priceAtLeast", "money", None),
        ("priceAtMost", "money", None),
        ("metadata", "list of metadata matches", []),
        ("excludedProducts", "list of texts", []),
        ("excludedSkus", "list of texts", []),
        ("excludedCategories", "list of texts", []),
    ]
    assert [(part["name"], part["required"]) for part in items["parts"][5]["parts"]] == [
        ("key", True),
        ("values", False),
    ]
    assert (which["type"], which["parts"]) == ("choice", [])
    assert which["choices"][0] == {"value": "ANY", "description": "At least one item must match."}
    assert entry["inputExample"] == '{ itemsMatch: { items: { categories: ["gift cards"] }, which: NONE } }'


async def test_the_literal_says_the_same_as_the_json(project):
    data = await ask(await a_caller(project), CATALOGUES)
    for entry in data["ruleCatalogue"] + data["rewardCatalogue"]:
        assert value_from_ast_untyped(parse_value(entry["inputExample"])) == entry["example"]


@pytest.mark.parametrize("kind", sorted(rules.by_kind))
async def test_a_rule_can_be_sent_as_its_example_shows(project, kind):
    caller = await a_caller(project)
    catalogue = (await ask(caller, "{ ruleCatalogue { kind inputExample } }"))["ruleCatalogue"]
    shown = next(entry["inputExample"] for entry in catalogue if entry["kind"] == kind)
    example = await in_project(project, rules, kind, shown)
    name = rules.by_kind[kind].__name__
    document = f"""mutation {{
      createCampaign(input: {{
        name: "Summer", offer: {{ rule: {example}, reward: {{ percentOff: {{ percent: "10" }} }} }}
      }}) {{ campaign {{ offer {{ rule {{ ... on {name} {{ kind }} }} }} }} userErrors {{ code }} }}
    }}"""
    assert await ask(caller, document) == {
        "createCampaign": {"campaign": {"offer": {"rule": {"kind": kind}}}, "userErrors": []}
    }


async def test_a_form_for_every_unit_is_drawn_from_the_catalogue_filled_in_and_read_back(project):
    """No rule or reward is known to the form: what the catalogue tells must be enough."""
    caller = await a_caller(project)
    kinds: dict[str, dict[str, Any]] = {}
    for kind in ("rule", "reward"):
        [told] = (await ask(caller, FOR_FORMS % f"{kind}Catalogue")).values()
        kinds[kind] = {entry["inputName"]: entry for entry in told}
    for entry in (*kinds["rule"].values(), *kinds["reward"].values()):
        form = Form(entry, kinds)
        assert form.html.startswith(f'<form name="{entry["inputName"]}">')
        form.fill(entry["example"][entry["inputName"]])
        assert form.read() == entry["example"]


async def test_the_catalogues_cost_no_statement(project, statements):
    caller = await a_caller(project)
    with statements.counted() as sent:
        await ask(caller, CATALOGUES)
    assert sent == []

"""The shelves: every unit is complete, survives its JSON, and is read strictly."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID

import pytest

from app.engine.json_data import JSONValue
from app.engine.rewards.percent_off import PercentOff
from app.engine.rules.all_of import AllOf
from app.engine.rules.caller_key import CallerKey
from app.engine.rules.cart_currency import CartCurrency
from app.engine.rules.cart_metadata import CartMetadata
from app.engine.rules.contains_products import ContainsProducts
from app.engine.rules.first_purchase import FirstPurchase
from app.engine.rules.items_match import ItemsMatch, WhichItems
from app.engine.rules.minimum_spend import MinimumSpend
from app.engine.selection import Items
from app.engine.shelf import Shelf, rewards, rules
from app.engine.unit import Rule, UnitError
from tests.engine.shop import eur

HERE = Path(__file__).parent
UNITS = [
    pytest.param(shelf, kind, id=f"{shelf.name}/{kind}")
    for shelf in (rules, rewards)
    for kind in sorted(shelf.by_kind)
]


def test_what_a_unit_wants_is_its_one_parameter_or_all_of_them_in_words() -> None:
    assert rules.wanted(MinimumSpend(eur("25.00"))) == eur("25.00")
    assert rules.wanted(CartCurrency(("EUR", "PLN"))) == ("EUR", "PLN")
    assert rules.wanted(CartMetadata("delivery", ("pickup",))) == "key delivery, values pickup"
    assert rules.wanted(FirstPurchase()) is None


def test_standing_in_the_folder_is_being_on_the_shelf() -> None:
    engine = HERE.parents[1] / "app" / "engine"
    for shelf in (rules, rewards):
        files = {path.stem for path in (engine / shelf.name).glob("*.py")} - {"__init__"}
        assert set(shelf.by_kind) == files


def test_the_stored_promises_are_kept() -> None:
    # A kind is stored with every offer: a name may join these lists but never leave them.
    kept = {
        "minimum_spend",
        "contains_products",
        "first_purchase",
        "time_window",
        "all_of",
        "any_of",
        "none_of",
        "maximum_spend",
        "cart_currency",
        "cart_metadata",
        "items_match",
        "items_quantity",
        "items_amount",
        "date_window",
        "calendar_days",
        *("channel", "redemption_point", "caller_key", "redemption_metadata", "payment_method"),
        *("delivery_country", "running_subtotal", "total_after_discount", "nth_weekday", "recurring_window"),
        "expression",
    }
    assert kept <= set(rules.by_kind)
    kept = {
        "percent_off",
        "amount_off",
        "gift_balance",
        "points_payment",
        "percent_off_items",
        "amount_off_items",
        "fixed_price",
        "buy_x_get_y",
        "tiered_percent",
        "tiered_amount",
        "bundle_price",
        "formula",
    }
    assert kept <= set(rewards.by_kind)


@pytest.mark.parametrize(("shelf", "kind"), UNITS)
def test_every_unit_describes_itself(shelf: Shelf[Any], kind: str) -> None:
    description = next(unit for unit in shelf.describe() if unit.kind == kind)
    assert description.sentence.endswith("."), "the class's docstring is one sentence for the public"
    assert "\n" not in description.sentence
    assert not description.sentence.startswith(shelf.by_kind[kind].__name__), "the docstring is missing"
    for parameter in description.parameters:
        assert parameter.description.endswith("."), f"{parameter.name} says nothing of itself"


@pytest.mark.parametrize(("shelf", "kind"), UNITS)
def test_every_unit_has_an_example_that_survives_its_json(shelf: Shelf[Any], kind: str) -> None:
    description = next(unit for unit in shelf.describe() if unit.kind == kind)
    assert description.example["kind"] == kind
    unit = shelf.from_json(description.example)
    assert type(unit) is shelf.by_kind[kind]
    assert shelf.from_json(shelf.to_json(unit)) == unit
    assert hash(unit) == hash(shelf.from_json(description.example))


@pytest.mark.parametrize(("shelf", "kind"), UNITS)
def test_every_unit_has_a_test_of_its_own(shelf: Shelf[Any], kind: str) -> None:
    test = HERE / shelf.name / f"test_{kind}.py"
    assert test.exists(), f"{kind} wants a test at tests/engine/{shelf.name}/test_{kind}.py"
    assert "def test_" in test.read_text()


@pytest.mark.parametrize(("shelf", "kind"), UNITS)
def test_every_unit_refuses_what_it_does_not_know(shelf: Shelf[Any], kind: str) -> None:
    example = dict(shelf.by_kind[kind].example)
    with pytest.raises(UnitError, match=r"^offer\.colour: Is not known here\.$"):
        shelf.from_json({**example, "colour": "red"}, "offer")
    for parameter in shelf.parameters(kind):
        if parameter.required:
            without = {name: value for name, value in example.items() if name != parameter.name}
            with pytest.raises(UnitError, match=rf"^{parameter.name}: Is required\.$"):
                shelf.from_json(without)
        with pytest.raises(UnitError) as refused:
            shelf.from_json({**example, parameter.name: {"wrong": True}})
        assert refused.value.path.startswith(parameter.name)


def test_json_holds_every_parameter_even_defaults() -> None:
    assert rules.to_json(ContainsProducts(("MUG",))) == {
        "kind": "contains_products",
        "products": ["MUG"],
        "categories": [],
        "quantity": 1,
    }
    assert rewards.to_json(PercentOff(Decimal("12.5"))) == {
        "kind": "percent_off",
        "percent": "12.5",
        "up_to": None,
    }


@pytest.mark.parametrize(
    ("data", "path"),
    [
        ("first_purchase", ""),
        ({}, "kind"),
        ({"kind": "full_moon"}, "kind"),
        ({"kind": ["all_of"]}, "kind"),
        ({"kind": "percent_off", "percent": "10"}, "kind"),
        ({"kind": "minimum_spend", "amount": {"minor": 0, "currency": "EUR"}}, "amount"),
        ({"kind": "minimum_spend", "amount": {"minor": 1, "currency": "EURO"}}, "amount"),
        ({"kind": "all_of", "rules": []}, "rules"),
        (
            {
                "kind": "all_of",
                "rules": [{"kind": "first_purchase"}, {"kind": "contains_products", "quantity": 2}],
            },
            "rules[1].products",
        ),
        (
            {
                "kind": "all_of",
                "rules": [{"kind": "any_of", "rules": [{"kind": "minimum_spend", "amount": 5}]}],
            },
            "rules[0].rules[0].amount",
        ),
    ],
)
def test_a_faulty_unit_is_refused_where_it_is_faulty(data: object, path: str) -> None:
    with pytest.raises(UnitError) as refused:
        rules.from_json(data)
    assert refused.value.path == path


def test_an_endless_nest_is_refused_before_it_is_built() -> None:
    data: dict[str, JSONValue] = {"kind": "first_purchase"}
    for _ in range(500):
        data = {"kind": "all_of", "rules": [data]}
    with pytest.raises(UnitError, match="May be nested 5 deep at most"):
        rules.from_json(data)


def test_a_unit_can_be_told_in_a_few_words() -> None:
    assert rules.phrase(MinimumSpend(eur("25"))) == "minimum spend (amount 25.00 EUR)"
    assert rules.phrase(ContainsProducts(("A", "B"))) == "contains products (products A or B, quantity 1)"
    some = ItemsMatch(Items(categories=("tea",)), WhichItems.ANY)
    assert rules.phrase(some) == "items match (items category tea, which ANY)"
    assert rules.phrase(AllOf((FirstPurchase(),))) == "all of"
    assert rewards.phrase(PercentOff(Decimal(10))) == "percent off (percent 10)"
    assert rules.phrase(CallerKey((UUID(int=1),))) == "caller key"  # an id says nothing to people


def test_a_unit_can_be_told_as_a_sentence() -> None:
    assert (
        rules.sentence(MinimumSpend(eur("25")))
        == "The cart's subtotal must reach an amount: amount 25.00 EUR."
    )
    assert rules.sentence(AllOf((FirstPurchase(),))) == "Every rule inside must hold."
    assert (
        rules.sentence(CallerKey((UUID(int=1),))) == "The code must be used through one of certain API keys."
    )


def test_the_catalogue_shows_parameters_with_type_default_and_unit() -> None:
    percent, up_to = next(unit for unit in rewards.describe() if unit.kind == "percent_off").parameters
    assert dataclasses.asdict(percent) == {
        "name": "percent",
        "type": "decimal",
        "required": True,
        "default": None,
        "description": "More than 0, at most 100, with at most 4 decimals.",
        "unit": "percent",
        "choices": (),
        "parts": (),
    }
    assert (up_to.required, up_to.default, up_to.type) == (False, None, "money")
    contains = next(unit for unit in rules.describe() if unit.kind == "contains_products")
    assert [(parameter.name, parameter.default) for parameter in contains.parameters] == [
        ("products", []),
        ("categories", []),
        ("quantity", 1),
    ]
    assert [unit.kind for unit in rules.describe()] == sorted(rules.by_kind)


def test_the_catalogue_shows_what_a_parameter_is_made_of_and_what_it_may_be() -> None:
    items, which = next(unit for unit in rules.describe() if unit.kind == "items_match").parameters
    assert (items.type, items.required, items.choices) == ("items", True, ())
    assert [(part.name, part.type) for part in items.parts] == [
        ("products", "list of texts"),
        ("skus", "list of texts"),
        ("categories", "list of texts"),
        ("price_at_least", "money"),
        ("price_at_most", "money"),
        ("metadata", "list of metadata matches"),
        ("excluded_products", "list of texts"),
        ("excluded_skus", "list of texts"),
        ("excluded_categories", "list of texts"),
    ]
    assert [part.name for part in items.parts[5].parts] == ["key", "values"]
    assert (which.type, which.choices) == ("choice", ("ANY", "ALL", "NONE", "CHEAPEST", "MOST_EXPENSIVE"))


def test_what_is_not_a_frozen_dataclass_or_stands_there_twice_is_no_unit() -> None:
    shelf: Shelf[Rule] = Shelf("rules")

    @dataclass
    class Loose:
        example: ClassVar[Mapping[str, JSONValue]] = {}

    @dataclass(frozen=True)
    class One:
        example: ClassVar[Mapping[str, JSONValue]] = {}

    @dataclass(frozen=True)
    class Two:
        example: ClassVar[Mapping[str, JSONValue]] = {}

    with pytest.raises(TypeError, match="Loose must be a frozen dataclass"):
        shelf.add(Loose)
    assert shelf.add(One) is One
    with pytest.raises(TypeError, match="puts two things on the rules shelf"):
        shelf.add(Two)


def test_a_file_without_a_unit_does_not_stand_in_the_folder_unnoticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "empty_shelf_for_test"
    folder.mkdir()
    (folder / "__init__.py").touch()
    (folder / "nothing.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(TypeError, match=r"empty_shelf_for_test\.nothing puts nothing on the rules shelf"):
        Shelf[Rule]("rules").fill("empty_shelf_for_test", [str(folder)])

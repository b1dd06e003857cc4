"""docs/expressions.md says all that there is, and its examples are true."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from app.engine.cart import Cart
from app.engine.cel.closures import LOOPS
from app.engine.cel.functions import FUNCTIONS
from app.engine.cel.kinds import Kind
from app.engine.expression import VARIABLES, NotEvaluated, amount, condition
from app.engine.facts import Facts, Situation
from app.engine.occasion import Occasion
from app.engine.shopper import Shopper
from app.engine.unit import UnitError
from app.ids import new_id
from graphql_schema.scalars import Currency
from graphql_schema.types.cart import CartInput, CartLineInput, read_cart
from tests.docs.guide import blocks_of
from tests.docs.sample_shop import ROOT

PAGE = ROOT / "docs" / "expressions.md"
TEXT = PAGE.read_text()


def rows(section: str) -> list[list[str]]:
    """The cells of a section's tables."""
    text = TEXT.split(f"\n## {section}\n")[1].split("\n## ")[0]
    lines = [line.replace(r"\|", "∣") for line in text.splitlines() if line.startswith("| `")]
    return [[cell.strip().replace("∣", "|") for cell in line.strip("|").split(" | ")] for line in lines]


def snake(data: dict[str, Any]) -> dict[str, Any]:
    return {re.sub("[A-Z]", lambda letter: f"_{letter.group().lower()}", name): v for name, v in data.items()}


def the_cart() -> Cart:
    [block] = [block for block in blocks_of(PAGE) if block.title == "cart"]
    data = json.loads(block.text)
    lines = [
        CartLineInput(**snake(line) | {"unit_price": Decimal(line["unitPrice"])}) for line in data["lines"]
    ]
    given = {
        **data,
        "currency": Currency(data["currency"]),
        "shipping": Decimal(data["shipping"]),
        "lines": lines,
    }
    cart = read_cart(CartInput(**given))
    assert isinstance(cart, Cart), cart
    return cart


def the_situation() -> Situation:
    shopper = Shopper("kalina-1002", metadata={"tier": "gold"})
    situation = Situation(
        the_cart(),
        Facts(new_id(), shopper=shopper),
        datetime(2026, 7, 22, 15, tzinfo=UTC),
        "Europe/Warsaw",
    )
    return replace(situation, occasion=Occasion("web"))


def names_of(kind: Kind, path: str) -> dict[str, tuple[str, str]]:
    """Kind and sentence of each field."""
    return {f"{path}.{name}": (str(field.kind), field.says) for name, field in (kind.fields or {}).items()}


def test_the_page_names_every_variable_and_field_with_its_kind_and_sentence() -> None:
    cart = VARIABLES["cart"].fields
    assert cart is not None
    line = cart["lines"].kind.item
    assert line is not None
    wanted = {
        **names_of(VARIABLES["cart"], "cart"),
        **names_of(line, "cart.lines[0]"),
        **names_of(VARIABLES["customer"], "customer"),
        **names_of(VARIABLES["redemption"], "redemption"),
    }
    told = {name.strip("`"): (kind, says) for name, kind, says in rows("What there is")}
    assert set(told) == {*wanted, "cart.lines[0]", "now", "zone"}
    assert {name: told[name] for name in wanted} == wanted


def test_the_page_names_every_function_and_no_other() -> None:
    named = {
        word
        for cells in rows("What can be done")
        for word in re.findall(r"`(?:list\.)?([\w.]+)[`(]", cells[0])
    }
    assert named - {"has", "map.key"} == {*FUNCTIONS, *LOOPS}


EXAMPLES = rows("Examples")


@pytest.mark.parametrize(("text", "told"), [cells for cells in EXAMPLES if not cells[1].startswith("Column")])
def test_an_example_has_the_value_that_is_told(text: str, told: str) -> None:
    expression = text.strip("`")
    try:
        computation = condition("e", expression)
    except UnitError:
        computation = amount("e", expression)
    if told == "no value":
        with pytest.raises(NotEvaluated):
            computation.evaluate(the_situation())
        return
    value = computation.evaluate(the_situation())
    assert told == f"`{str(value).lower()}`"


@pytest.mark.parametrize(("text", "told"), [cells for cells in EXAMPLES if cells[1].startswith("Column")])
def test_a_mistake_is_told_as_the_page_says(text: str, told: str) -> None:
    with pytest.raises(UnitError) as refused:
        condition("expression", text.strip("`"))
    assert refused.value.message == told


def test_there_are_examples_of_both_sorts() -> None:
    mistakes = [cells for cells in EXAMPLES if cells[1].startswith("Column")]
    assert (len(EXAMPLES) - len(mistakes), len(mistakes)) == (17, 7)

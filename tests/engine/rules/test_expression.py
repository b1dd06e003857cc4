"""Conditions that no other rule can say."""

from dataclasses import replace

import pytest

from app.engine.cart import Cart, Line
from app.engine.facts import Facts, Profile, Situation
from app.engine.reason import Reason, customer_required
from app.engine.rules.expression import Expression
from app.engine.rules.none_of import NoneOf
from app.engine.shelf import rules
from app.engine.shopper import Shopper
from app.engine.unit import UnitError
from tests.engine.shop import ANNA, cart, codes_of, judge, offer, presented, situation

SHOES = Expression(
    "cart.lines.filter(l, 'shoes' in l.categories).map(l, l.amount).sum() * 2 >= cart.subtotal",
    "At least half of the goods must be shoes.",
)
EVEN = Expression("cart.lines.map(l, l.quantity).sum() % 2 == 0")
GOLD = Expression("customer.metadata.tier == 'gold' || cart.subtotal >= 100")


def with_shoes(shoes: int, others: int, currency: str = "EUR") -> Situation:
    lines = (Line(1, shoes, categories=("shoes", "sale")), Line(1, others))
    return situation(Cart(currency, lines))


def of(**metadata: str) -> Situation:
    return replace(situation(), facts=Facts(ANNA, shopper=Shopper("anna", metadata=metadata)))


@pytest.mark.parametrize("currency", ["EUR", "JPY", "KWD"])
def test_half_of_the_goods_are_enough_and_one_minor_unit_less_is_not(currency: str) -> None:
    assert SHOES.refusals(with_shoes(1000, 1000, currency)) == ()
    assert [reason.message for reason in SHOES.refusals(with_shoes(999, 1000, currency))] == [
        "At least half of the goods must be shoes."
    ]


def test_without_a_message_of_its_own_it_only_says_that_there_is_a_condition() -> None:
    assert EVEN.refusals(situation(cart(1, 2))) == ()
    assert EVEN.refusals(situation(cart(1))) == (
        Reason(
            "EXPRESSION_NOT_TRUE", "This offer has a condition that this order does not meet.", subject="rule"
        ),
    )


def test_who_asks_for_the_customer_needs_one() -> None:
    assert GOLD.needs == {Profile()}
    assert EVEN.needs == frozenset()
    assert GOLD.refusals(situation(cart(20000))) == (customer_required(),)
    assert NoneOf((GOLD,)).refusals(situation()) == (customer_required(),)
    assert GOLD.refusals(of(tier="gold")) == ()
    assert [reason.code for reason in GOLD.refusals(of(tier="silver"))] == ["EXPRESSION_NOT_TRUE"]


def test_what_is_missing_makes_no_condition_true() -> None:
    for condition in ("cart.metadata.gift == true", "!(cart.metadata.gift == true)"):
        assert [reason.code for reason in Expression(condition).refusals(situation())] == [
            "EXPRESSION_NOT_TRUE"
        ]
    assert Expression("!has(cart.metadata.gift)").refusals(situation()) == ()


def test_the_result_is_shown() -> None:
    assert (EVEN.actual(situation(cart(1, 2))), EVEN.actual(situation(cart(1)))) == ("true", "false")
    assert Expression("cart.metadata.gift == true").actual(situation()) is None
    assert GOLD.actual(situation()) is None


def test_it_sees_what_the_codes_before_have_left() -> None:
    rule = Expression("cart.remaining >= 100")
    first, second = presented("TEN", 1), presented("MORE", 2, offer=offer(rule))
    assert judge(second, basket=cart(10500)).granted
    assert codes_of(judge(first, second, basket=cart(10500))) == ["EXPRESSION_NOT_TRUE"]


def test_shoppers_never_read_the_expression() -> None:
    both = NoneOf((SHOES,)).refusals(with_shoes(2, 1)) + SHOES.refusals(with_shoes(1, 2))
    assert [reason.code for reason in both] == ["EXCLUDED", "EXPRESSION_NOT_TRUE"]
    assert all("cart." not in str(reason) for reason in both)


def test_a_mistake_is_told_with_its_path_and_its_place() -> None:
    with pytest.raises(UnitError) as refused:
        rules.from_json({"kind": "all_of", "rules": [{"kind": "expression", "expression": "cart.x"}]}, "rule")
    assert refused.value.path == "rule.rules[0].expression"
    assert refused.value.message.startswith("Column 6: A cart has no x; it has area, ")


@pytest.mark.parametrize("message", ["", "No stop", "x" * 255 + "."])
def test_a_message_that_is_no_sentence_is_refused(message: str) -> None:
    with pytest.raises(UnitError) as refused:
        Expression("true", message)
    assert refused.value.path == "message"

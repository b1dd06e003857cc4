"""All of several rules."""

import pytest

from app.engine.facts import PastRedemptions
from app.engine.rules.all_of import AllOf
from app.engine.rules.contains_products import ContainsProducts
from app.engine.rules.first_purchase import FirstPurchase
from app.engine.rules.minimum_spend import MinimumSpend
from app.engine.unit import UnitError
from tests.engine.shop import ANNA, cart, eur, situation

SPEND, MUG, FIRST = MinimumSpend(eur("25.00")), ContainsProducts(("MUG",)), FirstPurchase()


def test_every_failing_condition_is_reported_at_every_level() -> None:
    reasons = AllOf((SPEND, AllOf((MUG, FIRST)))).refusals(situation())
    assert [reason.code for reason in reasons] == [
        "MINIMUM_SPEND_NOT_REACHED",
        "PRODUCTS_MISSING",
        "CUSTOMER_REQUIRED",
    ]


def test_it_holds_when_everything_inside_holds() -> None:
    rule = AllOf((SPEND, FIRST))
    assert rule.refusals(situation(cart(2500), customer=ANNA, answers={PastRedemptions(): 0})) == ()


def test_it_needs_what_its_rules_need() -> None:
    assert AllOf((SPEND, MUG)).needs == frozenset()
    assert AllOf((SPEND, AllOf((FIRST, FIRST)))).needs == {PastRedemptions()}


def test_an_empty_list_is_refused() -> None:
    with pytest.raises(UnitError, match=r"^rules: Must name at least one rule\.$"):
        AllOf(())


def test_it_looks_at_nothing_itself() -> None:
    assert AllOf((SPEND,)).actual(situation()) is None

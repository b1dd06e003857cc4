"""None of several rules."""

from app.engine.facts import PastRedemptions
from app.engine.money import Money
from app.engine.reason import Reason
from app.engine.rules.all_of import AllOf
from app.engine.rules.any_of import AnyOf
from app.engine.rules.contains_products import ContainsProducts
from app.engine.rules.first_purchase import FirstPurchase
from app.engine.rules.minimum_spend import MinimumSpend
from app.engine.rules.none_of import NoneOf
from tests.engine.shop import ANNA, cart, eur, situation

SPEND, MUG, FIRST = MinimumSpend(eur("20.00")), ContainsProducts(("MUG",)), FirstPurchase()
EVER = PastRedemptions()


def test_it_holds_when_nothing_inside_does() -> None:
    assert NoneOf((MUG, AllOf((MUG, SPEND)))).refusals(situation()) == ()


def test_what_holds_is_named_in_the_reason() -> None:
    phrase = "minimum_spend (amount 20.00 EUR)"
    assert NoneOf((MUG, SPEND)).refusals(situation()) == (
        Reason(
            "EXCLUDED",
            f"This offer is not given when this holds, and it does: {phrase}.",
            subject="rule",
            actual=phrase,
        ),
    )


def test_what_holds_about_the_customer_is_named_beside_the_sentence() -> None:
    [reason] = NoneOf((FIRST,)).refusals(situation(customer=ANNA, answers={EVER: 0}))
    assert reason == Reason(
        "EXCLUDED",
        "This offer is for other customers than this one.",
        subject="customer",
        actual="first_purchase",
    )


def test_a_returning_customer_is_not_a_first_purchase_but_an_unknown_one_might_be() -> None:
    returning_only = NoneOf((FIRST,))
    assert returning_only.refusals(situation(customer=ANNA, answers={EVER: 1})) == ()
    newcomer = returning_only.refusals(situation(customer=ANNA, answers={EVER: 0}))
    assert [reason.code for reason in newcomer] == ["EXCLUDED"]
    unknown = returning_only.refusals(situation())
    assert [reason.code for reason in unknown] == ["CUSTOMER_REQUIRED"]


def test_money_that_cannot_be_compared_does_not_let_anybody_in() -> None:
    rule = NoneOf((MinimumSpend(Money(100, "USD")),))
    assert [reason.code for reason in rule.refusals(situation())] == ["CURRENCY_MISMATCH"]


def test_a_definite_no_settles_what_else_is_unknown() -> None:
    assert NoneOf((AllOf((MUG, FIRST)),)).refusals(situation()) == ()
    either = NoneOf((AnyOf((MUG, FIRST)),)).refusals(situation())
    assert [reason.code for reason in either] == ["NO_ALTERNATIVE_HOLDS"]


def test_twice_none_is_the_rule_itself() -> None:
    twice = NoneOf((NoneOf((SPEND,)),))
    assert twice.refusals(situation(cart(2000))) == ()
    assert [reason.code for reason in twice.refusals(situation(cart(1999)))] == ["EXCLUDED"]
    assert twice.needs == frozenset()


def test_it_looks_at_nothing_itself() -> None:
    assert NoneOf((SPEND,)).actual(situation()) is None

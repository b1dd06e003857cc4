"""Any of several rules."""

from app.engine.facts import PastRedemptions
from app.engine.remedy import Act, Change
from app.engine.rules.all_of import AllOf
from app.engine.rules.any_of import AnyOf
from app.engine.rules.contains_products import ContainsProducts
from app.engine.rules.first_purchase import FirstPurchase
from app.engine.rules.minimum_spend import MinimumSpend
from tests.engine.shop import ANNA, cart, eur, situation

SPEND, MUG, FIRST = MinimumSpend(eur("25.00")), ContainsProducts(("MUG",)), FirstPurchase()
EVER = PastRedemptions()


def test_one_that_holds_is_enough() -> None:
    assert AnyOf((MUG, SPEND)).refusals(situation(cart(2500))) == ()
    assert AnyOf((MUG, SPEND)).needs == frozenset()


def test_when_none_holds_one_reason_shows_what_each_lacks() -> None:
    reasons = AnyOf((AllOf((MUG, SPEND)), SPEND)).refusals(situation())
    assert len(reasons) == 1
    reason = reasons[0]
    assert reason.code == "NO_ALTERNATIVE_HOLDS"
    assert reason.alternatives == (
        (*MUG.refusals(situation()), *SPEND.refusals(situation())),
        SPEND.refusals(situation()),
    )
    assert reason.message == (
        "One of 2 conditions must hold, and none does: "
        "The cart holds 0 of at least 1 from: MUG. The cart comes to 20.90 EUR; this offer starts at 25.00 EUR; "
        "or: The cart comes to 20.90 EUR; this offer starts at 25.00 EUR."
    )
    assert reason.remedy == "Add 1 more from: MUG. Add 4.10 EUR more. Or: Add 4.10 EUR more."


def test_a_way_that_nothing_can_mend_is_not_offered_as_a_remedy() -> None:
    returning = situation(customer=ANNA, answers={EVER: 2})
    assert AnyOf((FIRST, SPEND)).refusals(returning)[0].remedy == "Add 4.10 EUR more."
    assert AnyOf((FIRST, AllOf((FIRST, SPEND)))).refusals(returning)[0].remedy is None


def test_a_single_alternative_needs_no_wrapping() -> None:
    assert AnyOf((SPEND,)).refusals(situation()) == SPEND.refusals(situation())


def test_the_cheapest_way_that_takes_one_change_is_the_change() -> None:
    [reason] = AnyOf((AllOf((MUG, SPEND)), MUG, SPEND)).refusals(situation())
    assert reason.change == Change(Act.ADD_AMOUNT, eur("4.10"))
    # Nobody knows whether it is a first purchase: to sign in is a way, but not one that surely leads through.
    [reason] = AnyOf((FIRST, MUG, SPEND)).refusals(situation())
    assert reason.change == Change(Act.ADD_AMOUNT, eur("4.10"))
    assert str(reason.remedy).startswith("Say who the customer is. Or: ")
    [reason] = AnyOf((AllOf((MUG, SPEND)), AllOf((MUG, SPEND)))).refusals(situation())
    assert reason.change is None


def test_it_looks_at_nothing_itself() -> None:
    assert AnyOf((SPEND,)).actual(situation()) is None

"""Places: verdicts find their codes, also where promotions that take no part have none."""

from datetime import UTC, datetime
from uuid import UUID

from app.engine.cart import Cart, Line
from app.engine.evaluate import evaluate
from app.engine.facts import Facts
from app.engine.money import Money
from app.engine.offer import CampaignStanding, Offer, Presented
from app.engine.places import places_of, verdict_of_each
from app.engine.rewards.amount_off import AmountOff
from app.engine.rules.minimum_spend import MinimumSpend

CART = Cart("EUR", (Line(1, 5000),))
NOW = datetime(2026, 6, 1, tzinfo=UTC)


def a_code(number: int, least: int = 0, *, is_automatic: bool = False) -> Presented:
    rule = MinimumSpend(Money(least, "EUR")) if least else None
    return Presented(
        f"CODE{number}",
        UUID(int=number),
        campaign=CampaignStanding(UUID(int=99), "LIVE"),
        offer=Offer(1, rule, AmountOff(Money(100, "EUR"))),
        is_automatic=is_automatic,
    )


def test_a_promotion_that_takes_no_part_has_no_verdict_and_those_behind_it_have() -> None:
    codes = [
        a_code(1),
        a_code(1),
        Presented("NOBODY"),
        a_code(2, 9000, is_automatic=True),
        a_code(3, is_automatic=True),
    ]
    evaluation = evaluate(codes, CART, Facts(), NOW)
    assert places_of(codes, evaluation) == (0, 1, 2, 4)
    verdicts = verdict_of_each(codes, evaluation, CART)
    assert [verdict.code for verdict in verdicts] == ["CODE1", "CODE1", "NOBODY", "CODE2", "CODE3"]
    assert [verdict.granted for verdict in verdicts] == [True, False, False, False, True]
    assert verdicts[3].reasons == ()

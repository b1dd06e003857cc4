"""Paying with the money on a code."""

from dataclasses import replace

import pytest

from app.engine.evaluate import evaluate
from app.engine.facts import Balance, Facts
from app.engine.rewards.gift_balance import GiftBalance
from tests.engine.shop import NOW, VOUCHER, cart, codes_of, eur, offer, presented, situation

GIFT = GiftBalance()


@pytest.mark.parametrize(
    ("balance", "asked", "remaining", "parts"),
    [
        (5000, None, (2000, 1000), (2000, 1000)),  # all of the cart; 20.00 EUR stay on the code
        (1500, None, (2000, 1000), (1000, 500)),  # all of the balance
        (5000, 700, (2000, 1000), (467, 233)),  # as much as was asked for
        (5000, 4000, (2000, 1000), (2000, 1000)),  # never more than the lines cost
        (300, 700, (2000, 1000), (200, 100)),  # nor than there is
        (5000, None, (0, 0), (0, 0)),
    ],
)
def test_as_much_is_paid_as_fits(
    balance: int, asked: int | None, remaining: tuple[int, ...], parts: tuple[int, ...]
) -> None:
    looked_at = replace(situation(cart(*remaining)), balance=balance, asked=asked)
    assert GIFT.refusals(looked_at) == ()
    assert GIFT.discount(looked_at, remaining) == parts
    assert GIFT.spent(looked_at, sum(parts)) == sum(parts)


def test_the_till_learns_how_much_the_balance_loses() -> None:
    gift = presented("GIFT", offer=offer(reward=GIFT))
    facts = Facts(balances={VOUCHER: Balance("EUR", 1500)})
    evaluation = evaluate([gift], cart(2000, 1000, shipping=500), facts, NOW)
    [verdict] = evaluation.verdicts
    assert (verdict.discount, verdict.spent, verdict.spent_unit) == (1500, 1500, "EUR")
    assert evaluation.total == 2000


@pytest.mark.parametrize("currency", ["EUR", "JPY", "KWD"])
def test_it_pays_in_the_currency_of_the_balance_to_the_smallest_unit(currency: str) -> None:
    gift, basket = presented("GIFT", offer=offer(reward=GIFT)), cart(2001, 1000, currency=currency)
    facts = Facts(balances={VOUCHER: Balance(currency, 1501)})
    [verdict] = evaluate([gift], basket, facts, NOW).verdicts
    assert (verdict.line_discounts, verdict.spent, verdict.spent_unit) == ((1001, 500), 1501, currency)
    others = Facts(balances={VOUCHER: Balance("PLN", 1501)})
    assert codes_of(evaluate([gift], basket, others, NOW)) == ["CURRENCY_MISMATCH"]


def test_a_code_with_nothing_on_it_pays_nothing_and_says_so() -> None:
    gift = presented("GIFT", offer=offer(reward=GIFT))
    assert codes_of(evaluate([gift], cart(2000), Facts(), NOW)) == ["BALANCE_EMPTY"]
    empty = Facts(balances={VOUCHER: Balance("EUR", 0)})
    assert codes_of(evaluate([gift], cart(2000), empty, NOW)) == ["BALANCE_EMPTY"]


def test_who_asks_for_more_than_there_is_is_told_how_much_is_missing() -> None:
    gift = presented("GIFT", offer=offer(reward=GIFT), credits=eur("20.00"))
    evaluation = evaluate([gift], cart(5000), Facts(balances={VOUCHER: Balance("EUR", 1500)}), NOW)
    [reason] = evaluation.verdicts[0].reasons
    assert (reason.code, reason.expected, reason.actual) == ("BALANCE_TOO_LOW", eur("20.00"), eur("15.00"))
    assert reason.missing == eur("5.00")
    assert evaluation.verdicts[0].spent == 0

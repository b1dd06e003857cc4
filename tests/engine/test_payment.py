"""Paying with a code's own balance: what is taken, and every way in which it cannot be."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

import pytest

from app.engine.counter import CounterKey, Measure
from app.engine.evaluation import Evaluation
from app.engine.facts import POINTS, Balance, Situation
from app.engine.json_data import JSONValue
from app.engine.money import Money
from app.engine.offer import Presented
from app.engine.reason import Reason
from app.engine.remedy import Act, Change
from app.engine.unit import NOTHING, Payment
from tests.engine.shop import (
    CAMPAIGN,
    VOUCHER,
    budget,
    cart,
    codes_of,
    eur,
    judge,
    offer,
    presented,
)


@dataclass(frozen=True, slots=True)
class Purse(Payment):
    """Pays for the first line, one unit of the balance for `worth` minor units."""

    worth: int = 1
    example: ClassVar[Mapping[str, JSONValue]] = {}

    def refusals(self, situation: Situation) -> tuple[Reason, ...]:
        return ()

    def discount(self, situation: Situation, remaining: tuple[int, ...]) -> tuple[int, ...]:
        most = situation.balance if situation.asked is None else min(situation.asked, situation.balance)
        return (min(remaining[0] // self.worth, most) * self.worth, *([0] * (len(remaining) - 1)))

    def spent(self, situation: Situation, discount: int) -> int:
        return discount // self.worth


class Credit(Purse):
    __slots__ = ()
    in_points = False
    needs = NOTHING


class Points(Purse):
    __slots__ = ()
    in_points = True
    needs = NOTHING


def gift(**known: Any) -> Presented:  # Any: what Presented takes
    return presented(offer=offer(reward=Credit()), **known)


def card(**known: Any) -> Presented:  # Any: what Presented takes
    return presented(offer=offer(reward=Points(worth=5)), **known)


def pay(code: Presented, balance: Balance | None, **more: Any) -> Evaluation:  # Any: what judge takes
    """Judge the code for a cart of 100.00 EUR, unless told otherwise."""
    return judge(code, balances={} if balance is None else {VOUCHER: balance}, **more)


@pytest.mark.parametrize(
    ("left", "asked", "spent"), [(3_000, None, 3_000), (3_000, 1_200, 1_200), (30_000, None, 10_000)]
)
def test_a_gift_pays_what_fits_and_no_more_than_was_asked(left: int, asked: int | None, spent: int) -> None:
    code = gift(credits=None if asked is None else Money(asked, "EUR"))
    evaluation = pay(code, Balance("EUR", left))
    [verdict] = evaluation.verdicts
    assert (evaluation.granted, evaluation.discount) == (True, spent)
    assert (verdict.spent, verdict.spent_unit) == (spent, "EUR")


def test_points_pay_in_their_own_unit_and_count_in_it() -> None:
    points = budget(Measure.POINTS, 100)
    own = CAMPAIGN.__class__(CAMPAIGN.id, "LIVE", zone=CAMPAIGN.zone, budgets=(points,))
    key = CounterKey("campaign", CAMPAIGN.id, None, Measure.POINTS)
    code = card(points=60, campaign=own)
    evaluation = pay(code, Balance(POINTS, 100))
    assert (evaluation.discount, evaluation.verdicts[0].spent, evaluation.verdicts[0].spent_unit) == (
        300,
        60,
        POINTS,
    )
    assert evaluation.counts == {key: 60}
    assert pay(code, Balance(POINTS, 100), used={key: 40}).granted
    over = pay(code, Balance(POINTS, 100), used={key: 41})
    assert over.reasons == (
        Reason(
            "CAMPAIGN_BUDGET_EXCEEDED",
            "The points budget of the campaign does not cover this.",
            subject="campaign.points",
            expected=100,
            actual=101,
            missing=1,
        ),
    )
    assert over.verdicts[0].spent == 0


def test_a_code_that_gives_a_discount_spends_nothing() -> None:
    [verdict] = pay(presented(), Balance("EUR", 500)).verdicts
    assert (verdict.granted, verdict.spent, verdict.spent_unit) == (True, 0, None)


def test_more_than_is_left_is_refused_with_what_is_left() -> None:
    assert pay(gift(credits=eur("30.01")), Balance("EUR", 3_000)).reasons == (
        Reason(
            "BALANCE_TOO_LOW",
            "There is less left on this code than was asked for.",
            subject="voucher.balance",
            expected=eur("30.01"),
            actual=eur("30.00"),
            missing=eur("0.01"),
            remedy="Take 30.00 EUR at most.",
            change=Change(Act.TAKE_LESS, eur("30.00")),
        ),
    )
    assert pay(card(points=8), Balance(POINTS, 7)).reasons == (
        Reason(
            "BALANCE_TOO_LOW",
            "There is less left on this code than was asked for.",
            subject="voucher.balance",
            expected=8,
            actual=7,
            missing=1,
            remedy="Take 7 points at most.",
            change=Change(Act.TAKE_LESS, quantity=7),
        ),
    )


def test_one_point_is_not_several() -> None:
    assert pay(card(points=8), Balance(POINTS, 1)).reasons[0].remedy == "Take 1 point at most."


@pytest.mark.parametrize("balance", [None, Balance("EUR", 0)])
def test_an_empty_balance_pays_nothing(balance: Balance | None) -> None:
    empty = Reason("BALANCE_EMPTY", "Nothing is left on this code.", subject="voucher.balance")
    for code in (gift(), gift(credits=eur("1.00"))):
        assert pay(code, balance).reasons == (empty,)


@pytest.mark.parametrize(
    ("code", "subject", "message"),
    [
        (
            presented(credits=eur("1.00")),
            "code.credits",
            "This code has no balance to pay with.",
        ),
        (presented(points=1), "code.points", "This code has no balance to pay with."),
        (gift(points=1), "code.points", "This code holds money: say how much credit to take."),
        (card(credits=eur("1.00")), "code.credits", "This code holds points: say how many points to take."),
    ],
)
def test_what_a_code_does_not_have_cannot_be_asked_of_it(code: Presented, subject: str, message: str) -> None:
    balance = Balance(POINTS if code.offer == card().offer else "EUR", 500)
    assert pay(code, balance).reasons == (
        Reason(
            "NOT_A_BALANCE",
            message,
            subject=subject,
            remedy=f"Leave the {subject[5:]} out.",
            change=Change(Act.LEAVE_OUT, path=subject),
        ),
    )


def test_a_balance_of_another_kind_than_the_reward_pays_nothing() -> None:
    why = "The balance of this code is of another kind than its campaign pays with."
    for code, balance in ((card(), Balance("EUR", 5)), (gift(), Balance(POINTS, 5))):
        assert pay(code, balance).reasons == (Reason("NOT_A_BALANCE", why, subject="voucher.balance"),)


def test_money_pays_only_for_carts_in_its_own_currency() -> None:
    assert codes_of(pay(gift(), Balance("PLN", 500))) == ["CURRENCY_MISMATCH"]
    assert codes_of(pay(gift(credits=Money(1, "PLN")), Balance("EUR", 500))) == ["CURRENCY_MISMATCH"]
    assert pay(card(), Balance(POINTS, 5), basket=cart(1_000, currency="JPY")).granted


def test_an_empty_balance_is_told_together_with_all_other_reasons() -> None:
    assert codes_of(pay(gift(enabled=False), None)) == ["VOUCHER_DISABLED", "BALANCE_EMPTY"]


def test_nothing_can_be_asked_of_a_code_that_does_not_exist() -> None:
    assert codes_of(judge(Presented("NOPE", credits=eur("1.00")))) == ["CODE_NOT_FOUND"]


def test_a_reward_that_spends_more_than_there_is_never_reaches_the_ledger() -> None:
    class Generous(Credit):
        __slots__ = ()

        def spent(self, situation: Situation, discount: int) -> int:
            return situation.balance + 1

    with pytest.raises(ValueError, match="took 501 from a balance of 500"):
        pay(presented(offer=offer(reward=Generous())), Balance("EUR", 500))


def test_the_balance_is_the_vouchers_own() -> None:
    other = judge(gift(), balances={UUID(int=77): Balance("EUR", 500)})
    assert codes_of(other) == ["BALANCE_EMPTY"]

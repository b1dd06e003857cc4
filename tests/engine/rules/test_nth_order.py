"""The n-th order."""

import pytest

from app.engine.facts import PastRedemptions
from app.engine.reason import Reason
from app.engine.rules.nth_order import NthOrder
from app.engine.unit import UnitError
from tests.engine.shop import ANNA, situation

EVER = PastRedemptions()


def due(rule: NthOrder) -> list[int]:
    """The numbers of the orders, of the first twenty, for which the rule holds."""
    return [n + 1 for n in range(20) if not rule.refusals(situation(customer=ANNA, answers={EVER: n}))]


def refusal(rule: NthOrder, before: int) -> Reason:
    [reason] = rule.refusals(situation(customer=ANNA, answers={EVER: before}))
    return reason


def test_orders_are_counted_from_the_first_one() -> None:
    assert due(NthOrder(3, 3)) == [3]
    assert due(NthOrder(2, 4)) == [2, 3, 4]
    assert due(NthOrder(18)) == [18, 19, 20]
    assert due(NthOrder()) == list(range(1, 21))
    assert due(NthOrder(every=5)) == [5, 10, 15, 20]
    assert due(NthOrder(6, 15, 5)) == [10, 15]


def test_the_next_order_that_will_do_is_told() -> None:
    assert refusal(NthOrder(every=5), 5) == Reason(
        "NOT_NTH_ORDER",
        "This offer is for every 5th order; this is the customer's 6th.",
        subject="customer.redemptions",
        expected=10,
        actual=6,
        missing=4,
        remedy="Use it with the 10th order.",
    )


def test_there_may_be_no_next_one() -> None:
    assert refusal(NthOrder(2, 2), 2) == Reason(
        "NOT_NTH_ORDER",
        "This offer is for the 2nd order; this is the customer's 3rd.",
        subject="customer.redemptions",
        actual=3,
    )


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (NthOrder(11, 13), "orders from the 11th on up to the 13th"),
        (NthOrder(22), "orders from the 22nd on"),
        (NthOrder(1, 3), "orders up to the 3rd"),
        (NthOrder(21, 100, 3), "every 3rd order from the 21st on up to the 100th"),
        (NthOrder(5, None, 5), "every 5th order"),
    ],
)
def test_it_can_be_told_in_words(rule: NthOrder, words: str) -> None:
    assert refusal(rule, 0 if rule.from_order > 1 else 3).message.startswith(f"This offer is for {words}; ")


def test_the_number_of_this_order_is_shown() -> None:
    assert NthOrder().actual(situation(customer=ANNA, answers={EVER: 4})) == 5
    assert NthOrder().actual(situation()) is None


def test_an_unknown_shopper_is_asked_who_they_are() -> None:
    assert [reason.code for reason in NthOrder().refusals(situation())] == ["CUSTOMER_REQUIRED"]


@pytest.mark.parametrize(
    ("from_order", "to_order", "every", "error"),
    [
        (0, None, None, "from_order: Must be from 1 to 1000000."),
        (1, 1_000_001, None, "to_order: Must be from 1 to 1000000."),
        (1, None, 0, "every: Must be from 1 to 1000000."),
        (3, 2, None, "to_order: Must not be below the first number."),
        (6, 9, 5, "every: Must leave a number from the first to the last."),
    ],
)
def test_numbers_that_never_come_are_refused(
    from_order: int, to_order: int | None, every: int | None, error: str
) -> None:
    with pytest.raises(UnitError) as caught:
        NthOrder(from_order, to_order, every)
    assert str(caught.value) == error

"""What can come back: units that there are, once, of what was redeemed."""

from dataclasses import replace
from decimal import Decimal

import pytest

from app.engine.offer import Offer
from app.engine.rewards.percent_off import PercentOff
from app.problem import Problems
from app.redemptions.returns import MOST_ROLLBACKS, Units, units_left, units_returned
from app.redemptions.values import Redemption, RedemptionState
from tests.conftest import NOW
from tests.redemptions.purchase import Purchase, basket
from tests.redemptions.shop import problems

TEN_PERCENT = Offer(1, None, PercentOff(Decimal(10)))


def bought(*lines: tuple[int, int]) -> Purchase:
    return Purchase(basket(*lines), TEN_PERCENT)


def told(redemption: Redemption, *units: Units) -> list[tuple[str, str]]:
    answer = units_returned(redemption, units)
    assert isinstance(answer, Problems)
    return problems(answer)


def test_some_lines_come_back_or_all_that_is_left() -> None:
    purchase = bought((3, 100), (2, 100))
    assert units_returned(purchase.redemption, [Units(1, 2)]) == [0, 2]
    purchase.give((0, 1), (1, 2))
    assert units_left(purchase.redemption) == [2, 0]
    assert units_returned(purchase.redemption, None) == [2, 0]


def test_every_fault_is_told_at_its_place() -> None:
    purchase = bought((3, 100), (2, 100))
    purchase.give((0, 1))
    faulty = [Units(0, 3), Units(2, 1), Units(-1, 1), Units(1, 0), Units(1, 1)]
    assert told(purchase.redemption, *faulty) == [
        ("lines.0.quantity", "TOO_MANY_RETURNED"),
        ("lines.1.line", "NO_SUCH_LINE"),
        ("lines.2.line", "NO_SUCH_LINE"),
        ("lines.3.quantity", "NOTHING_TO_RETURN"),
        ("lines.4.line", "DUPLICATE_LINE"),
    ]
    answer = units_returned(purchase.redemption, [Units(0, 3)])
    assert isinstance(answer, Problems)
    assert answer.all[0].message == "Line 0 has 2 left to return."


def test_an_empty_list_is_nothing_and_a_long_one_too_much() -> None:
    redemption = bought((1, 100)).redemption
    assert told(redemption) == [("lines", "NOTHING_TO_RETURN")]
    assert told(redemption, *[Units(0, 1)] * 501) == [("lines", "TOO_MANY_LINES")]


@pytest.mark.parametrize(
    ("state", "code"),
    [
        (RedemptionState.HELD, "NOT_REDEEMED"),
        (RedemptionState.RELEASED, "NOT_REDEEMED"),
        (RedemptionState.EXPIRED, "NOT_REDEEMED"),
        (RedemptionState.ROLLED_BACK, "ALREADY_ROLLED_BACK"),
    ],
)
def test_only_what_was_redeemed_and_not_undone_comes_back(state: RedemptionState, code: str) -> None:
    redemption = replace(bought((1, 100)).redemption, state=state, rolled_back_at=NOW)
    assert told(redemption, Units(0, 1)) == [("redemption", code)]


def test_the_last_of_a_hundred_rollbacks_returns_everything() -> None:
    purchase = bought((MOST_ROLLBACKS + 1, 100))
    for _ in range(MOST_ROLLBACKS - 1):
        purchase.give((0, 1))
    assert told(purchase.redemption, Units(0, 1)) == [("lines", "TOO_MANY_ROLLBACKS")]
    assert units_returned(purchase.redemption, [Units(0, 2)]) == [2]

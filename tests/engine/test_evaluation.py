"""An evaluation tells how far a redemption takes each counter, and every reason in order."""

import dataclasses

from app.engine.counter import Measure, Scope
from app.engine.offer import Presented
from app.engine.period import Period
from app.engine.rules.minimum_spend import MinimumSpend
from tests.engine.shop import MAIN, budget, cart, eur, judge, key_of, offer, presented

BUDGETED = dataclasses.replace(
    MAIN, budgets=(budget(Measure.ORDER_VALUE, 99_999), budget(Measure.DISCOUNT, 99_999))
)


def test_discounts_of_all_codes_add_up_and_the_order_counts_once() -> None:
    both = judge(presented("A", 3, main=BUDGETED), presented("B", 4, main=BUDGETED), basket=cart(10_000))
    assert both.counts == {
        key_of(Scope.CAMPAIGN, Measure.ORDER_VALUE, Period.EVER, of_main=True): 10_000,
        key_of(Scope.CAMPAIGN, Measure.DISCOUNT, Period.EVER, of_main=True): 1_000 + 900,
    }


def test_what_is_refused_counts_nothing() -> None:
    assert judge(presented(main=BUDGETED, enabled=False)).counts == {}


def test_the_reasons_of_all_codes_come_in_the_order_of_the_request() -> None:
    dear = offer(MinimumSpend(eur("999")))
    refused = judge(Presented("NOPE"), presented("A", 3, offer=dear), presented("B", 4, enabled=False))
    assert [reason.code for reason in refused.reasons] == [
        "CODE_NOT_FOUND",
        "MINIMUM_SPEND_NOT_REACHED",
        "VOUCHER_DISABLED",
    ]

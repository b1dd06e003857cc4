"""The full answer: several codes, in order, all or nothing, to the cent."""

import dataclasses
from datetime import datetime
from decimal import Decimal

import pytest

from app.engine.counter import Count, CounterKey
from app.engine.evaluate import evaluate
from app.engine.facts import Facts, Situation
from app.engine.money import Money
from app.engine.offer import Limits, Presented
from app.engine.reason import Reason
from app.engine.rewards.amount_off import AmountOff
from app.engine.rewards.percent_off import PercentOff
from app.engine.rules.minimum_spend import MinimumSpend
from tests.engine.shop import ANNA, CAMPAIGN, MAIN, NOW, VOUCHER, cart, codes_of, eur, judge, offer, presented

FIVE_EUROS = AmountOff(eur("5.00"))


def test_a_code_that_holds_takes_its_discount_off_the_lines_and_not_off_shipping() -> None:
    evaluation = judge(presented(main=MAIN), basket=cart(3333, 6667, shipping=490))
    verdict = evaluation.verdicts[0]
    assert evaluation.granted
    assert (evaluation.subtotal, evaluation.shipping, evaluation.discount, evaluation.total) == (
        10000,
        490,
        1000,
        9490,
    )
    assert evaluation.line_discounts == verdict.line_discounts == (333, 667)
    assert (verdict.code, verdict.voucher, verdict.campaign, verdict.main, verdict.offer_version) == (
        "SUMMER",
        VOUCHER,
        CAMPAIGN.id,
        MAIN.id,
        1,
    )
    assert (verdict.granted, verdict.reasons, verdict.counts) == (True, (), ())


@pytest.mark.parametrize("currency", ["JPY", "EUR", "KWD"])
def test_a_hundred_percent_leaves_shipping_and_nothing_else(currency: str) -> None:
    free = presented(offer=offer(reward=PercentOff(Decimal(100))))
    evaluation = judge(free, basket=cart(1, 999, 33, currency=currency, shipping=5))
    assert (evaluation.line_discounts, evaluation.total) == ((1, 999, 33), 5)


def test_codes_apply_in_the_order_of_the_request_on_what_is_left() -> None:
    tenth = presented("TENTH", 3)
    fiver = presented("FIVER", 4, offer=offer(reward=FIVE_EUROS))
    basket = cart(6000, 4000)
    first_tenth, first_fiver = judge(tenth, fiver, basket=basket), judge(fiver, tenth, basket=basket)
    assert [verdict.discount for verdict in first_tenth.verdicts] == [1000, 500]
    assert [verdict.discount for verdict in first_fiver.verdicts] == [500, 950]
    assert (first_tenth.total, first_fiver.total) == (8500, 8550)
    assert first_fiver.line_discounts == (870, 580)


def test_nothing_falls_below_zero_and_a_code_that_gives_nothing_is_still_granted() -> None:
    codes = [presented(f"F{number}", number, offer=offer(reward=FIVE_EUROS)) for number in (3, 4, 5)]
    evaluation = judge(*codes, basket=cart(700, 100))
    assert [verdict.discount for verdict in evaluation.verdicts] == [500, 300, 0]
    assert (evaluation.granted, evaluation.discount, evaluation.total) == (True, 800, 0)
    assert evaluation.line_discounts == (700, 100)


def test_one_refused_code_refuses_the_whole_but_shows_what_the_others_would_give() -> None:
    dear = presented("DEAR", 4, offer=offer(MinimumSpend(eur("200.00"))))
    evaluation = judge(presented(), dear)
    assert not evaluation.granted
    assert (evaluation.discount, evaluation.total, evaluation.line_discounts) == (0, 10000, (0,))
    assert [(verdict.granted, verdict.discount) for verdict in evaluation.verdicts] == [
        (True, 1000),
        (False, 0),
    ]
    assert evaluation.verdicts[1].line_discounts == (0,)
    assert evaluation.reasons == evaluation.verdicts[1].reasons
    assert evaluation.reasons[0].missing == eur("100.00")


def test_an_unknown_code_says_so_and_nothing_else() -> None:
    evaluation = judge(Presented("NOPE"))
    assert evaluation.reasons == (
        Reason("CODE_NOT_FOUND", "There is no such code.", subject="code", actual="NOPE"),
    )
    verdict = evaluation.verdicts[0]
    assert (verdict.voucher, verdict.campaign, verdict.offer_version) == (None, None, None)


def test_the_same_voucher_twice_is_refused_the_second_time_however_it_is_written() -> None:
    evaluation = judge(presented("SUMMER"), presented("sum-mer"))
    assert [verdict.granted for verdict in evaluation.verdicts] == [True, False]
    assert codes_of(evaluation) == ["DUPLICATE_CODE"]
    assert evaluation.reasons[0].message == "The code sum-mer is given more than once."
    assert codes_of(judge(Presented("NOPE"), Presented("NOPE"))) == ["CODE_NOT_FOUND", "DUPLICATE_CODE"]


def test_a_code_uses_up_its_campaigns_limit_for_the_codes_after_it() -> None:
    limited = offer(limits=Limits(per_campaign=5))
    one, two = presented("A", 3, offer=limited), presented("B", 4, offer=limited)
    key = CounterKey("campaign", CAMPAIGN.id)
    assert judge(one, two, used={key: 3}).granted
    evaluation = judge(one, two, used={key: 4})
    assert codes_of(evaluation) == ["CAMPAIGN_LIMIT_REACHED"]
    assert (evaluation.reasons[0].expected, evaluation.reasons[0].actual) == (5, 5)
    assert [verdict.counts for verdict in evaluation.verdicts] == [(Count(key, 1),), ()]


def test_a_refused_code_uses_nothing_up() -> None:
    limits = Limits(per_campaign=1, per_customer=1)
    dear = presented("A", 3, offer=offer(MinimumSpend(eur("200.00")), limits=limits))
    evaluation = judge(dear, presented("B", 4, offer=offer(limits=limits)), customer=ANNA)
    assert [verdict.granted for verdict in evaluation.verdicts] == [False, True]


def test_codes_of_sister_campaigns_share_the_main_campaigns_limit() -> None:
    main = dataclasses.replace(MAIN, max_redemptions=1)
    sister = dataclasses.replace(CAMPAIGN, id=ANNA)
    evaluation = judge(presented("A", 3, main=main), presented("B", 4, campaign=sister, main=main))
    assert codes_of(evaluation) == ["MAIN_CAMPAIGN_LIMIT_REACHED"]


def test_an_offer_in_another_currency_is_refused_once_however_often_it_says_so() -> None:
    dollars = Money(100, "USD")
    code = presented(offer=offer(MinimumSpend(dollars), AmountOff(dollars)))
    assert codes_of(judge(code)) == ["CURRENCY_MISMATCH"]


def test_a_cart_without_codes_costs_what_it_costs() -> None:
    evaluation = judge()
    assert (evaluation.granted, evaluation.verdicts, evaluation.total) == (True, (), 10000)


def test_a_time_without_an_offset_is_a_bug() -> None:
    with pytest.raises(ValueError, match="offset"):
        evaluate([], cart(1), Facts(), datetime(2026, 7, 22))  # noqa: DTZ001  (that is the bug)


def test_a_reward_that_takes_more_than_there_is_never_reaches_the_shop() -> None:
    class Greedy(PercentOff):
        __slots__ = ()

        def discount(self, situation: Situation, remaining: tuple[int, ...]) -> tuple[int, ...]:
            return tuple(left + 1 for left in remaining)

    with pytest.raises(ValueError, match="took 101 off what costs 100"):
        judge(presented(offer=offer(reward=Greedy(Decimal(10)))), basket=cart(100), now=NOW)

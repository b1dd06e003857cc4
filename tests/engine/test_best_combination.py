"""The best combination by example: what it uses, in which order, what it leaves out, and what that would cost."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from time import process_time
from uuid import UUID

import pytest

from app.engine.best_combination import MOST_EXACT, BestCombination, best_combination
from app.engine.cart import Cart, Line
from app.engine.counter import Measure
from app.engine.evaluate import evaluate
from app.engine.facts import Balance, Facts
from app.engine.offer import Limits, Presented
from app.engine.rewards.amount_off import AmountOff
from app.engine.rewards.free_items import FreeItem, FreeItems
from app.engine.rewards.gift_balance import GiftBalance
from app.engine.rewards.percent_off import PercentOff
from app.engine.rules.running_subtotal import RunningSubtotal
from app.engine.stacking import DEFAULT, Base, Lane, LaneMode, OnRefusal, Stacking
from app.engine.unit import Reward
from tests.engine.shop import NOW, budget, cart, eur, offer, presented
from tests.engine.test_turns import TOO_DEAR, code

FIVE_EURO = AmountOff(eur("5.00"))
COMPETE = Stacking(lanes=(Lane("default", LaneMode.COMPETE),))


def best(
    *codes: Presented, basket: Cart | None = None, policy: Stacking = DEFAULT, facts: Facts | None = None
) -> BestCombination:
    """For a cart of 100.00 EUR."""
    return best_combination(codes, basket or cart(10_000), facts or Facts(), NOW, stacking=policy)


def names(codes: tuple[Presented, ...]) -> list[str]:
    return [one.code for one in codes]


def left_out(answer: BestCombination) -> dict[str, tuple[list[str], int | None]]:
    return {one.code.code: ([why.code for why in one.reasons], one.loss) for one in answer.left_out}


def percent(share: int) -> Reward:
    return PercentOff(Decimal(share))


def test_without_codes_nothing_is_best() -> None:
    answer = best()
    assert (answer.codes, answer.evaluation.total, answer.left_out, answer.is_exact) == ((), 10_000, (), True)


def test_a_share_of_the_whole_comes_before_an_amount() -> None:
    answer = best(code("FIVE", 1, FIVE_EURO), code("TENTH", 2, percent(10)))
    assert names(answer.codes) == ["TENTH", "FIVE"]
    assert [verdict.discount for verdict in answer.evaluation.verdicts] == [1000, 500]
    assert (answer.evaluation.discount, answer.left_out, answer.is_exact) == (1500, (), True)


def test_a_code_that_lost_in_its_lane_is_left_out_and_its_price_is_told() -> None:
    answer = best(code("TENTH", 1, percent(10)), code("FIFTH", 2, percent(20)), policy=COMPETE)
    assert (names(answer.codes), answer.evaluation.discount) == (["FIFTH"], 2000)
    assert left_out(answer) == {"TENTH": (["LOST_IN_LANE"], 1000)}
    assert [(names(other.codes), other.discount) for other in answer.alternatives] == [(["TENTH"], 1000)]


def test_an_exclusive_code_is_used_only_where_it_is_worth_more_than_all_that_it_drives_out() -> None:
    policy = Stacking(exclusive=("vip",))
    vip, tenth, five = (
        code("VIP", 1, percent(12), category="vip"),
        code("TENTH", 2),
        code("FIVE", 3, FIVE_EURO),
    )
    answer = best(vip, tenth, five, policy=policy)
    assert (names(answer.codes), answer.evaluation.discount) == (["TENTH", "FIVE"], 1500)
    assert left_out(answer) == {"VIP": (["DRIVES_OUT"], 300)}
    assert answer.left_out[0].reasons[0].message == (
        "With this code the code TENTH and the code FIVE could not be used."
    )
    large = best(vip, tenth, five, basket=cart(100_000), policy=policy)
    assert names(large.codes) == ["VIP"]
    assert left_out(large) == {"TENTH": (["NOT_COMBINABLE"], 1500), "FIVE": (["NOT_COMBINABLE"], 1500)}


def test_a_code_beyond_the_limit_of_codes_is_left_out() -> None:
    policy = Stacking(most_codes=2)
    codes = [code(f"OFF{share}", share, percent(share)) for share in (10, 20, 30)]
    answer = best(*codes, policy=policy)
    assert names(answer.codes) == ["OFF20", "OFF30"]
    assert left_out(answer) == {"OFF10": (["DRIVES_OUT"], 4400 - 3700)}
    assert [(names(one.codes), one.discount) for one in answer.alternatives] == [
        (["OFF10", "OFF30"], 3700),
        (["OFF10", "OFF20"], 2800),
    ]


def test_a_code_that_adds_nothing_is_not_used_up() -> None:
    answer = best(code("ALL", 1, percent(100)), code("FIVE", 2, FIVE_EURO))
    assert (names(answer.codes), answer.evaluation.total) == (["ALL"], 0)
    assert left_out(answer) == {"FIVE": (["NO_GAIN"], 0)}


def test_of_the_same_worth_it_is_the_one_that_leaves_most_on_the_shoppers_own_balances() -> None:
    gift = presented("GIFT", 7, offer=offer(reward=GiftBalance()))
    facts = Facts(balances={UUID(int=7): Balance("EUR", 50_000)})
    answer = best(gift, code("TENTH", 1), facts=facts)
    assert names(answer.codes) == ["TENTH", "GIFT"]
    assert [verdict.discount for verdict in answer.evaluation.verdicts] == [1000, 9000]
    assert answer.evaluation.total == 0


def test_of_the_same_worth_and_size_it_is_the_one_that_is_over_soonest() -> None:
    soon, late = [
        presented(name, number, expires_at=NOW + timedelta(days=number), offer=offer(reward=FIVE_EURO))
        for name, number in (("SOON", 5), ("LATE", 9))
    ]
    never = presented("NEVER", 1, offer=offer(reward=FIVE_EURO))
    answer = best(never, late, soon, policy=Stacking(most_codes=1))
    assert names(answer.codes) == ["SOON"]
    assert {name: loss for name, (_, loss) in left_out(answer).items()} == {"NEVER": 0, "LATE": 0}


def test_balances_that_are_over_soonest_pay_first() -> None:
    gifts = [
        presented(f"GIFT{day}", day, expires_at=NOW + timedelta(days=day), offer=offer(reward=GiftBalance()))
        for day in (9, 4)
    ]
    facts = Facts(balances={UUID(int=day): Balance("EUR", 6000) for day in (9, 4)})
    answer = best(*gifts, facts=facts)
    assert names(answer.codes) == ["GIFT4", "GIFT9"]
    assert [verdict.spent for verdict in answer.evaluation.verdicts] == [6000, 4000]


def test_a_code_that_is_refused_alone_may_be_used_after_another() -> None:
    late = code("REST", 1, FIVE_EURO, rule=RunningSubtotal(amount_at_most=eur("95.00")))
    answer = best(late, code("TENTH", 2))
    assert (names(answer.codes), answer.evaluation.discount) == (["TENTH", "REST"], 1500)
    assert left_out(best(late)) == {"REST": (["RUNNING_SUBTOTAL_TOO_HIGH"], None)}


def test_what_cannot_be_used_at_all_is_told_with_its_own_reasons() -> None:
    fine, dear = code("TENTH", 1), code("DEAR", 2, rule=TOO_DEAR)
    answer = best(fine, dear, Presented("NOBODYS"), fine)
    assert names(answer.codes) == ["TENTH"]
    assert left_out(answer) == {
        "DEAR": (["MINIMUM_SPEND_NOT_REACHED"], None),
        "NOBODYS": (["CODE_NOT_FOUND"], None),
        "TENTH": (["DUPLICATE_CODE"], None),
    }


def test_codes_that_share_a_limit_stand_in_each_others_way() -> None:
    once = offer(reward=percent(10), limits=Limits(per_campaign=1))
    first, second = presented("FIRST", 1, offer=once), presented("SECOND", 2, offer=once)
    answer = best(first, second, policy=DEFAULT)
    assert names(answer.codes) == ["FIRST"]
    assert left_out(answer) == {"SECOND": (["CAMPAIGN_LIMIT_REACHED"], 0)}
    assert [names(other.codes) for other in answer.alternatives] == [["SECOND"]]


def test_promotions_take_part_in_every_combination_and_nobody_chooses_them() -> None:
    promotion = code("SALE", 9, percent(10), is_automatic=True)
    answer = best(promotion, code("FIVE", 1, FIVE_EURO))
    assert names(answer.codes) == ["FIVE"]
    assert [(v.code, v.discount) for v in answer.evaluation.verdicts] == [("FIVE", 500), ("SALE", 950)]
    alone = best(promotion, code("TWO", 1, percent(2)), policy=COMPETE)
    assert (alone.codes, alone.evaluation.discount) == ((), 1000)
    assert left_out(alone) == {"TWO": (["LOST_IN_LANE"], None)}


def test_a_code_is_not_told_to_take_another_along_that_would_not_be_used() -> None:
    policy = Stacking(
        lanes=(Lane("first"),), exclusive=("vip",), most_exclusive=1, on_refusal=OnRefusal.PARTIAL
    )
    sale = code("SALE", 9, AmountOff(eur("10.00")), lane="first", category="vip", is_automatic=True)
    assert sale.campaign is not None
    small_orders = replace(sale.campaign, budgets=(budget(Measure.ORDER_VALUE, 10_000),))
    sale = replace(sale, campaign=small_orders)
    vip = code("VIP", 1, FIVE_EURO, category="vip")
    mug = code("MUG", 2, FreeItems((FreeItem(eur("9.00"), "mug"),)))
    # With a mug that is left out in the end, the order might come to more than the budget of the sale.
    beside = evaluate([vip, mug, sale], cart(10_000), Facts(), NOW, stacking=policy)
    assert [verdict.code for verdict in beside.verdicts if verdict.granted] == ["VIP"]
    answer = best(vip, mug, sale, policy=policy)
    assert (answer.codes, answer.evaluation.discount) == ((), 1000)
    assert left_out(answer) == {"VIP": (["TOO_MANY_EXCLUSIVE"], None), "MUG": (["NO_GAIN"], 100)}


def test_on_original_amounts_the_order_given_stays() -> None:
    policy = Stacking(lanes=(Lane("default", base=Base.ORIGINAL),))
    answer = best(code("FIVE", 1, FIVE_EURO), code("SIX", 2, AmountOff(eur("6"))), policy=policy)
    assert (names(answer.codes), answer.evaluation.discount) == (["FIVE", "SIX"], 1100)


def test_beyond_twelve_codes_the_answer_says_that_not_all_was_tried() -> None:
    codes = [code(f"OFF{share}", share, percent(share)) for share in range(1, MOST_EXACT + 3)]
    answer = best(*codes, policy=Stacking(most_codes=3))
    assert not answer.is_exact
    assert names(answer.codes) == ["OFF12", "OFF13", "OFF14"]
    assert {loss for _, loss in left_out(answer).values()} == {None}
    assert len(answer.left_out) == 11
    all_of_them = best(*codes)
    assert len(all_of_them.codes) == 14


@pytest.mark.parametrize("most", [0, 5, 100])
def test_when_it_is_enough_the_best_so_far_is_filled_up_and_the_answer_says_so(most: int) -> None:
    codes = [code(f"OFF{share}", share, percent(share)) for share in range(1, MOST_EXACT + 1)]
    asked = iter(range(most))
    answer = best_combination(codes, cart(10_000), Facts(), NOW, is_enough=lambda: next(asked, None) is None)
    assert not answer.is_exact
    assert len(answer.codes) == MOST_EXACT
    assert answer.evaluation.discount == best(*codes).evaluation.discount
    assert best(*codes).is_exact


def test_twelve_codes_on_fifty_lines_take_less_than_a_second() -> None:
    lines = tuple([Line(1 + place % 3, 100 + 37 * place, sku=f"S{place}") for place in range(50)])
    codes = [code(f"C{n}", n + 1, percent(5 + n) if n % 2 else AmountOff(eur(f"{n + 1}"))) for n in range(12)]
    begun = process_time()
    answer = best(*codes, basket=Cart("EUR", lines, 500))
    assert process_time() - begun < 1.0
    assert (answer.is_exact, len(answer.codes)) == (True, 12)

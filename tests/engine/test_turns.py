"""Which of several codes are used, lane by lane, and what the others are told."""

from dataclasses import replace
from decimal import Decimal
from uuid import UUID

import pytest

from app.engine.evaluation import Evaluation
from app.engine.facts import Balance
from app.engine.left_out import (
    LOST_IN_LANE,
    NO_EFFECT,
    NOT_COMBINABLE,
    TOO_MANY_CODES,
    TOO_MANY_EXCLUSIVE,
    TOO_MANY_OF_CATEGORY,
)
from app.engine.offer import Limits, Presented
from app.engine.reason import Reason
from app.engine.remedy import Act, Change
from app.engine.rewards.amount_off import AmountOff
from app.engine.rewards.gift_balance import GiftBalance
from app.engine.rewards.percent_off import PercentOff
from app.engine.rules.minimum_spend import MinimumSpend
from app.engine.stacking import Base, Lane, LaneMode, NoEffect, OnRefusal, Stacking
from app.engine.unit import Reward, Rule
from tests.engine.shop import CAMPAIGN, cart, codes_of, eur, judge, offer, presented

TEN, TWENTY = PercentOff(Decimal(10)), PercentOff(Decimal(20))
TOO_DEAR = MinimumSpend(eur("1000"))
COMPETE = Stacking(lanes=(Lane("sale", LaneMode.COMPETE),))


def code(
    name: str,
    number: int,
    reward: Reward = TEN,
    *,
    lane: str = "default",
    category: str | None = None,
    rule: Rule | None = None,
    is_automatic: bool = False,
) -> Presented:
    campaign = replace(CAMPAIGN, id=UUID(int=1000 + number), category=category)
    own = offer(rule, reward, lane=lane)
    return presented(name, number, campaign=campaign, offer=own, is_automatic=is_automatic)


def discounts(evaluation: Evaluation) -> list[int]:
    return [verdict.discount for verdict in evaluation.verdicts]


def marks(evaluation: Evaluation) -> str:
    """G for each code that is used, S for one that is skipped, R for a refused one."""
    return "".join("G" if v.granted else "S" if v.skipped else "R" for v in evaluation.verdicts)


def test_lanes_take_turns_in_the_order_of_the_policy_and_verdicts_stay_in_that_of_the_request() -> None:
    five, ten = code("FIVE", 11, AmountOff(eur("5")), lane="codes"), code("TEN", 12, lane="sale")
    assert discounts(judge(five, ten)) == [500, 950]
    turned = judge(five, ten, stacking=Stacking(lanes=(Lane("sale"), Lane("codes"))))
    assert [(verdict.code, verdict.discount) for verdict in turned.verdicts] == [("FIVE", 500), ("TEN", 1000)]
    # Only the sale is named: all others come after it.
    assert discounts(judge(five, ten, stacking=Stacking(lanes=(Lane("sale"),)))) == [500, 1000]


def test_in_a_competing_lane_the_code_wins_that_takes_most_off_this_cart() -> None:
    ten, fifteen = code("TEN", 11, lane="sale"), code("FIFTEEN", 12, AmountOff(eur("15")), lane="sale")
    small = judge(ten, fifteen, stacking=COMPETE)
    assert (marks(small), discounts(small), small.discount, small.granted) == ("SG", [0, 1500], 1500, True)
    assert small.verdicts[0].counts == ()
    assert small.verdicts[0].reasons == (
        Reason(
            LOST_IN_LANE,
            "The code FIFTEEN takes 5.00 EUR more off, and the two cannot be combined.",
            subject="code",
            expected=eur("15"),
            actual=eur("10"),
            missing=eur("5"),
            remedy="Use the code FIFTEEN instead: it takes 5.00 EUR more off.",
            change=Change(Act.USE_CODE, eur("5"), code="FIFTEEN"),
        ),
    )
    large = judge(ten, fifteen, basket=cart(20000), stacking=COMPETE)
    assert (marks(large), large.discount) == ("GS", 2000)


def test_of_codes_that_take_the_same_off_a_typed_one_wins_and_then_the_oldest_voucher() -> None:
    young, old = code("YOUNG", 12, lane="sale"), code("OLD", 11, lane="sale")
    promotion = code("Summer", 5, lane="sale", is_automatic=True)
    for order in ([young, old, promotion], [old, promotion, young], [promotion, young, old]):
        found = judge(*order, stacking=COMPETE)
        assert [verdict.code for verdict in found.verdicts if verdict.granted] == ["OLD"]
    [lost] = judge(young, old, stacking=COMPETE).verdicts[0].reasons
    assert lost.message == "The code OLD takes as much off, and the two cannot be combined."
    assert (lost.expected, lost.actual, lost.missing) == (eur("10"), eur("10"), None)
    assert (lost.remedy, lost.change) == (None, None)


def test_competitors_see_what_the_lanes_before_left_and_lanes_after_see_the_winner() -> None:
    policy = Stacking(lanes=(Lane("first"), Lane("sale", LaneMode.COMPETE), Lane("last")))
    first = code("FIRST", 11, AmountOff(eur("90")), lane="first")
    ten, five = code("TEN", 12, lane="sale"), code("FIVE", 13, AmountOff(eur("5")), lane="sale")
    last = code("LAST", 14, lane="last")
    found = judge(last, ten, five, first, stacking=policy)
    assert (marks(found), discounts(found)) == ("GSGG", [50, 0, 500, 9000])


def test_on_original_amounts_percentages_add_up_and_no_line_costs_less_than_nothing() -> None:
    policy = Stacking(lanes=(Lane("sale", base=Base.ORIGINAL),))
    both = [code("A", 11, TWENTY, lane="sale"), code("B", 12, TEN, lane="sale")]
    assert discounts(judge(*both)) == [2000, 800]
    assert discounts(judge(*both, stacking=policy)) == [2000, 1000]
    most = PercentOff(Decimal(70))
    three = judge(code("A", 11, most, lane="sale"), code("B", 12, most, lane="sale"), stacking=policy)
    assert (discounts(three), three.total) == ([7000, 3000], 0)


def test_on_original_amounts_each_line_gives_what_is_left_of_it() -> None:
    policy = Stacking(lanes=(Lane("codes"), Lane("sale", base=Base.ORIGINAL)))
    fifth = code("FIFTH", 12, TWENTY, lane="sale")
    most = code("MOST", 11, AmountOff(eur("85")), lane="codes")
    found = judge(fifth, most, basket=cart(9000, 1000), stacking=policy)
    assert [verdict.line_discounts for verdict in found.verdicts] == [(1350, 150), (7650, 850)]
    assert found.total == 0


def test_payments_pay_last_in_no_lane_on_what_is_left() -> None:
    policy = Stacking(lanes=(Lane("gift", LaneMode.COMPETE),), exclusive=("vip",), most_codes=1)
    gift = code("GIFT", 11, GiftBalance(), lane="gift", category="gifts")
    other = code("MORE", 13, GiftBalance(), lane="gift", category="gifts")
    balances = {UUID(int=11): Balance("EUR", 9500), UUID(int=13): Balance("EUR", 9500)}
    for stacking in (policy, Stacking()):
        found = judge(
            gift,
            other,
            code("VIP", 12, TEN, category="vip"),
            code("Promotion", 14, AmountOff(eur("1")), category="vip", is_automatic=True),
            balances=balances,
            stacking=stacking if stacking.is_plain else replace(stacking, most_exclusive=1),
        )
        left = 9000 if not stacking.is_plain else 8900
        assert [verdict.spent for verdict in found.verdicts][:2] == [left, 0]
        assert found.total == 0


def test_an_exclusive_code_drives_out_common_ones_wherever_it_stands_but_not_those_that_always_combine() -> (
    None
):
    policy = Stacking(exclusive=("vip",), always=("delivery",))
    common, vip, always = (
        code("SUMMER", 11),
        code("VIP", 12, category="vip"),
        code("DROP", 13, category="delivery"),
    )
    for order in ([common, vip, always], [always, vip, common], [vip, common, always]):
        found = judge(*order, stacking=policy)
        used = {verdict.code: verdict.discount for verdict in found.verdicts}
        assert used["SUMMER"] == 0
        assert found.discount == 1900
        assert found.granted
    assert judge(common, vip, stacking=policy).verdicts[0].reasons == (
        Reason(
            NOT_COMBINABLE,
            "This code cannot be combined with the code VIP.",
            subject="campaign.category",
            actual=("VIP",),
            remedy="Leave out the code VIP.",
            change=Change(Act.LEAVE_OUT, code="VIP"),
        ),
    )


def test_an_exclusive_code_that_cannot_be_used_drives_nobody_out() -> None:
    policy = Stacking(exclusive=("vip",), on_refusal=OnRefusal.PARTIAL)
    vip, common = code("VIP", 12, category="vip", rule=TOO_DEAR), code("SUMMER", 11)
    found = judge(vip, common, stacking=policy)
    assert (marks(found), discounts(found)) == ("RG", [0, 1000])
    assert codes_of(found) == ["MINIMUM_SPEND_NOT_REACHED"]


def test_exclusive_codes_combine_with_each_other_up_to_their_limit() -> None:
    vips = [code(f"VIP{n}", n, category="vip") for n in (11, 12, 13)]
    common = code("SUMMER", 14)
    found = judge(common, *vips, stacking=Stacking(exclusive=("vip",), most_exclusive=2))
    assert (marks(found), discounts(found)) == ("SGGS", [0, 1000, 900, 0])
    assert found.verdicts[3].reasons == (
        Reason(
            TOO_MANY_EXCLUSIVE,
            "Up to 2 codes of this kind can be used together.",
            subject="campaign.category",
            expected=2,
            actual=3,
            remedy="Leave out the code VIP11 or the code VIP12.",
        ),
    )
    [why] = found.verdicts[0].reasons
    assert (why.message, why.change) == (
        "This code cannot be combined with the code VIP11 and the code VIP12.",
        None,
    )


def test_a_promotion_that_drives_a_code_out_cannot_be_left_out() -> None:
    promotion = code("Black Friday", 12, category="vip", is_automatic=True)
    [skipped, used] = judge(code("SUMMER", 11), promotion, stacking=Stacking(exclusive=("vip",))).verdicts
    assert (used.code, used.is_automatic, used.discount) == ("Black Friday", True, 1000)
    [why] = skipped.reasons
    assert (why.message, why.remedy, why.change) == (
        "This code cannot be combined with the promotion Black Friday.",
        None,
        None,
    )


def test_only_so_many_codes_are_used_and_no_more_of_one_category() -> None:
    three = [code(f"C{n}", n, category="shoes" if n < 13 else None) for n in (11, 12, 13)]
    found = judge(*three, stacking=Stacking(most_codes=2))
    assert (marks(found), codes_of(found)) == ("GGS", [TOO_MANY_CODES])
    assert found.reasons[0].message == "Up to 2 codes can be used together."
    found = judge(*three, stacking=Stacking(most_per_category=1))
    assert (marks(found), codes_of(found)) == ("GSG", [TOO_MANY_OF_CATEGORY])
    assert found.reasons[0].message == "Up to 1 code of shoes can be used together."
    assert found.reasons[0].remedy == "Leave out the code C11."


def test_promotions_count_in_their_categories_and_are_no_codes() -> None:
    codes = [code("TEN", 11, category="shoes"), code("FIVE", 12)]
    promotions = [
        code("Shoes", 13, category="shoes", is_automatic=True),
        code("Summer", 14, is_automatic=True),
    ]
    found = judge(*codes, *promotions, stacking=Stacking(most_codes=1, most_per_category=1))
    assert [verdict.code for verdict in found.verdicts if verdict.granted] == ["TEN", "Summer"]
    assert codes_of(found) == [TOO_MANY_CODES]


def test_a_code_beyond_the_limit_is_judged_as_if_it_came_alone() -> None:
    twice = [
        replace(code("A", n), campaign=CAMPAIGN, offer=offer(limits=Limits(per_campaign=1))) for n in (11, 12)
    ]
    assert codes_of(judge(*twice)) == ["CAMPAIGN_LIMIT_REACHED"]
    left = judge(*twice, stacking=Stacking(most_codes=1))
    assert (left.granted, marks(left), codes_of(left)) == (True, "GS", [TOO_MANY_CODES])
    refused = judge(twice[0], code("B", 13, rule=TOO_DEAR), stacking=Stacking(most_codes=1))
    assert (refused.granted, codes_of(refused)) == (False, ["MINIMUM_SPEND_NOT_REACHED"])


def test_a_code_that_would_take_nothing_off_is_granted_or_skipped_as_the_policy_says() -> None:
    all_of_it, more = code("ALL", 11, PercentOff(Decimal(100))), code("MORE", 12)
    assert marks(judge(all_of_it, more)) == "GG"
    found = judge(all_of_it, more, stacking=Stacking(no_effect=NoEffect.SKIP, most_codes=1))
    assert (marks(found), found.granted) == ("GS", True)
    skipped = judge(all_of_it, more, stacking=Stacking(no_effect=NoEffect.SKIP))
    assert skipped.verdicts[1].reasons == (
        Reason(NO_EFFECT, "This code would take nothing off, so it was not used up.", subject="code"),
    )


@pytest.mark.parametrize(("policy", "granted"), [(OnRefusal.ALL, False), (OnRefusal.PARTIAL, True)])
def test_a_refused_code_refuses_all_or_itself(policy: OnRefusal, granted: bool) -> None:
    found = judge(code("DEAR", 11, rule=TOO_DEAR), code("SUMMER", 12), stacking=Stacking(on_refusal=policy))
    assert (found.granted, marks(found), found.discount) == (granted, "RG", 1000 if granted else 0)
    assert found.total == found.subtotal - found.discount


def test_when_nothing_can_be_used_nothing_is_granted() -> None:
    refused = code("DEAR", 11, rule=TOO_DEAR)
    assert not judge(refused, stacking=Stacking(on_refusal=OnRefusal.PARTIAL)).granted
    nothing = judge(code("A", 11), basket=cart(0), stacking=Stacking(no_effect=NoEffect.SKIP))
    assert (nothing.granted, marks(nothing)) == (False, "S")


def test_a_promotion_comes_after_the_codes_and_is_not_spoken_of_unless_it_takes_part() -> None:
    promotion = code("Summer", 11, AmountOff(eur("5")), is_automatic=True)
    dear = code("Dear", 12, rule=TOO_DEAR, is_automatic=True)
    found = judge(dear, promotion, code("TEN", 13))
    assert [(v.code, v.discount, v.is_automatic) for v in found.verdicts] == [
        ("Summer", 500, True),
        ("TEN", 1000, False),
    ]
    assert found.granted
    alone = judge(dear)
    assert (alone.verdicts, alone.granted, alone.discount) == ((), True, 0)


@pytest.mark.parametrize("policy", [Stacking(), Stacking(most_codes=1)], ids=["plain", "with a limit"])
def test_a_promotion_that_gives_nothing_does_not_take_part(policy: Stacking) -> None:
    nothing = code("Free delivery", 11, PercentOff(Decimal(100)), is_automatic=True)
    typed = code("ALL", 12, PercentOff(Decimal(100)))
    found = judge(typed, nothing, stacking=policy)
    assert [verdict.code for verdict in found.verdicts] == ["ALL"]
    assert judge(nothing, basket=cart(0), stacking=policy).verdicts == ()

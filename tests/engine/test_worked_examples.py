"""The worked examples of the incumbent's documentation and examples, each with its source line.

The lines are quoted from our notes on Voucherify: [X] stands in an example of theirs, [D] in their documentation, [I]
is what we inferred. Amounts are minor units. Where we deliberately differ, it is said why.
"""

from decimal import Decimal
from uuid import UUID

import pytest

from app.engine.cart import Cart, Line
from app.engine.evaluate import Evaluation, evaluate
from app.engine.facts import POINTS, Balance, Facts
from app.engine.line_units import WhichFirst
from app.engine.money import Money
from app.engine.rewards.amount_off import AmountOff
from app.engine.rewards.amount_off_items import AmountOffItems, Spread
from app.engine.rewards.bundle_price import BundlePart, BundlePrice
from app.engine.rewards.fixed_price import FixedPrice, PriceOf
from app.engine.rewards.free_items import Effect, FreeItem, FreeItems
from app.engine.rewards.free_shipping import FreeShipping
from app.engine.rewards.gift_balance import GiftBalance
from app.engine.rewards.nth_item import NthItem
from app.engine.rewards.percent_off import PercentOff
from app.engine.rewards.percent_off_items import PercentOffItems
from app.engine.rewards.points_payment import PointsPayment
from app.engine.rules.running_subtotal import RunningSubtotal
from app.engine.selection import Items
from app.engine.stacking import Base, Lane, OnRefusal, Stacking
from app.engine.unit import Reward, Rule
from tests.engine.shop import NOW, offer, presented

ALL = Items()


def usd(minor: int) -> Money:
    return Money(minor, "USD")


def order(*lines: tuple[int, int], shipping: int = 0) -> Cart:
    """An order of (quantity, unit price)."""
    goods = [Line(quantity, price, product=f"prod_{place}") for place, (quantity, price) in enumerate(lines)]
    return Cart("USD", tuple(goods), shipping)


def stacked(
    cart: Cart,
    *rewards: Reward,
    rules: tuple[Rule | None, ...] = (),
    stacking: Stacking | None = None,
    balance: Balance | None = None,
) -> Evaluation:
    """What the codes with these rewards, and the rules if there are some, give in this order."""
    codes = [
        presented(f"CODE{place}", place, offer=offer(rule, reward))
        for place, (reward, rule) in enumerate(zip(rewards, rules or (None,) * len(rewards), strict=True), 1)
    ]
    balances = {} if balance is None else {UUID(int=place): balance for place in range(1, len(codes) + 1)}
    return evaluate(codes, cart, Facts(balances=balances), NOW, stacking=stacking or Stacking())


def applied(told: Evaluation) -> list[int]:
    return [verdict.discount for verdict in told.verdicts]


# --- off the order ---


def test_an_amount_never_takes_more_than_is_left() -> None:
    # AMOUNT/APPLY_TO_ORDER: min(amount_off, current total). [X] 10000 order already discounted 9200, 1000 off ->
    # applied 800.
    told = stacked(order((1, 10000)), AmountOff(usd(9200)), AmountOff(usd(1000)))
    assert (applied(told), told.total) == ([9200, 800], 0)


def test_a_percentage_is_taken_of_what_is_left() -> None:
    # PERCENT/APPLY_TO_ORDER: percent x base; base = current total … [X] 200000 - gift 100 -> 20% = 39980.
    fifth = PercentOff(Decimal(20))
    assert applied(stacked(order((1, 200000)), AmountOff(usd(100)), fifth)) == [100, 39980]
    # A gift voucher is money: with us it pays last, wherever it stands, and lowers no discount.
    told = stacked(order((1, 200000)), GiftBalance(), fifth, balance=Balance("USD", 100))
    assert (applied(told), told.total) == ([100, 40000], 159900)


@pytest.mark.parametrize(("base", "discount"), [(Base.RUNNING, 2800), (Base.ORIGINAL, 3000)])
def test_one_percentage_after_another(base: Base, discount: int) -> None:
    # [D] 100 with 10% then 20%: 28 discounted mode, 30 initial mode.
    policy = Stacking(lanes=(Lane("default", base=base),))
    told = stacked(order((1, 10000)), PercentOff(Decimal(10)), PercentOff(Decimal(20)), stacking=policy)
    assert (told.discount, told.total) == (discount, 10000 - discount)


def test_a_percentage_is_taken_up_to_its_limit() -> None:
    # min with amount_limit and current total.
    told = stacked(order((1, 10000)), AmountOff(usd(9900)), PercentOff(Decimal(50), usd(2000)))
    assert applied(told) == [9900, 50]
    assert applied(stacked(order((1, 10000)), PercentOff(Decimal(50), usd(2000)))) == [2000]


@pytest.mark.parametrize(("price", "discount"), [(4000, 6000), (10000, 0), (12000, 0)])
def test_an_order_gets_a_new_price(price: int, discount: int) -> None:
    # FIXED/APPLY_TO_ORDER: max(0, current total - fixed_amount).
    new_price = FixedPrice(usd(price), ALL, price_of=PriceOf.ALL_TOGETHER)
    assert applied(stacked(order((2, 3500), (1, 3000)), new_price)) == [discount]


# --- off items ---


def test_an_amount_is_taken_off_each_line() -> None:
    # AMOUNT/APPLY_TO_ITEMS: each matched line loses min(amount_off, its remaining subtotal) ([X] lines 2000,700 with
    # 1000 off -> 1000+700).
    told = stacked(order((1, 2000), (1, 700)), AmountOffItems(usd(1000), ALL, spread=Spread.EACH_LINE))
    assert told.line_discounts == (1000, 700)


def test_an_amount_is_taken_off_each_unit() -> None:
    # AMOUNT/APPLY_TO_ITEMS_BY_QUANTITY: amount_off per eligible unit (subject to quantity_limit /
    # aggregated_quantity_limit), capped by line subtotal.
    cart = order((3, 2000), (2, 700))
    assert stacked(cart, AmountOffItems(usd(1000), ALL)).line_discounts == (3000, 1400)
    four = AmountOffItems(usd(1000), ALL, 4, WhichFirst.AS_LISTED)
    assert stacked(cart, four).line_discounts == (3000, 700)


def test_an_amount_is_divided_in_proportion_to_what_lines_cost() -> None:
    # AMOUNT/..PROPORTIONALLY: amount_off x line_amount / sum(matched line amounts). [X] 300 over 3300 and 3400 ->
    # 148 + 152.
    told = stacked(order((1, 3300), (1, 3400)), AmountOffItems(usd(300), ALL, spread=Spread.BY_AMOUNT))
    assert told.line_discounts == (148, 152)


def test_an_amount_is_divided_in_proportion_to_how_many_units_lines_have() -> None:
    # AMOUNT/..PROPORTIONALLY_BY_QUANTITY: amount_off x line_qty / sum(matched qty). [D] 10.00 over 2,3,3 units ->
    # 2.50, 3.75, 3.75.
    by_quantity = AmountOffItems(usd(1000), ALL, spread=Spread.BY_QUANTITY)
    assert stacked(order((2, 900), (3, 500), (3, 700)), by_quantity).line_discounts == (250, 375, 375)


def test_a_percentage_is_taken_off_matched_lines_up_to_limits_of_line_and_order() -> None:
    # PERCENT/APPLY_TO_ITEMS: percent of each matched line subtotal; amount_limit per line; aggregated_amount_limit per
    # order. When several caps apply the lowest resulting discount wins.
    cart, half = order((1, 2000), (1, 700)), Decimal(50)
    assert stacked(cart, PercentOffItems(half, ALL)).line_discounts == (1000, 350)
    per_line = PercentOffItems(half, ALL, up_to_per_line=usd(400))
    assert stacked(cart, per_line).line_discounts == (400, 350)
    assert stacked(cart, PercentOffItems(half, ALL, up_to=usd(600), up_to_per_line=usd(400))).discount == 600
    assert stacked(cart, PercentOffItems(half, ALL, up_to=usd(900), up_to_per_line=usd(400))).discount == 750


def test_each_unit_gets_a_new_price_and_cheaper_ones_stay_unchanged() -> None:
    # FIXED/APPLY_TO_ITEMS: per unit max(0, unit price - new price) x eligible units; cheaper items stay unchanged.
    assert stacked(order((3, 2000), (2, 700)), FixedPrice(usd(800), ALL)).line_discounts == (3600, 0)


def test_every_so_many_th_unit_after_some_that_are_skipped() -> None:
    # Example: units [10], skip_initially 1, repeat 3 -> units 2,5,8.
    ten = order(*[(1, 100)] * 10)
    told = stacked(ten, NthItem(3, ALL, skip=1, first=WhichFirst.AS_LISTED))
    assert [place for place, off in enumerate(told.line_discounts, 1) if off] == [2, 5, 8]


def test_of_units_of_one_price_those_of_the_earlier_line_come_first() -> None:
    # Ties for cheapest/most expensive: unit price, then lowest subtotal, then first in list.
    # We have no second criterion: units of one price are worth the same, whatever else stands on their line.
    one = PercentOffItems(Decimal(100), ALL, 1, WhichFirst.CHEAPEST)
    assert stacked(order((2, 500), (1, 500), (1, 900)), one).line_discounts == (500, 0, 0)


def test_a_bundle_counts_as_often_as_it_is_found() -> None:
    # discount multiplied by number of bundles found (<= limit <=100)
    set_of_two = (BundlePart(Items(products=("prod_0",))), BundlePart(Items(products=("prod_1",))))
    assert stacked(order((3, 2000), (2, 700)), BundlePrice(set_of_two, usd(2500))).discount == 400
    assert stacked(order((3, 2000), (2, 700)), BundlePrice(set_of_two, usd(2500), 1)).discount == 200


# --- units, shipping, payments ---


def test_missing_units_are_added_and_all_are_free() -> None:
    # ADD_MISSING_ITEMS: top the line up to n, discount n. [X] cart has 1 x 1700, offer 23 -> amount +37400,
    # items_discount 39100.
    reward = FreeItems((FreeItem(usd(1700), product="prod_0", quantity=23, effect=Effect.ADD_MISSING),))
    told = stacked(order((1, 1700)), reward)
    assert (told.subtotal - 1700, told.discount, told.total) == (37400, 39100, 0)
    # Theirs grows the line; ours is a line of its own, for the shopper has not put it there.
    assert [line.quantity for line in told.added] == [22]


def test_new_units_are_added_and_exactly_these_are_free() -> None:
    # UNIT ADD_NEW_ITEMS: add n units at catalogue price, discount exactly n.
    new = FreeItem(usd(1700), product="prod_0", quantity=2, effect=Effect.ADD_NEW)
    other = FreeItem(usd(300), product="prod_9", effect=Effect.ADD_NEW)
    told = stacked(order((1, 1700)), FreeItems((new,)))
    assert (told.subtotal, told.discount, told.total) == (5100, 3400, 1700)
    # ADD_MANY_ITEMS: run each unit entry.
    assert stacked(order((1, 1700)), FreeItems((new, other))).discount == 3700


def test_units_that_are_in_the_cart_already_are_free() -> None:
    # ADD_SAME_ITEMS: free units of the collection products already in the cart.
    same = PercentOffItems(Decimal(100), Items(products=("prod_0",)), 2, WhichFirst.AS_LISTED)
    assert stacked(order((3, 1700), (1, 500)), same).line_discounts == (3400, 0)


def test_the_fields_of_an_order() -> None:
    # initial_amount: sum of line amounts as sent; amount: after units were added; total_amount: amount -
    # total_discount_amount, never below 0.
    gift = FreeItems((FreeItem(usd(300), product="prod_9", effect=Effect.ADD_NEW),))
    told = stacked(order((1, 1000)), gift, AmountOff(usd(9999)))
    assert (told.subtotal, told.discount, told.total, sum(told.line_discounts)) == (1300, 1300, 0, 1300)


def test_shipping_is_free() -> None:
    # unit_type = product id (or prod_5h1pp1ng = free shipping [X])
    # Theirs is a product that is added free of charge; ours is the shipping of the cart itself.
    told = stacked(order((1, 1000), shipping=490), FreeShipping())
    assert (told.discount, told.total, told.line_discounts) == (490, 1000, (0,))


def test_a_gift_pays_what_is_left_at_most() -> None:
    # applied = min(credits, what is left to pay) [I; examples only show credits fully applied]
    told = stacked(order((1, 1000)), GiftBalance(), balance=Balance("USD", 1500))
    assert [(verdict.discount, verdict.spent) for verdict in told.verdicts] == [(1000, 1000)]


def test_points_pay_at_their_rate() -> None:
    # Pay with points: points x exchange_ratio / points_ratio as an order-level amount.
    told = stacked(order((1, 5000)), PointsPayment(10, usd(100)), balance=Balance(POINTS, 250))
    assert [(verdict.discount, verdict.spent) for verdict in told.verdicts] == [(2500, 250)]


# --- rounding and order ---


def test_amounts_are_rounded_to_the_nearest() -> None:
    # Rounding: integers only; [X] 10% of 11499 -> 1150, 147.76 -> 148, so nearest integer.
    assert applied(stacked(order((1, 11499)), PercentOff(Decimal(10)))) == [1150]


def test_a_tie_is_rounded_up_and_the_remainder_goes_where_it_is_largest() -> None:
    # Tie rule and remainder distribution undocumented -> [I] use half-up and give the rounding remainder to the
    # largest line so parts sum exactly to amount_off.
    # We round half up, but by largest remainders: a line never bears more than its own share, rounded up.
    assert applied(stacked(order((1, 5)), PercentOff(Decimal(10)))) == [1]
    told = stacked(order((1, 100), (1, 100), (1, 400)), AmountOff(usd(100)))
    assert told.line_discounts == (
        17,
        17,
        66,
    )  # 16.67, 16.67, 66.67; the largest line has no more claim than others


def test_codes_count_strictly_one_after_the_other() -> None:
    # Application order: strictly the stack order; item-level and order-level discounts are not regrouped.
    cart, amount, percent = order((1, 10000)), AmountOff(usd(1000)), PercentOff(Decimal(10))
    assert applied(stacked(cart, amount, percent)) == [1000, 900]
    assert applied(stacked(cart, percent, amount)) == [1000, 1000]


def test_what_is_off_the_order_is_off_its_lines() -> None:
    # discount_amount: all order-level discounts so far; subtotal_amount (= amount - item discounts).
    # Theirs leaves lines untouched by discounts off the order, so 20 % off items after 10 % off the order is 20 % of
    # the whole line. Ours divides every discount among the lines at once: whoever returns a line gets back exactly
    # what was paid for it, and so the second code finds 90.00 and takes 18.00.
    told = stacked(order((1, 10000)), PercentOff(Decimal(10)), PercentOffItems(Decimal(20), ALL))
    assert (applied(told), told.total) == ([1000, 1800], 7200)


def test_an_earlier_code_may_push_the_order_below_what_a_later_one_asks_for() -> None:
    # Order matters: 10% then 20%-above-100 on 105 drops the second.
    codes = (PercentOff(Decimal(10)), PercentOff(Decimal(20)))
    above = (None, RunningSubtotal(amount_at_least=usd(10000)))
    partial = Stacking(on_refusal=OnRefusal.PARTIAL)
    told = stacked(order((1, 10500)), *codes, rules=above, stacking=partial)
    assert ([verdict.granted for verdict in told.verdicts], told.total) == ([True, False], 9450)
    # [I] ALL: abort on first failure.
    assert not stacked(order((1, 10500)), *codes, rules=above).granted
    told = stacked(order((1, 10500)), *reversed(codes), rules=above[::-1], stacking=partial)
    assert (applied(told), told.total) == ([2100, 840], 7560)

"""Goods that are free: new ones, and those that the cart has already."""

import pytest

from app.engine.cart import MOST_LINES, Cart, Line
from app.engine.money import LARGEST, Money
from app.engine.remedy import Act, Change
from app.engine.rewards.free_items import MOST_WORTH, ROOM, Effect, FreeItem, FreeItems
from app.engine.unit import UnitError
from tests.engine.rewards.baskets import basket
from tests.engine.shop import TEN_PERCENT, eur, judge, offer, presented, situation

NEW, MISSING = Effect
MUG = FreeItem(eur("17.00"), product="mug", name="Mug", quantity=2, effect=NEW)
TEA = FreeItem(eur("4.50"), product="tea")
TWO_MUGS = FreeItem(eur("17.00"), product="mug", quantity=2)
FIFTEEN = (1, 1500, "mug")


def given(reward: FreeItems, *lines: tuple[int, int, str]) -> tuple[tuple[int, ...], tuple[Line, ...]]:
    """What is taken off the lines, and what is added."""
    shopper = basket(*lines)
    assert reward.refusals(shopper) == ()
    left = tuple([line.amount for line in shopper.cart.lines])
    return reward.discount(shopper, left), reward.added(shopper)


def test_new_ones_are_added_whatever_is_in_the_cart() -> None:
    for lines in ((), ((1, 500, "tea"),), (FIFTEEN,)):
        assert given(FreeItems((MUG,)), *lines) == (
            (0,) * len(lines),
            (Line(2, 1700, product="mug", name="Mug"),),
        )


@pytest.mark.parametrize(
    ("lines", "parts", "missing"),
    [
        ((), (), 2),
        ((FIFTEEN,), (1500,), 1),
        (((2, 1500, "mug"),), (3000,), 0),
        (((5, 1500, "mug"), (1, 450, "tea")), (3000, 0), 0),
        (((1, 1900, "mug"), (1, 1500, "mug"), (1, 1200, "mug")), (0, 1500, 1200), 0),
    ],
)
def test_those_in_the_cart_are_free_the_cheapest_first_and_what_is_missing_is_added(
    lines: tuple[tuple[int, int, str], ...], parts: tuple[int, ...], missing: int
) -> None:
    added = (Line(missing, 1700, product="mug"),) if missing else ()
    assert given(FreeItems((TWO_MUGS,)), *lines) == (parts, added)


def test_goods_with_a_sku_are_told_by_it_and_those_without_by_the_product_that_is_left() -> None:
    red, any_mug = FreeItem(eur("9"), product="mug", sku="RED", quantity=3), FreeItem(eur("8"), product="mug")
    cart = Cart("EUR", (Line(1, 900, "RED", "mug"), Line(1, 700, "BLUE", "mug"), Line(1, 100, "RED")))
    shopper = situation(cart)
    both = FreeItems((any_mug, red))
    assert both.discount(shopper, (900, 700, 100)) == (900, 700, 100)
    assert both.added(shopper) == (Line(1, 900, "RED", "mug"),)
    # What still costs least is free first, and nothing costs less than nothing.
    assert both.discount(shopper, (0, 350, 50)) == (0, 350, 50)


@pytest.mark.parametrize("currency", ["JPY", "EUR", "KWD"])
def test_the_worth_is_discount_and_the_shopper_pays_neither_more_nor_less(currency: str) -> None:
    reward = FreeItems((FreeItem(Money(450, currency), product="tea", quantity=2),))
    told = judge(presented(offer=offer(reward=reward)), basket=Cart(currency, (Line(1, 1000),), 90))
    assert (told.subtotal, told.shipping, told.discount, told.total) == (1900, 90, 900, 1090)
    assert told.line_discounts == (0, 900)
    assert told.added == (Line(2, 450, product="tea", added_by="SUMMER"),)


def test_several_codes_add_one_after_the_other_and_other_rewards_do_not_see_what_is_added() -> None:
    rewards = (FreeItems((TWO_MUGS,)), TEN_PERCENT, FreeItems((TEA, MUG)))
    codes = [presented(f"CODE{n}", n, offer=offer(reward=reward)) for n, reward in enumerate(rewards, 1)]
    told = judge(*codes, basket=Cart("EUR", (Line(1, 1500, product="mug"), Line(1, 2000))))
    assert [(line.added_by, line.quantity, line.product) for line in told.added] == [
        ("CODE1", 1, "mug"),
        ("CODE3", 1, "tea"),
        ("CODE3", 2, "mug"),
    ]
    assert [verdict.line_discounts for verdict in told.verdicts] == [
        (1500, 0, 1700, 0, 0),
        (0, 200, 0, 0, 0),
        (0, 0, 0, 450, 3400),
    ]
    assert (told.subtotal, told.discount, told.total) == (9050, 7250, 1800)


def test_a_second_code_of_the_same_goods_finds_those_in_the_cart_free_already() -> None:
    codes = [presented(f"CODE{n}", n, offer=offer(reward=FreeItems((TWO_MUGS,)))) for n in (1, 2)]
    told = judge(*codes, basket=Cart("EUR", (Line(2, 1500, product="mug"),)))
    assert [verdict.discount for verdict in told.verdicts] == [3000, 0]


def test_a_cart_with_all_the_lines_there_may_be_has_room_for_what_is_added() -> None:
    full = Cart("EUR", (Line(1, 100, product="tea"),) * MOST_LINES)
    told = judge(presented(offer=offer(reward=FreeItems((MUG,)))), basket=full)
    assert len(Cart("EUR", full.lines + told.added).lines) == MOST_LINES + 1


def test_a_cart_in_another_currency_is_refused() -> None:
    [reason] = FreeItems((MUG,)).refusals(basket((1, 999, "mug"), currency="KWD"))
    assert (reason.code, reason.expected, reason.actual) == ("CURRENCY_MISMATCH", "EUR", "KWD")


def test_an_order_that_could_not_be_counted_exactly_is_refused() -> None:
    reward, most = FreeItems((FreeItem(Money(MOST_WORTH, "EUR"), product="gold"),)), LARGEST - ROOM
    assert reward.refusals(situation(Cart("EUR", (Line(1, most),)))) == ()
    [reason] = reward.refusals(situation(Cart("EUR", (Line(1, most),), 7)))
    assert (reason.code, reason.subject, reason.missing) == ("CART_TOO_LARGE", "cart.lines", eur("0.07"))
    assert (reason.expected, reason.actual) == (Money(most, "EUR"), Money(most + 7, "EUR"))
    assert reason.remedy == "Take goods for 0.07 EUR out of the cart."
    assert reason.change == Change(Act.REMOVE_AMOUNT, eur("0.07"))


@pytest.mark.parametrize(
    ("parameters", "path"),
    [
        ({"product": None}, "product"),
        ({"product": ""}, "product"),
        ({"sku": "x" * 256}, "sku"),
        ({"name": ""}, "name"),
        ({"quantity": 0}, "quantity"),
        ({"worth": eur("-0.01")}, "worth"),
    ],
)
def test_faulty_goods_are_refused_with_their_path(parameters: dict[str, object], path: str) -> None:
    with pytest.raises(UnitError) as refused:
        FreeItem(**{"worth": eur("1"), "product": "mug", **parameters})  # type: ignore[arg-type]  # one is faulty
    assert refused.value.path == path
    assert FreeItem(eur("0"), sku="RED").line(3) == Line(3, 0, "RED")


@pytest.mark.parametrize(
    ("goods", "path"),
    [
        ((), "goods"),
        (tuple([FreeItem(eur("1"), product=f"P{n}") for n in range(11)]), "goods"),
        ((MUG, FreeItem(Money(5, "JPY"), product="tea")), "goods[1].worth"),
        ((MUG, TEA, TWO_MUGS), "goods[2]"),
        ((FreeItem(eur("1"), product="a", sku="X"), FreeItem(eur("1"), product="b", sku="X")), "goods[1]"),
        ((FreeItem(Money(MOST_WORTH, "EUR"), product="a"), FreeItem(eur("0.01"), product="b")), "goods"),
    ],
)
def test_goods_that_do_not_go_together_are_refused(goods: tuple[FreeItem, ...], path: str) -> None:
    with pytest.raises(UnitError) as refused:
        FreeItems(goods)
    assert refused.value.path == path

"""Buy some, get some."""

from decimal import Decimal

import pytest

from app.engine.evaluate import evaluate
from app.engine.facts import Facts
from app.engine.money import Money
from app.engine.rewards.buy_x_get_y import BuyXGetY
from app.engine.rewards.percent_off import PercentOff
from app.engine.selection import Items
from app.engine.unit import UnitError
from tests.engine.rewards.baskets import ALL, MUGS, TEA, basket, missing, off
from tests.engine.shop import NOW, eur, offer, presented

THREE_FOR_TWO = BuyXGetY(2, 1, MUGS)
A_MUG_AT_HALF_PRICE = BuyXGetY(2, 1, TEA, MUGS, Decimal(50))


def test_the_cheapest_of_all_are_free() -> None:
    seven = tuple((1, price, "mug") for price in (900, 800, 700, 600, 500, 400, 300))
    assert off(THREE_FOR_TWO, *seven) == (0, 0, 0, 0, 0, 400, 300)
    assert off(THREE_FOR_TWO, *seven[::-1]) == (300, 400, 0, 0, 0, 0, 0)


@pytest.mark.parametrize(
    ("mugs", "part"), [(3, 999), (4, 999), (5, 999), (6, 1998), (8, 1998), (9, 2997), (100, 33 * 999)]
)
def test_groups_that_are_not_whole_give_nothing(mugs: int, part: int) -> None:
    assert off(THREE_FOR_TWO, (mugs, 999, "mug"), (5, 100, "tea")) == (part, 0)


def test_only_so_many_groups_count() -> None:
    assert off(BuyXGetY(2, 1, MUGS, times_at_most=2), (100, 999, "mug")) == (1998,)


@pytest.mark.parametrize(
    ("currency", "price", "part"), [("JPY", 333, 167), ("EUR", 999, 500), ("KWD", 12345, 6173)]
)
def test_others_may_cost_less_instead(currency: str, price: int, part: int) -> None:
    lines = ((4, 500, "tea"), (1, price, "mug"), (1, price * 2, "mug"))
    once = BuyXGetY(2, 1, TEA, MUGS, Decimal(50), times_at_most=1)
    assert off(once, *lines, currency=currency) == (0, part, 0)
    # Half of three times the price, rounded once.
    assert sum(off(A_MUG_AT_HALF_PRICE, *lines, currency=currency)) == (price * 3 + 1) // 2


def test_enough_is_left_to_be_bought() -> None:
    two_and_a_mug = BuyXGetY(2, 1, ALL, MUGS)
    # Two groups of six things: two mugs are got, though they are not the cheapest, and four things are bought.
    assert off(two_and_a_mug, (2, 100, "tea"), (4, 500, "mug")) == (0, 1000)
    # Of a mug and five teas one is got; there is no second mug.
    assert off(two_and_a_mug, (5, 100, "tea"), (1, 500, "mug")) == (0, 500)
    # A mug is bought, a mug or a cup is got: a single mug must be bought, a second one may be got, and is cheaper.
    either = BuyXGetY(1, 1, MUGS, Items(products=("mug", "cup")))
    assert off(either, (1, 100, "mug"), (1, 500, "cup")) == (0, 500)
    assert off(either, (2, 100, "mug"), (1, 500, "cup")) == (100, 0)
    assert off(either, (2, 100, "mug"), (2, 500, "cup")) == (0, 1000)


def test_the_cheapest_are_those_that_cost_least_by_now() -> None:
    lines = ((2, 900, "mug"), (1, 300, "mug"))
    assert off(THREE_FOR_TWO, *lines, remaining=(500, 300)) == (250, 0)
    assert off(THREE_FOR_TWO, *lines, remaining=(601, 300)) == (0, 300)
    half = presented("HALF", 3, offer=offer(reward=PercentOff(Decimal(50))))
    free = presented("FREE", 4, offer=offer(reward=BuyXGetY(1, 1, ALL)))
    evaluation = evaluate([half, free], basket((2, 999, "mug")).cart, Facts(), NOW)
    assert [verdict.discount for verdict in evaluation.verdicts] == [
        999,
        499,
    ]  # of 9.99 left, one of two: 4.99
    assert evaluation.total == 500


def test_what_is_missing_is_told_for_what_is_bought_and_for_what_is_got() -> None:
    assert missing(THREE_FOR_TWO, (2, 900, "mug"), (9, 100, "tea")) == [("NOT_ENOUGH_ITEMS", 3, 2, 1)]
    assert missing(THREE_FOR_TWO) == [("NOT_ENOUGH_ITEMS", 3, 0, 3)]
    assert missing(A_MUG_AT_HALF_PRICE, (1, 100, "tea")) == [
        ("NOT_ENOUGH_ITEMS", 2, 1, 1),
        ("NOT_ENOUGH_ITEMS", 1, 0, 1),
    ]
    assert missing(A_MUG_AT_HALF_PRICE, (2, 100, "tea")) == [("NOT_ENOUGH_ITEMS", 1, 0, 1)]
    # The two mugs that there are have to be bought.
    assert missing(BuyXGetY(2, 1, ALL, MUGS), (2, 900, "mug")) == [("NOT_ENOUGH_ITEMS", 1, 0, 1)]


def test_prices_in_another_currency_are_refused() -> None:
    dear = Items(price_at_least=eur("5.00"))
    for reward in (BuyXGetY(2, 1, dear), BuyXGetY(2, 1, ALL, dear)):
        [reason] = reward.refusals(basket((3, 999, "mug"), currency="JPY"))
        assert (reason.code, reason.expected, reason.actual) == ("CURRENCY_MISMATCH", "EUR", "JPY")


@pytest.mark.parametrize(
    ("parameters", "path"),
    [
        ({"buy": 0}, "buy"),
        ({"get": 0}, "get"),
        ({"percent": Decimal(0)}, "percent"),
        ({"times_at_most": 0}, "times_at_most"),
        (
            {"items": Items(price_at_most=eur("1")), "items_to_get": Items(price_at_most=Money(5, "JPY"))},
            "items",
        ),
    ],
)
def test_faulty_parameters_are_refused_with_their_path(parameters: dict[str, object], path: str) -> None:
    with pytest.raises(UnitError) as refused:
        BuyXGetY(**{"buy": 2, "get": 1, "items": MUGS, **parameters})  # type: ignore[arg-type]  # one is faulty
    assert refused.value.path == path

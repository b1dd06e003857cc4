"""Baskets for the tests of rewards: lines written as quantity, price in minor units and product."""

from app.engine.cart import Cart, Line
from app.engine.facts import Situation
from app.engine.selection import Items
from app.engine.unit import Reward
from tests.engine.shop import situation

MUGS, TEA, ALL = Items(products=("mug",)), Items(products=("tea",)), Items()


def basket(*lines: tuple[int, int, str], currency: str = "EUR") -> Situation:
    """A shopper with these goods; each product has itself as its category too."""
    goods = tuple(
        Line(quantity, price, product=product, categories=(product,)) for quantity, price, product in lines
    )
    return situation(Cart(currency, goods))


def off(
    reward: Reward,
    *lines: tuple[int, int, str],
    currency: str = "EUR",
    remaining: tuple[int, ...] | None = None,
) -> tuple[int, ...]:
    """What is taken off each line, when each still costs all it does or what `remaining` says."""
    shopper = basket(*lines, currency=currency)
    assert reward.refusals(shopper) == ()
    left = tuple(line.amount for line in shopper.cart.lines) if remaining is None else remaining
    parts = reward.discount(shopper, left)
    assert all(0 <= part <= most for part, most in zip(parts, left, strict=True))
    return parts


def missing(reward: Reward, *lines: tuple[int, int, str]) -> list[tuple[str, object, object, object]]:
    """Code, expected, actual and missing of every reason against the reward."""
    reasons = reward.refusals(basket(*lines))
    return [(reason.code, reason.expected, reason.actual, reason.missing) for reason in reasons]

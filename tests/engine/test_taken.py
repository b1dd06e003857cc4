"""Taken: what was taken off once is taken off again, as far as that much is left."""

from datetime import UTC, datetime

from app.engine.cart import Cart, Line
from app.engine.facts import Facts, Situation
from app.engine.taken import Taken

CART = Cart("EUR", (Line(1, 1000), Line(1, 500)), shipping=300)
SITUATION = Situation(CART, Facts(), datetime(2026, 6, 1, tzinfo=UTC), "UTC")


def test_the_same_comes_off_each_line_and_the_shipping() -> None:
    taken = Taken((700, 0), 200)
    assert taken.refusals(SITUATION) == ()
    assert taken.discount(SITUATION, (1000, 500)) == (700, 0)
    assert taken.shipping_discount(SITUATION, 300) == 200


def test_never_more_than_is_left() -> None:
    taken = Taken((700, 500), 200)
    assert taken.discount(SITUATION, (699, 0)) == (699, 0)
    assert taken.shipping_discount(SITUATION, 0) == 0

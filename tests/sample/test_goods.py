"""Carts from the sample shop's shelves."""

from app.sample.goods import GOODS, basket


def test_goods_named_twice_become_one_line_of_two() -> None:
    cart = basket("TEE-LINEN", "HAT-STRAW", "TEE-LINEN")
    assert [(line.sku, line.quantity, line.amount) for line in cart.lines] == [
        ("TEE-LINEN", 2, 4_980),
        ("HAT-STRAW", 1, 1_950),
    ]
    assert (cart.subtotal, cart.shipping) == (6_930, 490)


def test_every_good_is_sold_under_its_own_number_and_has_a_category() -> None:
    assert [line.sku for line in GOODS.values()] == list(GOODS)
    assert all(line.categories and line.name and line.unit_price for line in GOODS.values())

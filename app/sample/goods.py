"""What the sample shop sells, and carts filled from its shelves."""

from app.engine.cart import Cart, Line

CURRENCY = "EUR"
SHIPPING = 490  # minor units


GOODS = {
    line.sku: line
    for line in (
        Line(1, 8990, "SHOE-TRAIL", "trail-runner", "Trail running shoes", ("shoes", "sport")),
        Line(1, 4900, "SHOE-CANVAS", "canvas-sneaker", "Canvas sneakers", ("shoes",)),
        Line(1, 6450, "SHOE-SANDAL", "leather-sandal", "Leather sandals", ("shoes", "summer")),
        Line(1, 7200, "DRESS-COTTON", "cotton-dress", "Cotton dress", ("clothing", "summer")),
        Line(1, 2490, "TEE-LINEN", "linen-tee", "Linen T-shirt", ("clothing", "summer")),
        Line(1, 1950, "HAT-STRAW", "straw-hat", "Straw hat", ("accessories", "summer")),
        Line(1, 3990, "SUN-ROUND", "round-sunglasses", "Round sunglasses", ("accessories", "summer")),
        Line(1, 2200, "TOWEL-STRIPE", "beach-towel", "Striped beach towel", ("home", "summer")),
        Line(1, 1750, "BOTTLE-STEEL", "steel-bottle", "Steel bottle", ("home", "sport")),
        Line(1, 1490, "BAG-TOTE", "canvas-tote", "Canvas tote bag", ("accessories",)),
    )
    if line.sku is not None
}


def basket(*skus: str, currency: str = CURRENCY, shipping: int = SHIPPING) -> Cart:
    """A cart of these goods, one of each time it is named; the prices stay as they are in any currency."""
    quantities = {sku: skus.count(sku) for sku in skus}
    lines = tuple(
        Line(quantity, good.unit_price, good.sku, good.product, good.name, good.categories)
        for good, quantity in ((GOODS[sku], quantity) for sku, quantity in quantities.items())
    )
    return Cart(currency, lines, shipping)

"""The cart: what is about to be bought. It carries its own context; products need not be known before."""

from decimal import Decimal

import strawberry

from app.engine.cart import MOST_LINES, CartError
from app.engine.cart import Cart as EngineCart
from app.engine.cart import Line as EngineLine
from app.engine.money import MoneyError, minor_of
from app.problem import Problem, Problems
from graphql_schema.scalars import Currency, Metadata
from graphql_schema.texts import check_text, read_metadata
from graphql_schema.types.money import Money, money

MOST_CATEGORIES = 50
LARGEST_QUANTITY = 1_000_000


@strawberry.input(description="One line of a cart.")
class CartLineInput:
    quantity: int = strawberry.field(default=1, description="How many units, 1 or more.")
    unit_price: Decimal = strawberry.field(
        description='The price of one unit in major units of the cart\'s currency, as a string such as "12.50".'
    )
    sku: str | None = strawberry.field(default=None, description="The shop's own stock keeping unit.")
    product: str | None = strawberry.field(default=None, description="The shop's own id of the product.")
    name: str | None = strawberry.field(default=None, description="The name a person would read.")
    categories: list[str] = strawberry.field(
        default_factory=list, description="The categories of the product; rules may ask for them."
    )
    metadata: Metadata | None = strawberry.field(default=None, description="Anything else about the line.")


@strawberry.input(description="A cart. All amounts are in its one currency, before any discount.")
class CartInput:
    currency: Currency = strawberry.field(description="The ISO 4217 code of all amounts in the cart.")
    lines: list[CartLineInput] = strawberry.field(description=f"Up to {MOST_LINES} lines.")
    shipping: Decimal = strawberry.field(
        default=Decimal(0),
        description="The cost of shipping in major units; only rewards on shipping take something off it.",
    )
    metadata: Metadata | None = strawberry.field(default=None, description="Anything else about the order.")
    country: str | None = strawberry.field(
        default=None, description='Where it is delivered to: an ISO 3166-1 code of two letters, such as "DE".'
    )
    area: str | None = strawberry.field(
        default=None,
        description="The part of the country: a region or a postal code, in the shop's own words.",
    )
    payment_method: str | None = strawberry.field(
        default=None, description="How it is paid, in the shop's own words."
    )


@strawberry.type(description="One line of a cart, and what was taken off it.")
class CartLine:
    quantity: int = strawberry.field(description="How many units.")
    unit_price: Money = strawberry.field(description="The price of one unit.")
    amount: Money = strawberry.field(description="Quantity times unit price, before discounts.")
    discount: Money = strawberry.field(description="What all granted codes together take off this line.")
    sku: str | None = strawberry.field(description="The shop's own stock keeping unit.")
    product: str | None = strawberry.field(description="The shop's own id of the product.")
    name: str | None = strawberry.field(description="The name a person would read.")
    categories: list[str] = strawberry.field(description="The categories of the product.")
    metadata: Metadata = strawberry.field(description="Anything else the shop said about the line.")
    added_by: str | None = strawberry.field(
        description="The code whose reward put this line into the cart, free of charge; null for what was sent."
    )


@strawberry.type(description="A cart as it was judged.")
class Cart:
    currency: Currency = strawberry.field(description="The currency of all amounts.")
    lines: list[CartLine] = strawberry.field(
        description="The lines, in the order they were sent, and after them those that rewards have added."
    )
    shipping: Money = strawberry.field(description="The cost of shipping.")
    metadata: Metadata = strawberry.field(description="Anything else the shop said about the order.")
    country: str | None = strawberry.field(description="Where it is delivered to, an ISO 3166-1 code.")
    area: str | None = strawberry.field(description="The part of the country, in the shop's own words.")
    payment_method: str | None = strawberry.field(description="How it is paid, in the shop's own words.")


def show_cart(
    cart: EngineCart, line_discounts: tuple[int, ...] = (), added: tuple[EngineLine, ...] = ()
) -> Cart:
    """The engine's cart as callers see it, with what was taken off each line (nothing when not granted).

    `added` are lines that rewards would put behind those of the cart.
    """
    lines = cart.lines + added
    discounts = line_discounts or (0,) * len(lines)
    return Cart(
        currency=Currency(cart.currency),
        lines=[
            show_line(line, cart.currency, discount) for line, discount in zip(lines, discounts, strict=True)
        ],
        shipping=money(cart.shipping, cart.currency),
        metadata=Metadata(dict(cart.metadata)),
        country=cart.country,
        area=cart.area,
        payment_method=cart.payment_method,
    )


def show_line(line: EngineLine, currency: str, discount: int) -> CartLine:
    """The engine's line as callers see it, with what was taken off it in minor units."""
    return CartLine(
        quantity=line.quantity,
        unit_price=money(line.unit_price, currency),
        amount=money(line.amount, currency),
        discount=money(discount, currency),
        sku=line.sku,
        product=line.product,
        name=line.name,
        categories=list(line.categories),
        metadata=Metadata(dict(line.metadata)),
        added_by=line.added_by,
    )


def read_cart(given: CartInput, path: tuple[str, ...] = ("cart",)) -> EngineCart | Problems:
    """The engine's cart, or everything that is wrong with the one given."""
    faults: list[Problem] = []
    if len(given.lines) > MOST_LINES:
        return Problems(
            (Problem((*path, "lines"), "TOO_MANY_LINES", f"A cart has up to {MOST_LINES} lines."),)
        )
    lines = [
        _read_line(line, given.currency, (*path, "lines", str(n)), faults)
        for n, line in enumerate(given.lines)
    ]
    shipping = _minor(given.shipping, given.currency, (*path, "shipping"), faults)
    metadata = read_metadata(given.metadata, (*path, "metadata"), faults)
    check_text(given.area, (*path, "area"), faults)
    check_text(given.payment_method, (*path, "payment_method"), faults)
    if faults:
        return Problems(tuple(faults))
    try:
        return EngineCart(
            given.currency,
            tuple(line for line in lines if line is not None),
            shipping,
            metadata,
            given.country,
            given.area,
            given.payment_method,
        )
    except CartError as fault:
        # The engine's sentences go on from the name of the faulty part: "Come to more than …".
        sentence = f"The {fault.path} {fault.message[0].lower()}{fault.message[1:]}"
        return Problems((Problem((*path, *fault.path.split(".")), "INVALID_CART", sentence),))


def _read_line(
    given: CartLineInput, currency: str, path: tuple[str, ...], faults: list[Problem]
) -> EngineLine | None:
    if not 1 <= given.quantity <= LARGEST_QUANTITY:
        faults.append(
            Problem((*path, "quantity"), "INVALID_QUANTITY", f"A quantity is 1 to {LARGEST_QUANTITY:,}.")
        )
    if len(given.categories) > MOST_CATEGORIES:
        faults.append(
            Problem(
                (*path, "categories"),
                "TOO_MANY_CATEGORIES",
                f"A line has up to {MOST_CATEGORIES} categories.",
            )
        )
    for name in ("sku", "product", "name"):
        check_text(getattr(given, name), (*path, name), faults)
    for n, category in enumerate(given.categories[:MOST_CATEGORIES]):
        check_text(category, (*path, "categories", str(n)), faults)
    price = _minor(given.unit_price, currency, (*path, "unit_price"), faults)
    metadata = read_metadata(given.metadata, (*path, "metadata"), faults)
    if faults:
        return None
    categories = tuple(given.categories)
    return EngineLine(given.quantity, price, given.sku, given.product, given.name, categories, metadata)


def _minor(amount: Decimal, currency: str, path: tuple[str, ...], faults: list[Problem]) -> int:
    try:
        minor = minor_of(amount, currency)
    except MoneyError as fault:
        faults.append(Problem(path, "INVALID_MONEY", str(fault)))
        return 0
    if minor < 0:
        faults.append(Problem(path, "INVALID_MONEY", "An amount in a cart is not negative."))
    return minor

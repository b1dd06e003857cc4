"""Items: which lines of a cart a rule or a reward means."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import ClassVar

from app.engine.cart import Cart, Line
from app.engine.json_data import JSONValue
from app.engine.metadata import MOST_NAMED, MetadataMatch
from app.engine.money import Money
from app.engine.parameter import Compound
from app.engine.reason import Reason, currency_mismatch
from app.engine.unit import LONGEST_TEXT, MOST_ITEMS, UnitError, check_texts, says

MOST_METADATA = 10


@dataclass(frozen=True, slots=True)
class Items(Compound):
    """Certain lines of a cart, by product, SKU, category, price and metadata; all lines where nothing is said."""

    products: tuple[str, ...] = field(
        default=(), metadata=says("Products; of these, the SKUs and the categories, one is enough.")
    )
    skus: tuple[str, ...] = field(
        default=(), metadata=says("SKUs; of these, the products and the categories, one is enough.")
    )
    categories: tuple[str, ...] = field(
        default=(), metadata=says("Categories; of these, the products and the SKUs, one is enough.")
    )
    price_at_least: Money | None = field(
        default=None, metadata=says("The lowest price of one unit, before discounts.")
    )
    price_at_most: Money | None = field(
        default=None, metadata=says("The highest price of one unit, before discounts.")
    )
    metadata: tuple[MetadataMatch, ...] = field(
        default=(), metadata=says("What the line's metadata must hold, all of it.")
    )
    excluded_products: tuple[str, ...] = field(default=(), metadata=says("Products that are never meant."))
    excluded_skus: tuple[str, ...] = field(default=(), metadata=says("SKUs that are never meant."))
    excluded_categories: tuple[str, ...] = field(
        default=(), metadata=says("Categories of which no product is ever meant.")
    )
    # Asked for every line of every cart; a thousand names are not to be walked through each time.
    _wanted: "_Names | None" = field(init=False, repr=False, compare=False)
    _unwanted: "_Names | None" = field(init=False, repr=False, compare=False)

    words: ClassVar[tuple[str, str]] = ("items", "selections of items")

    def __post_init__(self) -> None:
        for name in ("products", "skus", "categories"):
            check_texts(name, getattr(self, name))
            check_texts(f"excluded_{name}", getattr(self, f"excluded_{name}"))
        if len(self.metadata) > MOST_METADATA:
            raise UnitError("metadata", f"Must not have more than {MOST_METADATA} items.")
        check_range("price_at_least", self.price_at_least, "price_at_most", self.price_at_most)
        wanted = _Names(self.products, self.skus, self.categories)
        unwanted = _Names(self.excluded_products, self.excluded_skus, self.excluded_categories)
        object.__setattr__(self, "_wanted", wanted or None)
        object.__setattr__(self, "_unwanted", unwanted or None)

    def __str__(self) -> str:
        """In the words of a shop: `MUG-1, category tea (10.00 EUR or more each; not SKU MUG-1-RED)`."""
        limits = [f"{_between(self.price_at_least, self.price_at_most)} each"] if self.currency else []
        limits += map(str, self.metadata)
        limits += [f"not {listed(self._unwanted.in_words())}"] if self._unwanted else []
        named = listed(self._wanted.in_words()) if self._wanted else "any item"
        return f"{named} ({'; '.join(limits)})" if limits else named

    @property
    def clause(self) -> str:
        """The end of a sentence that says of what: ` from: MUG-1, category tea`; nothing where all lines are meant."""
        return "" if self.everything else f" from: {self}"

    @property
    def for_change(self) -> dict[str, JSONValue] | None:
        """The items as a change names them; None where all are meant."""
        return None if self.everything else self.to_json()

    @property
    def everything(self) -> bool:
        """Whether all lines are meant, because nothing is said about them."""
        return self == _EVERYTHING

    @property
    def currency(self) -> str | None:
        """The currency that the prices are in, if there are any: in other carts nobody knows what is meant."""
        price = self.price_at_least or self.price_at_most
        return price.currency if price else None

    def refusals(self, cart: Cart) -> tuple[Reason, ...]:
        """CURRENCY_MISMATCH where the cart's prices cannot be compared; else `matches` knows of every line."""
        if self.currency in (None, cart.currency):
            return ()
        return (currency_mismatch(str(self.currency), cart.currency),)

    def matches(self, line: Line) -> bool:
        """Whether the line is meant; its price must be in the currency of the prices here."""
        if self._wanted is not None and not self._wanted.name(line):
            return False
        if self._unwanted is not None and self._unwanted.name(line):
            return False
        if self.price_at_least is not None and line.unit_price < self.price_at_least.minor:
            return False
        if self.price_at_most is not None and line.unit_price > self.price_at_most.minor:
            return False
        return not self.metadata or all(match.holds(line.metadata) for match in self.metadata)

    def among(self, cart: Cart) -> tuple[Line, ...]:
        """The lines of the cart that are meant, in its order."""
        return tuple(line for line in cart.lines if self.matches(line))


class _Names:
    """Products, SKUs and categories, of which a line needs one."""

    __slots__ = ("categories", "products", "skus", "told")

    def __init__(self, products: Iterable[str], skus: Iterable[str], categories: Iterable[str]) -> None:
        self.products, self.skus = frozenset(products), frozenset(skus)
        self.categories = frozenset(categories)
        self.told = (products, skus, categories)

    def __bool__(self) -> bool:
        return bool(self.products or self.skus or self.categories)

    def name(self, line: Line) -> bool:
        return (
            line.product in self.products
            or line.sku in self.skus
            or not self.categories.isdisjoint(line.categories)
        )

    def in_words(self) -> list[str]:
        products, skus, categories = self.told
        return [*products, *(f"SKU {sku}" for sku in skus), *(f"category {name}" for name in categories)]


def check_range(least_name: str, least: Money | None, most_name: str, most: Money | None) -> None:
    """Raise UnitError for amounts below zero, in two currencies, or with the upper one below the lower one."""
    for name, amount in ((least_name, least), (most_name, most)):
        if amount is not None and amount.minor < 0:
            raise UnitError(name, "Must not be negative.")
    if least is None or most is None:
        return
    if least.currency != most.currency:
        raise UnitError(most_name, f"Must be in {least.currency}, as the other amount.")
    if most.minor < least.minor:
        raise UnitError(most_name, "Must not be below the lower amount.")


def check_limits(amount_at_least: Money | None, amount_at_most: Money | None) -> None:
    """Raise UnitError unless the two parameters of these names let through some amounts and keep out others."""
    if amount_at_least is None and amount_at_most is None:
        raise UnitError("amount_at_least", "Must be given, unless there is an upper limit.")
    check_range("amount_at_least", amount_at_least, "amount_at_most", amount_at_most)
    if amount_at_least is not None and amount_at_least.minor == 0:
        raise UnitError("amount_at_least", "Must be more than zero.")


def listed(names: list[str]) -> str:
    """The first names, and how many more there are."""
    more = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def naming(lines: Iterable[Line], cart: Cart) -> Items | None:
    """Items that are these lines of the cart and no others, by SKU or else by product; None where no names do that."""
    meant = list(lines)
    skus = tuple(dict.fromkeys(line.sku for line in meant if line.sku))
    products = tuple(dict.fromkeys(line.product for line in meant if line.product and not line.sku))
    if not 0 < len(skus) + len(products) <= MOST_ITEMS:
        return None
    if max(map(len, (*skus, *products))) > LONGEST_TEXT:
        return None
    items = Items(products=products, skus=skus)
    return items if items.among(cart) == tuple(meant) else None


def name_of(line: Line) -> str:
    """What a person would call the line."""
    return line.name or line.product or line.sku or "an item without name"


def _between(least: Money | None, most: Money | None) -> str:
    if least is None:
        return f"{most} or less"
    return f"{least} or more" if most is None else f"{least} to {most}"


_EVERYTHING = Items()

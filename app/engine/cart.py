"""The cart: what the shopper is about to buy, with everything the engine may look at."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from app.engine.json_data import MISSING, DataError, JSONValue, Reader, join
from app.engine.money import LARGEST, MoneyError, exponent

MOST_LINES = 500
_COUNTRY = re.compile("[A-Z]{2}")


class CartError(DataError):
    """A cart that cannot be: `path` (`lines[2].quantity`) and `message` say what is wrong."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a cart. `unit_price` is in minor units of the cart's currency.

    `added_by` is the code whose reward added the line, free of charge; the shopper put all others there.
    """

    quantity: int
    unit_price: int
    sku: str | None = None
    product: str | None = None
    name: str | None = None
    categories: tuple[str, ...] = ()
    metadata: Mapping[str, JSONValue] = field(default_factory=dict)
    added_by: str | None = None

    def __post_init__(self) -> None:
        if self.quantity < 1:
            raise CartError("quantity", "Must be 1 or more.")
        if self.unit_price < 0:
            raise CartError("unit_price", "Must not be negative.")

    @property
    def amount(self) -> int:
        """Quantity times unit price, in minor units."""
        return self.quantity * self.unit_price

    def to_json(self) -> dict[str, JSONValue]:
        """The line as JSON; what is absent is left out."""
        data: dict[str, JSONValue] = {"quantity": self.quantity, "unit_price": self.unit_price}
        if self.sku is not None:
            data["sku"] = self.sku
        if self.product is not None:
            data["product"] = self.product
        if self.name is not None:
            data["name"] = self.name
        if self.categories:
            data["categories"] = list(self.categories)
        if self.metadata:
            data["metadata"] = dict(self.metadata)
        if self.added_by is not None:
            data["added_by"] = self.added_by
        return data

    @classmethod
    def from_json(cls, data: object, path: str = "") -> "Line":
        """The line that `to_json` wrote. Raises CartError."""
        reader = Reader(data, path, CartError)
        quantity, unit_price = reader.whole("quantity"), reader.whole("unit_price")
        sku, product = reader.optional_text("sku"), reader.optional_text("product")
        name, categories = reader.optional_text("name"), reader.texts("categories")
        metadata, added_by = _metadata(reader), reader.optional_text("added_by")
        reader.done()
        try:
            return cls(quantity, unit_price, sku, product, name, categories, metadata, added_by)
        except CartError as wrong:
            raise wrong.under(path) from None


@dataclass(frozen=True, slots=True)
class Cart:
    """Lines and shipping in one currency; all amounts are minor units before any discount.

    `country` (ISO 3166-1 alpha-2) and `area` (a region, a postal code: the shop's own words) are where it is delivered
    to, `payment_method` how it is paid, in the shop's own words.
    Raises CartError for an unknown currency, a negative amount, more than 500 lines that no reward has added, or a
    total beyond 2**53-1.
    """

    currency: str
    lines: tuple[Line, ...]
    shipping: int = 0
    metadata: Mapping[str, JSONValue] = field(default_factory=dict)
    country: str | None = None
    area: str | None = None
    payment_method: str | None = None
    # Worked out once: half of all rules ask for it.
    subtotal: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        try:
            exponent(self.currency)
        except MoneyError as wrong:
            raise CartError("currency", str(wrong)) from None
        if self.shipping < 0:
            raise CartError("shipping", "Must not be negative.")
        if len(self.lines) > MOST_LINES and sum(line.added_by is None for line in self.lines) > MOST_LINES:
            raise CartError("lines", f"Must not be more than {MOST_LINES}.")
        if self.country is not None and _COUNTRY.fullmatch(self.country) is None:
            raise CartError("country", "Must be two capital letters, such as DE.")
        subtotal = 0
        for line in self.lines:
            subtotal += line.quantity * line.unit_price
        if subtotal + self.shipping > LARGEST:
            raise CartError("lines", "Come to more than can be counted exactly.")
        object.__setattr__(self, "subtotal", subtotal)

    @property
    def total(self) -> int:
        """What the cart costs without any discount: subtotal and shipping, in minor units."""
        return self.subtotal + self.shipping

    @property
    def own(self) -> "Cart":
        """The cart as the shopper filled it: without what rewards have added."""
        lines = tuple([line for line in self.lines if line.added_by is None])
        return self if len(lines) == len(self.lines) else replace(self, lines=lines)

    def to_json(self) -> dict[str, JSONValue]:
        """The cart as JSON; what is absent is left out."""
        data: dict[str, JSONValue] = {
            "currency": self.currency,
            "lines": [line.to_json() for line in self.lines],
        }
        if self.shipping:
            data["shipping"] = self.shipping
        if self.metadata:
            data["metadata"] = dict(self.metadata)
        if self.country is not None:
            data["country"] = self.country
        if self.area is not None:
            data["area"] = self.area
        if self.payment_method is not None:
            data["payment_method"] = self.payment_method
        return data

    @classmethod
    def from_json(cls, data: object, path: str = "") -> "Cart":
        """The cart that `to_json` wrote. Raises CartError with the path of what is wrong."""
        reader = Reader(data, path, CartError)
        currency, shipping = reader.text("currency"), reader.whole("shipping", 0)
        lines = lines_from_json(reader.items("lines"), join(path, "lines"))
        metadata, country = _metadata(reader), reader.optional_text("country")
        area, payment_method = reader.optional_text("area"), reader.optional_text("payment_method")
        reader.done()
        try:
            return cls(currency, lines, shipping, metadata, country, area, payment_method)
        except CartError as wrong:
            raise wrong.under(path) from None


def lines_from_json(data: Sequence[object], path: str) -> tuple[Line, ...]:
    """A list of lines. Raises CartError with the path of what is wrong."""
    return tuple([Line.from_json(line, f"{path}[{index}]") for index, line in enumerate(data)])


def _metadata(reader: Reader) -> dict[str, JSONValue]:
    value = reader.take("metadata")
    if value is MISSING:
        return {}
    if not isinstance(value, dict):
        raise reader.wrong("metadata", "Must be an object.")
    return value

"""contains_products: a line counts when its product, its SKU or one of its categories is named."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from app.engine.cart import Line
from app.engine.facts import Need, Situation
from app.engine.json_data import JSONValue
from app.engine.reason import Reason, Value
from app.engine.remedy import Act, Change
from app.engine.selection import Items
from app.engine.shelf import rules
from app.engine.unit import NOTHING, Family, UnitError, check_texts, says

# A sentence that lists more than this is no longer read.
MOST_NAMED = 5


@rules.add
@dataclass(frozen=True, slots=True)
class ContainsProducts:
    """The cart must hold a quantity of certain products or of products from certain categories."""

    products: tuple[str, ...] = field(
        default=(), metadata=says("Product or SKU identifiers, any of which counts.")
    )
    categories: tuple[str, ...] = field(default=(), metadata=says("Categories, any product of which counts."))
    quantity: int = field(default=1, metadata=says("How many there must be altogether.", unit="items"))

    needs: ClassVar[frozenset[Need]] = NOTHING
    family: ClassVar[Family] = Family.ITEMS
    example: ClassVar[Mapping[str, JSONValue]] = {
        "kind": "contains_products",
        "products": ["MUG-1", "MUG-2"],
        "quantity": 2,
    }

    def __post_init__(self) -> None:
        if not self.products and not self.categories:
            raise UnitError("products", "Must name at least one product, unless there are categories.")
        check_texts("products", self.products)
        check_texts("categories", self.categories)
        if self.quantity < 1:
            raise UnitError("quantity", "Must be 1 or more.")

    def refusals(self, situation: Situation) -> tuple[Reason, ...]:
        """PRODUCTS_MISSING with how many items are missing."""
        there = self._there(situation)
        if there >= self.quantity:
            return ()
        wanted, missing = self._wanted(), self.quantity - there
        return (
            Reason(
                "PRODUCTS_MISSING",
                f"The cart holds {there} of at least {self.quantity} from: {wanted}.",
                subject="cart.lines",
                expected=self.quantity,
                actual=there,
                missing=missing,
                remedy=f"Add {missing} more from: {wanted}.",
                change=Change(Act.ADD_ITEMS, quantity=missing, items=self._items()),
            ),
        )

    def actual(self, situation: Situation) -> Value | None:
        """How many of them there are."""
        return self._there(situation)

    def undoing(self, situation: Situation) -> tuple[str, Change] | None:
        """To take out so many that too few are left."""
        over = self._there(situation) - self.quantity + 1
        change = Change(Act.REMOVE_ITEMS, quantity=over, items=self._items())
        return f"Take out {over} from: {self._wanted()}.", change

    def _items(self) -> dict[str, JSONValue] | None:
        return Items(self.products, self.products, self.categories).for_change

    def _there(self, situation: Situation) -> int:
        return sum(line.quantity for line in situation.cart.lines if self._counts(line))

    def _counts(self, line: Line) -> bool:
        return (
            line.product in self.products
            or line.sku in self.products
            or any(category in self.categories for category in line.categories)
        )

    def _wanted(self) -> str:
        names = [*self.products, *(f"category {category}" for category in self.categories)]
        more = len(names) - MOST_NAMED
        return ", ".join(names[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")

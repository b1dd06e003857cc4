"""Orders of customers: how many carts they redeemed, and what they came to, net of what came back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.database import fetch, statement

_ORDERS = statement(__package__, "orders.sql")


@dataclass(frozen=True, slots=True)
class Orders:
    """A customer's orders in one currency, net of returns; amounts are minor units of it.

    An order is a cart that was redeemed; one that was `undone` as a whole is none any more. `gross` is what the goods
    that were kept, and shipping, cost before any discount, `discount` what all codes took off that; `from_balances` is
    the part of the discount that was paid with money of gift vouchers. `refunded` is what customers got back, of the
    undone ones too. The instants are those of the first and the last order, None without any.
    """

    currency: str
    orders: int
    undone: int
    first_at: datetime | None
    last_at: datetime | None
    gross: int
    discount: int
    from_balances: int
    refunded: int

    @property
    def net(self) -> int:
        """What was left to pay: the sum of what these orders are worth to the shop."""
        return self.gross - self.discount

    @property
    def average(self) -> int | None:
        """What an order comes to, rounded half up; None without orders."""
        return (2 * self.net + self.orders) // (2 * self.orders) if self.orders else None


async def orders_of(project: UUID, customers: Sequence[UUID]) -> dict[UUID, tuple[Orders, ...]]:
    """The orders of those who have redeemed anything, for each currency in alphabetical order; one statement."""
    found: dict[UUID, list[Orders]] = {}
    for row in await fetch(_ORDERS, project, list(customers)):
        own = Orders(
            currency=row["currency"],
            orders=row["orders"],
            undone=row["undone"],
            first_at=row["first_at"],
            last_at=row["last_at"],
            # PostgreSQL adds up in numeric, which no sum is too large for.
            gross=int(row["gross"]),
            discount=int(row["discount"]),
            from_balances=int(row["from_balances"]),
            refunded=int(row["refunded"]),
        )
        found.setdefault(row["customer_id"], []).append(own)
    return {customer: tuple(sorted(own, key=lambda one: one.currency)) for customer, own in found.items()}

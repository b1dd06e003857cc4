"""Figures about a customer: what was ordered and redeemed, what that is worth, and of which categories most was."""

from datetime import datetime
from uuid import UUID

import strawberry

from app.door import LARGEST_LIMIT
from app.redemptions.favourites import CategoryRank, FavouriteCategory
from app.redemptions.orders import Orders
from graphql_schema.authority import Info
from graphql_schema.enums import describe_enum
from graphql_schema.scalars import Currency
from graphql_schema.types.money import Money, money

describe_enum(
    CategoryRank,
    "By what categories are ranked.",
    AMOUNT="What was paid for them in the project's currency, then the units.",
    QUANTITY="The units, then what was paid in the project's currency.",
)


@strawberry.type(
    description="What a customer's orders in one currency come to, net of all that came back. An order is a redeemed"
    " cart; a hold is none yet, and one that was rolled back as a whole is none any more."
)
class LifetimeValue:
    currency: Currency = strawberry.field(description="The currency of these orders.")
    order_count: int = strawberry.field(description="How many there are.")
    value: Money = strawberry.field(
        description="What was left to pay: goods that were kept, and shipping, less the discount. The rule amountSpent"
        " counts the same, and live holds besides."
    )
    discount: Money = strawberry.field(
        description="What codes took off the goods that were kept and the shipping, what gift vouchers and points paid"
        " included."
    )
    paid_from_balances: Money = strawberry.field(
        description="The part of the discount that was paid with the money of gift vouchers: with it, `value` is what"
        " the orders brought in."
    )
    refunded: Money = strawberry.field(
        description="What the customer got back, for orders that were undone as a whole, too."
    )
    average_order_value: Money | None = strawberry.field(
        description="The value of an order, rounded half up; null when there is none."
    )


@strawberry.type(description="A category that a customer bought of, net of all that came back.")
class CustomerCategory:
    category: str = strawberry.field(description="The category, as carts name it.")
    quantity: int = strawberry.field(
        description=f"Units that were bought and kept; {LARGEST_LIMIT:,} stands for more."
    )
    amounts: list[Money] = strawberry.field(
        description="What was paid for them, in each currency: prices less the discount on these lines. A line of"
        " several categories counts in each of them."
    )


@strawberry.type(description="How much there is of a customer, all told.")
class CustomerSummary:
    uuid: strawberry.Private[UUID]
    orders: strawberry.Private[tuple[Orders, ...]]

    @strawberry.field(description="Redeemed carts, those left out that were rolled back as a whole.")
    def order_count(self) -> int:
        return sum([one.orders for one in self.orders])

    @strawberry.field(description="When the first of these was redeemed; null without any.")
    def first_order_at(self) -> datetime | None:
        return min([one.first_at for one in self.orders if one.first_at is not None], default=None)

    @strawberry.field(description="When the latest of these was redeemed; null without any.")
    def last_order_at(self) -> datetime | None:
        return max([one.last_at for one in self.orders if one.last_at is not None], default=None)

    @strawberry.field(description="Redemptions, those included that were rolled back as a whole.")
    def redemption_count(self) -> int:
        return sum([one.orders + one.undone for one in self.orders])

    @strawberry.field(description="Attempts that were refused.")
    async def rejected_redemption_count(self, info: Info) -> int:
        return await info.context.loaders.rejected_of_customer.count(self.uuid)

    @strawberry.field(description="Times that a code was given to the customer.")
    async def publication_count(self, info: Info) -> int:
        return await info.context.loaders.publications_of_customer.count(self.uuid)


def show_lifetime_value(orders: Orders) -> LifetimeValue:
    """The orders of one currency as callers see them."""
    currency = orders.currency
    return LifetimeValue(
        currency=Currency(currency),
        order_count=orders.orders,
        value=money(orders.net, currency),
        discount=money(orders.discount, currency),
        paid_from_balances=money(orders.from_balances, currency),
        refunded=money(orders.refunded, currency),
        average_order_value=None if orders.average is None else money(orders.average, currency),
    )


def show_category(category: FavouriteCategory) -> CustomerCategory:
    """A category as callers see it."""
    return CustomerCategory(
        category=category.category,
        quantity=min(category.units, LARGEST_LIMIT),
        amounts=[money(minor, currency) for currency, minor in category.amounts],
    )

"""A rollback: goods of a redemption that came back, and what went back to the shopper for them."""

from datetime import datetime

import strawberry

from app.engine.cart import Cart as CartValue
from app.redemptions.returns import Units
from app.redemptions.rollback import ReturnedLine as ReturnedLineValue
from app.redemptions.rollback import Rollback as RollbackValue
from app.redemptions.rollback import RollbackPolicy
from graphql_schema.enums import describe_enum
from graphql_schema.types.money import Money, money

describe_enum(
    RollbackPolicy,
    "What becomes of the discount when some of the goods come back.",
    KEEP_SHARE="Each unit takes its share of the discount with it; what is kept keeps its own.",
    CLAW_BACK_IF_UNQUALIFIED="As KEEP_SHARE, but a code for which the rest of the cart would not have qualified"
    " then loses all of its discount, on the shipping and on what it added too, and its use is given back.",
    RECALCULATE="All codes are reckoned anew for the rest of the cart as it would have been then; no code gives more"
    " than before.",
)


@strawberry.input(description="Units of one line of the cart that come back.")
class ReturnedLineInput:
    line: int = strawberry.field(
        description="The place of the line in the redemption's cart, counted from 0; what rewards added is at its end."
    )
    quantity: int = strawberry.field(description="How many units, 1 or more, and no more than are left.")


@strawberry.type(description="What came back of one line of the cart.")
class ReturnedLine:
    line: int = strawberry.field(description="The place of the line in the cart, counted from 0.")
    quantity: int = strawberry.field(
        description="How many units; 0 where only discount was taken back from what is kept."
    )
    subtotal: Money = strawberry.field(description="What these units cost before any discount.")
    discount: Money = strawberry.field(
        description="The discount that was taken back on this line, of all codes together; below zero where"
        " RECALCULATE moved discount to it."
    )


@strawberry.type(description="Goods of a redemption that came back, and the refund for them.")
class Rollback:
    policy: RollbackPolicy = strawberry.field(description="What became of the discount.")
    lines: list[ReturnedLine] = strawberry.field(
        description="The lines of which something came back, in the order of the cart."
    )
    subtotal: Money = strawberry.field(description="What the returned units cost before any discount.")
    shipping: Money = strawberry.field(
        description="The cost of shipping, when the last goods came back; else nothing."
    )
    discount: Money = strawberry.field(description="The discount that was taken back, of all codes together.")
    shipping_discount: Money = strawberry.field(
        description="What of the discount that was taken back had been taken off the shipping."
    )
    refund: Money = strawberry.field(
        description="What the shopper gets back, never less than nothing: subtotal and shipping less the discount."
        " The refunds of all rollbacks sum to what was paid."
    )
    not_recovered: Money = strawberry.field(
        description="Discount that the policy would have taken back as well, had the returned units been worth it."
    )
    reason: str | None = strawberry.field(description="Why they came back, if that was told.")
    created_at: datetime = strawberry.field(description="When they came back.")


def read_units(lines: list[ReturnedLineInput] | None) -> list[Units] | None:
    """The units to be returned; None for all that are left."""
    return None if lines is None else [Units(one.line, one.quantity) for one in lines]


def show_rollback(rollback: RollbackValue, cart: CartValue) -> Rollback:
    """The rollback of a redemption with that cart as callers see it."""
    currency = cart.currency
    goods = sum(one.quantity * cart.lines[one.line].unit_price for one in rollback.lines)
    return Rollback(
        policy=rollback.policy,
        lines=[_show_line(one, cart) for one in rollback.lines],
        subtotal=money(goods, currency),
        shipping=money(rollback.subtotal - goods, currency),
        discount=money(rollback.discount, currency),
        shipping_discount=money(0 if rollback.shipping is None else rollback.shipping.discount, currency),
        refund=money(rollback.refund, currency),
        not_recovered=money(rollback.not_recovered, currency),
        reason=rollback.reason,
        created_at=rollback.created_at,
    )


def _show_line(line: ReturnedLineValue, cart: CartValue) -> ReturnedLine:
    return ReturnedLine(
        line=line.line,
        quantity=line.quantity,
        subtotal=money(line.quantity * cart.lines[line.line].unit_price, cart.currency),
        discount=money(line.discount, cart.currency),
    )

"""A balance: the money or the points that a code holds by itself."""

from datetime import datetime

import strawberry

from app.engine.facts import POINTS
from app.problem import Problem
from app.vouchers.values import FirstBalance
from app.wallets.values import Balance as BalanceValue
from graphql_schema.types.money import Money, MoneyInput, money, read_money

Path = tuple[str, ...]


@strawberry.type(description="Money or points: the one that the balance is in, the other is null.")
class BalanceAmount:
    money: Money | None = strawberry.field(description="The money; null for points.")
    points: int | None = strawberry.field(description="The points; null for money.")


@strawberry.input(one_of=True, description="Money or points.")
class BalanceAmountInput:
    money: strawberry.Maybe[MoneyInput] = strawberry.field(description="An amount of money.")
    points: strawberry.Maybe[int] = strawberry.field(description="A number of points.")


@strawberry.input(description="What each new code holds, one as much as the other.")
class FirstBalanceInput:
    amount: BalanceAmountInput = strawberry.field(description="How much, more than nothing.")
    expires_at: datetime | None = strawberry.field(
        default=None, description="The instant from which nothing is left of it; by default there is none."
    )


@strawberry.type(description="What a code holds by itself, to pay with.")
class Balance:
    available: BalanceAmount = strawberry.field(description="What can be spent now.")
    held: BalanceAmount = strawberry.field(description="What is reserved by holds.")
    expiring: BalanceAmount | None = strawberry.field(
        description="The part of what is available that expires soonest; null when nothing of it expires."
    )
    expires_at: datetime | None = strawberry.field(description="When that part expires.")


def show_amount(amount: int, unit: str) -> BalanceAmount:
    """Minor units or points as callers see them."""
    if unit == POINTS:
        return BalanceAmount(money=None, points=amount)
    return BalanceAmount(money=money(amount, unit), points=None)


def show_balance(balance: BalanceValue) -> Balance:
    """The balance as callers see it."""
    expires = balance.expires_at is not None
    return Balance(
        available=show_amount(balance.available, balance.unit),
        held=show_amount(balance.held, balance.unit),
        expiring=show_amount(balance.expiring, balance.unit) if expires else None,
        expires_at=balance.expires_at,
    )


def read_amount(given: BalanceAmountInput, path: Path) -> tuple[int, str] | Problem:
    """The amount, in minor units or points, and its unit; or what is wrong with it."""
    if given.points:
        return given.points.value, POINTS
    if given.money:
        found = read_money(given.money.value, (*path, "money"))
        return found if isinstance(found, Problem) else (found.minor, found.currency)
    raise AssertionError("@oneOf promises one of the two")


def read_first_balance(given: FirstBalanceInput | None) -> FirstBalance | Problem | None:
    """What new codes shall hold, if anything; or what is wrong with the amount."""
    if given is None:
        return None
    found = read_amount(given.amount, ("balance", "amount"))
    return found if isinstance(found, Problem) else FirstBalance(found[1], found[0], given.expires_at)

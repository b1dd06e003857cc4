"""Money as callers see it: an exact decimal in major units, and its currency."""

from decimal import Decimal

import strawberry

from app.engine.money import Money as ExactMoney
from app.engine.money import MoneyError, amount_of
from app.problem import Problem
from graphql_schema.scalars import Currency


@strawberry.type(description="An exact amount of money.")
class Money:
    amount: Decimal = strawberry.field(
        description='The amount in major units with all the decimals of its currency: "12.50", "1250", "12.500".'
    )
    currency: Currency = strawberry.field(description="The ISO 4217 code of the currency.")


@strawberry.input(description="An exact amount of money.")
class MoneyInput:
    amount: Decimal = strawberry.field(
        description='The amount in major units, as a string such as "12.50"; never more decimals than the currency has.'
    )
    currency: Currency = strawberry.field(description="The ISO 4217 code of the currency.")


def money(minor: int, currency: str) -> Money:
    """Minor units as callers see them."""
    return Money(amount=amount_of(minor, currency), currency=Currency(currency))


def show_money(exact: ExactMoney) -> Money:
    """The engine's money as callers see it."""
    return Money(amount=exact.amount, currency=Currency(exact.currency))


def read_money(given: MoneyInput, path: tuple[str, ...]) -> ExactMoney | Problem:
    """The engine's money, or what is wrong with the amount."""
    try:
        return ExactMoney.of(given.amount, given.currency)
    except MoneyError as fault:
        return Problem((*path, "amount"), "INVALID_MONEY", str(fault))

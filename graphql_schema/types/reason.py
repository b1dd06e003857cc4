"""Reason: why a code was refused, as data."""

from datetime import datetime

import strawberry

from app.door import LARGEST_LIMIT
from app.engine.money import Money as ExactMoney
from app.engine.reason import Reason as EngineReason
from app.engine.reason import Value
from graphql_schema.types.change import Change, show_change
from graphql_schema.types.money import Money, show_money


@strawberry.type(
    description="A value in a reason: always as text, and typed where it is money, a count or an instant."
)
class ReasonValue:
    text: str = strawberry.field(description="The value as a person would read it.")
    money: Money | None = strawberry.field(
        default=None, description="The value, when it is an amount of money."
    )
    count: int | None = strawberry.field(
        default=None, description="The value, when it is a number of things."
    )
    instant: datetime | None = strawberry.field(default=None, description="The value, when it is an instant.")
    choices: list[str] | None = strawberry.field(
        default=None, description="The value, when it is a list: of what would do, or of what was found."
    )


@strawberry.type(description="One way out, where any one of several would do: everything that blocks it.")
class ReasonAlternative:
    reasons: list["Reason"] = strawberry.field(description="What blocks this way.")


@strawberry.type(
    description="Why a code was refused: what was expected, what is, what is missing, what would help."
)
class Reason:
    code: str = strawberry.field(
        description='The kind of reason, for programs, such as "MINIMUM_SPEND_NOT_REACHED".'
    )
    message: str = strawberry.field(description="The reason as an English sentence.")
    subject: str | None = strawberry.field(description='What was judged, such as "cart.subtotal".')
    expected: ReasonValue | None = strawberry.field(description="What would have been right.")
    actual: ReasonValue | None = strawberry.field(description="What was found.")
    missing: ReasonValue | None = strawberry.field(description="How much is missing.")
    remedy: str | None = strawberry.field(description="What would make it pass, as an English sentence.")
    change: Change | None = strawberry.field(description="The same as data, where a single change is enough.")
    alternatives: list[ReasonAlternative] = strawberry.field(
        description="Filled where any one of several ways would do: what blocks each of them."
    )


def show_reason(reason: EngineReason) -> Reason:
    """The engine's reason as callers see it."""
    return Reason(
        code=reason.code,
        message=reason.message,
        subject=reason.subject,
        expected=show_value(reason.expected),
        actual=show_value(reason.actual),
        missing=show_value(reason.missing),
        remedy=reason.remedy,
        change=None if reason.change is None else show_change(reason.change),
        alternatives=[
            ReasonAlternative(reasons=[show_reason(blocking) for blocking in way])
            for way in reason.alternatives
        ],
    )


def show_value(value: Value | None) -> ReasonValue | None:
    """A value as callers see it; nothing of nothing."""
    if value is None:
        return None
    if isinstance(value, ExactMoney):
        return ReasonValue(text=str(value), money=show_money(value))
    if isinstance(value, int):
        # GraphQL's Int ends at 2^31; the text does not.
        return ReasonValue(text=str(value), count=value if abs(value) <= LARGEST_LIMIT else None)
    if isinstance(value, datetime):
        return ReasonValue(text=value.isoformat(), instant=value)
    if isinstance(value, tuple):
        return ReasonValue(text=", ".join(value), choices=list(value))
    return ReasonValue(text=value)

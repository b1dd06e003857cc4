"""A change: what would mend a refusal, as data that a shop can act on."""

from datetime import datetime

import strawberry

from app.door import LARGEST_LIMIT
from app.engine.remedy import Act
from app.engine.remedy import Change as EngineChange
from app.engine.selection import Items as EngineItems
from graphql_schema.enums import describe_enum
from graphql_schema.refusals import shown_path
from graphql_schema.types.kinds import Items
from graphql_schema.types.money import Money, show_money
from graphql_schema.types.units import show_compound

describe_enum(
    Act,
    "What is to be done. Whoever does it does not hear that reason again.",
    name="ChangeAct",
    ADD_AMOUNT="Put goods for `amount` or more into the cart; of `items` only, if there are some.",
    REMOVE_AMOUNT="Take goods for `amount` or more out of the cart; of `items` only, if there are some.",
    ADD_ITEMS="Put `quantity` units into the cart; of `items` only, if there are some.",
    REMOVE_ITEMS="Take `quantity` units out of the cart; of `items` only, if there are some.",
    COME_AT="Use the code at the instant `at`, and not before.",
    SIGN_IN="Say who the customer is.",
    CHOOSE="Let what `path` leads to be one of `values`; any value will do where there are none.",
    USE_CODE="Use the code `code` instead; it takes `amount` more off.",
    TAKE_LESS="Take `amount`, or `quantity` points, at most from the balance.",
    LEAVE_OUT="Leave out the code `code`, or what `path` leads to.",
)


@strawberry.type(description="The smallest change that would mend a refusal, as data.")
class Change:
    act: Act = strawberry.field(description="What is to be done.")
    amount: Money | None = strawberry.field(description="With how much money.")
    quantity: int | None = strawberry.field(description="With how many units, or points.")
    items: Items | None = strawberry.field(description="With which items; null where any will do.")
    at: datetime | None = strawberry.field(description="When.")
    path: str | None = strawberry.field(
        description='Where what is to be chosen stands, such as "cart.paymentMethod" or "code.credits".'
    )
    values: list[str] = strawberry.field(description="What may be chosen; empty where any value will do.")
    code: str | None = strawberry.field(description="With which code.")


def show_change(change: EngineChange) -> Change:
    """The engine's change as callers see it."""
    quantity = change.quantity
    return Change(
        act=change.act,
        amount=None if change.amount is None else show_money(change.amount),
        # GraphQL's Int ends at 2^31; the sentence beside it does not.
        quantity=None if quantity is None or quantity > LARGEST_LIMIT else quantity,
        items=None if change.items is None else show_compound(EngineItems.from_json(dict(change.items))),
        at=change.at,
        path=None if change.path is None else _in_the_input(change.path),
        values=list(change.values),
        code=change.code,
    )


def _in_the_input(path: str) -> str:
    """The path as inputs write it; keys of metadata are the shop's own words."""
    way, of_metadata, key = path.partition("metadata.")
    return ".".join(shown_path(way.split("."))) + of_metadata + key

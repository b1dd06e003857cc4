"""A decision made again: what its own offers give, and what would be given today."""

from collections.abc import Iterable

import strawberry

from app.projects.admit import Caller
from app.simulation.differences import Difference
from app.simulation.replay_decision import Replay
from graphql_schema.types.evaluation import Evaluation, show_evaluation


@strawberry.type(description="One thing that is not as it was told.")
class DecisionDifference:
    code: str | None = strawberry.field(description="The code that it is about; null for the whole cart.")
    what: str = strawberry.field(
        description="What differs: granted, reasons, discount, lines[0].discount, shipping.discount, spent, gifts,"
        " added, subtotal or shipping."
    )
    told: str = strawberry.field(description="What was told and kept, as people read it.")
    replayed: str = strawberry.field(description="What comes out when it is judged again.")


@strawberry.type(
    description="A redemption, hold or rejected redemption judged again by its own offers, cart, occasion, moment and"
    " facts; and, for comparison, by everything as it is today."
)
class DecisionReplay:
    identical: bool = strawberry.field(
        description="Whether its own offers give exactly what was told: the same amounts for each code and line, the"
        " same goods, gifts and reasons. What stood open then, and how far limits and budgets had counted, is not kept:"
        " reasons of these kinds are taken as they were told."
    )
    differences: list[DecisionDifference] = strawberry.field(
        description="Where they do not; empty when it is identical."
    )
    then: Evaluation = strawberry.field(description="The answer by its own offers and facts.")
    today: Evaluation = strawberry.field(
        description="The answer by the offers, limits, balances and customer of today, as if it came for the first"
        " time: what it used itself is free."
    )
    changes: list[DecisionDifference] = strawberry.field(
        description="What would be different today from what was told."
    )
    assumptions: list[str] = strawberry.field(
        description="What was taken for granted, in sentences; empty when everything it was judged by was kept."
    )


def show_replay(replay: Replay, caller: Caller) -> DecisionReplay:
    """The replay as this caller may see it."""
    cart = replay.case.cart
    return DecisionReplay(
        identical=replay.identical,
        differences=_show(replay.differences),
        then=show_evaluation(replay.then, cart, caller, replay.case),
        today=show_evaluation(replay.today, cart, caller, replay.case_today),
        changes=_show(replay.changes),
        assumptions=list(replay.assumptions),
    )


def _show(found: Iterable[Difference]) -> list[DecisionDifference]:
    return [
        DecisionDifference(code=one.code, what=one.what, told=one.then, replayed=one.now) for one in found
    ]

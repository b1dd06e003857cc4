"""The gap: how far a refused code is from being granted, where there is something the shopper can do about it."""

from collections.abc import Iterable
from typing import NamedTuple

from app.engine.reason import Reason
from app.engine.remedy import Act, Change


class Gap(NamedTuple):
    """What must be done, the smaller gap first: goods for `amount` minor units, `quantity` of them, all `steps`.

    `waits` when one of the steps is to come at another time. Two steps may be taken with the same goods, so amounts
    and quantities are those of the largest step: so much is missing in any case.
    """

    waits: bool
    amount: int
    quantity: int
    steps: int


NO_GAP = Gap(waits=False, amount=0, quantity=0, steps=0)


def gap_of(reasons: Iterable[Reason]) -> Gap | None:
    """The gap that all these reasons leave; None when nothing can be done about one of them."""
    whole = NO_GAP
    for reason in reasons:
        own = _gap_of_one(reason)
        if own is None:
            return None
        whole = Gap(
            waits=whole.waits or own.waits,
            amount=max(whole.amount, own.amount),
            quantity=max(whole.quantity, own.quantity),
            steps=whole.steps + own.steps,
        )
    return whole


def _gap_of_one(reason: Reason) -> Gap | None:
    """The smallest of the reason's own change and of the ways that it leaves open."""
    ways = [gap for way in reason.alternatives if (gap := gap_of(way)) is not None]
    if reason.change is not None:
        ways.append(_gap_of_change(reason.change))
    return min(ways, default=None)


def _gap_of_change(change: Change) -> Gap:
    adds = change.act is Act.ADD_AMOUNT and change.amount is not None
    return Gap(
        waits=change.act is Act.COME_AT,
        amount=change.amount.minor if adds and change.amount is not None else 0,
        quantity=change.quantity or 0 if change.act is Act.ADD_ITEMS else 0,
        steps=1,
    )

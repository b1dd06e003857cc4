"""What the last rollback of an order took back, from the payload of its event: pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any  # payloads of events are JSON


@dataclass(frozen=True, slots=True)
class TakenBack:
    """Amounts in minor units: order value without shipping, and discount of each code in the order of its codes."""

    returned_before: int
    order_value: int
    discounts: tuple[int, ...]
    is_whole: bool


def taken_back(order: Mapping[str, Any]) -> TakenBack:
    """The event tells all rollbacks so far, the newest last; only the last of all may give back shipping."""
    codes = order["vouchers"]
    is_whole = order["rolled_back_at"] is not None
    rollbacks = order.get("rollbacks")
    if not rollbacks:  # written before parts could be given back: it was all of it
        return TakenBack(0, order["subtotal"], tuple(code["discount"] for code in codes), is_whole)
    before = sum(one["subtotal"] for one in rollbacks[:-1])
    last = rollbacks[-1]
    shipping = (last.get("shipping") or {}).get("discounts") or [0] * len(codes)
    discounts = tuple(
        sum(line["discounts"][place] for line in last["lines"]) + shipping[place]
        for place in range(len(codes))
    )
    return TakenBack(before, order["returned_subtotal"] - before, discounts, is_whole)

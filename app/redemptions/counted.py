"""Counted: the counters that a redemption takes up, and how far; derived from its codes and from today's limits."""

from collections.abc import Mapping
from uuid import UUID

from app.engine.counter import CounterKey, Measure
from app.engine.facts import POINTS
from app.engine.offer import Presented
from app.redemptions.values import RedeemedVoucher, Redemption


def counted(redemption: Redemption, vouchers: Mapping[UUID, Presented]) -> dict[CounterKey, int]:
    """How far the redemption, as it stands, has taken each counter that there is a limit or a budget for now.

    What the ledger says of it (uses_in_ledger.sql): net of what was returned, nothing for codes that are given back,
    in the periods of its `created_at`, and the value of its order once for each counter. `vouchers` are those of its
    codes. Counters that it takes nowhere are in it with 0: they must be locked too. What a deed changes is the
    difference between what was counted before it and after it.
    """
    found: dict[CounterKey, int] = {}
    for code in redemption.vouchers:
        presented = vouchers.get(code.voucher_id)
        if code.given_back or presented is None:
            continue
        for key, _ in presented.caps(redemption.customer_id, redemption.currency, redemption.created_at):
            once = key.measure is Measure.ORDER_VALUE
            found[key] = _amount(key.measure, redemption, code) + (0 if once else found.get(key, 0))
    return found


def _amount(measure: Measure, redemption: Redemption, code: RedeemedVoucher) -> int:
    if measure is Measure.REDEMPTIONS:
        return 1
    if measure is Measure.DISCOUNT:
        return code.discount - code.returned_discount
    if measure is Measure.ORDER_VALUE:
        return redemption.subtotal - redemption.returned_subtotal
    return code.spent - code.returned_spent if code.spent_unit == POINTS else 0

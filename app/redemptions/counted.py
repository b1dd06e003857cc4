"""What a redemption counts against limits and budgets, by counter: exactly what the ledger holds against them."""

from collections import Counter
from collections.abc import Iterable, Mapping
from uuid import UUID

from app.engine.counter import CounterKey, Measure
from app.engine.facts import POINTS
from app.engine.offer import Presented
from app.redemptions.values import RedeemedVoucher, Redemption

Caps = Mapping[UUID, Iterable[CounterKey]]  # by voucher


def caps_of(redemption: Redemption, presented: Mapping[UUID, Presented]) -> dict[UUID, list[CounterKey]]:
    """The counters of all limits and budgets that its vouchers have today, in the periods it belongs to."""
    customer, currency, at = redemption.customer_id, redemption.currency, redemption.created_at
    return {
        voucher.voucher_id: [cap.key for cap in presented[voucher.voucher_id].caps(customer, currency, at)]
        for voucher in redemption.vouchers
        if voucher.voucher_id in presented
    }


def counted(redemption: Redemption, caps: Caps) -> Counter[CounterKey]:
    """How far the redemption takes each counter: what was neither returned nor given back. Held counts like redeemed.

    The value of the order counts once, while one of the counter's codes does.
    """
    found: Counter[CounterKey] = Counter()
    for voucher in redemption.vouchers:
        if voucher.given_back:
            continue
        for key in caps.get(voucher.voucher_id, ()):
            if key.measure is Measure.ORDER_VALUE:
                found[key] = redemption.subtotal - redemption.returned_subtotal
            else:
                found[key] += _amount(voucher, key.measure)
    return found


def _amount(voucher: RedeemedVoucher, measure: Measure) -> int:
    if measure is Measure.DISCOUNT:
        return voucher.discount - voucher.returned_discount
    if measure is Measure.POINTS:
        return voucher.spent - voucher.returned_spent if voucher.spent_unit == POINTS else 0
    return 1

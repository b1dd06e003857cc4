"""How vouchers stand for a customer, and what they are worth for a cart: for wallets and coupon lists."""

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from app.database import fetch_by_index
from app.engine import reason as codes
from app.engine.cart import Cart
from app.engine.counter import Measure
from app.engine.evaluate import evaluate
from app.engine.facts import Facts
from app.engine.limits import refusals_of_limits
from app.engine.offer import Presented
from app.engine.payment import available_to, empty
from app.engine.reason import Reason
from app.engine.standing import refusals_of_standing
from app.redemptions.find_offers import find_offers
from app.redemptions.requests import Standing, VoucherState
from app.redemptions.validate import facts_for

_STATES = {
    codes.VOUCHER_DISABLED: VoucherState.DISABLED,
    codes.EXPIRED: VoucherState.EXPIRED,
    codes.CAMPAIGN_ENDED: VoucherState.EXPIRED,
    codes.VOUCHER_LIMIT_REACHED: VoucherState.USED_UP,
    codes.CUSTOMER_LIMIT_REACHED: VoucherState.USED_UP,
    codes.CAMPAIGN_LIMIT_REACHED: VoucherState.USED_UP,
    codes.MAIN_CAMPAIGN_LIMIT_REACHED: VoucherState.USED_UP,
    codes.VOUCHER_BUDGET_EXCEEDED: VoucherState.USED_UP,
    codes.CUSTOMER_BUDGET_EXCEEDED: VoucherState.USED_UP,
    codes.CAMPAIGN_BUDGET_EXCEEDED: VoucherState.USED_UP,
    codes.MAIN_CAMPAIGN_BUDGET_EXCEEDED: VoucherState.USED_UP,
    codes.BALANCE_EMPTY: VoucherState.EMPTY,
    codes.NOT_STARTED: VoucherState.NOT_YET,
    codes.CAMPAIGN_NOT_LIVE: VoucherState.NOT_YET,
    codes.NO_OFFER: VoucherState.NOT_YET,
    codes.CAMPAIGN_PAUSED: VoucherState.PAUSED,
    codes.HELD_BY_ANOTHER_CUSTOMER: VoucherState.NOT_YOURS,
    codes.CUSTOMER_REQUIRED: VoucherState.NOT_YOURS,
}
_MOST_FINAL_FIRST = list(VoucherState)

# The holds of customers on vouchers; those whose time is over are none any more, though nobody may have told them.
_HOLDS = """
SELECT r.customer_id, v.voucher_id, max(r.expires_at) AS until
FROM redemptions r JOIN redeemed_vouchers v ON v.project_id = r.project_id AND v.redemption_id = r.id
WHERE r.project_id = $1 AND r.state = 'HELD' AND r.expires_at > $4
  AND r.customer_id = ANY ($2::uuid[]) AND v.voucher_id = ANY ($3::uuid[])
GROUP BY 1, 2
"""

Held = tuple[UUID | None, UUID]  # a customer (None: nobody knows who is asking) and a voucher


async def judge_vouchers(
    project: UUID, held: Iterable[Held], cart: Cart | None, now: datetime
) -> dict[Held, Standing]:
    """The standing of each voucher for its customer, by itself; three statements for any number of customers.

    One more where vouchers have balances. Vouchers that the project does not have are left out.
    """
    pairs = list(dict.fromkeys(held))
    if not pairs:
        return {}
    found = await find_offers(fetch_by_index, vouchers={(project, voucher) for _, voucher in pairs})
    presented = {pair: found.vouchers[pair[1]] for pair in pairs if pair[1] in found.vouchers}
    asked = [(customer, code) for (customer, _), code in presented.items()]
    facts = await facts_for(project, asked, () if cart is None else (cart.currency,), now)
    holds = await _holds_of(project, presented, now)
    return {
        pair: _stand(pair[1], code, facts[pair[0]], cart, now, holds.get(pair))
        for pair, code in presented.items()
    }


async def _holds_of(project: UUID, pairs: Collection[Held], now: datetime) -> dict[Held, datetime]:
    """Until when customers' own holds reserve the vouchers; what nobody may name, nobody holds."""
    customers = {customer for customer, _ in pairs if customer is not None}
    if not customers:
        return {}
    vouchers = {voucher for _, voucher in pairs}
    rows = await fetch_by_index(_HOLDS, project, list(customers), list(vouchers), now)
    return {(customer, voucher): until for customer, voucher, until in rows}


def _stand(
    voucher: UUID,
    presented: Presented,
    facts: Facts,
    cart: Cart | None,
    now: datetime,
    held_until: datetime | None,
) -> Standing:
    caps = presented.caps(facts.customer, None if cart is None else cart.currency, now)
    reasons = refusals_of_standing(presented, facts.customer, now)
    reasons += refusals_of_limits(presented, caps, facts.used, {}, now)
    if presented.pays_from_balance and available_to(presented, facts) <= 0:
        reasons.append(empty())
    told, discount = tuple(reasons), None
    if cart is not None:
        [verdict] = evaluate([presented], cart, facts, now).verdicts
        told, discount = verdict.reasons, verdict.discount
    left = [max(0, most - facts.used.get(key, 0)) for key, most in caps if key.measure is Measure.REDEMPTIONS]
    return Standing(
        voucher_id=voucher,
        state=_state(reasons) if held_until is None else VoucherState.HELD,
        reasons=told,
        discount=discount,
        remaining=min(left, default=None),
        held_until=held_until,
    )


def _state(reasons: list[Reason]) -> VoucherState:
    """The most final of the states that the reasons mean."""
    states = {_STATES[reason.code] for reason in reasons}
    return next((state for state in _MOST_FINAL_FIRST if state in states), VoucherState.USABLE)

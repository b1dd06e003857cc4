"""How vouchers stand for a customer, and what they are worth for a cart: for wallets and coupon lists."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from app.database import fetch
from app.engine import reason as codes
from app.engine.cart import Cart
from app.engine.evaluate import evaluate
from app.engine.facts import Facts
from app.engine.offer import Presented
from app.engine.reason import Reason
from app.engine.standing import refusals_of_limits, refusals_of_standing
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
    codes.NOT_STARTED: VoucherState.NOT_YET,
    codes.CAMPAIGN_NOT_LIVE: VoucherState.NOT_YET,
    codes.NO_OFFER: VoucherState.NOT_YET,
    codes.CAMPAIGN_PAUSED: VoucherState.PAUSED,
    codes.HELD_BY_ANOTHER_CUSTOMER: VoucherState.NOT_YOURS,
    codes.CUSTOMER_REQUIRED: VoucherState.NOT_YOURS,
}
_MOST_FINAL_FIRST = list(VoucherState)


async def judge_vouchers(
    project: UUID, customer: UUID | None, vouchers: Iterable[UUID], cart: Cart | None, now: datetime
) -> dict[UUID, Standing]:
    """The standing of those of the vouchers that the project has, each by itself; two statements at most."""
    wanted = {(project, voucher) for voucher in vouchers}
    if not wanted:
        return {}
    found = await find_offers(fetch, vouchers=wanted)
    facts = await facts_for(project, list(found.vouchers.values()), customer)
    return {id_: _stand(id_, presented, facts, cart, now) for id_, presented in found.vouchers.items()}


def _stand(voucher: UUID, presented: Presented, facts: Facts, cart: Cart | None, now: datetime) -> Standing:
    limited = presented.limited(facts.customer)
    reasons = refusals_of_standing(presented, facts.customer, now)
    reasons += refusals_of_limits(presented, limited, facts.used, {})
    told, discount = tuple(reasons), None
    if cart is not None:
        [verdict] = evaluate([presented], cart, facts, now).verdicts
        told, discount = verdict.reasons, verdict.discount
    left = [max(0, most - facts.used.get(key, 0)) for key, most in limited]
    return Standing(
        voucher_id=voucher,
        state=_state(reasons),
        reasons=told,
        discount=discount,
        remaining=min(left, default=None),
    )


def _state(reasons: list[Reason]) -> VoucherState:
    """The most final of the states that the reasons mean."""
    states = {_STATES[reason.code] for reason in reasons}
    return next((state for state in _MOST_FINAL_FIRST if state in states), VoucherState.USABLE)

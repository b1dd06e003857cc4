"""Fit: how a voucher stands for a customer, and what it is worth for a cart: its state, its reasons, its worth."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from app.engine import reason as codes
from app.engine.cart import Cart
from app.engine.counter import Measure
from app.engine.evaluate import evaluate
from app.engine.facts import Facts
from app.engine.gap import NO_GAP, Gap, gap_of
from app.engine.limits import refusals_of_limits
from app.engine.occasion import NOWHERE, Occasion
from app.engine.offer import Presented
from app.engine.payment import available_to, empty
from app.engine.reason import Reason
from app.engine.stacking import DEFAULT, Stacking
from app.engine.standing import refusals_of_standing


class VoucherState(StrEnum):
    """What a voucher is good for: reserved by a hold of its customer, or else the most final state first."""

    HELD = "HELD"
    """A hold of this very customer reserves it; that can be confirmed whatever else there is to say."""
    EXPIRED = "EXPIRED"
    """Its own time, or its campaign's, is over."""
    USED = "USED"
    """A limit or a budget is used up: its own, the customer's, or a campaign's."""
    EMPTY = "EMPTY"
    """Nothing is left of its balance."""
    BLOCKED = "BLOCKED"
    """The shopper can do nothing about it: stopped, paused, somebody else's, or a rule that nothing here mends."""
    NOT_YET = "NOT_YET"
    """Its time has not come, or its campaign is not live yet."""
    ALMOST = "ALMOST"
    """The shopper can mend every reason against it: they are the gap."""
    USABLE = "USABLE"
    """Nothing is in the way; without a cart, nothing but the cart decides now."""


_STATES = {
    codes.EXPIRED: VoucherState.EXPIRED,
    codes.CAMPAIGN_ENDED: VoucherState.EXPIRED,
    codes.VOUCHER_LIMIT_REACHED: VoucherState.USED,
    codes.CUSTOMER_LIMIT_REACHED: VoucherState.USED,
    codes.CAMPAIGN_LIMIT_REACHED: VoucherState.USED,
    codes.MAIN_CAMPAIGN_LIMIT_REACHED: VoucherState.USED,
    codes.VOUCHER_BUDGET_EXCEEDED: VoucherState.USED,
    codes.CUSTOMER_BUDGET_EXCEEDED: VoucherState.USED,
    codes.CAMPAIGN_BUDGET_EXCEEDED: VoucherState.USED,
    codes.MAIN_CAMPAIGN_BUDGET_EXCEEDED: VoucherState.USED,
    codes.BALANCE_EMPTY: VoucherState.EMPTY,
    codes.VOUCHER_DISABLED: VoucherState.BLOCKED,
    codes.CAMPAIGN_PAUSED: VoucherState.BLOCKED,
    codes.HELD_BY_ANOTHER_CUSTOMER: VoucherState.BLOCKED,
    codes.NOT_STARTED: VoucherState.NOT_YET,
    codes.CAMPAIGN_NOT_LIVE: VoucherState.NOT_YET,
    codes.NO_OFFER: VoucherState.NOT_YET,
    codes.CUSTOMER_REQUIRED: VoucherState.ALMOST,
}
_MOST_FINAL_FIRST = list(VoucherState)


@dataclass(frozen=True, slots=True)
class Visit:
    """What vouchers are judged for: a cart, if there is one, and when, where and through what it is presented.

    `stacking` is the project's policy: promotions that take part by themselves may stand in a voucher's way.
    """

    cart: Cart | None
    now: datetime
    occasion: Occasion = NOWHERE
    stacking: Stacking = DEFAULT


@dataclass(frozen=True, slots=True)
class Standing:
    """How a voucher stands for a customer now, and what it is worth for a cart if one was given.

    `reasons` are those of the state; with a cart also those of rules and reward. `worth` is what this code takes off
    when no other is redeemed with it, in minor units of the cart's currency: lines, shipping and added goods, or what
    its balance pays. It is None without a cart, 0 when refused or left out. `remaining` uses are exact and counted over
    every limit; None where nothing is limited. `held_until` is the end of the customer's own hold, of the last one if
    there are several. `gap` is there when the state is ALMOST. `expires_at` is when its own time or that of its
    campaigns is over.
    """

    voucher_id: UUID
    state: VoucherState
    reasons: tuple[Reason, ...]
    worth: int | None
    remaining: int | None
    held_until: datetime | None = None
    gap: Gap | None = None
    expires_at: datetime | None = None


def stand(
    code: Presented,
    facts: Facts,
    visit: Visit,
    held_until: datetime | None = None,
    promotions: Sequence[Presented] = (),
) -> Standing:
    """How the code, which there is, stands without other codes; `promotions` take part by themselves."""
    if code.voucher is None:
        raise ValueError(f"There is no code {code.code!r}.")
    now, cart = visit.now, visit.cart
    caps = code.caps(facts.customer, None if cart is None else cart.currency, now)
    reasons = refusals_of_standing(code, facts.customer, now)
    reasons += refusals_of_limits(code, caps, facts.used, {}, now)
    if code.pays_from_balance and available_to(code, facts) <= 0:
        reasons.append(empty())
    told, worth = tuple(reasons), None
    if cart is not None:
        both = [code, *promotions]
        verdict = evaluate(both, cart, facts, now, occasion=visit.occasion, stacking=visit.stacking).verdicts[
            0
        ]
        told, worth = verdict.reasons, verdict.discount
    state = VoucherState.HELD if held_until is not None else _state(reasons, told)
    left = [max(0, most - facts.used.get(key, 0)) for key, most in caps if key.measure is Measure.REDEMPTIONS]
    return Standing(
        voucher_id=code.voucher,
        state=state,
        reasons=told,
        worth=worth,
        remaining=min(left, default=None),
        held_until=held_until,
        gap=gap_of(told) if state is VoucherState.ALMOST else None,
        expires_at=code.ends_at,
    )


def _state(lasting: list[Reason], told: tuple[Reason, ...]) -> VoucherState:
    """The most final of the states that the lasting reasons mean; else what rules and reward leave to be done."""
    states = {_state_of(reason) for reason in lasting} - {VoucherState.ALMOST}
    final = next((state for state in _MOST_FINAL_FIRST if state in states), None)
    if final is not None:
        return final
    gap = gap_of(told)
    if gap is None:
        return VoucherState.BLOCKED
    if gap == NO_GAP:
        return VoucherState.USABLE
    return VoucherState.NOT_YET if gap.waits else VoucherState.ALMOST


def _state_of(reason: Reason) -> VoucherState:
    if reason.subject == "voucher.holder":
        return VoucherState.BLOCKED
    return _STATES[reason.code]

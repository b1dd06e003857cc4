"""From a ticket and the engine's answer to the redemption, or the rejected redemption, that it becomes."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from app.engine.cart import Cart
from app.engine.evaluate import Evaluation, Verdict
from app.engine.json_data import JSONValue
from app.engine.offer import Presented
from app.ids import new_id
from app.redemptions.marks import NO_MARKS, marks_of
from app.redemptions.rejected import RejectedRedemption, RejectedVoucher
from app.redemptions.ticket import Ticket
from app.redemptions.values import RedeemedVoucher, Redemption, RedemptionState


def outcome_of(
    ticket: Ticket,
    customer: UUID | None,
    evaluation: Evaluation,
    vouchers: Mapping[UUID, Presented],
    now: datetime,
    facts: JSONValue = None,
) -> Redemption | RejectedRedemption:
    """What happens with the request: its codes are redeemed, or held, as far as they are granted, or none is.

    `vouchers` are those there are. A rejected redemption names no promotions: nobody has asked for them. `facts` is
    what the judgement rested on, to be kept with it.
    """
    if evaluation.granted:
        return replace(_redemption(ticket, customer, evaluation, vouchers, now), facts=facts)
    return replace(_rejected(ticket, customer, evaluation, vouchers, now), facts=facts)


def _redemption(
    ticket: Ticket,
    customer: UUID | None,
    evaluation: Evaluation,
    vouchers: Mapping[UUID, Presented],
    now: datetime,
) -> Redemption:
    request = ticket.request
    return Redemption(
        id=new_id(),
        customer_id=customer,
        currency=evaluation.currency,
        subtotal=evaluation.subtotal,
        shipping=evaluation.shipping,
        discount=evaluation.discount,
        line_discounts=evaluation.line_discounts,
        cart=_bought(request.cart, evaluation, vouchers),
        channel=request.channel,
        redemption_point=ticket.redemption_point,
        key_id=request.caller.key,
        metadata=request.metadata,
        created_at=now,
        state=RedemptionState.REDEEMED if request.hold_for is None else RedemptionState.HELD,
        expires_at=None if request.hold_for is None else now + request.hold_for,
        vouchers=tuple(
            [
                _redeemed(place, verdict, vouchers)
                for place, verdict in enumerate(evaluation.verdicts)
                if verdict.granted
            ]
        ),
        shipping_discount=evaluation.shipping_discount,
        skipped=tuple(
            [
                _refused(place, verdict, vouchers)
                for place, verdict in enumerate(evaluation.verdicts)
                if not verdict.granted
            ]
        ),
    )


def _bought(cart: Cart, evaluation: Evaluation, vouchers: Mapping[UUID, Presented]) -> Cart:
    """The cart with what rewards have added, in the name of the code as it was minted."""
    if not evaluation.added:
        return cart
    # Verdict by verdict, for a promotion's name may be what somebody typed as a code.
    added = [
        replace(line, added_by=vouchers[verdict.voucher].code)
        for verdict in evaluation.verdicts
        if verdict.voucher is not None and verdict.granted
        for line in verdict.added
    ]
    return replace(cart, lines=(*cart.lines, *added))


def _redeemed(position: int, verdict: Verdict, vouchers: Mapping[UUID, Presented]) -> RedeemedVoucher:
    if verdict.voucher is None or verdict.campaign is None or verdict.offer_version is None:
        raise ValueError(f"{verdict.code!r} was granted, but there is no such voucher")
    partner, category, reward = marks_of(vouchers[verdict.voucher])
    return RedeemedVoucher(
        position=position,
        voucher_id=verdict.voucher,
        campaign_id=verdict.campaign,
        main_campaign_id=verdict.main,
        offer_version=verdict.offer_version,
        code=vouchers[verdict.voucher].code,  # as it was minted, however the shopper typed it
        discount=verdict.discount,
        line_discounts=verdict.line_discounts,
        spent=verdict.spent,
        spent_unit=verdict.spent_unit,
        shipping_discount=verdict.shipping_discount,
        gifts=verdict.gifts,
        partner_id=partner,
        category=category,
        reward=reward,
    )


def _rejected(
    ticket: Ticket,
    customer: UUID | None,
    evaluation: Evaluation,
    vouchers: Mapping[UUID, Presented],
    now: datetime,
) -> RejectedRedemption:
    request = ticket.request
    return RejectedRedemption(
        id=new_id(),
        customer_id=customer,
        currency=evaluation.currency,
        subtotal=evaluation.subtotal,
        shipping=evaluation.shipping,
        cart=request.cart,
        channel=request.channel,
        redemption_point=ticket.redemption_point,
        key_id=request.caller.key,
        metadata=request.metadata,
        created_at=now,
        vouchers=tuple(
            [
                _refused(place, verdict, vouchers)
                for place, verdict in enumerate(evaluation.verdicts)
                if not verdict.is_automatic
            ]
        ),
    )


def _refused(position: int, verdict: Verdict, vouchers: Mapping[UUID, Presented]) -> RejectedVoucher:
    known = None if verdict.voucher is None else vouchers.get(verdict.voucher)
    partner, category, reward = NO_MARKS if known is None else marks_of(known)
    return RejectedVoucher(
        position=position,
        code=verdict.code,
        voucher_id=verdict.voucher,
        campaign_id=verdict.campaign,
        main_campaign_id=verdict.main,
        offer_version=verdict.offer_version,
        reasons=verdict.reasons,
        partner_id=partner,
        category=category,
        reward=reward,
    )

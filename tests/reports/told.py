"""Events as the log tells them, made by hand: redemptions, attempts, rollbacks."""

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from app.engine.cart import Cart, Line
from app.engine.reason import Reason
from app.events.cursor import Cursor
from app.events.kinds import EventKind
from app.events.log import Event
from app.ids import new_id
from app.redemptions.rejected import RejectedRedemption, RejectedVoucher
from app.redemptions.rollback import ReturnedLine, ReturnedShipping, Rollback, RollbackPolicy
from app.redemptions.values import RedeemedVoucher, Redemption, RedemptionState
from tests.conftest import NOW

PROJECT, MAIN, SUB, OTHER_SUB, ALONE = (new_id() for _ in range(5))
ADA, EVE, PARTNER, OTHER_PARTNER = (new_id() for _ in range(4))


def event(kind: EventKind, payload: dict[str, Any], at: datetime = NOW, project: UUID = PROJECT) -> Event:
    """An event somewhere in the log."""
    return Event(Cursor(1, 1, 1), project, kind, at, payload, 0)


def code(campaign: UUID, discount: int, main: UUID | None = None, **more: Any) -> RedeemedVoucher:
    """A code that took something off the only line."""
    return RedeemedVoucher(0, new_id(), campaign, main, 1, "CODE", discount, (discount,), **more)


def redemption(*codes: RedeemedVoucher, subtotal: int = 10_000, **more: Any) -> Redemption:
    """A redemption of these codes on ten units of one line."""
    discount = sum(code.discount for code in codes)
    return Redemption(
        id=new_id(),
        customer_id=more.pop("customer_id", None),
        currency=more.pop("currency", "EUR"),
        subtotal=subtotal,
        shipping=0,
        discount=discount,
        line_discounts=(discount,),
        cart=Cart("EUR", (Line(10, subtotal // 10),)),
        channel=more.pop("channel", "shop"),
        redemption_point=more.pop("redemption_point", None),
        key_id=new_id(),
        metadata={},
        created_at=NOW,
        vouchers=codes,
        **more,
    )


def granted(order: Redemption, at: datetime = NOW) -> Event:
    """It was redeemed."""
    return event(EventKind.REDEMPTION_GRANTED, order.to_json(), at)


def returned(
    order: Redemption,
    subtotal: int,
    *discounts: int,
    shipping: tuple[int, ...] | None = None,
    shipping_cost: int = 0,
) -> Redemption:
    """The order after a rollback: goods for `subtotal` came back, and of each code that discount."""
    back = sum(discounts) + sum(shipping or ())
    done = Rollback(
        new_id(),
        RollbackPolicy.KEEP_SHARE,
        (ReturnedLine(0, 1, discounts),),
        subtotal + shipping_cost,
        back,
        None,
        NOW,
        None if shipping is None else ReturnedShipping(shipping),
    )
    after = replace(
        order,
        returned_subtotal=order.returned_subtotal + subtotal,
        returned_discount=order.returned_discount + back,
        rollbacks=(*order.rollbacks, done),
    )
    if after.returned_subtotal < order.subtotal:
        return after
    return replace(after, state=RedemptionState.ROLLED_BACK, rolled_back_at=NOW)


def rolled_back(order: Redemption, at: datetime = NOW) -> Event:
    """Its last rollback."""
    return event(EventKind.REDEMPTION_ROLLED_BACK, order.to_json(), at)


def refused(*codes: tuple[UUID | None, UUID | None, tuple[str, ...]], subtotal: int = 10_000) -> Event:
    """An attempt with codes (campaign, main campaign, reasons)."""
    vouchers = tuple(
        RejectedVoucher(
            place, "CODE", None, campaign, main, 1, tuple(Reason(reason, "No.") for reason in reasons)
        )
        for place, (campaign, main, reasons) in enumerate(codes)
    )
    attempt = RejectedRedemption(
        new_id(),
        None,
        "EUR",
        subtotal,
        0,
        Cart("EUR", (Line(1, subtotal),)),
        "shop",
        None,
        new_id(),
        {},
        NOW,
        vouchers,
    )
    return event(EventKind.REDEMPTION_REJECTED, attempt.to_json())


def promised(partner: UUID, rate: str) -> Event:
    """What a partner is promised from now on."""
    return event(EventKind.PARTNER_UPDATED, {"partner_id": partner.hex, "commission_rate": rate})

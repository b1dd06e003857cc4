"""From rows of the ledger to values: one statement reads redemptions, or rejected redemptions, with their codes."""

from typing import Any  # rows of statements whose columns stand below

import asyncpg

from app.engine.cart import Cart
from app.engine.gift import Gift
from app.engine.reason import Reason
from app.redemptions.rejected import RejectedRedemption, RejectedVoucher
from app.redemptions.rollback import ReturnedLine, ReturnedShipping, Rollback, RollbackPolicy
from app.redemptions.values import RedeemedVoucher, Redemption, RedemptionState

# Arrays travel as JSON where they stand inside a ROW: a row without a type of its own has no array types either.
REDEMPTION = """
r.id, r.customer_id, r.currency, r.subtotal, r.shipping, r.discount, to_json(r.line_discounts) AS line_discounts,
r.cart, r.channel, r.redemption_point, r.key_id, r.metadata, r.created_at, r.state, r.expires_at, r.confirmed_at,
r.returned_subtotal, r.returned_discount, r.rolled_back_at, r.rollback_reason, r.shipping_discount, r.facts, r.skipped,
ARRAY(
  SELECT ROW (v.position, v.voucher_id, v.campaign_id, v.main_campaign_id, v.offer_version, v.code, v.discount,
              to_json(v.line_discounts), v.spent, v.spent_unit, v.returned_discount, v.returned_spent, v.given_back,
              v.shipping_discount, v.gifts, v.partner_id, v.category, v.reward)
  FROM redeemed_vouchers v WHERE v.project_id = r.project_id AND v.redemption_id = r.id ORDER BY v.position
) AS vouchers,
ARRAY(
  SELECT ROW (b.id, b.policy, b.lines, b.subtotal, b.discount, b.reason, b.created_at, b.shipping)
  FROM rollbacks b WHERE b.project_id = r.project_id AND b.redemption_id = r.id ORDER BY b.id
) AS rollbacks
"""

REJECTED = """
r.id, r.customer_id, r.currency, r.subtotal, r.shipping, r.cart, r.channel, r.redemption_point, r.key_id, r.metadata,
r.created_at, r.facts,
ARRAY(
  SELECT ROW (v.position, v.code, v.voucher_id, v.campaign_id, v.main_campaign_id, v.offer_version, v.reasons,
              v.partner_id, v.category, v.reward)
  FROM rejected_vouchers v WHERE v.project_id = r.project_id AND v.rejected_redemption_id = r.id ORDER BY v.position
) AS vouchers
"""


def redemption_of(row: asyncpg.Record) -> Redemption:
    """The value of a row with the columns REDEMPTION."""
    return Redemption(
        id=row["id"],
        customer_id=row["customer_id"],
        currency=row["currency"],
        subtotal=row["subtotal"],
        shipping=row["shipping"],
        discount=row["discount"],
        line_discounts=tuple(row["line_discounts"]),
        cart=Cart.from_json(row["cart"]),
        channel=row["channel"],
        redemption_point=row["redemption_point"],
        key_id=row["key_id"],
        metadata=row["metadata"],
        created_at=row["created_at"],
        vouchers=tuple([_redeemed(voucher) for voucher in row["vouchers"]]),
        state=RedemptionState(row["state"]),
        expires_at=row["expires_at"],
        confirmed_at=row["confirmed_at"],
        returned_subtotal=row["returned_subtotal"],
        returned_discount=row["returned_discount"],
        rollbacks=tuple([_rollback(rollback) for rollback in row["rollbacks"]]),
        rolled_back_at=row["rolled_back_at"],
        rollback_reason=row["rollback_reason"],
        shipping_discount=row["shipping_discount"],
        skipped=tuple([RejectedVoucher.from_json(code) for code in row["skipped"] or ()]),
        facts=row["facts"],
    )


def rejected_of(row: asyncpg.Record) -> RejectedRedemption:
    """The value of a row with the columns REJECTED."""
    return RejectedRedemption(
        id=row["id"],
        customer_id=row["customer_id"],
        currency=row["currency"],
        subtotal=row["subtotal"],
        shipping=row["shipping"],
        cart=Cart.from_json(row["cart"]),
        channel=row["channel"],
        redemption_point=row["redemption_point"],
        key_id=row["key_id"],
        metadata=row["metadata"],
        created_at=row["created_at"],
        vouchers=tuple([_rejected(voucher) for voucher in row["vouchers"]]),
        facts=row["facts"],
    )


def _redeemed(row: Any) -> RedeemedVoucher:
    (
        position,
        voucher,
        campaign,
        main,
        offer_version,
        code,
        discount,
        line_discounts,
        *moved,
        shipping,
        gifts,
        partner,
        category,
        reward,
    ) = row
    spent, spent_unit, returned_discount, returned_spent, given_back = moved
    given = tuple([Gift.from_json(gift) for gift in gifts or ()])
    return RedeemedVoucher(
        position,
        voucher,
        campaign,
        main,
        offer_version,
        code,
        discount,
        tuple(line_discounts),
        spent,
        spent_unit,
        returned_discount,
        returned_spent,
        given_back,
        shipping,
        given,
        partner,
        category,
        reward,
    )


def _rollback(row: Any) -> Rollback:
    id_, policy, lines, subtotal, discount, reason, created_at, shipping = row
    returned = tuple([ReturnedLine.from_json(line) for line in lines])
    return Rollback(
        id=id_,
        policy=RollbackPolicy(policy),
        lines=returned,
        subtotal=subtotal,
        discount=discount,
        reason=reason,
        created_at=created_at,
        shipping=ReturnedShipping.from_json(shipping),
    )


def _rejected(row: Any) -> RejectedVoucher:
    position, code, voucher, campaign, main, offer_version, reasons, *marks = row
    told = tuple([Reason.from_json(reason) for reason in reasons])
    return RejectedVoucher(position, code, voucher, campaign, main, offer_version, told, *marks)

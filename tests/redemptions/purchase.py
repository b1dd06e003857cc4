"""A purchase without a till: what the engine grants, as the redemption it would become; and all its returns."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from app.engine.cart import Cart, Line
from app.engine.evaluate import evaluate
from app.engine.facts import Balance, Facts
from app.engine.offer import CampaignStanding, Offer, Presented
from app.ids import new_id
from app.redemptions.hindsight import Hindsight, Promise
from app.redemptions.refund import Refund, refund_of, rolled_back
from app.redemptions.returns import Units
from app.redemptions.rollback import RollbackPolicy
from app.redemptions.values import RedeemedVoucher, Redemption
from tests.conftest import NOW


def basket(*lines: tuple[int, int], currency: str = "EUR", shipping: int = 0) -> Cart:
    """A cart of (quantity, unit price in minor units)."""
    return Cart(
        currency, tuple([Line(quantity, price, sku=f"sku {price}") for quantity, price in lines]), shipping
    )


class Purchase:
    """A cart bought with codes of these offers; `balances` are those of their vouchers (place: balance)."""

    def __init__(
        self,
        cart: Cart,
        *offers: Offer,
        balances: dict[int, Balance] | None = None,
        customer: UUID | None = None,
    ) -> None:
        held = {UUID(int=place + 1): balance for place, balance in (balances or {}).items()}
        presented = [
            Presented(
                f"CODE{place}",
                UUID(int=place + 1),
                campaign=CampaignStanding(UUID(int=9), "LIVE"),
                offer=offer,
            )
            for place, offer in enumerate(offers)
        ]
        needs = {need: 0 for code in presented for need in code.needs}
        evaluation = evaluate(presented, cart, Facts(customer, needs, {}, held), NOW)
        assert evaluation.granted, evaluation.reasons
        self.offers = offers
        self.redemption = Redemption(
            id=new_id(),
            customer_id=customer,
            currency=cart.currency,
            subtotal=evaluation.subtotal,
            shipping=cart.shipping,
            discount=evaluation.discount,
            line_discounts=evaluation.line_discounts,
            cart=replace(cart, lines=cart.lines + evaluation.added),
            channel="api",
            redemption_point=None,
            key_id=new_id(),
            metadata={},
            created_at=NOW,
            vouchers=tuple(
                [
                    RedeemedVoucher(
                        place,
                        UUID(int=place + 1),
                        UUID(int=9),
                        None,
                        1,
                        verdict.code,
                        verdict.discount,
                        verdict.line_discounts,
                        spent=verdict.spent,
                        spent_unit=verdict.spent_unit,
                        shipping_discount=verdict.shipping_discount,
                    )
                    for place, verdict in enumerate(evaluation.verdicts)
                ]
            ),
            shipping_discount=evaluation.shipping_discount,
        )
        self.paid = evaluation.total

    def hindsight(self) -> Hindsight:
        """The judge of what is left: the codes whose use has not ended."""
        return Hindsight(
            [
                Promise(
                    voucher.voucher_id,
                    voucher.campaign_id,
                    "UTC",
                    self.offers[voucher.position],
                    None
                    if voucher.spent_unit is None
                    else Balance(voucher.spent_unit, voucher.spent - voucher.returned_spent),
                    voucher.code,
                )
                for voucher in self.redemption.vouchers
                if not voucher.given_back
            ],
            self.redemption.customer_id,
            self.redemption.created_at,
        )

    def give(
        self,
        *units: tuple[int, int],
        policy: RollbackPolicy = RollbackPolicy.KEEP_SHARE,
    ) -> Refund:
        """Return (line, quantity), or all that is left; the redemption is the one after it."""
        returns: Sequence[Units] | None = [Units(*pair) for pair in units] or None
        refund = refund_of(self.redemption, returns, policy, self.hindsight())
        assert isinstance(refund, Refund), refund
        self.redemption = rolled_back(self.redemption, refund, new_id(), None, NOW)
        return refund

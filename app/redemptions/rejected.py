"""Values of this room: a rejected redemption and its codes; what ledger and events hold of a refused attempt."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any  # event payloads are JSON
from uuid import UUID

from app.engine.cart import Cart
from app.engine.json_data import JSONValue
from app.engine.reason import Reason
from app.redemptions.json_texts import hex_of, id_of


@dataclass(frozen=True, slots=True)
class RejectedVoucher:
    """One code of a refused attempt and its reasons (none: it would have been granted alone).

    The ids are there only if the code exists, and so are what it was judged with: the `partner_id` and the `category`
    of its campaign, and the kind of the offer's `reward`.
    """

    position: int
    code: str
    voucher_id: UUID | None
    campaign_id: UUID | None
    main_campaign_id: UUID | None
    offer_version: int | None
    reasons: tuple[Reason, ...]
    partner_id: UUID | None = None
    category: str | None = None
    reward: str | None = None

    def to_json(self) -> dict[str, Any]:
        """The code as an event tells it."""
        return {
            "position": self.position,
            "code": self.code,
            "voucher_id": hex_of(self.voucher_id),
            "campaign_id": hex_of(self.campaign_id),
            "main_campaign_id": hex_of(self.main_campaign_id),
            "offer_version": self.offer_version,
            "reasons": [reason.to_json() for reason in self.reasons],
            "partner_id": hex_of(self.partner_id),
            "category": self.category,
            "reward": self.reward,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "RejectedVoucher":
        """What `to_json` wrote."""
        return cls(
            position=data["position"],
            code=data["code"],
            voucher_id=id_of(data["voucher_id"]),
            campaign_id=id_of(data["campaign_id"]),
            main_campaign_id=id_of(data["main_campaign_id"]),
            offer_version=data["offer_version"],
            reasons=tuple(Reason.from_json(reason) for reason in data["reasons"]),
            partner_id=id_of(data.get("partner_id")),
            category=data.get("category"),
            reward=data.get("reward"),
        )


@dataclass(frozen=True, slots=True)
class RejectedRedemption:
    """An attempt that was refused: nothing was consumed, but everything about it is kept.

    `facts` is what rules had to know about the customer; events do not tell it.
    """

    id: UUID
    customer_id: UUID | None
    currency: str
    subtotal: int
    shipping: int
    cart: Cart
    channel: str
    redemption_point: str | None
    key_id: UUID
    metadata: Mapping[str, object]
    created_at: datetime
    vouchers: tuple[RejectedVoucher, ...]
    facts: JSONValue = None

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """The reasons of all its codes, in the order of the request."""
        return tuple(reason for voucher in self.vouchers for reason in voucher.reasons)

    def to_json(self, cart: object = None) -> dict[str, Any]:
        """The payload of its event. `cart` may be the cart as JSON that was encoded already (orjson.Fragment)."""
        return {
            "id": self.id.hex,
            "customer_id": hex_of(self.customer_id),
            "currency": self.currency,
            "subtotal": self.subtotal,
            "shipping": self.shipping,
            "cart": self.cart.to_json() if cart is None else cart,
            "channel": self.channel,
            "redemption_point": self.redemption_point,
            "key_id": self.key_id.hex,
            "metadata": dict(self.metadata),
            "created_at": self.created_at.isoformat(),
            "vouchers": [voucher.to_json() for voucher in self.vouchers],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "RejectedRedemption":
        """What `to_json` wrote; fields that a later version added are passed over."""
        return cls(
            id=UUID(data["id"]),
            customer_id=id_of(data["customer_id"]),
            currency=data["currency"],
            subtotal=data["subtotal"],
            shipping=data["shipping"],
            cart=Cart.from_json(data["cart"]),
            channel=data["channel"],
            redemption_point=data["redemption_point"],
            key_id=UUID(data["key_id"]),
            metadata=data["metadata"],
            created_at=datetime.fromisoformat(data["created_at"]),
            vouchers=tuple(RejectedVoucher.from_json(voucher) for voucher in data["vouchers"]),
        )

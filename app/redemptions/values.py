"""Values of this room: a redemption, a rejected redemption, and their codes. What the ledger and the events hold."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any  # event payloads are JSON
from uuid import UUID

from app.engine.cart import Cart
from app.engine.reason import Reason


@dataclass(frozen=True, slots=True)
class RedeemedVoucher:
    """One code of a redemption, with what it took off. Amounts are minor units of the redemption's currency."""

    position: int
    voucher_id: UUID
    campaign_id: UUID
    main_campaign_id: UUID | None
    offer_version: int
    code: str
    discount: int
    line_discounts: tuple[int, ...]

    def to_json(self) -> dict[str, Any]:
        """The code as an event tells it."""
        return {
            "position": self.position,
            "voucher_id": self.voucher_id.hex,
            "campaign_id": self.campaign_id.hex,
            "main_campaign_id": _hex(self.main_campaign_id),
            "offer_version": self.offer_version,
            "code": self.code,
            "discount": self.discount,
            "line_discounts": list(self.line_discounts),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "RedeemedVoucher":
        """What `to_json` wrote."""
        return cls(
            position=data["position"],
            voucher_id=UUID(data["voucher_id"]),
            campaign_id=UUID(data["campaign_id"]),
            main_campaign_id=_id(data["main_campaign_id"]),
            offer_version=data["offer_version"],
            code=data["code"],
            discount=data["discount"],
            line_discounts=tuple(data["line_discounts"]),
        )


@dataclass(frozen=True, slots=True)
class Redemption:
    """A consumed use of one or more codes on one cart.

    Amounts are minor units of `currency`; `discount` and `line_discounts` are the sums over its vouchers.
    `key_id` is the API key that redeemed. A rolled back redemption stays, with the time and the reason.
    """

    id: UUID
    customer_id: UUID | None
    currency: str
    subtotal: int
    shipping: int
    discount: int
    line_discounts: tuple[int, ...]
    cart: Cart
    channel: str
    redemption_point: str | None
    key_id: UUID
    metadata: Mapping[str, object]
    created_at: datetime
    vouchers: tuple[RedeemedVoucher, ...]
    rolled_back_at: datetime | None = None
    rollback_reason: str | None = None

    @property
    def total(self) -> int:
        """What is left to pay: subtotal and shipping less the discount."""
        return self.subtotal + self.shipping - self.discount

    def to_json(self, cart: object = None) -> dict[str, Any]:
        """The payload of its events. `cart` may be the cart as JSON that was encoded already (orjson.Fragment)."""
        return {
            "id": self.id.hex,
            "customer_id": _hex(self.customer_id),
            "currency": self.currency,
            "subtotal": self.subtotal,
            "shipping": self.shipping,
            "discount": self.discount,
            "line_discounts": list(self.line_discounts),
            "cart": self.cart.to_json() if cart is None else cart,
            "channel": self.channel,
            "redemption_point": self.redemption_point,
            "key_id": self.key_id.hex,
            "metadata": dict(self.metadata),
            "created_at": self.created_at.isoformat(),
            "rolled_back_at": None if self.rolled_back_at is None else self.rolled_back_at.isoformat(),
            "rollback_reason": self.rollback_reason,
            "vouchers": [voucher.to_json() for voucher in self.vouchers],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Redemption":
        """What `to_json` wrote; fields that a later version added are passed over."""
        undone = data["rolled_back_at"]
        return cls(
            id=UUID(data["id"]),
            customer_id=_id(data["customer_id"]),
            currency=data["currency"],
            subtotal=data["subtotal"],
            shipping=data["shipping"],
            discount=data["discount"],
            line_discounts=tuple(data["line_discounts"]),
            cart=Cart.from_json(data["cart"]),
            channel=data["channel"],
            redemption_point=data["redemption_point"],
            key_id=UUID(data["key_id"]),
            metadata=data["metadata"],
            created_at=datetime.fromisoformat(data["created_at"]),
            vouchers=tuple(RedeemedVoucher.from_json(voucher) for voucher in data["vouchers"]),
            rolled_back_at=None if undone is None else datetime.fromisoformat(undone),
            rollback_reason=data["rollback_reason"],
        )


@dataclass(frozen=True, slots=True)
class RejectedVoucher:
    """One code of a refused attempt and its reasons (none: it would have been granted alone).

    The ids are there only if the code exists.
    """

    position: int
    code: str
    voucher_id: UUID | None
    campaign_id: UUID | None
    main_campaign_id: UUID | None
    offer_version: int | None
    reasons: tuple[Reason, ...]

    def to_json(self) -> dict[str, Any]:
        """The code as an event tells it."""
        return {
            "position": self.position,
            "code": self.code,
            "voucher_id": _hex(self.voucher_id),
            "campaign_id": _hex(self.campaign_id),
            "main_campaign_id": _hex(self.main_campaign_id),
            "offer_version": self.offer_version,
            "reasons": [reason.to_json() for reason in self.reasons],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "RejectedVoucher":
        """What `to_json` wrote."""
        return cls(
            position=data["position"],
            code=data["code"],
            voucher_id=_id(data["voucher_id"]),
            campaign_id=_id(data["campaign_id"]),
            main_campaign_id=_id(data["main_campaign_id"]),
            offer_version=data["offer_version"],
            reasons=tuple(Reason.from_json(reason) for reason in data["reasons"]),
        )


@dataclass(frozen=True, slots=True)
class RejectedRedemption:
    """An attempt that was refused: nothing was consumed, but everything about it is kept."""

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

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """The reasons of all its codes, in the order of the request."""
        return tuple(reason for voucher in self.vouchers for reason in voucher.reasons)

    def to_json(self, cart: object = None) -> dict[str, Any]:
        """The payload of its event. `cart` may be the cart as JSON that was encoded already (orjson.Fragment)."""
        return {
            "id": self.id.hex,
            "customer_id": _hex(self.customer_id),
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
            customer_id=_id(data["customer_id"]),
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


def _hex(id: UUID | None) -> str | None:  # noqa: A002 - an id is what it is
    return None if id is None else id.hex


def _id(text: str | None) -> UUID | None:
    return None if text is None else UUID(text)

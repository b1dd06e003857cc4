"""Values of this room: a redemption or hold, and its codes. What ledger and events hold."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any  # event payloads are JSON
from uuid import UUID

from app.engine.cart import Cart
from app.engine.gift import Gift
from app.engine.json_data import JSONValue
from app.redemptions.json_texts import hex_of, id_of, instant_of, iso_of
from app.redemptions.rejected import RejectedVoucher
from app.redemptions.rollback import Rollback


class RedemptionState(StrEnum):
    """Where a redemption stands. HELD and REDEEMED ones count against limits and budgets, the others no more."""

    HELD = "HELD"
    """Everything it needs is reserved until it expires, is confirmed or released."""
    REDEEMED = "REDEEMED"
    """Consumed; parts of it may have been rolled back."""
    RELEASED = "RELEASED"
    """A hold that was given up."""
    EXPIRED = "EXPIRED"
    """A hold whose time ran out."""
    ROLLED_BACK = "ROLLED_BACK"
    """Undone as a whole."""


@dataclass(frozen=True, slots=True)
class RedeemedVoucher:
    """One code of a redemption, with what it took off. Amounts are minor units of the redemption's currency.

    `spent` was taken from the voucher's own balance, in `spent_unit`: a currency (minor units), or points. What was
    `returned_` came back by rollbacks. `given_back` says that the use counts no more. `gifts` are given when the
    redemption is consumed. Whatever becomes of its campaign, it keeps what it was judged with: the `partner_id` and
    the `category` of the campaign, and the kind of the offer's `reward`; codes of older versions lack them.
    """

    position: int
    voucher_id: UUID
    campaign_id: UUID
    main_campaign_id: UUID | None
    offer_version: int
    code: str
    discount: int
    line_discounts: tuple[int, ...]
    spent: int = 0
    spent_unit: str | None = None
    returned_discount: int = 0
    returned_spent: int = 0
    given_back: bool = False
    shipping_discount: int = 0
    gifts: tuple[Gift, ...] = ()
    partner_id: UUID | None = None
    category: str | None = None
    reward: str | None = None

    def to_json(self) -> dict[str, Any]:
        """The code as an event tells it."""
        return {
            "position": self.position,
            "voucher_id": self.voucher_id.hex,
            "campaign_id": self.campaign_id.hex,
            "main_campaign_id": hex_of(self.main_campaign_id),
            "offer_version": self.offer_version,
            "code": self.code,
            "discount": self.discount,
            "line_discounts": list(self.line_discounts),
            "spent": self.spent,
            "spent_unit": self.spent_unit,
            "returned_discount": self.returned_discount,
            "returned_spent": self.returned_spent,
            "given_back": self.given_back,
            "shipping_discount": self.shipping_discount,
            "gifts": [gift.to_json() for gift in self.gifts],
            "partner_id": hex_of(self.partner_id),
            "category": self.category,
            "reward": self.reward,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "RedeemedVoucher":
        """What `to_json` wrote."""
        return cls(
            position=data["position"],
            voucher_id=UUID(data["voucher_id"]),
            campaign_id=UUID(data["campaign_id"]),
            main_campaign_id=id_of(data["main_campaign_id"]),
            offer_version=data["offer_version"],
            code=data["code"],
            discount=data["discount"],
            line_discounts=tuple(data["line_discounts"]),
            spent=data.get("spent", 0),
            spent_unit=data.get("spent_unit"),
            returned_discount=data.get("returned_discount", 0),
            returned_spent=data.get("returned_spent", 0),
            given_back=data.get("given_back", False),
            shipping_discount=data.get("shipping_discount", 0),
            gifts=tuple([Gift.from_json(gift) for gift in data.get("gifts", ())]),
            partner_id=id_of(data.get("partner_id")),
            category=data.get("category"),
            reward=data.get("reward"),
        )


@dataclass(frozen=True, slots=True)
class Redemption:
    """A use of one or more codes on one cart: held, consumed, or undone.

    Amounts are minor units of `currency`; `discount` and `line_discounts` are the sums over its vouchers.
    `key_id` is the API key that redeemed. A hold lasts until `expires_at`; a confirmed one has `confirmed_at`.
    `rollbacks` took back what is summed up in `returned_`; a redemption that was rolled back as a whole stays, with the
    time and the reason. `discount` is the sum of `line_discounts` and `shipping_discount`. `skipped` are codes that
    were sent along and left out; `facts` is what rules had to know about the customer, which events do not tell.
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
    metadata: Mapping[str, JSONValue]
    created_at: datetime
    vouchers: tuple[RedeemedVoucher, ...]
    state: RedemptionState = RedemptionState.REDEEMED
    expires_at: datetime | None = None
    confirmed_at: datetime | None = None
    returned_subtotal: int = 0
    returned_discount: int = 0
    rollbacks: tuple[Rollback, ...] = ()
    rolled_back_at: datetime | None = None
    rollback_reason: str | None = None
    shipping_discount: int = 0
    skipped: tuple[RejectedVoucher, ...] = ()
    facts: JSONValue = None

    @property
    def gifts(self) -> tuple[Gift, ...]:
        """What all its codes give beside the discount."""
        return tuple([gift for voucher in self.vouchers for gift in voucher.gifts])

    @property
    def total(self) -> int:
        """What is left to pay: subtotal and shipping less the discount."""
        return self.subtotal + self.shipping - self.discount

    def to_json(self, cart: object = None) -> dict[str, Any]:
        """The payload of its events. `cart` may be the cart as JSON that was encoded already (orjson.Fragment)."""
        return {
            "id": self.id.hex,
            "customer_id": hex_of(self.customer_id),
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
            "state": self.state.value,
            "expires_at": iso_of(self.expires_at),
            "confirmed_at": iso_of(self.confirmed_at),
            "returned_subtotal": self.returned_subtotal,
            "returned_discount": self.returned_discount,
            "rollbacks": [rollback.to_json() for rollback in self.rollbacks],
            "rolled_back_at": iso_of(self.rolled_back_at),
            "rollback_reason": self.rollback_reason,
            "vouchers": [voucher.to_json() for voucher in self.vouchers],
            "shipping_discount": self.shipping_discount,
            "skipped": [voucher.to_json() for voucher in self.skipped],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Redemption":
        """What `to_json` wrote; fields that a later version added are passed over."""
        undone = instant_of(data["rolled_back_at"])
        return cls(
            id=UUID(data["id"]),
            customer_id=id_of(data["customer_id"]),
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
            # Before there were holds, whatever was not rolled back was redeemed.
            state=RedemptionState(data.get("state", "ROLLED_BACK" if undone else "REDEEMED")),
            expires_at=instant_of(data.get("expires_at")),
            confirmed_at=instant_of(data.get("confirmed_at")),
            returned_subtotal=data.get("returned_subtotal", 0),
            returned_discount=data.get("returned_discount", 0),
            rollbacks=tuple([Rollback.from_json(rollback) for rollback in data.get("rollbacks", ())]),
            rolled_back_at=undone,
            rollback_reason=data["rollback_reason"],
            shipping_discount=data.get("shipping_discount", 0),
            skipped=tuple([RejectedVoucher.from_json(voucher) for voucher in data.get("skipped", ())]),
        )

"""What is asked at the till, and what it answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import NamedTuple, TypeAlias
from uuid import UUID

from app.customers.values import CustomerInput
from app.engine.cart import Cart
from app.engine.json_data import JSONValue
from app.engine.money import Money
from app.projects.admit import Caller
from app.redemptions.rejected import RejectedRedemption
from app.redemptions.rollback import Rollback
from app.redemptions.values import Redemption


class CustomerRef(NamedTuple):
    """A customer that must exist, by `id` or by the caller's own `source_id`; exactly one of the two."""

    id: UUID | None = None
    source_id: str | None = None


# The most that may be taken from a code's balance: money, or points; None takes as much as fits.
Take: TypeAlias = Money | int | None


@dataclass(frozen=True, slots=True)
class ValidateRequest:
    """A question: what would these codes give on this cart, now? A customer nobody has met yet has no past.

    The customer of the caller's token, if it has one, stands in for `customer`. `takes` belong to the codes, one
    each; without any, balances give as much as fits. `promotions` says whether cart promotions take part by
    themselves; there need be no code then. `channel`, `redemption_point` and `metadata` are what the
    redemption would have: rules may ask for them.
    """

    caller: Caller
    codes: tuple[str, ...]
    cart: Cart
    customer: CustomerRef | CustomerInput | None = None
    takes: tuple[Take, ...] = ()
    channel: str = "api"
    redemption_point: str | None = None
    metadata: Mapping[str, JSONValue] = field(default_factory=dict)
    promotions: bool = True

    @property
    def project(self) -> UUID:
        """The wall around the request: the caller's project."""
        return self.caller.project


@dataclass(frozen=True, slots=True)
class RedeemRequest:
    """A redemption, or with `hold_for` a hold, of all these codes together, or as the project's policy says.

    A CustomerInput is made or brought up to date on the way. `redemption_point` of a merchant key and the
    customer of a customer token are the caller's own and need not be given. `takes` and
    `promotions` are as in a ValidateRequest. The same `idempotency_key` with the same input gets the first answer again
    for 30 days; without one every call is a new attempt. Keys are those of the token's customer, of the merchant key's
    redemption point, or of the whole project.
    """

    caller: Caller
    codes: tuple[str, ...]
    cart: Cart
    customer: CustomerRef | CustomerInput | None = None
    channel: str = "api"
    redemption_point: str | None = None
    metadata: Mapping[str, JSONValue] = field(default_factory=dict)
    idempotency_key: str | None = None
    takes: tuple[Take, ...] = ()
    hold_for: timedelta | None = None
    promotions: bool = True

    @property
    def project(self) -> UUID:
        """The wall around the request: the caller's project."""
        return self.caller.project


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a redeem request; `replayed` when it had been answered before and nothing happened now."""

    outcome: Redemption | RejectedRedemption
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class RolledBack:
    """The redemption after its rollback; `replayed` when that had happened before under the same idempotency key.

    The rollback is missing only where it was answered before rollbacks were kept.
    """

    redemption: Redemption
    rollback: Rollback | None = None
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class Released:
    """The hold that was given up; `replayed` when that had happened before under the same idempotency key."""

    redemption: Redemption
    replayed: bool = False

"""What a subscriber to a feed wants to see: by campaign, partner, customer, code, channel, point, amount."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any  # event payloads are JSON
from uuid import UUID

import strawberry

from app import ids
from app.door import LONGEST_NAME
from app.engine.money import Money
from app.events.feed import Event
from app.problem import Problem
from app.projects.admit import Caller
from app.redemptions.json_texts import hex_of
from app.vouchers.codes import is_code, normalise
from graphql_schema.authority import own_point
from graphql_schema.errors import Refusal
from graphql_schema.filters import NOTHING, only_campaign, only_customer
from graphql_schema.types.campaign_ref import CampaignRef
from graphql_schema.types.customer_input import CustomerRef
from graphql_schema.types.money import MoneyInput, read_money
from graphql_schema.types.node import needed_id


@strawberry.input(description="Which events to see; all given conditions must hold.")
class FeedFilter:
    campaign: CampaignRef | None = strawberry.field(
        default=None, description="Only codes of this campaign, those of its sub-campaigns included."
    )
    partner: strawberry.ID | None = strawberry.field(
        default=None, description="Only codes of campaigns that ran for this partner then."
    )
    customer: CustomerRef | None = strawberry.field(default=None, description="Only this customer.")
    code: str | None = strawberry.field(
        default=None, description="Only this code; case and separators do not matter."
    )
    channel: str | None = strawberry.field(default=None, description="Only this channel.")
    redemption_point: str | None = strawberry.field(default=None, description="Only this redemption point.")
    minimum_subtotal: MoneyInput | None = strawberry.field(
        default=None,
        description="Only carts in this currency whose lines cost at least as much, before all discounts.",
    )


@strawberry.input(description="Which rejected attempts to see; all given conditions must hold.")
class RejectedFeedFilter(FeedFilter):
    reason: str | None = strawberry.field(
        default=None,
        description='Only attempts with a reason of this code, such as "MINIMUM_SPEND_NOT_REACHED".',
    )


@dataclass(frozen=True, slots=True)
class _Wanted:
    campaign: str | None
    partner: str | None
    customer: str | None
    code: str | None
    channel: str | None
    redemption_point: str | None
    reason: str | None
    least: Money | None
    case_sensitive: bool

    def __call__(self, event: Event) -> bool:
        told = event.payload
        return (
            self.customer in (None, told["customer_id"])
            and self.channel in (None, told["channel"])
            and self.redemption_point in (None, told["redemption_point"])
            and (self.least is None or self._costs_enough(told, self.least))
            and self._any(told, self.campaign, self._of_campaign)
            and self._any(told, self.partner, self._of_partner)
            and self._any(told, self.code, self._is_code)
            and self._any(told, self.reason, self._has_reason)
        )

    def _costs_enough(self, told: Mapping[str, Any], least: Money) -> bool:
        return bool(told["currency"] == least.currency and told["subtotal"] >= least.minor)

    def _any(
        self, told: Mapping[str, Any], wanted: str | None, holds: Callable[[Mapping[str, Any]], bool]
    ) -> bool:
        return wanted is None or any(holds(voucher) for voucher in told["vouchers"])

    def _of_campaign(self, voucher: Mapping[str, Any]) -> bool:
        return self.campaign in (voucher["campaign_id"], voucher["main_campaign_id"])

    def _of_partner(self, voucher: Mapping[str, Any]) -> bool:
        return voucher.get("partner_id") == self.partner  # which events of older versions do not tell

    def _is_code(self, voucher: Mapping[str, Any]) -> bool:
        code = voucher["code"]
        return is_code(code, self.case_sensitive) and normalise(code, self.case_sensitive) == self.code

    def _has_reason(self, voucher: Mapping[str, Any]) -> bool:
        return any(reason["code"] == self.reason for reason in voucher["reasons"])


async def accepting(given: FeedFilter | None, caller: Caller) -> Callable[[Event], bool]:
    """The filter as a test of events. A merchant sees its own redemption point, whatever it asks for.

    Raises BAD_USER_INPUT for a name or a source id that nothing has, the feed would be silent for ever, and for a
    text that is too long: it is kept, and compared with every event.
    """
    asked = given or FeedFilter()
    reason = asked.reason if isinstance(asked, RejectedFeedFilter) else None
    for name, text in (
        ("channel", asked.channel),
        ("redemptionPoint", asked.redemption_point),
        ("reason", reason),
    ):
        if text is not None and len(text) > LONGEST_NAME:
            raise Refusal("BAD_USER_INPUT", f"{name} may have at most {LONGEST_NAME} characters.")
    point = own_point(caller, asked.redemption_point)
    partner = needed_id(ids.PARTNER, asked.partner)
    code = asked.code
    if code is not None:
        if not is_code(code, caller.case_sensitive_codes):
            raise Refusal("BAD_USER_INPUT", "This is not a code.")
        code = normalise(code, caller.case_sensitive_codes)
    return _Wanted(
        campaign=known(await only_campaign(asked.campaign, caller), "campaign of this name"),
        partner=hex_of(partner),
        customer=known(await only_customer(asked.customer, caller), "customer with this source id"),
        code=code,
        channel=asked.channel,
        redemption_point=point,
        reason=reason,
        least=_least(asked.minimum_subtotal),
        case_sensitive=caller.case_sensitive_codes,
    )


def _least(given: MoneyInput | None) -> Money | None:
    """The amount; raises BAD_USER_INPUT for one that the currency cannot express."""
    if given is None:
        return None
    found = read_money(given, ("minimumSubtotal",))
    if isinstance(found, Problem):
        raise Refusal("BAD_USER_INPUT", f"minimumSubtotal: {found.message}")
    return found


def known(found: UUID | None, wanted: str) -> str | None:
    """An id as payloads have it; raises BAD_USER_INPUT where there is nothing that is called so."""
    if found == NOTHING:
        raise Refusal("BAD_USER_INPUT", f"There is no {wanted}, so there is nothing to follow.")
    return hex_of(found)

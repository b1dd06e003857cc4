"""Values of this room: a campaign, a draft of one, and changes to one."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from app.engine.budget import Budget
from app.engine.offer import Offer
from app.unset import UNSET, Unset


class CampaignState(StrEnum):
    """Where a campaign stands; only a LIVE one is redeemed, and only within its dates."""

    DRAFT = "DRAFT"
    LIVE = "LIVE"
    PAUSED = "PAUSED"
    ENDED = "ENDED"


class CampaignKind(StrEnum):
    """How the offer of a campaign comes to the cart; chosen once, when it is created."""

    COUPONS = "COUPONS"
    """By codes, which somebody types."""
    CART_PROMOTION = "CART_PROMOTION"
    """By itself, without any code."""


@dataclass(frozen=True, slots=True)
class Campaign:
    """A main campaign (a container with limits, no offer) or a sub-campaign (offer, vouchers, redemptions).

    `ends_at` is exclusive; `max_redemptions` counts all redemptions of the campaign, a main's subs included, and so do
    `budgets`, whose periods begin on the clock of `time_zone`; `version` rises with every change, `offer_version` with
    every change of the offer. Shoppers are told of the codes of one that `is_listed`. `partner_id` says for whom it
    runs; a sub-campaign does not take that of its main campaign.
    """

    id: UUID
    main_id: UUID | None
    is_main: bool
    name: str
    description: str
    category: str | None
    state: CampaignState
    time_zone: str
    starts_at: datetime | None
    ends_at: datetime | None
    max_redemptions: int | None
    offer: Offer | None
    offer_version: int | None
    metadata: Mapping[str, object]
    version: int
    created_at: datetime
    updated_at: datetime
    budgets: tuple[Budget, ...] = ()
    kind: CampaignKind = CampaignKind.COUPONS
    is_listed: bool = False
    partner_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class CampaignDraft:
    """A campaign to be made, in state DRAFT. A sub-campaign may stand under a main one of its project.

    `time_zone` None takes the project's. The offer's own `version` is not read: the room counts versions.
    """

    name: str
    is_main: bool = False
    main_id: UUID | None = None
    description: str = ""
    category: str | None = None
    time_zone: str | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    max_redemptions: int | None = None
    offer: Offer | None = None
    metadata: Mapping[str, object] = field(default_factory=dict)
    budgets: tuple[Budget, ...] = ()
    kind: CampaignKind = CampaignKind.COUPONS
    is_listed: bool = False
    partner_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class CampaignChanges:
    """New values for some fields; UNSET ones stay, None empties (no category, no partner, no date, no limit).

    `budgets` are replaced as a whole.
    """

    name: str | Unset = UNSET
    description: str | Unset = UNSET
    category: str | Unset | None = UNSET
    time_zone: str | Unset = UNSET
    starts_at: datetime | Unset | None = UNSET
    ends_at: datetime | Unset | None = UNSET
    max_redemptions: int | Unset | None = UNSET
    offer: Offer | Unset = UNSET
    metadata: Mapping[str, object] | Unset = UNSET
    budgets: tuple[Budget, ...] | Unset = UNSET
    is_listed: bool | Unset = UNSET
    partner_id: UUID | Unset | None = UNSET

    def told_of(self, campaign: Campaign) -> Campaign:
        """The campaign with the given fields; equal to the one before when they say nothing new.

        An offer that differs from the present one becomes the next version.
        """
        offer, version = campaign.offer, campaign.offer_version
        if self.offer is not UNSET and (offer is None or replace(self.offer, version=offer.version) != offer):
            version = (version or 0) + 1
            offer = replace(self.offer, version=version)
        return replace(
            campaign,
            name=campaign.name if self.name is UNSET else self.name,
            description=campaign.description if self.description is UNSET else self.description,
            category=campaign.category if self.category is UNSET else self.category,
            time_zone=campaign.time_zone if self.time_zone is UNSET else self.time_zone,
            starts_at=campaign.starts_at if self.starts_at is UNSET else self.starts_at,
            ends_at=campaign.ends_at if self.ends_at is UNSET else self.ends_at,
            max_redemptions=campaign.max_redemptions
            if self.max_redemptions is UNSET
            else self.max_redemptions,
            metadata=campaign.metadata if self.metadata is UNSET else self.metadata,
            offer=offer,
            offer_version=version,
            budgets=campaign.budgets if self.budgets is UNSET else self.budgets,
            is_listed=campaign.is_listed if self.is_listed is UNSET else self.is_listed,
            partner_id=campaign.partner_id if self.partner_id is UNSET else self.partner_id,
        )

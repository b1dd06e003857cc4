"""A past decision: all that a redemption, or a rejected one, was judged by, put together again from what is kept of it.

What nobody can look up any more is taken as it was told then: whether voucher and campaigns stood open, and how far
limits and budgets had counted. Everything else is judged again.
"""

from collections.abc import Mapping, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Any  # metadata, which is the caller's own JSON
from uuid import UUID

from app.engine import reason as codes
from app.engine.cart import Cart
from app.engine.explain import Case
from app.engine.facts import POINTS, Balance, CardOf, Facts, FreeCodes, Need, Profile
from app.engine.kept_code import KeptCode
from app.engine.kept_facts import KeptFacts
from app.engine.occasion import Occasion
from app.engine.offer import CampaignStanding, Offer, Presented
from app.engine.reason import Reason
from app.engine.segment import Segment
from app.engine.stacking import Stacking
from app.redemptions.rejected import RejectedRedemption, RejectedVoucher
from app.redemptions.values import RedeemedVoucher, Redemption

Made = Redemption | RejectedRedemption
Version = tuple[Offer, str]  # of a campaign's offer, and the IANA zone of the campaign

LIMITS_AND_BUDGETS = frozenset(
    {
        codes.VOUCHER_LIMIT_REACHED,
        codes.CUSTOMER_LIMIT_REACHED,
        codes.CAMPAIGN_LIMIT_REACHED,
        codes.MAIN_CAMPAIGN_LIMIT_REACHED,
        codes.VOUCHER_BUDGET_EXCEEDED,
        codes.CUSTOMER_BUDGET_EXCEEDED,
        codes.CAMPAIGN_BUDGET_EXCEEDED,
        codes.MAIN_CAMPAIGN_BUDGET_EXCEEDED,
    }
)
# A budget asks for a customer or a currency, too.
ASKED_BY_BUDGETS = frozenset({codes.CUSTOMER_REQUIRED, codes.CURRENCY_MISMATCH})
_OF_STANDING = frozenset(
    {
        codes.VOUCHER_DISABLED,
        codes.CAMPAIGN_NOT_LIVE,
        codes.CAMPAIGN_PAUSED,
        codes.CAMPAIGN_ENDED,
        codes.NO_OFFER,
        codes.HELD_BY_ANOTHER_CUSTOMER,
    }
)
_OF_TIME = frozenset({codes.NOT_STARTED, codes.EXPIRED})
# Answered elsewhere than in `Facts.answers`: where there was none, nothing was kept.
_OTHERS = CardOf | FreeCodes
_LEVELS = ("voucher.", "campaign.", "main_campaign.")


def is_taken_as_told(reason: Reason) -> bool:
    """Whether it says something that is not kept, so that it stands as it was told."""
    if reason.code in _OF_TIME:
        return reason.subject is not None and reason.subject.startswith(_LEVELS)
    return reason.code in _OF_STANDING | LIMITS_AND_BUDGETS | ASKED_BY_BUDGETS


@dataclass(frozen=True, slots=True)
class PastDecision:
    """What was judged, and by what. `codes` are those of the ledger, in the order of `presented`."""

    presented: tuple[Presented, ...]
    codes: tuple[RedeemedVoucher | RejectedVoucher, ...]
    cart: Cart
    facts: Facts
    now: datetime
    counted_at: datetime
    occasion: Occasion
    stacking: Stacking

    @property
    def unknown(self) -> frozenset[Need]:
        """What its rules ask about the customer and nobody kept; must be looked up before it is judged."""
        if self.facts.customer is None:
            return frozenset()
        needs = {need for code in self.presented for need in code.needs if not isinstance(need, _OTHERS)}
        if self.facts.shopper is not None:
            needs.discard(Profile())
        return frozenset(needs - self.facts.answers.keys())

    @property
    def case(self) -> Case:
        """The case that is judged again."""
        return Case(
            self.presented,
            self.cart,
            self.facts,
            self.now,
            self.occasion,
            self.counted_at,
            self.stacking,
        )


def codes_of(made: Made) -> list[RedeemedVoucher | RejectedVoucher]:
    """All codes of the request, in its order: used ones, refused ones, and those that were left out."""
    found: list[RedeemedVoucher | RejectedVoucher] = [*made.vouchers]
    if isinstance(made, Redemption):
        found += made.skipped
    return sorted(found, key=lambda code: code.position)


def versions_of(made: Made) -> set[tuple[UUID, int]]:
    """The campaigns and versions of all offers it was judged by."""
    return {
        (code.campaign_id, code.offer_version)
        for code in codes_of(made)
        if code.campaign_id is not None and code.offer_version is not None
    }


def past_decision(
    made: Made,
    offers: Mapping[tuple[UUID, int], Version],
    automatic: Set[UUID] = frozenset(),
    segments: Mapping[UUID, Segment] | None = None,
) -> PastDecision:
    """The decision with those versions of offers; `automatic` are the vouchers of cart promotions.

    `segments` stand in where it was not kept who was in them.
    """
    kept = KeptFacts.from_json(made.facts)
    told = [code for code in codes_of(made) if kept.has_judged(code.position)]
    presented = tuple([_presented(code, kept, offers, automatic, segments or {}) for code in told])
    balances = {
        code.voucher_id: balance
        for code in told
        if code.voucher_id is not None and (balance := _balance(code, kept.code(code.position))) is not None
    }
    metadata: Any = made.metadata if kept.metadata is None else kept.metadata
    return PastDecision(
        presented=presented,
        codes=tuple(told),
        cart=made.cart.own,
        facts=Facts(made.customer_id, kept.answers, {}, balances, kept.shopper, kept.cards, kept.pools),
        now=made.created_at if kept.at is None else kept.at,
        counted_at=made.created_at,
        occasion=Occasion(made.channel, made.redemption_point, made.key_id, metadata),
        stacking=kept.stacking,
    )


def _presented(
    code: RedeemedVoucher | RejectedVoucher,
    kept: KeptFacts,
    offers: Mapping[tuple[UUID, int], Version],
    automatic: Set[UUID],
    segments: Mapping[UUID, Segment],
) -> Presented:
    if code.voucher_id is None or code.campaign_id is None:
        return Presented(code.code)
    known = kept.code(code.position)
    offer, zone = None, "UTC"
    if code.offer_version is not None:
        offer, zone = offers[code.campaign_id, code.offer_version]
    asked = () if offer is None else offer.segments
    against = () if isinstance(code, RedeemedVoucher) else filter(is_taken_as_told, code.reasons)
    main = code.main_campaign_id
    return Presented(
        code=code.code,
        voucher=code.voucher_id,
        holder=known.holder,
        campaign=CampaignStanding(code.campaign_id, "LIVE", zone=zone, category=known.category),
        main=None if main is None else CampaignStanding(main, "LIVE"),
        offer=offer,
        credits=known.credits,
        points=known.points,
        segments={id_: segment for id_, segment in segments.items() if id_ in asked} | dict(known.segments),
        is_automatic=code.voucher_id in automatic,
        against=tuple(against),
    )


def _balance(code: RedeemedVoucher | RejectedVoucher, known: KeptCode) -> Balance | None:
    """What the code could pay with; of one whose balance was not kept, what it did pay with."""
    if known.balance is not None or isinstance(code, RejectedVoucher) or code.spent_unit is None:
        return known.balance
    return Balance(POINTS if code.spent_unit == POINTS else code.spent_unit, code.spent)

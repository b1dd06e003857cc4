"""Imagined attempts: past ones as they would have come to the till with an edited campaign, or with a new one."""

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any  # metadata, which is the caller's own JSON
from uuid import UUID

from app.campaigns.imagine import Imagined
from app.campaigns.values import Campaign, CampaignKind
from app.engine import reason as codes
from app.engine.facts import CardOf, Facts, FreeCodes, Need, Profile
from app.engine.kept_facts import KeptFacts
from app.engine.occasion import Occasion
from app.engine.offer import UNLIMITED, CampaignStanding, Offer, Presented
from app.engine.reason import Reason
from app.engine.segment import Segment
from app.engine.simulate import Attempt
from app.engine.simulated import USED_UP
from app.engine.stacking import OnRefusal, Stacking
from app.engine.taken import Taken
from app.ids import new_id
from app.redemptions.values import RedeemedVoucher, Redemption
from app.simulation.offers_then import OffersThen
from app.simulation.past_decision import ASKED_BY_BUDGETS, Made, past_decision

_OF_MAIN = frozenset({codes.MAIN_CAMPAIGN_LIMIT_REACHED, codes.MAIN_CAMPAIGN_BUDGET_EXCEEDED})
_OF_TIME = frozenset({codes.NOT_STARTED, codes.EXPIRED})
# What was granted stays granted, whether the new campaign is or not.
_BESIDES = Stacking(on_refusal=OnRefusal.PARTIAL)


@dataclass(frozen=True, slots=True)
class Asking:
    """An attempt, and what its rules must know of the customer that was not kept with it."""

    attempt: Attempt
    unknown: frozenset[Need]


@dataclass(frozen=True, slots=True)
class Imagination(ABC):
    """What is imagined, with the segments that it asks about."""

    imagined: Imagined
    segments: Mapping[UUID, Segment]

    @property
    def campaign(self) -> UUID | None:
        """Whose codes an attempt must have named; None for any attempt."""
        return None

    @property
    def mains(self) -> tuple[UUID, ...]:
        """Under which main campaigns codes count, too."""
        return ()

    @property
    def starts_at_nought(self) -> frozenset[UUID]:
        """Campaigns and vouchers that nobody can have used before."""
        return frozenset()

    @abstractmethod
    def attempt(self, made: Made, known: OffersThen) -> Asking | None:
        """The attempt as it would have come; None for one that is not concerned."""


@dataclass(frozen=True, slots=True)
class Edited(Imagination):
    """An edit of a campaign: what is not edited is as it was at the time, as far as anybody knows."""

    @property
    def campaign(self) -> UUID | None:
        return self.imagined.after.id

    @property
    def mains(self) -> tuple[UUID, ...]:
        after, main = self.imagined.after, self.imagined.main
        if after.is_main:
            return (after.id,)
        return () if main is None or not _is_limited(main) else (main.id,)

    @property
    def is_promotion(self) -> bool:
        """Whether it takes part by itself, so that nobody named its code."""
        return self.imagined.after.kind is CampaignKind.CART_PROMOTION

    def attempt(self, made: Made, known: OffersThen) -> Asking | None:
        """Its codes with the edit, the others as they were."""
        past = past_decision(made, known.offers, known.automatic, self.segments)
        presented = tuple([self._code(code, known) for code in past.presented])
        family = {self.campaign, *self.mains}
        if not any(family & _levels(code) for code in presented):
            return None
        own = frozenset([place for place, code in enumerate(presented) if self.campaign in _levels(code)])
        # Of the customer's own data only what the offers of then asked for was kept.
        facts = replace(past.facts, shopper=None) if self._has_other_offer else past.facts
        then = tuple([code.discount if isinstance(code, RedeemedVoucher) else None for code in past.codes])
        attempt = Attempt(
            id=made.id,
            at=made.created_at,
            now=past.now,
            cart=past.cart,
            facts=facts,
            occasion=past.occasion,
            stacking=past.stacking,
            presented=presented,
            own=own,
            then=then,
            had=any(then[place] is not None for place in own),
        )
        kept = {
            need for code in past.presented for need in code.needs if isinstance(need, CardOf | FreeCodes)
        }
        return Asking(attempt, _unknown(presented, facts, kept))

    def _code(self, code: Presented, known: OffersThen) -> Presented:
        after, main, levels = self.imagined.after, self.imagined.main, _levels(code)
        if code.campaign is None or code.voucher is None:
            return code
        if code.campaign.id == after.id:
            return self._own(code, known)
        # How far its own limits had counted is not known: what was told of them then is.
        others = replace(code, offer=None if code.offer is None else replace(code.offer, limits=UNLIMITED))
        if after.id in levels:
            return replace(
                others,
                main=self._standing(after),
                against=self._still_against(code, _OF_MAIN, "main_campaign."),
            )
        if main is not None and main.id in levels:
            return replace(
                others,
                main=_standing(main),
                against=tuple([why for why in code.against if why.code not in _OF_MAIN]),
            )
        return others

    def _own(self, code: Presented, known: OffersThen) -> Presented:
        after, main, offer = self.imagined.after, self.imagined.main, code.offer
        again = USED_UP | ASKED_BY_BUDGETS
        if self._has_other_offer and after.offer is not None:
            offer, again = after.offer, again | {codes.NO_OFFER}
        asked = frozenset() if offer is None else offer.segments
        return replace(
            code,
            offer=offer,
            max_redemptions=None if code.voucher is None else known.limits.get(code.voucher),
            campaign=self._standing(after, None if code.campaign is None else code.campaign.category),
            main=None if main is None else _standing(main),
            segments={id_: one for id_, one in self.segments.items() if id_ in asked} | dict(code.segments),
            against=self._still_against(code, again, "campaign."),
        )

    def _standing(self, campaign: Campaign, category: str | None = None) -> CampaignStanding:
        """Its dates are asked only where they are edited: what was told of the others then stands."""
        standing = replace(_standing(campaign), category=category)
        if not self._has_other_dates:
            return standing
        return replace(standing, starts_at=campaign.starts_at, ends_at=campaign.ends_at)

    def _still_against(self, code: Presented, again: Collection[str], level: str) -> tuple[Reason, ...]:
        return tuple(
            [
                why
                for why in code.against
                if why.code not in again
                and not (
                    self._has_other_dates and why.code in _OF_TIME and (why.subject or "").startswith(level)
                )
            ]
        )

    @property
    def _has_other_offer(self) -> bool:
        before = self.imagined.before
        return before is not None and before.offer != self.imagined.after.offer

    @property
    def _has_other_dates(self) -> bool:
        before, after = self.imagined.before, self.imagined.after
        return before is not None and (before.starts_at, before.ends_at) != (after.starts_at, after.ends_at)


@dataclass(frozen=True, slots=True)
class Drafted(Imagination):
    """A new campaign, given to every cart in addition to what it had, after it."""

    voucher: UUID
    offer: Offer

    @classmethod
    def of(cls, imagined: Imagined, offer: Offer, segments: Mapping[UUID, Segment]) -> "Drafted":
        """The draft with a voucher that is everybody's."""
        return cls(imagined, segments, new_id(), offer)

    @property
    def starts_at_nought(self) -> frozenset[UUID]:
        return frozenset({self.imagined.after.id, self.voucher})

    def attempt(self, made: Made, _known: OffersThen) -> Asking | None:
        """What the cart had, as it was, and then the new campaign's code."""
        kept = KeptFacts.from_json(made.facts)
        cart = made.cart.own
        had = made.vouchers if isinstance(made, Redemption) else ()
        presented = (*[self._taken(code, len(cart.lines)) for code in had], self._presented())
        # Of the customer's own data only what others asked for was kept.
        facts = Facts(made.customer_id, kept.answers, cards=kept.cards, pools=kept.pools)
        metadata: Any = made.metadata if kept.metadata is None else kept.metadata
        attempt = Attempt(
            id=made.id,
            at=made.created_at,
            now=made.created_at if kept.at is None else kept.at,
            cart=cart,
            facts=facts,
            occasion=Occasion(made.channel, made.redemption_point, made.key_id, metadata),
            stacking=_BESIDES,
            presented=presented,
            own=frozenset({len(had)}),
            then=(*[code.discount for code in had], None),
            had=isinstance(made, Redemption),
        )
        return Asking(attempt, _unknown(presented, facts, ()))

    def _taken(self, code: RedeemedVoucher, lines: int) -> Presented:
        main = self.imagined.main
        is_sibling = main is not None and code.main_campaign_id == main.id
        return Presented(
            code=code.code,
            voucher=code.voucher_id,
            campaign=CampaignStanding(code.campaign_id, "LIVE"),
            main=_standing(main) if main is not None and is_sibling else None,
            offer=Offer(1, None, Taken(code.line_discounts[:lines], code.shipping_discount)),
        )

    def _presented(self) -> Presented:
        campaign, main = self.imagined.after, self.imagined.main
        standing = replace(_standing(campaign), starts_at=campaign.starts_at, ends_at=campaign.ends_at)
        return Presented(
            code=campaign.name,
            voucher=self.voucher,
            campaign=standing,
            main=None if main is None else _standing(main),
            offer=self.offer,
            segments={id_: one for id_, one in self.segments.items() if id_ in self.offer.segments},
        )


def _standing(campaign: Campaign) -> CampaignStanding:
    """As if it were live for ever: whether it was open at the time is not known."""
    return CampaignStanding(
        campaign.id,
        "LIVE",
        max_redemptions=campaign.max_redemptions,
        zone=campaign.time_zone,
        budgets=campaign.budgets,
    )


def _levels(code: Presented) -> set[UUID]:
    return {level.id for level in (code.campaign, code.main) if level is not None}


def _is_limited(campaign: Campaign) -> bool:
    return campaign.max_redemptions is not None or bool(campaign.budgets)


def _unknown(presented: Collection[Presented], facts: Facts, kept: Collection[Need]) -> frozenset[Need]:
    needs = {need for code in presented for need in code.needs} - facts.answers.keys() - set(kept)
    if facts.shopper is not None:
        needs.discard(Profile())
    return frozenset(needs)

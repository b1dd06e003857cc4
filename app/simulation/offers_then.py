"""Offers then: the versions that past decisions were made by, and what is known of their vouchers; one statement."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from uuid import UUID

from app.database import columns, statement
from app.engine.offer import Offer
from app.redemptions.counters import Fetch
from app.simulation.past_decision import Made, Version, codes_of, versions_of

_OFFERS = statement(__package__, "offers_then.sql")


@dataclass(slots=True)
class OffersThen:
    """Offers by campaign and version; `automatic` vouchers are those of cart promotions, `limits` those of vouchers."""

    offers: dict[tuple[UUID, int], Version] = field(default_factory=dict)
    automatic: set[UUID] = field(default_factory=set)
    limits: dict[UUID, int] = field(default_factory=dict)

    async def learn(self, fetch: Fetch, project: UUID, decisions: Iterable[Made]) -> None:
        """Look up what the decisions were made by; versions that are known already are not asked for again."""
        made = list(decisions)
        wanted = {version for one in made for version in versions_of(one)} - self.offers.keys()
        await self._look(fetch, project, wanted, _vouchers(made))

    async def _look(
        self,
        fetch: Fetch,
        project: UUID,
        wanted: Collection[tuple[UUID, int]],
        vouchers: Collection[UUID],
    ) -> None:
        [row] = await fetch(_OFFERS, project, *columns(list(wanted), 2), list(vouchers))
        for campaign, version, offer, zone in row["versions"]:
            self.offers[campaign, version] = Offer.from_json(offer), zone
        self.automatic = {voucher for voucher, is_automatic, _ in row["vouchers"] if is_automatic}
        self.limits = {voucher: most for voucher, _, most in row["vouchers"] if most is not None}


def _vouchers(made: Iterable[Made]) -> set[UUID]:
    return {code.voucher_id for one in made for code in codes_of(one) if code.voucher_id is not None}

"""Qualifying: which offers a shopper could use for a cart, what each is worth, and how far away the others are."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from uuid import UUID

from app.database import fetch_by_index
from app.engine.offer import Presented
from app.ids import new_id
from app.redemptions.aside import aside
from app.redemptions.candidates import Listed, find_candidates
from app.redemptions.find_offers import find_offers
from app.redemptions.fit import Standing, Visit, VoucherState, stand
from app.redemptions.requests import CustomerRef
from app.redemptions.standing import Held, facts_of, holds_of

# Of what a customer holds, and of listed campaigns, so many are looked at: the latest.
MOST_CANDIDATES = 200

_NEVER = datetime.max.replace(tzinfo=UTC)
_STATES = [VoucherState.USABLE, VoucherState.ALMOST]
_IN_ORDER = [*_STATES, *[state for state in reversed(VoucherState) if state not in _STATES]]


@dataclass(frozen=True, slots=True)
class Fit:
    """An offer and how it stands for the shopper: a cart promotion, a code they hold or one that is listed."""

    offer: Presented
    standing: Standing

    @property
    def is_applicable(self) -> bool:
        """Whether it applies, or almost does."""
        return self.standing.state in _STATES


@dataclass(frozen=True, slots=True)
class Qualified:
    """Offers, best first. `are_all` is false when there were more candidates than are looked at."""

    fits: tuple[Fit, ...]
    are_all: bool


async def qualify(project: UUID, customer: CustomerRef | None, listed: Listed, visit: Visit) -> Qualified:
    """What applies, by worth; what almost applies, by the gap; then all the rest, by state. Four statements at most.

    Candidates are the cart promotions that are live, the 200 vouchers last given to the customer and the generic codes
    of the 200 latest listed campaigns. Each is judged without other codes: a code beside the promotions that take
    part, a promotion alone. A customer who is not known is a new one.
    """
    candidates = await find_candidates(project, customer, listed, MOST_CANDIDATES, visit.now)
    vouchers = list(dict.fromkeys([*candidates.held, *candidates.listed]))
    found = await find_offers(
        fetch_by_index,
        vouchers={(project, voucher) for voucher in vouchers},
        now=visit.now,
        promotions=(project,),
    )
    promotions = found.promotions.get(project, [])
    who = None if customer is None else candidates.customer or new_id()
    codes: dict[Held, Presented] = {
        (who, voucher): found.vouchers[voucher] for voucher in vouchers if voucher in found.vouchers
    }
    asked = codes | {(who, _voucher_of(one)): one for one in promotions}
    facts = await facts_of(project, asked, (), visit)
    holds = await holds_of(project, codes, visit.now) if candidates.held else {}

    def judge() -> tuple[Fit, ...]:
        fits = [
            Fit(code, stand(code, facts[who], visit, holds.get(pair), promotions))
            for pair, code in codes.items()
        ]
        fits += [Fit(one, stand(replace(one, is_automatic=False), facts[who], visit)) for one in promotions]
        return in_order(fits)

    return Qualified(await aside(judge, len(codes) * (1 + len(promotions))), candidates.are_all)


def in_order(fits: Sequence[Fit]) -> tuple[Fit, ...]:
    """Best first: by state, then by worth, then by the gap; what is over soonest comes first, and then the oldest."""
    return tuple(sorted(fits, key=_rank))


def _rank(fit: Fit) -> tuple[object, ...]:
    standing = fit.standing
    gap = standing.gap or ()
    ends = standing.expires_at or _NEVER
    return _IN_ORDER.index(standing.state), -(standing.worth or 0), gap, ends, standing.voucher_id


def _voucher_of(promotion: Presented) -> UUID:
    if promotion.voucher is None:
        raise ValueError(f"the promotion {promotion.code!r} has no voucher")
    return promotion.voucher

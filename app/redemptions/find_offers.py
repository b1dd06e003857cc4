"""From codes to what the engine judges: vouchers, campaigns, offers, customers, earlier answers; one statement."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any  # rows of the statement, whose columns stand in find_offers.sql
from uuid import UUID

from app.database import columns, statement
from app.engine.budget import Budget, budgets_from_json
from app.engine.offer import CampaignStanding, Offer, Presented
from app.engine.segment import Segment
from app.engine.shelf import rules
from app.redemptions.counters import Fetch
from app.redemptions.requests import CustomerRef, Take

_FIND = statement(__package__, "find_offers.sql")

# A version of an offer never changes once it is written, so it is read from JSON once.
_offers: dict[tuple[UUID, int], Offer] = {}
_MOST_OFFERS = 4_096

# Nor does a version of a segment.
_segments: dict[tuple[UUID, int], Segment] = {}
_MOST_SEGMENTS = 4_096

# With the name of a cart promotion, which stands in for the code that nobody types.
_Campaign = tuple[CampaignStanding, CampaignStanding | None, Offer | None, Mapping[UUID, Segment], str | None]


@dataclass(frozen=True, slots=True)
class Earlier:
    """What an idempotency key was answered with."""

    project: UUID
    request_hash: bytes
    answer_kind: str
    answer_id: UUID


@dataclass(frozen=True, slots=True)
class Found:
    """What the statement found; ask it with the same project and key that were asked for."""

    codes: dict[tuple[UUID, str], Presented]
    vouchers: dict[UUID, Presented]
    customers: dict[tuple[UUID, CustomerRef], UUID]
    answered: dict[UUID, Earlier]
    expired: tuple[UUID, ...] = ()
    """Those of the projects that have holds whose time is over and that still stand as held."""
    promotions: dict[UUID, list[Presented]] = field(default_factory=dict)
    """The cart promotions that take part by themselves, by project, the oldest first."""

    def presented(self, project: UUID, code: str, code_key: str, take: Take = None) -> Presented:
        """A code as it was typed, with all that is known of it; `take` is the most to take from its balance."""
        known = self.codes.get((project, code_key))
        if known is None:
            return Presented(code)
        if take is None:
            return known if known.code == code else replace(known, code=code)
        credits_, points = (None, take) if isinstance(take, int) else (take, None)
        return replace(known, code=code, credits=credits_, points=points)

    def all_presented(
        self,
        project: UUID,
        codes: Sequence[str],
        code_keys: Sequence[str],
        takes: Sequence[Take] = (),
        *,
        promotions: bool,
    ) -> list[Presented]:
        """The codes of a request as they were typed, and after them the cart promotions if these take part."""
        typed = zip(codes, code_keys, takes or (None,) * len(codes), strict=True)
        presented = [self.presented(project, code, key, take) for code, key, take in typed]
        return presented + self.promotions.get(project, []) if promotions else presented


async def find_offers(
    fetch: Fetch,
    *,
    codes: Iterable[tuple[UUID, str]] = (),
    vouchers: Iterable[tuple[UUID, UUID]] = (),
    customers: Sequence[tuple[UUID, CustomerRef]] = (),
    keys: Sequence[UUID] = (),
    projects: Sequence[UUID] = (),
    now: datetime | None = None,
    promotions: Iterable[UUID] = (),
) -> Found:
    """Look up (project, code key), (project, voucher id), (project, customer) and idempotency key ids.

    Of the `projects` it tells which have holds whose time is over at `now`; the cart promotions of `promotions`, which
    are projects, are those that take part then.
    """
    by_id = [(project, ref.id) for project, ref in customers if ref.id is not None]
    by_source = [(project, ref.source_id) for project, ref in customers if ref.source_id is not None]
    rows = await fetch(
        _FIND,
        *columns(list(codes), 2),
        *columns(list(vouchers), 2),
        *columns(by_id, 2),
        *columns(by_source, 2),
        keys,
        projects,
        now,
        list(promotions),
    )
    voucher_rows, campaign_rows, customer_rows, answer_rows, expired = rows[0]
    campaigns = {row[0]: _campaign(row) for row in campaign_rows}
    answered = {row[0]: Earlier(*row[1:]) for row in answer_rows}
    found = Found({}, {}, {}, answered, tuple(expired))
    for row in voucher_rows:
        known = found.vouchers[row[2]] = _presented(row, campaigns)
        if row[1] is None:
            found.promotions.setdefault(row[0], []).append(known)
        else:
            found.codes[row[0], row[1]] = known
    for own in found.promotions.values():
        own.sort(key=_made)
    for project, id_, source_id in customer_rows:
        found.customers[project, CustomerRef(id=id_)] = id_
        found.customers[project, CustomerRef(source_id=source_id)] = id_
    return found


def _made(promotion: Presented) -> UUID:
    if promotion.campaign is None:
        raise ValueError(f"the promotion {promotion.code!r} has no campaign")
    return promotion.campaign.id


def _presented(row: Any, campaigns: dict[UUID, _Campaign]) -> Presented:
    _, _, id_, code, campaign_id, enabled, holder, starts_at, expires_at, max_redemptions = row
    campaign, main, offer, segments, name = campaigns[campaign_id]
    return Presented(
        code=name or code,
        voucher=id_,
        enabled=enabled,
        holder=holder,
        starts_at=starts_at,
        expires_at=expires_at,
        max_redemptions=max_redemptions,
        campaign=campaign,
        main=main,
        offer=offer,
        segments=segments,
        is_automatic=name is not None,
    )


def _campaign(row: Any) -> _Campaign:
    id_, state, starts_at, ends_at, most, zone, budgets, category, partner, name, *rest = row
    version, offer, segments, *main = rest
    return (
        CampaignStanding(id_, state, starts_at, ends_at, most, zone, _budgets(budgets), category, partner),
        None if main[0] is None else _main(*main),
        None if version is None else _offer(id_, version, offer),
        {one[0]: _segment(*one) for one in segments or ()},
        name,
    )


def _main(id_: UUID, state: str, *rest: Any) -> CampaignStanding:
    starts_at, ends_at, most, zone, budgets = rest
    return CampaignStanding(id_, state, starts_at, ends_at, most, zone, _budgets(budgets))


def _budgets(data: object) -> tuple[Budget, ...]:
    return budgets_from_json(data) if data else ()


def _offer(campaign: UUID, version: int, data: object) -> Offer:
    offer = _offers.get((campaign, version))
    if offer is None:
        if len(_offers) >= _MOST_OFFERS:
            _offers.pop(next(iter(_offers)))
        offer = _offers[campaign, version] = Offer.from_json(data)
    return offer


def _segment(id_: UUID, version: int, name: str, rule: object) -> Segment:
    segment = _segments.get((id_, version))
    if segment is None:
        if len(_segments) >= _MOST_SEGMENTS:
            _segments.pop(next(iter(_segments)))
        known = None if rule is None else rules.from_json(rule)
        segment = _segments[id_, version] = Segment(id_, name, known)
    return segment

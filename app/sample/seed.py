"""Making the sample shop, once: begun again after a crash it goes on, and of two processes one waits.

Every step finds out what is there already. The shop is complete with the last of its publications, which, unlike
a name, nobody can change.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar
from uuid import UUID

from app.campaigns.draft import create_campaign
from app.campaigns.launch import end, launch
from app.campaigns.read import find
from app.campaigns.values import Campaign, CampaignState
from app.customers.read import by_source_ids
from app.customers.recognise import recognise
from app.database import connect, fetchval, transaction
from app.partners.draft import create_partner
from app.partners.read import find as find_partner
from app.problem import Problems
from app.projects.found import found_organisation
from app.projects.keys import create_key
from app.projects.read import keys_by_ids, project_by_id
from app.projects.stacking import update_stacking
from app.projects.values import KeyDraft, KeyKind, Project, ProjectDraft
from app.sample.goods import CURRENCY
from app.sample.history import POINT, TIME_ZONE, Gift, attempts, gifts
from app.sample.keys import SampleKey, SampleKeys, keep_keys, read_keys
from app.sample.people import CUSTOMERS, source_id
from app.sample.promotions import COMMISSIONS, STACKING, WELCOME, Promotion, main_campaign, promotions
from app.sample.purchases import Shop, replay
from app.vouchers.mint import mint
from app.vouchers.publish import publish
from app.vouchers.read import by_ids, count_vouchers_of_campaigns
from app.vouchers.values import Publication, PublishOrder

ORGANISATION, PROJECT = "Kalina", "Kalina sample shop"
AGE = timedelta(days=100)

_LOCK = 5_120_447_963  # any number, as long as all versions of the service agree on it
_FIND = """
SELECT p.id FROM projects p JOIN organisations o ON o.id = p.organisation_id
WHERE o.name = $1 AND p.name = $2 ORDER BY p.id LIMIT 1
"""
_IS_COMPLETE = "SELECT EXISTS (SELECT FROM publications WHERE project_id = $1 AND source_id = $2)"
_LAST_GIFT = "sample shop, complete"

T = TypeVar("T")
Tell = Callable[[str, int, int], None]  # what is being done, how much of it is done, how much it is


@dataclass(frozen=True, slots=True)
class Sample:
    """The sample shop with its keys; `is_new` when it was made just now."""

    project: Project
    keys: SampleKeys
    is_new: bool


def silently(_doing: str, _done: int, _of: int) -> None:
    """Tell nobody."""


async def make_sample(state: Path, origins: Sequence[str], now: datetime, tell: Tell = silently) -> Sample:
    """The sample shop, made if it is not there yet; the database must be open and migrated.

    Keys that are missing in the folder `state`, or were revoked, are made anew. `origins` are the web pages that
    the storefront key is bound to. The shop's dates lie around `now`.
    """
    async with _alone():
        project, keys = await _project(state, now - AGE)
        keys = await _usable_keys(state, keys, project, origins, now)
        is_new = not await fetchval(_IS_COMPLETE, project.id, _LAST_GIFT)
        if is_new:
            await _fill(project, keys, now, tell)
    return Sample(project, keys, is_new)


@asynccontextmanager
async def _alone() -> AsyncIterator[None]:
    """Polled, so that a process that waits holds no snapshot and meets no time-out."""
    guard = await connect(application_name="tearoff sample")
    try:
        while not await guard.fetchval("SELECT pg_try_advisory_lock($1)", _LOCK):  # noqa: ASYNC110 - see above
            await asyncio.sleep(0.05)
        yield
    finally:
        await guard.close()


async def _project(state: Path, now: datetime) -> tuple[Project, SampleKeys]:
    known = await fetchval(_FIND, ORGANISATION, PROJECT)
    project = None if known is None else await project_by_id(known)
    if project is not None:
        return project, read_keys(state)
    founded = _made(await found_organisation(ORGANISATION, ProjectDraft(PROJECT, TIME_ZONE, CURRENCY), now))
    first = SampleKeys(server=SampleKey(founded.first_key.key.id, founded.first_key.secret))
    keep_keys(state, first)
    return founded.project, first


async def _usable_keys(
    state: Path, kept: SampleKeys, project: Project, origins: Sequence[str], now: datetime
) -> SampleKeys:
    drafts = {
        "server": KeyDraft(KeyKind.SERVER, "Sample server", creates_projects=True),
        "merchant": KeyDraft(KeyKind.MERCHANT, f"Sample till at {POINT}", redemption_point=POINT),
        "storefront": KeyDraft(KeyKind.STOREFRONT, "Sample storefront", origins=tuple(origins)),
    }
    known = await keys_by_ids(project.id, [key.id for key in kept.named().values()])
    keys = SampleKeys()
    for name, draft in drafts.items():
        key = kept.named().get(name)
        if key is None or key.id not in known or known[key.id].revoked_at is not None:
            made = _made(await create_key(project.id, draft, now))
            key = SampleKey(made.key.id, made.secret)
        keys = keys.with_key(name, key)
    if keys != kept:
        keep_keys(state, keys)
    return keys


async def _fill(project: Project, keys: SampleKeys, now: datetime, tell: Tell) -> None:
    assert keys.server is not None and keys.merchant is not None  # noqa: S101, PT018 - just made
    shop = Shop(project, server=keys.server.id, merchant=keys.merchant.id, point=POINT)
    tell("Customers", 0, len(CUSTOMERS))
    async with transaction() as connection:
        await recognise(connection, project.id, CUSTOMERS, now - AGE)
    tell("Customers", len(CUSTOMERS), len(CUSTOMERS))
    _made(await update_stacking(project.id, STACKING, now - AGE))
    campaigns = await _campaigns(shop, now, tell)
    codes = await _give_out(shop, campaigns[WELCOME], now, tell)
    await replay(shop, attempts(now), codes, lambda done, of: tell("Purchases", done, of))
    last = gifts(now)[-1]
    await _give(shop, campaigns[WELCOME], last, now, source=_LAST_GIFT)


async def _campaigns(shop: Shop, now: datetime, tell: Tell) -> dict[str, Campaign]:
    """All campaigns by name, with their codes, in the state they should be in."""
    planned = (main_campaign(now), *promotions(now))
    made: dict[str, Campaign] = {}
    main: UUID | None = None
    for done, promotion in enumerate(planned):
        tell("Campaigns and codes", done, len(planned))
        campaign = await _campaign(shop, promotion, main, now)
        main = campaign.id if campaign.is_main else main
        made[campaign.name] = campaign
    tell("Campaigns and codes", len(planned), len(planned))
    return made


async def _campaign(shop: Shop, promotion: Promotion, main: UUID | None, now: datetime) -> Campaign:
    draft, project = promotion.draft, shop.project.id
    campaign = await find(project, draft.name)
    if campaign is None:
        begun_at = min(promotion.launched_at or now, now)
        placed = replace(draft, main_id=main) if promotion.under_main else draft
        if promotion.partner is not None:
            placed = replace(placed, partner_id=await _partner(project, promotion.partner, now - AGE))
        campaign = _made(await create_campaign(project, placed, shop.server, begun_at))
    if promotion.codes is not None:
        there = await count_vouchers_of_campaigns(project, [campaign.id])
        if not there[campaign.id]:
            _made(await mint(project, campaign.id, promotion.codes, promotion.launched_at or now))
    if promotion.launched_at is not None and campaign.state is CampaignState.DRAFT:
        campaign = _made(await launch(project, campaign.id, promotion.launched_at))
    if promotion.ended_at is not None and campaign.state is CampaignState.LIVE:
        campaign = _made(await end(project, campaign.id, promotion.ended_at))
    return campaign


async def _partner(project: UUID, name: str, at: datetime) -> UUID:
    known = await find_partner(project, name)
    return (known or _made(await create_partner(project, name, COMMISSIONS[name], at))).id


async def _give_out(shop: Shop, welcome: Campaign, now: datetime, tell: Tell) -> dict[int, str]:
    """Fill the wallets; gives the welcome code of each customer who got one, by the customer's number."""
    planned = gifts(now)
    given: dict[int, Publication] = {}
    for done, gift in enumerate(planned):
        tell("Wallets", done, len(planned))
        publication = await _give(shop, welcome, gift, gift.at)
        if gift.code is None:
            given[gift.number] = publication
    tell("Wallets", len(planned), len(planned))
    vouchers = await by_ids(shop.project.id, [one.voucher_id for one in given.values()])
    return {number: vouchers[one.voucher_id].code for number, one in given.items()}


async def _give(
    shop: Shop, welcome: Campaign, gift: Gift, at: datetime, source: str | None = None
) -> Publication:
    project, owner = shop.project.id, source_id(gift.number)
    customer = (await by_source_ids(project, [owner]))[owner]
    order = PublishOrder(
        channel=gift.channel,
        code=gift.code,
        campaign=welcome.id if gift.code is None else None,
        source_id=source or f"sample shop, {gift.code or WELCOME} to {owner}",
    )
    published = _made(await publish(project, order, customer.id, shop.server, at))
    return published.publications[0]


def _made(answer: T | Problems) -> T:
    """The answer of a deed that has no reason to refuse."""
    if isinstance(answer, Problems):
        raise RuntimeError(f"the sample shop was refused something: {answer.all[0]}")
    return answer

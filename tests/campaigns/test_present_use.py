"""A limit is measured against the present use, and never starts from a stale counter."""

import asyncio
from dataclasses import replace
from uuid import UUID, uuid4

from app.campaigns.draft import update_campaign
from app.campaigns.read import find
from app.campaigns.values import Campaign, CampaignChanges
from app.database import connect, execute, fetchval
from app.engine.offer import Limits, Offer
from app.ids import new_id
from app.problem import Problem, Problems
from tests.campaigns.shop import FIVE_EURO, KEY, a_campaign, count, counters, logged, use
from tests.conftest import NOW


async def _change(project: UUID, campaign: Campaign, **changes: object) -> Campaign | Problems:
    return await update_campaign(
        project,
        campaign.id,
        CampaignChanges(**changes),  # type: ignore[arg-type]  # each test names real fields
        None,
        KEY,
        NOW,
    )


def _below(path: str, used: int, limit: int) -> Problem:
    message = f"The campaign has been redeemed {used} times already, so its limit cannot be {limit}."
    return Problem(tuple(path.split(".")), "LIMIT_BELOW_USE", message)


def _limited(**limits: int) -> Offer:
    return replace(FIVE_EURO, limits=Limits(**limits))


async def test_a_limit_below_the_counted_use_is_refused_with_the_use(project: UUID) -> None:
    campaign = await a_campaign(project, max_redemptions=50)
    await count(project, "campaign", campaign.id, 30)
    refused = await _change(project, campaign, max_redemptions=29)
    assert refused == Problems((_below("max_redemptions", 30, 29),))
    assert await find(project, campaign.id) == campaign
    assert len(await logged(project)) == 1


async def test_a_limit_may_be_lowered_to_the_use_itself_and_raised_at_will(project: UUID) -> None:
    campaign = await a_campaign(project, max_redemptions=50)
    await count(project, "campaign", campaign.id, 30)
    for limit in (30, 31, 1_000):
        changed = await _change(project, campaign, max_redemptions=limit)
        assert isinstance(changed, Campaign)
        assert changed.max_redemptions == limit
    assert await counters(project) == [("campaign", campaign.id, 30)]


async def test_other_edits_do_not_ask_about_the_use(project: UUID) -> None:
    campaign = await a_campaign(project, max_redemptions=50)
    await count(project, "campaign", campaign.id, 60)  # lowered once by hand, perhaps
    assert isinstance(await _change(project, campaign, description="new"), Campaign)
    assert isinstance(await _change(project, campaign, max_redemptions=55), Problems)
    assert isinstance(await _change(project, campaign, max_redemptions=None), Campaign)


async def test_the_first_limit_is_measured_against_the_ledger(project: UUID) -> None:
    campaign = await a_campaign(project)
    await use(project, campaign.id, 3)
    await use(project, campaign.id, 4, rolled_back=True)
    assert await _change(project, campaign, max_redemptions=2) == Problems((_below("max_redemptions", 3, 2),))
    assert isinstance(await _change(project, campaign, max_redemptions=3), Campaign)


async def test_a_main_campaigns_limit_covers_its_sub_campaigns(project: UUID) -> None:
    main = await a_campaign(project, "Year", is_main=True)
    for name, times in (("A", 2), ("B", 3)):
        sub = await a_campaign(project, name, main_id=main.id)
        await use(project, sub.id, times)
    await use(project, (await a_campaign(project, "Elsewhere")).id, 7)
    assert await _change(project, main, max_redemptions=4) == Problems((_below("max_redemptions", 5, 4),))
    assert isinstance(await _change(project, main, max_redemptions=5), Campaign)


async def test_the_offers_limit_is_measured_too(project: UUID) -> None:
    campaign = await a_campaign(project, offer=_limited(per_campaign=50))
    await count(project, "campaign", campaign.id, 30)
    refused = await _change(project, campaign, offer=_limited(per_campaign=20), max_redemptions=10)
    assert refused == Problems(
        (_below("max_redemptions", 30, 10), _below("offer.limits.per_campaign", 30, 20))
    )
    assert isinstance(await _change(project, campaign, offer=_limited(per_campaign=30)), Campaign)


async def test_a_limit_that_comes_back_drops_the_counters_of_the_earlier_one(project: UUID) -> None:
    campaign = await a_campaign(project, offer=FIVE_EURO)
    other = await a_campaign(project, "Other", max_redemptions=5)
    customer = new_id()
    await count(project, "campaign", campaign.id, 1)
    await count(project, "customer", campaign.id, 1, customer)
    await count(project, "campaign", other.id, 2)
    assert isinstance(await _change(project, campaign, max_redemptions=9), Campaign)
    assert await counters(project) == [
        ("campaign", other.id, 2),
        ("customer", campaign.id, 1),
    ]
    assert isinstance(await _change(project, campaign, offer=_limited(per_customer=1)), Campaign)
    assert await counters(project) == [("campaign", other.id, 2)]


async def test_a_limit_beside_another_keeps_the_counter(project: UUID) -> None:
    campaign = await a_campaign(project, offer=_limited(per_campaign=50))
    await count(project, "campaign", campaign.id, 30)
    assert isinstance(await _change(project, campaign, max_redemptions=40), Campaign)
    assert await counters(project) == [("campaign", campaign.id, 30)]


async def test_a_limit_per_voucher_drops_stale_counters_but_not_those_of_vouchers_with_a_limit_of_their_own(
    project: UUID,
) -> None:
    campaign = await a_campaign(project, offer=FIVE_EURO)
    plain, limited = new_id(), new_id()
    for voucher, limit in ((plain, None), (limited, 3)):
        await execute(
            "INSERT INTO vouchers (id, project_id, campaign_id, code, code_key, kind, enabled, max_redemptions,"
            " metadata, created_at) VALUES ($1, $2, $3, $4, $4, 'UNIQUE', true, $5, '{}', $6)",
            voucher,
            project,
            campaign.id,
            voucher.hex,
            limit,
            NOW,
        )
        await count(project, "voucher", voucher, 1)
    assert isinstance(await _change(project, campaign, offer=_limited(per_voucher=1)), Campaign)
    assert await counters(project) == [("voucher", limited, 1)]


async def test_stale_counters_are_locked_in_the_order_of_ids(project: UUID) -> None:
    campaign = await a_campaign(project, offer=FIVE_EURO)
    voucher, customer = new_id(), new_id()
    await execute(
        "INSERT INTO vouchers (id, project_id, campaign_id, code, code_key, kind, enabled, metadata, created_at)"
        " VALUES ($1, $2, $3, 'A', 'A', 'UNIQUE', true, '{}', $4)",
        voucher,
        project,
        campaign.id,
        NOW,
    )
    first, second, third = sorted([uuid4(), uuid4(), uuid4()])
    for id_, scope, subject, whose in (
        (third, "campaign", campaign.id, None),
        (second, "customer", campaign.id, customer),
        (first, "voucher", voucher, None),
    ):
        await execute(
            "INSERT INTO counters (id, project_id, scope, subject_id, customer_id, used)"
            " VALUES ($1, $2, $3, $4, $5, 0)",
            id_,
            project,
            scope,
            subject,
            whose,
        )
    other = await connect()
    try:
        async with other.transaction():
            await other.execute("SELECT FROM counters WHERE id = $1 FOR UPDATE", first)
            promise = _limited(per_voucher=1, per_customer=1, per_campaign=1)
            changing = asyncio.create_task(_change(project, campaign, offer=promise))
            done, _ = await asyncio.wait([changing], timeout=0.2)
            assert not done
            free = (
                "SELECT count(*) FROM (SELECT FROM counters WHERE id = ANY ($1) FOR UPDATE SKIP LOCKED) AS k"
            )
            assert await other.fetchval(free, [second, third]) == 2
    finally:
        await other.close()
    assert isinstance(await changing, Campaign)
    assert await fetchval("SELECT count(*) FROM counters WHERE project_id = $1", project) == 0

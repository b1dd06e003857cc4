"""Once it is said that a campaign has ended, no code of it is made or given any more."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import pytest

from app.database import connect, execute, fetchval
from app.vouchers import mint as minting
from app.vouchers.mint import mint
from app.vouchers.publish import publish
from app.vouchers.values import Minted, MintOrder, PublishOrder
from tests.vouchers.shop import (
    NOW,
    a_campaign,
    a_customer,
    a_generic,
    a_voucher,
    codes_of,
    everything,
    minted,
)


@asynccontextmanager
async def ending(campaign: UUID) -> AsyncIterator[None]:
    """Somebody is ending the campaign, and has by the end of the block."""
    editor = await connect()
    try:
        async with editor.transaction():
            await editor.execute("UPDATE campaigns SET state = 'ENDED' WHERE id = $1", campaign)
            yield
    finally:
        await editor.close()


@pytest.mark.parametrize(
    "order", [MintOrder(count=3), MintOrder(codes=("GIVEN",))], ids=["drawn codes", "given codes"]
)
async def test_no_code_is_made_just_after_the_campaign_has_ended(project: UUID, order: MintOrder) -> None:
    campaign = await a_campaign(project)
    before = await everything(project)
    async with ending(campaign):
        answer = asyncio.create_task(mint(project, campaign, order, NOW))
        done, _ = await asyncio.wait([answer], timeout=0.2)
        assert not done
    assert codes_of(await answer) == ["CAMPAIGN_ENDED"]
    assert await everything(project) == before


@pytest.mark.parametrize("code", ["UNIQUE", "GENERIC", None])
async def test_no_code_is_given_just_after_the_campaign_has_ended(project: UUID, code: str | None) -> None:
    campaign, customer = await a_campaign(project), await a_customer(project)
    await a_voucher(project, campaign, "UNIQUE")
    await a_generic(project, campaign, "GENERIC")
    before = await everything(project)
    order = PublishOrder("x", code=code, campaign=None if code else campaign)
    async with ending(campaign):
        answer = asyncio.create_task(publish(project, order, customer, None, NOW))
        done, _ = await asyncio.wait([answer], timeout=0.2)
        assert not done
    assert codes_of(await answer) == ["CAMPAIGN_ENDED"]
    assert await everything(project) == before


async def test_a_campaign_that_ends_in_the_middle_of_a_mint_keeps_what_was_made_by_then(
    project: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(minting, "CHUNK", 10)
    campaign = await a_campaign(project)
    ends: list[asyncio.Task[str]] = []

    def end(made: int) -> None:
        if not ends:
            command = execute("UPDATE campaigns SET state = 'ENDED' WHERE id = $1", campaign)
            ends.append(asyncio.ensure_future(command))

    answer = await mint(project, campaign, MintOrder(count=5_000), NOW, end)
    await ends[0]
    kept = await fetchval("SELECT count(*) FROM vouchers WHERE project_id = $1", project)
    assert answer == Minted(count=kept, asked=5_000)
    assert 0 < kept < 5_000


async def test_makers_and_givers_do_not_wait_for_each_other(project: UUID) -> None:
    campaign, customer = await a_campaign(project), await a_customer(project)
    await minted(project, campaign, MintOrder(count=3))
    giver = await connect()
    try:
        async with giver.transaction():
            await giver.execute("SELECT FROM campaigns WHERE id = $1 FOR SHARE", campaign)
            async with asyncio.timeout(5):
                await minted(project, campaign, MintOrder(count=3))
                await publish(project, PublishOrder("x", campaign=campaign), customer, None, NOW)
    finally:
        await giver.close()

"""A limit that is set in the middle of a rush is exact: what was under way without it is counted, too.

And an end that is set is one: nothing is granted after the answer.
"""

import asyncio
from collections.abc import Coroutine
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from app.campaigns.draft import update_campaign
from app.campaigns.values import Campaign, CampaignChanges
from app.database import connect, fetchval
from app.database.standing_edits import begin_redeeming
from app.problem import Problems
from app.redemptions.redeem import settle
from app.redemptions.ticket import Ticket, write_ticket
from app.redemptions.till import Till
from app.vouchers.update import update_voucher
from app.vouchers.values import Voucher, VoucherChanges
from tests.conftest import NOW
from tests.redemptions.shop import KEY, a_campaign, a_voucher, asking, granted, rush, tills

DAY = timedelta(days=1)


async def test_a_redemption_under_way_counts_against_a_limit_that_comes(project: UUID, till: Till) -> None:
    campaign = await a_campaign(project)
    await a_voucher(project, campaign, "SUMMER")
    under_way = await connect()
    try:
        await under_way.execute(begin_redeeming([project]))
        await settle(under_way, [_ticket(project)], NOW)
        limiting = asyncio.create_task(
            update_campaign(project, campaign, CampaignChanges(max_redemptions=1), None, KEY, NOW)
        )
        done, _ = await asyncio.wait([limiting], timeout=0.2)
        assert not done
        await under_way.execute("COMMIT")
    finally:
        await under_way.close()
    assert isinstance(await limiting, Campaign)
    assert granted(await rush([till], [asking(project, "SUMMER")])) == []
    assert await fetchval("SELECT count(*) FROM redemptions WHERE project_id = $1", project) == 1


@pytest.mark.parametrize(
    "changes", [{"starts_at": NOW + DAY}, {"ends_at": NOW}, {"time_zone": "Asia/Tokyo"}], ids=str
)
async def test_a_campaigns_new_dates_are_answered_after_the_redemptions_under_way(
    project: UUID, changes: dict[str, Any]
) -> None:
    campaign = await a_campaign(project)
    await a_voucher(project, campaign, "SUMMER")
    await _answered_after_a_redemption(
        project, update_campaign(project, campaign, CampaignChanges(**changes), None, KEY, NOW)
    )


@pytest.mark.parametrize("changes", [{"starts_at": NOW + DAY}, {"expires_at": NOW}], ids=str)
async def test_a_vouchers_new_dates_are_answered_after_the_redemptions_under_way(
    project: UUID, changes: dict[str, Any]
) -> None:
    voucher = await a_voucher(project, await a_campaign(project), "SUMMER")
    await _answered_after_a_redemption(
        project, update_voucher(project, voucher, VoucherChanges(**changes), NOW)
    )


async def test_what_no_redemption_reads_is_changed_at_once(project: UUID) -> None:
    campaign = await a_campaign(project)
    voucher = await a_voucher(project, campaign, "SUMMER")
    under_way = await connect()
    try:
        await under_way.execute(begin_redeeming([project]))
        async with asyncio.timeout(5):
            changes = CampaignChanges(description="new", metadata={"a": 1})
            assert isinstance(await update_campaign(project, campaign, changes, None, KEY, NOW), Campaign)
            answer = await update_voucher(project, voucher, VoucherChanges(metadata={"a": 1}), NOW)
            assert isinstance(answer, Voucher)
    finally:
        await under_way.close()


async def test_a_voucher_that_gets_its_limit_back_has_not_forgotten_its_uses(
    project: UUID, till: Till
) -> None:
    voucher = await a_voucher(project, await a_campaign(project), "SUMMER", max_redemptions=5)
    assert len(granted(await rush([till], [asking(project, "SUMMER")]))) == 1
    await _limit(project, voucher, None)
    assert len(granted(await rush([till], [asking(project, "SUMMER")] * 2))) == 2
    await _limit(project, voucher, 4)
    assert len(granted(await rush([till], [asking(project, "SUMMER")] * 3))) == 1


async def test_a_limit_set_in_a_rush_is_never_passed(project: UUID) -> None:
    campaign = await a_campaign(project)
    await a_voucher(project, campaign, "SUMMER")
    async with tills(2, size=8) as opened:
        rushing = asyncio.create_task(rush(opened, [asking(project, "SUMMER") for _ in range(200)]))  # noqa: RUF006 - awaited below
        while opened[0].settled < 8:  # noqa: ASYNC110 - the till tells nobody how far it is
            await asyncio.sleep(0)
        used = await fetchval("SELECT count(*) FROM redemptions WHERE project_id = $1", project)
        limit = used + 40
        limited = await update_campaign(
            project, campaign, CampaignChanges(max_redemptions=limit), None, KEY, NOW
        )
        answers = await rushing
        answers += await rush(opened, [asking(project, "SUMMER") for _ in range(50)])
    made = len(granted(answers))
    if isinstance(limited, Campaign):
        assert made == limit
    else:  # the rush was faster than the editor: then there is no limit, and everybody got it
        assert [problem.code for problem in limited.all] == ["LIMIT_BELOW_USE"]
        assert made == 250


async def _answered_after_a_redemption(
    project: UUID, change: Coroutine[Any, Any, Campaign | Voucher | Problems]
) -> None:
    """The change waits for a redemption that has begun, and is done then."""
    under_way = await connect()
    try:
        await under_way.execute(begin_redeeming([project]))
        await settle(under_way, [_ticket(project)], NOW)
        changing = asyncio.create_task(change)
        done, _ = await asyncio.wait([changing], timeout=0.2)
        assert not done
        await under_way.execute("COMMIT")
    finally:
        await under_way.close()
    assert isinstance(await changing, Campaign | Voucher)


def _ticket(project: UUID) -> Ticket:
    ticket = write_ticket(asking(project, "SUMMER"))
    assert isinstance(ticket, Ticket)
    return ticket


async def _limit(project: UUID, voucher: UUID, most: int | None) -> None:
    assert isinstance(
        await update_voucher(project, voucher, VoucherChanges(max_redemptions=most), NOW), Voucher
    )

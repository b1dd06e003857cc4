"""Candidates: a shopper's latest vouchers and the codes that everybody may use, in one statement."""

from datetime import timedelta
from uuid import UUID

import pytest

from app.campaigns.values import CampaignKind
from app.ids import new_id
from app.redemptions.candidates import Candidates, Listed, find_candidates
from app.redemptions.requests import CustomerRef
from tests.conftest import NOW, Statements
from tests.redemptions.shop import a_campaign, a_customer, a_voucher

SOON = NOW + timedelta(days=1)


@pytest.mark.parametrize("by", ["id", "source_id"])
async def test_the_latest_vouchers_come_first_and_more_are_told_of(
    project: UUID, by: str, statements: Statements
) -> None:
    ada, campaign = await a_customer(project), await a_campaign(project)
    held = [
        await a_voucher(project, campaign, f"A{day}", holder_id=ada, published_at=NOW - timedelta(days=day))
        for day in range(3)
    ]
    ref = CustomerRef(id=ada) if by == "id" else CustomerRef(source_id="ada")
    with statements.counted() as sent:
        found = await find_candidates(project, ref, Listed.LISTED, 2, NOW)
    assert len(sent) == 1
    assert found == Candidates(ada, tuple(held[:2]), (), are_all=False)
    assert (await find_candidates(project, ref, Listed.NONE, 3, NOW)).are_all


async def test_of_each_live_campaign_that_is_listed_the_first_generic_code_that_is_good_is_one(
    project: UUID,
) -> None:
    listed = await a_campaign(project, "Listed", is_listed=True)
    hidden = await a_campaign(project, "Hidden")
    for name, more in (("Paused", {"state": "PAUSED"}), ("Over", {"ends_at": NOW})):
        campaign = await a_campaign(project, name, is_listed=True, **more)
        await a_voucher(project, campaign, f"OF-{name}")
    await a_campaign(project, "Sale", kind=CampaignKind.CART_PROMOTION, is_listed=True)
    holder = await a_customer(project)
    await a_voucher(project, listed, "STOPPED", enabled=False)
    await a_voucher(project, listed, "ENDED", expires_at=NOW)
    await a_voucher(project, listed, "BOBS", holder_id=holder, published_at=NOW)
    first = await a_voucher(project, listed, "FIRST", expires_at=SOON)
    await a_voucher(project, listed, "SECOND")
    other = await a_voucher(project, hidden, "HIDDEN")
    for asked, expected in ((Listed.NONE, ()), (Listed.LISTED, (first,)), (Listed.ALL, (other, first))):
        found = await find_candidates(project, None, asked, 10, NOW)
        assert found == Candidates(None, (), expected, are_all=True), asked


async def test_the_latest_campaigns_come_first_and_walls_hold(project: UUID, another_project: UUID) -> None:
    ada = await a_customer(project)
    codes = []
    for number in range(3):
        campaign = await a_campaign(project, f"C{number}", is_listed=True)
        codes.append(await a_voucher(project, campaign, f"CODE{number}"))
    found = await find_candidates(project, None, Listed.LISTED, 2, NOW)
    assert found == Candidates(None, (), (codes[2], codes[1]), are_all=False)
    nobody = Candidates(None, (), (), are_all=True)
    assert await find_candidates(another_project, CustomerRef(id=ada), Listed.ALL, 2, NOW) == nobody
    unknown = await find_candidates(project, CustomerRef(id=new_id()), Listed.NONE, 2, NOW)
    assert unknown == nobody

"""A cart promotion has the voucher it was made with, and no code is made or given of it."""

from uuid import UUID

import pytest

from app.campaigns.draft import create_campaign
from app.campaigns.values import Campaign, CampaignDraft, CampaignKind
from app.database import fetchval
from app.ids import new_id
from app.problem import Problems
from app.vouchers.mint import mint
from app.vouchers.publish import publish
from app.vouchers.values import MintOrder, PublishOrder, VoucherKind
from tests.vouchers.shop import NOW, a_campaign, a_customer, everything


async def a_promotion(project: UUID) -> UUID:
    draft = CampaignDraft("Free delivery", kind=CampaignKind.CART_PROMOTION)
    made = await create_campaign(project, draft, new_id(), NOW)
    assert isinstance(made, Campaign)
    return made.id


@pytest.mark.parametrize(
    "order",
    [MintOrder(count=5), MintOrder(codes=("FREE",), kind=VoucherKind.GENERIC)],
    ids=["drawn", "given"],
)
async def test_no_codes_are_made(project: UUID, order: MintOrder) -> None:
    promotion = await a_promotion(project)
    before = await everything(project)
    answer = await mint(project, promotion, order, NOW)
    assert isinstance(answer, Problems)
    assert [problem.code for problem in answer.all] == ["CAMPAIGN_IS_PROMOTION"]
    assert await everything(project) == before


async def test_none_is_given_to_anybody_by_name_or_as_the_next_free_one(project: UUID) -> None:
    promotion, customer = await a_promotion(project), await a_customer(project)
    code = await fetchval("SELECT code FROM vouchers WHERE project_id = $1", project)
    before = await everything(project)
    for order, told in (
        (PublishOrder("letter", code=code), "CODE_NOT_FOUND"),
        (PublishOrder("letter", campaign=promotion), "CAMPAIGN_IS_PROMOTION"),
    ):
        answer = await publish(project, order, customer, new_id(), NOW)
        assert isinstance(answer, Problems)
        assert [problem.code for problem in answer.all] == [told]
    assert await everything(project) == before


async def test_no_other_campaign_has_codes_of_that_kind(project: UUID) -> None:
    campaign = await a_campaign(project)
    answer = await mint(project, campaign, MintOrder(codes=("FREE",), kind=VoucherKind.PROMOTION), NOW)
    assert isinstance(answer, Problems)
    assert [(problem.path, problem.code) for problem in answer.all] == [(("kind",), "INVALID_KIND")]

"""A cart promotion: a campaign of its own kind, with the one voucher that nobody can type."""

from uuid import UUID

import pytest

from app.campaigns.draft import create_campaign
from app.campaigns.read import CampaignFilter, campaigns_page
from app.campaigns.values import CampaignDraft, CampaignKind
from app.database import fetch
from app.database.keyset import PageRequest
from app.engine.offer import Offer
from app.engine.rewards.gift_balance import GiftBalance
from app.problem import Problems
from tests.campaigns.shop import KEY, TEN_PERCENT, a_campaign, faults_of, update
from tests.conftest import NOW

PROMOTION = CampaignKind.CART_PROMOTION


async def test_a_cart_promotion_is_made_with_its_voucher(project: UUID) -> None:
    made = await a_campaign(project, "Free delivery", kind=PROMOTION, offer=TEN_PERCENT)
    assert made.kind is PROMOTION
    [voucher] = await fetch("SELECT * FROM vouchers WHERE project_id = $1", project)
    assert (voucher["campaign_id"], voucher["kind"], voucher["enabled"]) == (made.id, "PROMOTION", True)
    assert (voucher["holder_id"], voucher["max_redemptions"]) == (None, None)
    assert voucher["code"] == f"PROMOTION-{made.id.hex.upper()}"
    assert voucher["code_key"] == voucher["code"].replace("-", "")


async def test_the_kind_stays_whatever_is_changed_and_lists_can_ask_for_it(project: UUID) -> None:
    made = await a_campaign(project, "Free delivery", kind=PROMOTION)
    codes = await a_campaign(project, "Codes")
    assert codes.kind is CampaignKind.COUPONS
    changed = await update(project, made, name="Free shipping", offer=TEN_PERCENT)
    assert not isinstance(changed, Problems)
    assert changed.kind is PROMOTION
    page = await campaigns_page(project, PageRequest(9), CampaignFilter(kind=PROMOTION))
    assert [campaign.id for campaign in page.items] == [made.id]
    assert len(await fetch("SELECT id FROM vouchers WHERE project_id = $1", project)) == 1


@pytest.mark.parametrize(
    ("draft", "path", "code"),
    [
        (CampaignDraft("Year", is_main=True, kind=PROMOTION), "kind", "MAIN_HAS_NO_VOUCHERS"),
        (
            CampaignDraft("Gift", kind=PROMOTION, offer=Offer(1, None, GiftBalance())),
            "offer.reward",
            "PROMOTION_HAS_NO_BALANCE",
        ),
    ],
)
async def test_what_cannot_be_a_promotion_is_told_and_makes_nothing(
    project: UUID, draft: CampaignDraft, path: str, code: str
) -> None:
    refused = await create_campaign(project, draft, KEY, NOW)
    assert faults_of(refused) == [(path, code)]
    assert await fetch("SELECT id FROM vouchers WHERE project_id = $1", project) == []


async def test_a_promotion_never_comes_to_pay_from_a_balance(project: UUID) -> None:
    made = await a_campaign(project, "Free delivery", kind=PROMOTION, offer=TEN_PERCENT)
    refused = await update(project, made, offer=Offer(1, None, GiftBalance()))
    assert faults_of(refused) == [("offer.reward", "PROMOTION_HAS_NO_BALANCE")]

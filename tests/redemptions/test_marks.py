"""Marks: a code keeps the partner, the category and the kind of reward that it was judged with, for ever."""

from dataclasses import replace
from decimal import Decimal
from uuid import UUID

from app.campaigns.draft import update_campaign
from app.campaigns.values import Campaign, CampaignChanges
from app.database import fetch, fetchval
from app.database.keyset import PageRequest
from app.engine.offer import Offer
from app.engine.rewards.percent_off import PercentOff
from app.engine.stacking import OnRefusal, Stacking
from app.redemptions import read, read_rejected
from app.redemptions.read import RedemptionFilter
from app.redemptions.read_rejected import RejectedFilter
from app.redemptions.rejected import RejectedVoucher
from app.redemptions.roll_back import roll_back
from app.redemptions.till import Till
from app.redemptions.values import RedeemedVoucher
from tests.conftest import NOW, Statements
from tests.partners.test_draft import a_partner
from tests.redemptions.holds import SMALLER, a_hold, confirmed, told
from tests.redemptions.shop import (
    CART,
    KEY,
    a_caller,
    a_campaign,
    a_voucher,
    asking,
    offer,
    redemption,
    refusal,
)

FEW = PageRequest(10)


def marks(code: RedeemedVoucher | RejectedVoucher) -> tuple[UUID | None, str | None, str | None]:
    """Partner, category and kind of reward."""
    return code.partner_id, code.category, code.reward


async def a_shop(project: UUID, more: int = 0) -> tuple[UUID, UUID]:
    """The campaign of SUMMER, and the partner it runs for; `more` of its codes are refused."""
    partner = (await a_partner(project)).id
    campaign = await a_campaign(project, partner_id=partner, category="films")
    await a_voucher(project, campaign, "SUMMER")
    for number in range(more):
        await a_voucher(project, campaign, f"STOPPED-{number}", enabled=False)
    return campaign, partner


async def given_to(project: UUID, campaign: UUID, partner: UUID | None) -> None:
    """Let the campaign run for somebody else, filed elsewhere, with another sort of reward."""
    changes = CampaignChanges(
        partner_id=partner, category="books", offer=Offer(1, None, PercentOff(Decimal(50)))
    )
    changed = await update_campaign(project, campaign, changes, None, KEY, NOW)
    assert isinstance(changed, Campaign), changed


async def test_a_redemption_keeps_what_it_was_judged_with(project: UUID, till: Till) -> None:
    campaign, partner = await a_shop(project)
    made = redemption(await till.redeem(asking(project, "SUMMER")))
    await given_to(project, campaign, (await a_partner(project, "Theatre")).id)
    assert [marks(code) for code in made.vouchers] == [(partner, "films", "amount_off")]
    assert await read.by_ids(project, [made.id]) == {made.id: made}
    [(_, granted)] = await told(project, "REDEMPTION_GRANTED")
    assert granted == made
    await roll_back(project, made.id, now=NOW)
    [(_, undone)] = await told(project, "REDEMPTION_ROLLED_BACK")
    assert marks(undone.vouchers[0]) == (partner, "films", "amount_off")


async def test_a_refusal_keeps_them_of_the_codes_that_there_are(project: UUID, till: Till) -> None:
    _, partner = await a_shop(project, more=1)
    refused = refusal(await till.redeem(asking(project, "STOPPED-0", "NOSUCH", "SUMMER")))
    known = (partner, "films", "amount_off")
    assert [marks(code) for code in refused.vouchers] == [known, (None, None, None), known]
    assert await read_rejected.by_ids(project, [refused.id]) == {refused.id: refused}
    payload = await fetchval(
        "SELECT payload FROM events WHERE project_id = $1 AND kind = 'REDEMPTION_REJECTED'", project
    )
    assert [code["partner_id"] for code in payload["vouchers"]] == [partner.hex, None, partner.hex]


async def test_a_code_that_is_left_out_keeps_them_too(project: UUID, till: Till) -> None:
    _, partner = await a_shop(project, more=1)
    caller = replace(a_caller(project), stacking=Stacking(on_refusal=OnRefusal.PARTIAL))
    made = redemption(await till.redeem(asking(project, "SUMMER", "STOPPED-0", caller=caller)))
    assert [marks(code) for code in made.skipped] == [(partner, "films", "amount_off")]
    assert (await read.by_ids(project, [made.id]))[made.id].skipped == made.skipped


async def test_a_hold_that_is_confirmed_as_it_is_keeps_them(project: UUID, till: Till) -> None:
    campaign, partner = await a_shop(project)
    hold = await a_hold(till, project, "SUMMER")
    await given_to(project, campaign, None)
    kept = redemption(await confirmed(project, hold.id))
    assert marks(kept.vouchers[0]) == (partner, "films", "amount_off")
    assert (await read.by_ids(project, [hold.id]))[hold.id] == kept


async def test_a_hold_that_is_judged_for_another_cart_is_marked_anew(project: UUID, till: Till) -> None:
    campaign, _ = await a_shop(project)
    hold = await a_hold(till, project, "SUMMER")
    other = (await a_partner(project, "Theatre")).id
    await given_to(project, campaign, other)
    anew = redemption(await confirmed(project, hold.id, cart=SMALLER))
    assert marks(anew.vouchers[0]) == (other, "books", "percent_off")
    assert (await read.by_ids(project, [hold.id]))[hold.id] == anew


async def test_who_has_no_partner_costs_no_entry_in_an_index_and_no_statement(
    project: UUID, till: Till, statements: Statements
) -> None:
    await a_shop(project)
    await a_voucher(project, await a_campaign(project, "Plain"), "PLAIN")
    sent = []
    for code in ("PLAIN", "SUMMER"):
        with statements.counted() as counted:
            await till.redeem(asking(project, code))
        sent.append([one for one in counted if "pg_notify" not in one])
    assert sent[0] == sent[1]


async def test_rows_of_the_version_before_are_still_taken(project: UUID) -> None:
    """While a new version starts, processes of the old one go on writing."""
    known = await fetch(
        "SELECT typname FROM pg_type WHERE typname LIKE 'new\\_re%voucher%' AND typname NOT LIKE '\\_%' ORDER BY 1"
    )
    names = {row["typname"] for row in known}
    assert names >= {"new_redeemed_voucher_3", "new_redeemed_voucher_4"}
    assert names >= {"new_rejected_voucher", "new_rejected_voucher_4"}


async def test_lists_are_narrowed_to_a_partner(project: UUID, another_project: UUID, till: Till) -> None:
    campaign, partner = await a_shop(project, more=2)
    await a_voucher(project, await a_campaign(project, "Plain", promise=offer(100)), "PLAIN")
    both = redemption(await till.redeem(asking(project, "SUMMER", "PLAIN", channel="web")))
    await till.redeem(asking(project, "PLAIN"))
    refused = refusal(await till.redeem(asking(project, "STOPPED-0", "STOPPED-1", cart=CART)))
    await till.redeem(asking(project, "NOSUCH"))
    await given_to(project, campaign, None)
    later = redemption(await till.redeem(asking(project, "SUMMER")))
    assert later.vouchers[0].partner_id is None

    only = RedemptionFilter(partner=partner)
    assert (await read.redemptions_page(project, FEW, only)).items == (both,)
    assert await read.count_redemptions(project, only) == 1
    narrowed = RedemptionFilter(partner=partner, campaign=campaign, channel="web")
    assert (await read.redemptions_page(project, FEW, narrowed)).items == (both,)
    assert await read.count_redemptions(project, RedemptionFilter(partner=partner, channel="till")) == 0
    assert (await read_rejected.rejected_page(project, FEW, RejectedFilter(partner=partner))).items == (
        refused,
    )
    assert await read_rejected.count_rejected(project, RejectedFilter(partner=partner)) == 1
    assert await read.count_redemptions(another_project, only) == 0

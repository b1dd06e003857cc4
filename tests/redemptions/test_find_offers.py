"""Finding offers: one statement, whatever is asked, and nothing beyond the wall."""

from uuid import UUID

from app.database import execute, fetch
from app.engine.offer import CampaignStanding, Offer, Presented
from app.ids import new_id
from app.redemptions.find_offers import find_offers
from app.redemptions.requests import CustomerRef
from tests.conftest import NOW, Statements
from tests.redemptions.shop import a_campaign, a_customer, a_voucher, offer


async def test_one_statement_finds_all_that_is_known(
    project: UUID, another_project: UUID, statements: Statements
) -> None:
    main = await a_campaign(project, "Year", is_main=True, max_redemptions=9)
    campaign = await a_campaign(project, main_id=main, promise=offer(700), ends_at=NOW)
    ada = await a_customer(project)
    voucher = await a_voucher(project, campaign, "SUMMER-24", holder_id=ada, max_redemptions=3)
    refs = [CustomerRef(id=ada), CustomerRef(source_id="ada")]
    with statements.counted() as sent:
        found = await find_offers(
            fetch,
            codes=[(project, "SUMMER24"), (another_project, "SUMMER24"), (project, "NONE")],
            vouchers=[(project, voucher), (another_project, voucher)],
            customers=[(wall, ref) for wall in (project, another_project) for ref in refs],
            keys=[new_id()],
        )
    assert len(sent) == 1
    known = Presented(
        "SUMMER-24",
        voucher,
        holder=ada,
        max_redemptions=3,
        campaign=CampaignStanding(campaign, "LIVE", ends_at=NOW, zone="Europe/Warsaw"),
        main=CampaignStanding(main, "LIVE", max_redemptions=9, zone="Europe/Warsaw"),
        offer=offer(700),
    )
    assert (found.codes, found.vouchers) == ({(project, "SUMMER24"): known}, {voucher: known})
    assert found.customers == {(project, ref): ada for ref in refs}
    assert found.answered == {}
    assert found.presented(project, "SUMMER-24", "SUMMER24") == known
    assert found.presented(project, "summer 24", "SUMMER24").code == "summer 24"
    assert found.presented(project, "none", "NONE") == Presented("none")


async def test_a_new_version_of_an_offer_is_read_at_once(project: UUID) -> None:
    campaign = await a_campaign(project, promise=offer(700))
    await a_voucher(project, campaign, "SUMMER")
    before = (await find_offers(fetch, codes=[(project, "SUMMER")])).codes[project, "SUMMER"].offer
    changed = Offer(2, None, offer(900).reward)
    await execute(
        "INSERT INTO offers (id, project_id, campaign_id, version, offer, created_at) VALUES ($1, $2, $3, 2, $4, $5)",
        new_id(),
        project,
        campaign,
        changed.to_json(),
        NOW,
    )
    await execute("UPDATE campaigns SET offer_version = 2 WHERE id = $1", campaign)
    after = (await find_offers(fetch, codes=[(project, "SUMMER")])).codes[project, "SUMMER"].offer
    assert (before, after) == (offer(700), changed)

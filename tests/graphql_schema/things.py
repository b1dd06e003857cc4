"""One thing of each kind in a project, which the tests of the walls try to reach from elsewhere."""

from dataclasses import dataclass
from uuid import UUID

from app import ids
from app.vouchers.values import PublishOrder
from tests.conftest import NOW
from tests.exports.shop import started
from tests.graphql_schema.asking import a_caller
from tests.graphql_schema.shop import redeem, shown
from tests.partners.test_draft import a_partner
from tests.pools.test_fill import a_pool
from tests.redemptions.shop import a_campaign, a_customer, a_voucher
from tests.segments.shop import a_segment, put
from tests.vouchers.shop import published


@dataclass(frozen=True)
class Things:
    """One thing of each kind in a project, as callers name it: ids, a code, a source id, a name."""

    main: str
    campaign: str
    voucher: str
    customer: str
    publication: str
    redemption: str
    rejected: str
    api_key: str
    project: str
    pool: str
    segment: str
    partner: str
    job: str
    code: str = "SUMMER"
    source_id: str = "ada"
    name: str = "Summer"
    main_name: str = "2026"
    segment_name: str = "Friends"
    redemption_point: str = "till 7"


async def things_of(project: UUID) -> Things:
    """A shop with one of everything; its redemption and its refusal happened at till 7."""
    caller = await a_caller(project)
    main = await a_campaign(project, "2026", is_main=True)
    partner = await a_partner(project)
    campaign = await a_campaign(project, main_id=main, partner_id=partner.id)
    ada = await a_customer(project)
    voucher = await a_voucher(project, campaign, "SUMMER")
    await a_voucher(project, campaign, "ADAS", holder_id=ada, published_at=NOW)
    [publication] = (await published(project, PublishOrder("mail", code="SUMMER"), ada)).publications
    friends = await a_segment(project)
    await put(project, friends, [ada])
    at_till = {"customer": {"sourceId": "ada"}, "redemptionPoint": "till 7"}
    granted = await redeem(caller, "SUMMER", key="1", **at_till)
    refused = await redeem(caller, "SUMMER", "NOSUCH", key="2", **at_till)
    return Things(
        main=shown(ids.CAMPAIGN, main),
        campaign=shown(ids.CAMPAIGN, campaign),
        voucher=shown(ids.VOUCHER, voucher),
        customer=shown(ids.CUSTOMER, ada),
        publication=shown(ids.PUBLICATION, publication.id),
        redemption=granted["result"]["id"],
        rejected=refused["result"]["id"],
        api_key=shown(ids.API_KEY, caller.key),
        project=shown(ids.PROJECT, project),
        pool=shown(ids.POOL, await a_pool(project)),
        segment=shown(ids.SEGMENT, friends.id),
        partner=shown(ids.PARTNER, partner.id),
        job=shown(ids.JOB, (await started(project, wait=False)).id),
    )

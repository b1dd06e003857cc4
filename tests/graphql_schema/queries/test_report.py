"""report over the API: figures by group and interval, who may ask, and what it costs."""

from datetime import timedelta

import pytest

from app import ids
from app.projects.values import KeyKind
from tests.conftest import NOW
from tests.graphql_schema.asking import a_caller, ask, refusal
from tests.graphql_schema.shop import money, redeem, shown
from tests.partners.test_draft import a_partner
from tests.redemptions.shop import a_campaign, a_customer, a_voucher
from tests.reports.kept_up import keep_up

REPORT = """query ($from: DateTime!, $to: DateTime!, $by: ReportGroupBy, $filter: ReportFilter,
  $interval: ReportInterval, $most: Int, $with: ReportComparison, $customers: Boolean) {
  report(range: { from: $from, to: $to }, groupBy: $by, filter: $filter, interval: $interval, most: $most,
         compareWith: $with, countCustomers: $customers) {
    cursor timeZone period { startsAt endsAt } comparedPeriod { startsAt endsAt }
    groups {
      value currency campaign { id name } partner { id name }
      total { ...all } comparedTotal { redemptions }
      series { startsAt endsAt figures { redemptions netDiscount { amount } } compared { redemptions } }
    }
  }
}
fragment all on ReportFigures {
  redemptions orderValue { amount currency } discount { amount } returnedOrderValue { amount }
  returnedDiscount { amount } netOrderValue { amount } netDiscount { amount } rollbacks rejectedRedemptions
  valueAtStake { amount } validationsGranted validationsRejected newCustomers uniqueCustomers commission { amount }
  roi conversion successRate
}"""
NOTHING = {"by": "NONE", "interval": "DAY", "most": 10, "filter": None, "with": None, "customers": False}


def asked(**more):
    """Variables for the day of NOW."""
    day = {"from": NOW.isoformat(), "to": (NOW + timedelta(minutes=1)).isoformat()}
    return {**NOTHING, **day, **more}


@pytest.fixture
async def shop(project, till):
    """A campaign of a partner whose code was redeemed twice and refused once, all of it counted."""
    partner = await a_partner(project, rate="10")
    campaign = await a_campaign(project, partner_id=partner.id)
    await a_voucher(project, campaign, "SUMMER")
    caller = await a_caller(project)
    for source_id in ("ada", "eve"):
        await a_customer(project, source_id)
        await redeem(caller, "SUMMER", key=source_id, customer={"sourceId": source_id})
    await redeem(caller, "SUMMER", "NOSUCH", redemptionPoint="till 7")
    await keep_up(project)
    return caller, campaign, partner


async def test_a_report_tells_all_figures_in_the_currency_of_its_group(shop):
    caller, _, _ = shop
    told = (await ask(caller, REPORT, **asked(customers=True)))["report"]
    assert told["timeZone"] == "Europe/Warsaw"
    assert told["period"] == {"startsAt": "2026-05-31T22:00:00Z", "endsAt": "2026-06-01T22:00:00Z"}
    [group] = told["groups"]
    assert (group["currency"], group["value"], group["campaign"], group["partner"]) == (
        "EUR",
        None,
        None,
        None,
    )
    assert group["total"] == {
        "redemptions": 2,
        "orderValue": money("200.00"),
        "discount": {"amount": "10.00"},
        "returnedOrderValue": {"amount": "0.00"},
        "returnedDiscount": {"amount": "0.00"},
        "netOrderValue": {"amount": "200.00"},
        "netDiscount": {"amount": "10.00"},
        "rollbacks": 0,
        "rejectedRedemptions": 1,
        "valueAtStake": {"amount": "100.00"},
        "validationsGranted": 0,
        "validationsRejected": 0,
        "newCustomers": 2,
        "uniqueCustomers": 2,
        "commission": {"amount": "20.00"},
        "roi": "20.0000",
        "conversion": None,
        "successRate": "0.6667",
    }
    [point] = group["series"]
    assert point == {
        "startsAt": "2026-05-31T22:00:00Z",
        "endsAt": "2026-06-01T22:00:00Z",
        "figures": {"redemptions": 2, "netDiscount": {"amount": "10.00"}},
        "compared": None,
    }


async def test_campaigns_and_partners_are_named_and_what_is_not_kept_is_null(shop):
    caller, campaign, partner = shop
    [by_campaign] = (await ask(caller, REPORT, **asked(by="CAMPAIGN")))["report"]["groups"]
    assert by_campaign["campaign"] == {"id": shown(ids.CAMPAIGN, campaign), "name": "Summer"}
    assert (by_campaign["value"], by_campaign["partner"]) == (None, None)
    assert by_campaign["total"]["commission"] is None
    assert by_campaign["total"]["uniqueCustomers"] is None
    [by_partner] = (await ask(caller, REPORT, **asked(by="PARTNER")))["report"]["groups"]
    assert by_partner["partner"] == {"id": shown(ids.PARTNER, partner.id), "name": partner.name}
    assert by_partner["total"]["commission"] == {"amount": "20.00"}
    groups = (await ask(caller, REPORT, **asked(by="REASON")))["report"]["groups"]
    assert [(one["value"], one["total"]["rejectedRedemptions"]) for one in groups] == [("CODE_NOT_FOUND", 1)]
    assert {groups[0]["total"][name] for name in ("redemptions", "roi", "successRate", "newCustomers")} == {
        None
    }


async def test_an_earlier_period_stands_beside_the_present_one(shop):
    caller, campaign, _ = shop
    later = {"from": (NOW + timedelta(days=1)).isoformat(), "to": (NOW + timedelta(days=2)).isoformat()}
    only = {"campaign": {"id": shown(ids.CAMPAIGN, campaign)}}
    told = (await ask(caller, REPORT, **asked(**later, filter=only, **{"with": "PREVIOUS_PERIOD"})))["report"]
    assert told["comparedPeriod"] == {"startsAt": "2026-05-30T22:00:00Z", "endsAt": "2026-06-01T22:00:00Z"}
    [group] = told["groups"]
    assert (group["total"]["redemptions"], group["comparedTotal"]["redemptions"]) == (0, 2)
    assert [point["compared"]["redemptions"] for point in group["series"]] == [0, 2]


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"filter": {"category": "spring", "reward": "percent_off"}}, "not by several of these together"),
        ({"filter": {"category": "spring"}, "by": "CAMPAIGN"}, "CHANNEL, REDEMPTION_POINT or REASON only"),
        ({"to": "2126-06-01T00:00:00Z"}, "at most 2000 points"),
        ({"most": 0}, "1 to 100 groups"),
    ],
)
async def test_what_cannot_be_answered_is_refused_with_what_can(project, more, why):
    code, message = await refusal(await a_caller(project), REPORT, **asked(**more))
    assert code == "BAD_USER_INPUT"
    assert why in message


@pytest.mark.parametrize("kind", [KeyKind.MERCHANT, KeyKind.STOREFRONT])
async def test_only_keys_that_may_read_everything_get_reports(project, kind):
    code, _ = await refusal(await a_caller(project, kind), REPORT, **asked())
    assert code == "FORBIDDEN"


async def test_two_reports_with_everything_cost_ten_statements_and_the_names(shop, statements):
    caller, _, _ = shop
    twice = """query ($range: ReportPeriodInput!, $of: CampaignRef!) {
      a: report(range: $range, groupBy: CAMPAIGN, filter: { campaign: $of }, compareWith: PREVIOUS_YEAR,
                countCustomers: true) { groups { campaign { name } total { uniqueCustomers } } }
      b: report(range: $range, groupBy: PARTNER, interval: HOUR) { groups { partner { name } } }
    }"""
    day = {"from": NOW.isoformat(), "to": (NOW + timedelta(hours=1)).isoformat()}
    with statements.counted() as sent:
        told = await ask(caller, twice, range=day, of={"name": "Summer"})
    assert told["a"]["groups"] == [{"campaign": {"name": "Summer"}, "total": {"uniqueCustomers": 2}}]
    assert len(told["b"]["groups"]) == 1
    assert len(sent) <= 11, sent

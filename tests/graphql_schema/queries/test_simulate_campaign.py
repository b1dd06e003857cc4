"""simulateCampaign: a draft and an edit tried on what came to the till; faults are told at their places."""

import pytest

from app import ids
from tests.graphql_schema.asking import a_caller, ask
from tests.graphql_schema.shop import everything, faults, redeem, shown
from tests.redemptions.shop import a_campaign, a_customer, a_voucher, offer

SIMULATE = """query ($input: SimulateCampaignInput!) { simulateCampaign(input: $input) {
  simulation {
    stored sampled reached attempts qualifying granted grantedThen undone newlyGranted newlyRefused newCustomers
    newcomers { at discount { amount } customer { sourceId } rejectedRedemption { reasons { code } } }
    refusals { code attempts }
    amounts {
      granted discount { amount currency } discountThen { amount } orderValue { amount } orderValueThen { amount }
      averageDiscount { amount } overlappingDiscount { amount }
    }
    limits {
      ofMainCampaign measure period most { money { amount } count } used { money { amount } count } percentUsed periods
      periodsRunOut runsOutAt
    }
    overlapping overlaps { attempts campaign { name } }
    assumptions
  }
  userErrors { path code message }
} }"""
DAY = {"from": "2026-06-01T00:00:00Z", "to": "2026-06-02T00:00:00Z"}
REWARD = {"amountOff": {"amount": {"amount": "5", "currency": "EUR"}}}


async def simulated(caller, campaign, **more):
    payload = (await ask(caller, SIMULATE, input={"campaign": campaign, "over": DAY, **more}))[
        "simulateCampaign"
    ]
    assert payload["userErrors"] == []
    return payload["simulation"]


async def test_a_draft_is_tried_on_everything_that_came_to_the_till(project, till):
    caller = await a_caller(project)
    await a_customer(project)
    await a_voucher(project, await a_campaign(project, "Summer"), "SUMMER")
    await redeem(caller, "SUMMER", key="1")
    await redeem(caller, "NOBODY", key="2", customer={"sourceId": "ada"})
    before = await everything(project)
    budget = {"most": {"discount": {"amount": "8", "currency": "EUR"}}, "period": "DAY"}
    found = await simulated(caller, {"draft": {"offer": {"reward": REWARD}, "budgets": [budget]}})
    assert (found["stored"], found["sampled"], found["reached"]) == (2, 2, None)
    assert (found["attempts"], found["qualifying"], found["granted"], found["newlyGranted"]) == (2, 2, 1, 0)
    assert found["refusals"] == [{"code": "CAMPAIGN_BUDGET_EXCEEDED", "attempts": 1}]
    assert found["amounts"] == [
        {
            "granted": 1,
            "discount": {"amount": "5.00", "currency": "EUR"},
            "discountThen": {"amount": "0.00"},
            "orderValue": {"amount": "100.00"},
            "orderValueThen": {"amount": "0.00"},
            "averageDiscount": {"amount": "5.00"},
            "overlappingDiscount": {"amount": "5.00"},
        }
    ]
    assert found["limits"] == [
        {
            "ofMainCampaign": False,
            "measure": "DISCOUNT",
            "period": "DAY",
            "most": {"money": {"amount": "8.00"}, "count": None},
            "used": {"money": {"amount": "5.00"}, "count": None},
            "percentUsed": 62,
            "periods": 1,
            "periodsRunOut": 1,
            "runsOutAt": "2026-06-01T12:00:00Z",
        }
    ]
    assert (found["overlapping"], found["overlaps"]) == (
        1,
        [{"attempts": 1, "campaign": {"name": "Summer"}}],
    )
    assert len(found["assumptions"]) == 4
    assert await everything(project) == before


async def test_an_edit_tells_who_would_newly_get_it(project, till):
    caller = await a_caller(project)
    await a_customer(project)
    campaign = await a_campaign(project, "Summer", promise=offer(500, per_customer=1))
    await a_voucher(project, campaign, "SUMMER")
    for key in ("1", "2"):
        await redeem(caller, "SUMMER", key=key, customer={"sourceId": "ada"})
    edit = {"campaign": {"name": "Summer"}, "offer": {"reward": REWARD, "limits": {"perCustomer": 2}}}
    found = await simulated(caller, {"edit": edit}, sample={"percent": 100, "most": 10})
    assert (found["granted"], found["grantedThen"], found["newlyGranted"], found["newCustomers"]) == (
        2,
        1,
        1,
        1,
    )
    assert found["newcomers"] == [
        {
            "at": "2026-06-01T12:00:00Z",
            "discount": {"amount": "5.00"},
            "customer": {"sourceId": "ada"},
            "rejectedRedemption": {"reasons": [{"code": "CUSTOMER_LIMIT_REACHED"}]},
        }
    ]
    unedited = await simulated(caller, {"edit": {"campaign": {"id": shown(ids.CAMPAIGN, campaign)}}})
    assert (unedited["granted"], unedited["newlyGranted"], unedited["newlyRefused"]) == (1, 0, 0)


@pytest.mark.parametrize(
    ("campaign", "more", "expected"),
    [
        (
            {"edit": {"campaign": {"name": "Nobody's"}}},
            {},
            [("campaign.edit.campaign", "NOT_FOUND")],
        ),
        (
            {"edit": {"campaign": {"id": shown(ids.CAMPAIGN, ids.new_id())}}},
            {},
            [("campaign.edit.campaign", "NOT_FOUND")],
        ),
        (
            {"draft": {"offer": {"reward": REWARD}, "mainCampaign": {"name": "Nobody's"}, "timeZone": "?"}},
            {},
            [("campaign.draft.mainCampaign", "NOT_FOUND")],
        ),
        (
            {"draft": {"offer": {"reward": REWARD}, "timeZone": "?"}},
            {},
            [("campaign.draft.timeZone", "UNKNOWN_TIME_ZONE")],
        ),
        (
            {"draft": {"offer": {"reward": REWARD}}},
            {
                "over": {"from": "2026-06-01T00:00:00Z", "to": "2026-06-01T00:00:00Z"},
                "sample": {"percent": 0},
            },
            [("over.to", "DATES_REVERSED"), ("sample.percent", "OUT_OF_RANGE")],
        ),
    ],
)
async def test_faulty_input_is_told_at_its_place(project, campaign, more, expected):
    given = {"campaign": campaign, "over": DAY, **more}
    payload = (await ask(await a_caller(project), SIMULATE, input=given))["simulateCampaign"]
    assert payload["simulation"] is None
    assert faults(payload) == expected

"""createPartner, updatePartner, partner, partners, and campaigns that run for a partner."""

import pytest

from app import ids
from app.ids import new_id
from tests.graphql_schema.asking import a_caller, ask, refusal
from tests.graphql_schema.shop import faults, redeem
from tests.redemptions.shop import a_voucher, put

FIELDS = "id name commissionRate version commissionRates { rate since }"
CREATE = f"""mutation ($input: CreatePartnerInput!) {{
  createPartner(input: $input) {{ partner {{ {FIELDS} }} userErrors {{ path code message }} }}
}}"""
UPDATE = f"""mutation ($input: UpdatePartnerInput!) {{
  updatePartner(input: $input) {{ partner {{ {FIELDS} }} userErrors {{ path code message }} }}
}}"""
LIST = "{ partners { totalCount nodes { name commissionRate commissionRates { rate } } } }"
ONE = "query ($id: ID!) { partner(id: $id) { name } }"
DRAFT = """mutation ($input: CreateCampaignInput!) {
  createCampaign(input: $input) { campaign { id version partner { name } } userErrors { path code message } }
}"""
EDIT = """mutation ($input: UpdateCampaignInput!) {
  updateCampaign(input: $input) { campaign { version partner { name } } userErrors { path code message } }
}"""
CAMPAIGNS = """query ($filter: CampaignFilter) {
  campaigns(filter: $filter) { totalCount nodes { name partner { name } } }
}"""
MARKS = "partner { name } category rewardKind"
REDEEMED = f"{{ redemptions {{ nodes {{ vouchers {{ {MARKS} }} }} }} }}"
REJECTED = f"{{ rejectedRedemptions {{ nodes {{ codes {{ {MARKS} }} }} }} }}"
OFFER = {"reward": {"amountOff": {"amount": {"amount": "5", "currency": "EUR"}}}}


async def made(caller, name="Cinema", rate="7.5"):
    """The id of a new partner."""
    answer = await ask(caller, CREATE, input={"name": name, "commissionRate": rate})
    return answer["createPartner"]["partner"]["id"]


async def drafted(caller, name="Summer", **more):
    """The answer to creating a campaign."""
    return (await ask(caller, DRAFT, input={"name": name, "offer": OFFER, **more}))["createCampaign"]


async def test_a_partner_is_made_and_changed_with_the_history_of_its_rates(project):
    caller = await a_caller(project)
    partner = await made(caller)
    given = {"partner": partner, "expectedVersion": 1, "name": "Film club", "commissionRate": "10"}
    changed = (await ask(caller, UPDATE, input=given))["updatePartner"]
    rates = [one["rate"] for one in changed["partner"].pop("commissionRates")]
    assert changed == {
        "partner": {"id": partner, "name": "Film club", "commissionRate": "10", "version": 2},
        "userErrors": [],
    }
    assert rates == ["10", "7.5"]
    assert (await ask(caller, ONE, id=partner))["partner"] == {"name": "Film club"}


async def test_what_cannot_be_a_partner_is_told_with_its_place(project):
    caller = await a_caller(project)
    partner = await made(caller)
    faulty = {"name": "Cinema", "commissionRate": "100.5"}
    assert faults((await ask(caller, CREATE, input=faulty))["createPartner"]) == [
        ("commissionRate", "OUT_OF_RANGE")
    ]
    assert faults((await ask(caller, CREATE, input={"name": "Cinema"}))["createPartner"]) == [
        ("name", "NAME_TAKEN")
    ]
    for given, fault in (
        ({"partner": "camp_1"}, ("partner", "INVALID_ID")),
        ({"partner": ids.show(ids.PARTNER, new_id())}, ("partner", "NOT_FOUND")),
        ({"partner": partner, "expectedVersion": 7, "name": "X"}, ("expectedVersion", "VERSION_CONFLICT")),
    ):
        assert faults((await ask(caller, UPDATE, input=given))["updatePartner"]) == [fault]
    assert (await ask(caller, LIST))["partners"] == {
        "totalCount": 1,
        "nodes": [{"name": "Cinema", "commissionRate": "7.5", "commissionRates": [{"rate": "7.5"}]}],
    }


async def test_partners_and_their_rates_are_listed_in_two_statements(project, statements):
    caller = await a_caller(project)
    for number in range(3):
        await made(caller, f"Partner {number}")
    with statements.counted() as sent:
        found = (await ask(caller, LIST.replace("totalCount", "")))["partners"]["nodes"]
    assert [one["name"] for one in found] == ["Partner 2", "Partner 1", "Partner 0"]
    assert len(sent) == 2


async def test_a_campaign_runs_for_a_partner_of_the_project(project, another_project):
    caller = await a_caller(project)
    cinema, theatre = await made(caller), await made(caller, "Theatre")
    theirs = await made(await a_caller(another_project), "Theirs")
    for wrong, code in ((theirs, "NOT_FOUND"), ("pool_1", "INVALID_ID")):
        assert faults(await drafted(caller, partner=wrong)) == [("partner", code)]
    campaign = (await drafted(caller, partner=cinema))["campaign"]
    assert campaign["partner"] == {"name": "Cinema"}
    assert (await drafted(caller, "Plain"))["campaign"]["partner"] is None

    async def edited(partner):
        given = {"campaign": {"id": campaign["id"]}, "partner": partner}
        return (await ask(caller, EDIT, input=given))["updateCampaign"]

    assert faults(await edited(theirs)) == [("partner", "NOT_FOUND")]
    assert (await edited(theatre))["campaign"] == {"version": 2, "partner": {"name": "Theatre"}}
    of_theatre = {"totalCount": 1, "nodes": [{"name": "Summer", "partner": {"name": "Theatre"}}]}
    assert (await ask(caller, CAMPAIGNS, filter={"partner": theatre}))["campaigns"] == of_theatre
    assert (await ask(caller, CAMPAIGNS, filter={"partner": cinema}))["campaigns"]["totalCount"] == 0
    assert (await edited(None))["campaign"] == {"version": 3, "partner": None}
    code, _ = await refusal(caller, CAMPAIGNS, filter={"partner": "camp_1"})
    assert code == "BAD_USER_INPUT"


@pytest.mark.usefixtures("till")
async def test_what_was_redeemed_for_a_partner_stays_with_it(project):
    caller = await a_caller(project)
    cinema = await made(caller)
    campaign = (await drafted(caller, partner=cinema, category="films"))["campaign"]["id"]
    await put(project, ids.read(campaign)[1], "LIVE")
    await a_voucher(project, ids.read(campaign)[1], "SUMMER")
    await redeem(caller, "SUMMER", key="1")
    await redeem(caller, "SUMMER", "NOSUCH", key="2")
    await ask(caller, EDIT, input={"campaign": {"id": campaign}, "partner": None, "category": None})
    marks = {"partner": {"name": "Cinema"}, "category": "films", "rewardKind": "amount_off"}
    nobody = dict.fromkeys(marks)
    [redeemed] = (await ask(caller, REDEEMED))["redemptions"]["nodes"]
    [refused] = (await ask(caller, REJECTED))["rejectedRedemptions"]["nodes"]
    assert (redeemed["vouchers"], refused["codes"]) == ([marks], [marks, nobody])

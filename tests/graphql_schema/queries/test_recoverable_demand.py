"""recoverableDemand: groups with exact figures; every remedy is sent as it is told, and the attempt passes."""

from datetime import timedelta
from typing import Any

import pytest

from app import ids
from app.database import execute
from app.engine.budget import Budget
from app.engine.counter import Measure, Scope
from app.engine.money import Money
from app.engine.period import Period
from app.engine.rules.all_of import AllOf
from app.engine.rules.channel import Channel
from app.engine.rules.minimum_spend import MinimumSpend
from tests.conftest import NOW
from tests.graphql_schema.asking import a_caller, ask, refusal
from tests.graphql_schema.shop import a_cart, redeem
from tests.partners.test_draft import a_partner
from tests.redemptions.shop import a_campaign, a_customer, a_voucher, offer, put

pytestmark = pytest.mark.usefixtures("till")

RANGE = {"from": "2026-06-01T00:00:00Z", "to": "2026-06-02T00:00:00Z"}
DEMAND = """query ($range: DemandRangeInput, $filter: DemandFilter, $most: Int! = 20) {
  recoverableDemand(range: $range, filter: $filter, most: $most) {
    attempts isComplete
    groups {
      cause reason sentence attempts soleAttempts customers redeemedLater valueAtStake { amount currency }
      campaign { name } partner { name } examples { id }
      remedies { sentence mutation document variables simulation }
    }
  }
}"""
SIMULATE = """query ($input: SimulateCampaignInput!) { simulateCampaign(input: $input) {
  simulation { newlyGranted } userErrors { path code message }
} }"""
AGO, SOON = NOW - timedelta(days=1), NOW + timedelta(days=1)


async def demand(caller: Any, **more: Any) -> Any:
    """What recoverableDemand answers about the day of the tests."""
    return (await ask(caller, DEMAND, range=RANGE, **more))["recoverableDemand"]


async def the_group(caller: Any, **more: Any) -> Any:
    """The one group there is."""
    [group] = (await demand(caller, **more))["groups"]
    return group


async def is_granted(caller: Any, key: str, code: str = "SUMMER", **more: Any) -> bool:
    """Whether the code is redeemed."""
    answer = (await redeem(caller, code, key=key, **more))["result"]
    return answer["__typename"] == "Redemption"


def minimum(least: int) -> MinimumSpend:
    """A rule that the goods cost so many cents at least."""
    return MinimumSpend(Money(least, "EUR"))


def limited(**limits: Any) -> dict[str, Any]:
    """A campaign whose offer has these limits."""
    return {"promise": offer(**limits)}


def budgeted(measure: Measure, most: int, per: Scope, period: Period = Period.EVER) -> dict[str, Any]:
    """A campaign with that budget."""
    return {"budgets": (Budget(measure, per, period, most, "EUR" if measure.is_money else None),)}


CAMPAIGN, VOUCHER, CUSTOMER = Scope.CAMPAIGN, Scope.VOUCHER, Scope.CUSTOMER
DISCOUNT, VALUE, USES = Measure.DISCOUNT, Measure.ORDER_VALUE, Measure.REDEMPTIONS
# What a campaign, its main one and its code are like; how often the code is redeemed before it is refused; the reason
# then, and whether the remedy can be simulated.
CASES: dict[str, tuple[dict[str, Any], int, str, bool]] = {
    "minimum": ({"own": {"promise": offer(rule=minimum(105_00))}}, 0, "MINIMUM_SPEND_NOT_REACHED", True),
    "minimum beside another rule": (
        {"own": {"promise": offer(rule=AllOf((Channel(("api",)), minimum(150_00))))}},
        0,
        "MINIMUM_SPEND_NOT_REACHED",
        True,
    ),
    "code expired": ({"code": {"expires_at": AGO}}, 0, "EXPIRED", False),
    "campaign expired": ({"own": {"ends_at": AGO}}, 0, "EXPIRED", True),
    "main campaign expired": ({"main": {"ends_at": AGO}}, 0, "EXPIRED", True),
    "code not started": ({"code": {"starts_at": SOON}}, 0, "NOT_STARTED", False),
    "campaign not started": ({"own": {"starts_at": SOON}}, 0, "NOT_STARTED", True),
    "main campaign not started": ({"main": {"starts_at": SOON}}, 0, "NOT_STARTED", True),
    "campaign paused": ({"own": {"state": "PAUSED"}}, 0, "CAMPAIGN_PAUSED", False),
    "main campaign paused": ({"main": {"state": "PAUSED"}}, 0, "CAMPAIGN_PAUSED", False),
    "campaign a draft": ({"own": {"state": "DRAFT"}}, 0, "CAMPAIGN_NOT_LIVE", False),
    "code disabled": ({"code": {"enabled": False}}, 0, "VOUCHER_DISABLED", False),
    "code used up": ({"code": {"max_redemptions": 1}}, 1, "VOUCHER_LIMIT_REACHED", False),
    "offer's limit per code": ({"own": limited(per_voucher=1)}, 1, "VOUCHER_LIMIT_REACHED", False),
    "uses of a code a day": (
        {"own": budgeted(USES, 1, VOUCHER, Period.DAY)},
        1,
        "VOUCHER_LIMIT_REACHED",
        True,
    ),
    "campaign used up": ({"own": {"max_redemptions": 1}}, 1, "CAMPAIGN_LIMIT_REACHED", True),
    "campaign and offer used up": (
        {"own": {"max_redemptions": 1, **limited(per_campaign=1)}},
        1,
        "CAMPAIGN_LIMIT_REACHED",
        True,
    ),
    "uses a day": ({"own": budgeted(USES, 1, CAMPAIGN, Period.DAY)}, 1, "CAMPAIGN_LIMIT_REACHED", True),
    "main campaign used up": ({"main": {"max_redemptions": 1}}, 1, "MAIN_CAMPAIGN_LIMIT_REACHED", True),
    "customer's limit": ({"own": limited(per_customer=1)}, 1, "CUSTOMER_LIMIT_REACHED", True),
    "discounts": ({"own": budgeted(DISCOUNT, 7_00, CAMPAIGN)}, 1, "CAMPAIGN_BUDGET_EXCEEDED", True),
    "order value": ({"own": budgeted(VALUE, 150_00, CAMPAIGN)}, 1, "CAMPAIGN_BUDGET_EXCEEDED", True),
    "main campaign's discounts": (
        {"main": budgeted(DISCOUNT, 7_00, CAMPAIGN, Period.DAY)},
        1,
        "MAIN_CAMPAIGN_BUDGET_EXCEEDED",
        True,
    ),
    "discounts of a code": ({"own": budgeted(DISCOUNT, 7_00, VOUCHER)}, 1, "VOUCHER_BUDGET_EXCEEDED", True),
    "customer's discounts": (
        {"own": budgeted(DISCOUNT, 7_00, CUSTOMER)},
        1,
        "CUSTOMER_BUDGET_EXCEEDED",
        True,
    ),
    "customer's discounts in the main campaign": (
        {"main": budgeted(DISCOUNT, 7_00, CUSTOMER)},
        1,
        "CUSTOMER_BUDGET_EXCEEDED",
        False,
    ),
}


@pytest.mark.parametrize("case", CASES)
async def test_a_remedy_lets_the_attempt_pass_and_its_simulation_shows_it(project, case):
    shop, uses, reason, is_simulated = CASES[case]
    caller = await a_caller(project)
    await a_customer(project)
    main = await a_campaign(project, "2026", is_main=True, **shop.get("main", {}))
    campaign = await a_campaign(project, main_id=main, **shop.get("own", {}))
    await a_voucher(project, campaign, "SUMMER", **shop.get("code", {}))
    ada = {"customer": {"sourceId": "ada"}}
    for number in range(uses):
        assert await is_granted(caller, f"before {number}", **ada)
    assert not await is_granted(caller, "refused", **ada)

    group = await the_group(caller)
    assert (group["reason"], group["attempts"], group["soleAttempts"]) == (reason, 1, 1)
    assert group["campaign"] == {"name": "Summer"}
    [remedy] = group["remedies"]
    assert (remedy["simulation"] is not None) == is_simulated
    if is_simulated:
        answer = (await ask(caller, SIMULATE, input=remedy["simulation"]))["simulateCampaign"]
        assert answer == {"simulation": {"newlyGranted": 1}, "userErrors": []}
    done = await ask(caller, remedy["document"], **remedy["variables"])
    assert done == {remedy["mutation"]: {"userErrors": []}}
    assert await is_granted(caller, "afterwards", **ada)
    # What has been mended already has no remedy any more.
    assert (await the_group(caller))["remedies"] == []


async def test_whoever_changed_the_campaign_meanwhile_is_not_overwritten(project):
    caller = await a_caller(project)
    campaign = await a_campaign(project, max_redemptions=1)
    await a_voucher(project, campaign, "SUMMER")
    assert [await is_granted(caller, key) for key in ("1", "2")] == [True, False]
    [remedy] = (await the_group(caller))["remedies"]
    await execute("UPDATE campaigns SET version = version + 1 WHERE id = $1", campaign)
    [fault] = (await ask(caller, remedy["document"], **remedy["variables"]))["updateCampaign"]["userErrors"]
    assert fault["code"] == "VERSION_CONFLICT"


async def test_nobody_can_mend_what_has_ended_or_never_was(project):
    caller = await a_caller(project)
    campaign = await a_campaign(project)
    await a_voucher(project, campaign, "SUMMER")
    await put(project, campaign, "ENDED")
    for key, code in (("1", "SUMMER"), ("2", "NOSUCH")):
        assert not await is_granted(caller, key, code)
    found = (await demand(caller))["groups"]
    assert {(one["cause"], one["sentence"], len(one["remedies"])) for one in found} == {
        ("CAMPAIGN_OVER", 'Codes of "Summer" are still used although the campaign has ended.', 0),
        ("UNKNOWN_CODE", "Codes that do not exist are typed.", 0),
    }


@pytest.mark.parametrize(
    ("price", "cause"),
    [
        ("99.99", "MINIMUM_NEARLY_REACHED"),
        ("90.01", "MINIMUM_NEARLY_REACHED"),
        ("90", "MINIMUM_MISSED"),
        ("75", "MINIMUM_MISSED"),
        ("74.99", "MINIMUM_FAR_AWAY"),
    ],
)
async def test_how_far_a_minimum_was_missed_is_told(project, price, cause):
    caller = await a_caller(project)
    await a_voucher(project, await a_campaign(project, promise=offer(rule=minimum(100_00))), "SUMMER")
    assert not await is_granted(caller, "1", cart=a_cart(price))
    group = await the_group(caller)
    assert (group["cause"], group["valueAtStake"]) == (
        cause,
        [{"amount": f"{float(price):.2f}", "currency": "EUR"}],
    )


@pytest.fixture
async def busy(project):
    """Ada and Ben try what has expired and what is stopped; Ada comes back with what is good."""
    caller = await a_caller(project)
    for name in ("ada", "ben"):
        await a_customer(project, name)
    partner = (await a_partner(project)).id
    films = await a_campaign(project, "Films", partner_id=partner)
    books = await a_campaign(project, "Books")
    await a_voucher(project, films, "OLD", expires_at=AGO)
    await a_voucher(project, books, "STOPPED", enabled=False)
    await a_voucher(project, books, "GOOD")

    async def tries(key: str, *codes: str, who: str | None = None, price: str = "100", **more: Any) -> None:
        given = more if who is None else {**more, "customer": {"sourceId": who}}
        await redeem(
            caller, *codes, key=key, cart=a_cart(price, currency=more.pop("currency", "EUR")), **given
        )

    await tries("1", "OLD", who="ada", price="30", channel="web")
    await tries("2", "OLD", who="ada", price="20", channel="web")
    await tries("3", "OLD", who="ben", price="10", redemptionPoint="till 7")
    await tries("4", "OLD", "STOPPED", price="5")
    await tries("5", "STOPPED", who="ben", price="50")
    await tries("6", "GOOD", who="ada", price="70")
    return caller, {"partner": ids.show(ids.PARTNER, partner), "films": ids.show(ids.CAMPAIGN, films)}


def figures(group: Any) -> tuple[Any, ...]:
    """Reason, attempts, sole attempts, customers, redeemed later, value in euros."""
    value = [one["amount"] for one in group["valueAtStake"]]
    return (
        *(group["reason"], group["attempts"], group["soleAttempts"], group["customers"]),
        *(group["redeemedLater"], value),
    )


async def test_each_attempt_counts_once_for_its_hardest_obstacle_the_most_valuable_first(busy):
    caller, _ = busy
    found = await demand(caller)
    assert (found["attempts"], found["isComplete"]) == (5, True)
    assert [figures(one) for one in found["groups"]] == [
        ("EXPIRED", 4, 3, 2, 2, ["65.00"]),
        ("VOUCHER_DISABLED", 1, 1, 1, 0, ["50.00"]),
    ]
    expired = found["groups"][0]
    assert expired["sentence"] == 'Expired codes of "Films" (Cinema) are still used.'
    assert (expired["partner"], len(expired["examples"])) == ({"name": "Cinema"}, 3)


async def test_demand_is_narrowed_by_campaign_partner_channel_and_point(busy):
    caller, of = busy
    for only, attempts in (
        ({"campaign": {"id": of["films"]}}, 4),
        ({"partner": of["partner"]}, 4),
        ({"channel": "web"}, 2),
        ({"redemptionPoint": "till 7", "partner": of["partner"]}, 1),
    ):
        assert (await the_group(caller, filter=only))["attempts"] == attempts, only
    assert (await demand(caller, filter={"channel": "mail"}))["groups"] == []
    assert len((await demand(caller, most=1))["groups"]) == 1


async def test_it_takes_four_statements_however_much_there_is(busy, statements):
    caller, _ = busy
    document = DEMAND.replace("campaign { name } partner { name } examples { id }", "")
    with statements.counted() as sent:
        await ask(caller, document, range=RANGE)
    assert len(sent) == 4


@pytest.mark.parametrize(
    "wrong",
    [
        {"range": {"from": RANGE["to"], "to": RANGE["from"]}},
        {"range": {"from": "2026-01-01T00:00:00Z", "to": RANGE["to"]}},
        {"most": 0},
        {"most": 51},
        {"filter": {"channel": "x" * 300}},
        {"filter": {"partner": "camp_1"}},
    ],
)
async def test_what_cannot_be_asked_is_refused(project, wrong):
    code, _ = await refusal(await a_caller(project), DEMAND, **{"range": RANGE, **wrong})
    assert code == "BAD_USER_INPUT"

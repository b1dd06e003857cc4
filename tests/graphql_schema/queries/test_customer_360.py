"""Customer 360: orders, what they are worth, favourites, sums, activity: exact, in a constant number of statements."""

import pytest

from app.engine.cart import Cart, Line
from app.redemptions.requests import CustomerRef
from app.redemptions.returns import Units
from app.redemptions.roll_back import roll_back
from app.vouchers.values import PublishOrder
from tests.conftest import NOW
from tests.graphql_schema.asking import a_caller, ask, refusal
from tests.graphql_schema.shop import money
from tests.redemptions.holds import a_gift_card, a_hold
from tests.redemptions.shop import a_campaign, a_customer, a_voucher, asking, offer, redemption, rejected
from tests.vouchers.shop import published

ADA = CustomerRef(source_id="ada")
FIGURES = """query ($first: Int! = 5, $by: CategoryRank! = AMOUNT) { customer(ref: {sourceId: "ada"}) {
  summary {
    orderCount firstOrderAt lastOrderAt redemptionCount rejectedRedemptionCount publicationCount
  }
  lifetimeValue {
    currency orderCount value { amount currency } discount { amount } paidFromBalances { amount } refunded { amount }
    averageOrderValue { amount }
  }
  favouriteCategories(first: $first, by: $by) { category quantity amounts { amount currency } }
  orders(first: 10) { totalCount nodes { total { amount currency } } }
} }"""
SHOES = Cart("EUR", (Line(2, 2500, categories=("shoes",)), Line(4, 100, categories=("socks",))), shipping=499)
HATS = Cart("JPY", (Line(3, 900, categories=("hats",)),))


@pytest.fixture
async def shopping(project, till):
    """Ada buys shoes, once with a gift voucher, and hats in Tokyo; brings some back; holds; is refused once."""
    ada = await a_customer(project)
    await a_voucher(project, await a_campaign(project), "FIVE")
    await a_voucher(project, await a_campaign(project, "Yen", promise=offer(200, currency="JPY")), "YEN")
    await a_gift_card(project, "GIFT", 1000)
    bought = [
        redemption(await till.redeem(asking(project, *codes, cart=cart, customer=ADA)))
        for codes, cart in ((["FIVE", "GIFT"], SHOES), (["YEN"], HATS), (["FIVE"], SHOES), (["FIVE"], SHOES))
    ]
    await roll_back(project, bought[2].id, now=NOW, lines=[Units(0, 1)])
    await roll_back(project, bought[3].id, now=NOW)
    await a_hold(till, project, "FIVE", cart=SHOES, customer=ADA)
    assert rejected([await till.redeem(asking(project, "NOTHING", cart=SHOES, customer=ADA))])
    await published(project, PublishOrder("mail", code="FIVE"), ada)
    return await a_caller(project)


async def test_every_figure_is_exact(shopping):
    """An order is 58.99; of 5 off the shoes have 4.63. One of them comes back for 25 - 2.32, an order for 53.99."""
    found = (await ask(shopping, FIGURES))["customer"]
    assert found["summary"] == {
        "orderCount": 3,
        "firstOrderAt": "2026-06-01T12:00:00Z",
        "lastOrderAt": "2026-06-01T12:00:00Z",
        "redemptionCount": 4,
        "rejectedRedemptionCount": 1,
        "publicationCount": 1,
    }
    assert found["lifetimeValue"] == [
        {
            "currency": "EUR",
            "orderCount": 2,
            "value": money("75.30"),
            "discount": {"amount": "17.68"},
            "paidFromBalances": {"amount": "10.00"},
            "refunded": {"amount": "76.67"},
            "averageOrderValue": {"amount": "37.65"},
        },
        {
            "currency": "JPY",
            "orderCount": 1,
            "value": money("2500", "JPY"),
            "discount": {"amount": "200"},
            "paidFromBalances": {"amount": "0"},
            "refunded": {"amount": "0"},
            "averageOrderValue": {"amount": "2500"},
        },
    ]
    assert found["favouriteCategories"][2] == {
        "category": "hats",
        "quantity": 3,
        "amounts": [money("2500", "JPY")],
    }
    assert [one["category"] for one in found["favouriteCategories"]] == ["shoes", "socks", "hats"]
    assert found["orders"]["totalCount"] == 3
    assert [node["total"] for node in found["orders"]["nodes"]][1] == money("2500", "JPY")


async def test_favourites_are_ranked_and_bounded_as_is_asked(shopping):
    found = (await ask(shopping, FIGURES, first=1, by="QUANTITY"))["customer"]["favouriteCategories"]
    assert [(one["category"], one["quantity"]) for one in found] == [("socks", 8)]
    for first in (0, 21):
        assert await refusal(shopping, FIGURES, first=first) == (
            "BAD_USER_INPUT",
            "Ask for 1 to 20 categories.",
        )


async def test_who_has_done_nothing_has_nothing(project):
    await a_customer(project)
    found = (await ask(await a_caller(project), FIGURES))["customer"]
    assert found == {
        "summary": {
            "orderCount": 0,
            "firstOrderAt": None,
            "lastOrderAt": None,
            "redemptionCount": 0,
            "rejectedRedemptionCount": 0,
            "publicationCount": 0,
        },
        "lifetimeValue": [],
        "favouriteCategories": [],
        "orders": {"totalCount": 0, "nodes": []},
    }

"""Rules and rewards across the border, both ways, through the mutation that takes them."""

from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from app.campaigns.read import find
from app.engine.metadata import MetadataMatch
from app.engine.money import Money
from app.engine.offer import Offer
from app.engine.rewards.amount_off import AmountOff
from app.engine.rewards.percent_off import PercentOff
from app.engine.rules.all_of import AllOf
from app.engine.rules.any_of import AnyOf
from app.engine.rules.contains_products import ContainsProducts
from app.engine.rules.expression import Expression
from app.engine.rules.first_purchase import FirstPurchase
from app.engine.rules.items_match import ItemsMatch, WhichItems
from app.engine.rules.minimum_spend import MinimumSpend
from app.engine.selection import Items
from app.engine.shelf import rewards, rules
from graphql_schema.types.kinds import reward_types, rule_types
from graphql_schema.types.money import Money as ShownMoney
from graphql_schema.types.units import as_input, show_reward, show_rule
from tests.graphql_schema.asking import a_caller, ask
from tests.graphql_schema.named import an_example

CREATE = """mutation ($input: CreateCampaignInput!) {
  createCampaign(input: $input) { campaign { id } userErrors { path code message } }
}"""
TEN_OFF = {"percentOff": {"percent": "10"}}


async def offered(project: UUID, **offer: Any) -> Offer:
    """The offer as it was stored."""
    data = await ask(await a_caller(project), CREATE, input={"name": "Summer", "offer": offer})
    assert data["createCampaign"]["userErrors"] == []
    campaign = await find(project, "Summer")
    assert campaign is not None
    assert campaign.offer is not None
    return campaign.offer


async def faults(project: UUID, **offer: Any) -> list[dict[str, Any]]:
    """What was wrong with the offer, which nothing was made of."""
    data = await ask(await a_caller(project), CREATE, input={"name": "Summer", "offer": offer})
    assert data["createCampaign"]["campaign"] is None
    assert await find(project, "Summer") is None
    found: list[dict[str, Any]] = data["createCampaign"]["userErrors"]
    return found


def minimum(amount: str, currency: str = "EUR") -> dict[str, Any]:
    return {"minimumSpend": {"amount": {"amount": amount, "currency": currency}}}


def nested(depth: int) -> dict[str, Any]:
    rule: dict[str, Any] = {"firstPurchase": {}}
    for _ in range(depth - 1):
        rule = {"anyOf": {"rules": [rule]}}
    return rule


@pytest.mark.parametrize("kind", sorted(rules.by_kind))
async def test_the_example_of_every_rule_survives_the_way_in(project, kind):
    rule = await an_example(project, rules, kind)
    assert (await offered(project, rule=as_input(rules, rule), reward=TEN_OFF)).rule == rule


@pytest.mark.parametrize("kind", sorted(rewards.by_kind))
async def test_the_example_of_every_reward_survives_the_way_in(project, kind):
    reward = await an_example(project, rewards, kind)
    assert (await offered(project, reward=as_input(rewards, reward))).reward == reward


async def test_nested_rules_keep_their_order_and_defaults(project):
    offer = await offered(
        project,
        rule={
            "allOf": {
                "rules": [
                    {"anyOf": {"rules": [minimum("1250", "JPY"), {"containsProducts": {"products": ["A"]}}]}},
                    {"firstPurchase": {}},
                ]
            }
        },
        reward={"percentOff": {"percent": "12.5", "upTo": {"amount": "3.1", "currency": "EUR"}}},
    )
    assert offer.rule == AllOf(
        (
            AnyOf((MinimumSpend(Money(1250, "JPY")), ContainsProducts(products=("A",), quantity=1))),
            FirstPurchase(),
        )
    )
    assert offer.reward == PercentOff(Decimal("12.5"), Money(310, "EUR"))


def test_rules_are_shown_with_all_that_is_in_them():
    shown = show_rule(AllOf((MinimumSpend(Money(2550, "EUR")), FirstPurchase())))
    assert shown == rule_types["all_of"](
        kind="all_of",
        rules=[
            rule_types["minimum_spend"](
                kind="minimum_spend", amount=ShownMoney(amount=Decimal("25.50"), currency="EUR")
            ),
            rule_types["first_purchase"](kind="first_purchase"),
        ],
    )


async def test_items_are_read_and_shown_with_all_that_is_in_them(project):
    items = {
        "products": ["MUG"],
        "skus": [],
        "categories": ["tea", "cups"],
        "priceAtLeast": {"amount": "2.50", "currency": "EUR"},
        "priceAtMost": None,
        "metadata": [{"key": "season", "values": ["summer"]}, {"key": "gift", "values": []}],
        "excludedProducts": [],
        "excludedSkus": ["MUG-RED"],
        "excludedCategories": [],
    }
    rule = {"itemsMatch": {"items": items, "which": "MOST_EXPENSIVE"}}
    assert (await offered(project, rule=rule, reward=TEN_OFF)).rule == ItemsMatch(
        Items(
            products=("MUG",),
            categories=("tea", "cups"),
            price_at_least=Money(250, "EUR"),
            metadata=(MetadataMatch("season", ("summer",)), MetadataMatch("gift")),
            excluded_skus=("MUG-RED",),
        ),
        WhichItems.MOST_EXPENSIVE,
    )
    document = """{ campaigns(first: 1) { nodes { offer { rule { ... on ItemsMatch { which items {
      products skus categories priceAtLeast { amount currency } priceAtMost { amount currency }
      metadata { key values } excludedProducts excludedSkus excludedCategories
    } } } } } } }"""
    data = await ask(await a_caller(project), document)
    assert data["campaigns"]["nodes"][0]["offer"]["rule"] == rule["itemsMatch"]


def test_rewards_are_shown_with_all_that_is_in_them():
    assert show_reward(PercentOff(Decimal(10))) == reward_types["percent_off"](
        kind="percent_off", percent=Decimal(10), up_to=None
    )
    assert show_reward(AmountOff(Money(500, "EUR"))) == reward_types["amount_off"](
        kind="amount_off", amount=ShownMoney(amount=Decimal("5.00"), currency="EUR")
    )


async def test_every_fault_is_told_with_the_way_to_it(project):
    assert await faults(
        project,
        rule={
            "allOf": {
                "rules": [
                    {"firstPurchase": {}},
                    minimum("25.001"),
                    {"noneOf": {"rules": [minimum("-1.00")]}},
                    {"containsProducts": {"products": ["tea\0pot"]}},
                    {"timeWindow": {"weekdays": [1, 8], "starts": "09:00", "ends": "17:00"}},
                    {"itemsMatch": {"items": {"metadata": [{"key": ""}]}, "which": "ANY"}},
                    {"itemsQuantity": {"items": {"excludedSkus": ["a", ""]}, "atLeast": 1}},
                ]
            }
        },
        reward={"percentOff": {"percent": "101"}},
        limits={"perCustomer": 0},
    ) == [
        {
            "path": ["input", "offer", "rule", "allOf", "rules", "1", "minimumSpend", "amount", "amount"],
            "code": "INVALID_MONEY",
            "message": "An amount in EUR has at most 2 decimals.",
        },
        {
            "path": [
                *["input", "offer", "rule", "allOf", "rules", "2", "noneOf", "rules", "0"],
                *["minimumSpend", "amount"],
            ],
            "code": "INVALID_PARAMETER",
            "message": "Must be more than zero.",
        },
        {
            "path": ["input", "offer", "rule", "allOf", "rules", "3", "containsProducts", "products", "0"],
            "code": "INVALID_TEXT",
            "message": "The text holds a character that cannot be kept.",
        },
        {
            "path": ["input", "offer", "rule", "allOf", "rules", "4", "timeWindow", "weekdays", "1"],
            "code": "INVALID_PARAMETER",
            "message": "Must be 1 (Monday) to 7 (Sunday).",
        },
        {
            "path": [
                *["input", "offer", "rule", "allOf", "rules", "5", "itemsMatch", "items"],
                *["metadata", "0", "key"],
            ],
            "code": "INVALID_PARAMETER",
            "message": "Must be 1 to 255 characters long.",
        },
        {
            "path": [
                *["input", "offer", "rule", "allOf", "rules", "6", "itemsQuantity", "items"],
                *["excludedSkus", "1"],
            ],
            "code": "INVALID_PARAMETER",
            "message": "Must be 1 to 255 characters long.",
        },
        {
            "path": ["input", "offer", "reward", "percentOff", "percent"],
            "code": "INVALID_PARAMETER",
            "message": "Must be more than 0 and at most 100.",
        },
        {
            "path": ["input", "offer", "limits", "perCustomer"],
            "code": "INVALID_PARAMETER",
            "message": "Must be 1 or more.",
        },
    ]


async def test_rules_may_be_nested_five_deep(project):
    assert (await offered(project, rule=nested(5), reward=TEN_OFF)).rule is not None


@pytest.mark.parametrize("depth", [6, 40])
async def test_deeper_rules_are_refused_at_the_sixth_level(project, depth):
    assert await faults(project, rule=nested(depth), reward=TEN_OFF) == [
        {
            "path": ["input", "offer", "rule", *["anyOf", "rules", "0"] * 5],
            "code": "NESTED_TOO_DEEP",
            "message": "At most 5 may be nested in each other.",
        }
    ]


async def test_fifty_rules_are_read_and_more_are_refused_once(project):
    many = {"allOf": {"rules": [{"firstPurchase": {}}] * 60}}
    assert await faults(project, rule=many, reward=TEN_OFF) == [
        {
            "path": ["input", "offer", "rule", "allOf", "rules", "49"],
            "code": "TOO_MANY_RULES",
            "message": "At most 50 rules altogether.",
        }
    ]
    many["allOf"]["rules"] = many["allOf"]["rules"][:49]
    offer = await offered(project, rule=many, reward=TEN_OFF)
    assert isinstance(offer.rule, AllOf)
    assert len(offer.rule.rules) == 49


async def test_a_list_that_is_too_long_is_refused_before_it_is_read(project):
    products = {"containsProducts": {"products": ["x"] * 1001}}
    assert await faults(project, rule=products, reward=TEN_OFF) == [
        {
            "path": ["input", "offer", "rule", "containsProducts", "products"],
            "code": "TOO_MANY_ITEMS",
            "message": "At most 1000 items fit here.",
        }
    ]


async def test_an_expression_may_be_longer_than_other_texts(project):
    text = "cart.subtotal > 1" + " || cart.subtotal > 1" * 46
    too_long = {"expression": {"expression": text + " " * (1001 - len(text))}}
    [fault] = await faults(project, rule=too_long, reward=TEN_OFF)
    assert fault["path"] == ["input", "offer", "rule", "expression", "expression"]
    assert (fault["code"], fault["message"]) == ("TOO_LONG", "The text may have at most 1000 characters.")
    long = {"expression": {"expression": text + " " * (1000 - len(text))}}
    assert (await offered(project, rule=long, reward=TEN_OFF)).rule == Expression(**long["expression"])


async def test_lists_of_compounds_are_read_and_shown(project):
    reward = {
        "tieredPercent": {
            "tiers": [
                {"spendAtLeast": {"amount": "50.00", "currency": "EUR"}, "percent": "5"},
                {"spendAtLeast": {"amount": "100.00", "currency": "EUR"}, "percent": "10"},
            ],
            "items": {"categories": ["tea"]},
        }
    }
    await offered(project, reward=reward)
    document = """{ campaigns(first: 1) { nodes { offer { reward { ... on TieredPercent {
      tiers { spendAtLeast { amount currency } percent } items { categories }
    } } } } } }"""
    data = await ask(await a_caller(project), document)
    assert data["campaigns"]["nodes"][0]["offer"]["reward"] == reward["tieredPercent"]


async def test_a_faulty_part_of_a_reward_is_named_by_its_path(project):
    part = {"items": {}, "quantity": 0}
    reward = {"bundlePrice": {"parts": [part], "price": {"amount": "5", "currency": "EUR"}}}
    [fault] = await faults(project, reward=reward)
    assert fault["path"] == ["input", "offer", "reward", "bundlePrice", "parts", "0", "quantity"]

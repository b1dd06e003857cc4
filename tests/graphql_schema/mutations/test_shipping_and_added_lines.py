"""Free shipping and free items as callers see them: asked about, redeemed, returned; and made over the API."""

import pytest

from app.engine.money import Money
from app.engine.offer import Offer
from app.engine.rewards.free_items import Effect, FreeItem, FreeItems
from app.engine.rewards.free_shipping import FreeShipping
from app.redemptions.audit import audit
from tests.graphql_schema.asking import a_caller, ask
from tests.graphql_schema.shop import a_request
from tests.redemptions.shop import a_campaign, a_voucher

pytestmark = pytest.mark.usefixtures("till")

LINE = """fragment line on CartLine {
  sku name quantity unitPrice { amount } amount { amount } discount { amount } addedBy
}"""
VALIDATE = (
    """mutation ($input: ValidateVouchersInput!) { validateVouchers(input: $input) { evaluation {
  granted subtotal { amount } discount { amount } shippingDiscount { amount } total { amount }
  cart { lines { ...line } }
  verdicts { code discount { amount } shippingDiscount { amount } lineDiscounts { amount } addedLines { ...line } }
} } }"""
    + LINE
)
REDEEM = (
    """mutation ($input: RedeemVouchersInput!) { redeemVouchers(input: $input) { result { ... on Redemption {
  id subtotal { amount } discount { amount } shippingDiscount { amount } total { amount }
  cart { lines { ...line } }
  vouchers { code discount { amount } shippingDiscount { amount } lineDiscounts { amount } }
} } } }"""
    + LINE
)
RETURN = """mutation ($input: RollBackRedemptionInput!) { rollBackRedemption(input: $input) { rollback {
  discount { amount } shippingDiscount { amount } refund { amount }
} } }"""
CREATE = """mutation ($input: CreateCampaignInput!) { createCampaign(input: $input) {
  campaign { offer { reward { ... on FreeItems { goods { sku product name quantity effect worth { amount } } } } } }
  userErrors { path code }
} }"""
CART = {
    "currency": "EUR",
    "lines": [{"unitPrice": "20", "sku": "SHIRT"}, {"unitPrice": "8", "sku": "MUG", "quantity": 2}],
    "shipping": "4.90",
}
# One mug more than there is in the cart.
MUGS = FreeItems(
    (FreeItem(Money(9_00, "EUR"), sku="MUG", name="Mug", quantity=3, effect=Effect.ADD_MISSING),)
)


@pytest.fixture
async def shop(project):
    for name, code, reward in (("Freight", "FREIGHT", FreeShipping()), ("Mugs", "MUGS", MUGS)):
        await a_voucher(project, await a_campaign(project, name, promise=Offer(1, None, reward)), code)
    return project


def a_line(sku, quantity, price, amount, discount, name=None, added_by=None):
    told = {"unitPrice": price, "amount": amount, "discount": discount}
    return {
        "sku": sku,
        "name": name,
        "quantity": quantity,
        **{field: {"amount": value} for field, value in told.items()},
        "addedBy": added_by,
    }


def off(*amounts):
    return {"lineDiscounts": [{"amount": amount} for amount in amounts]}


def amounts(**told):
    return {name: {"amount": amount} for name, amount in told.items()}


async def test_what_would_be_added_and_taken_off_the_shipping_is_told(shop):
    answer = await ask(await a_caller(shop), VALIDATE, input=a_request("freight", "mugs", cart=CART))
    added = a_line("MUG", 1, "9.00", "9.00", "9.00", "Mug", "mugs")
    assert answer["validateVouchers"]["evaluation"] == {
        "granted": True,
        **amounts(subtotal="45.00", discount="29.90", shippingDiscount="4.90", total="20.00"),
        "cart": {
            "lines": [
                a_line("SHIRT", 1, "20.00", "20.00", "0.00"),
                a_line("MUG", 2, "8.00", "16.00", "16.00"),
                added,
            ]
        },
        "verdicts": [
            {
                "code": "freight",
                **amounts(discount="4.90", shippingDiscount="4.90"),
                **off("0.00", "0.00", "0.00"),
                "addedLines": [],
            },
            {
                "code": "mugs",
                **amounts(discount="25.00", shippingDiscount="0.00"),
                **off("0.00", "16.00", "9.00"),
                "addedLines": [added],
            },
        ],
    }


async def test_nothing_is_added_to_a_cart_whose_codes_are_not_all_granted(shop):
    answer = await ask(await a_caller(shop), VALIDATE, input=a_request("mugs", "nope", cart=CART))
    evaluation = answer["validateVouchers"]["evaluation"]
    assert (evaluation["granted"], evaluation["total"]) == (False, {"amount": "40.90"})
    assert [line["addedBy"] for line in evaluation["cart"]["lines"]] == [None, None]
    assert [len(verdict["addedLines"]) for verdict in evaluation["verdicts"]] == [1, 0]
    assert [verdict["lineDiscounts"] for verdict in evaluation["verdicts"]] == [
        [{"amount": "0.00"}, {"amount": "16.00"}],
        [{"amount": "0.00"}, {"amount": "0.00"}],
    ]


async def test_it_is_redeemed_so_and_returned_to_the_cent(shop):
    caller = await a_caller(shop)
    answer = await ask(
        caller, REDEEM, input=a_request("freight", "mugs", cart=CART, idempotencyKey="order 1")
    )
    made = answer["redeemVouchers"]["result"]
    told = amounts(subtotal="45.00", discount="29.90", shippingDiscount="4.90", total="20.00")
    assert {name: made[name] for name in told} == told
    assert made["cart"]["lines"][2] == a_line("MUG", 1, "9.00", "9.00", "9.00", "Mug", "MUGS")
    assert made["vouchers"] == [
        {
            "code": "FREIGHT",
            **amounts(discount="4.90", shippingDiscount="4.90"),
            **off("0.00", "0.00", "0.00"),
        },
        {
            "code": "MUGS",
            **amounts(discount="25.00", shippingDiscount="0.00"),
            **off("0.00", "16.00", "9.00"),
        },
    ]
    refunds = []
    for number, lines in enumerate(([{"line": 2, "quantity": 1}], None)):
        given = {"redemption": made["id"], "idempotencyKey": f"undo {number}", "lines": lines}
        refunds.append((await ask(caller, RETURN, input=given))["rollBackRedemption"]["rollback"])
    assert refunds == [
        amounts(discount="9.00", shippingDiscount="0.00", refund="0.00"),
        amounts(discount="20.90", shippingDiscount="4.90", refund="20.00"),
    ]
    assert (await audit(shop)).drift == 0


async def test_free_items_are_made_over_the_api(project):
    goods = [
        {"worth": {"amount": "9", "currency": "EUR"}, "sku": "MUG", "quantity": 3},
        {"worth": {"amount": "2.50", "currency": "EUR"}, "product": "TEA", "effect": "ADD_NEW"},
    ]
    campaign = {"name": "Mugs", "offer": {"reward": {"freeItems": {"goods": goods}}}}
    payload = (await ask(await a_caller(project), CREATE, input=campaign))["createCampaign"]
    assert payload["userErrors"] == []
    none = dict.fromkeys(("sku", "product", "name"))
    assert payload["campaign"]["offer"]["reward"]["goods"] == [
        {**none, "sku": "MUG", "quantity": 3, "effect": "ADD_MISSING", "worth": {"amount": "9.00"}},
        {**none, "product": "TEA", "quantity": 1, "effect": "ADD_NEW", "worth": {"amount": "2.50"}},
    ]
    twice = {"name": "Twice", "offer": {"reward": {"freeItems": {"goods": [goods[0], goods[0]]}}}}
    payload = (await ask(await a_caller(project), CREATE, input=twice))["createCampaign"]
    assert payload["userErrors"] == [
        {"path": ["input", "offer", "reward", "freeItems", "goods", "1"], "code": "INVALID_PARAMETER"}
    ]

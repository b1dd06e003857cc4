"""Codes, cart and customer of validating and redeeming: each fault has its place and its code, and nothing moves."""

import pytest

from app import ids
from app.ids import new_id
from tests.graphql_schema.asking import a_caller, ask, refusal
from tests.graphql_schema.shop import (
    REDEEM,
    a_cart,
    a_request,
    everything,
    faults,
    reasons_of,
    redeem,
    shown,
    validate,
)
from tests.redemptions.holds import a_gift_card, a_points_card
from tests.redemptions.shop import a_campaign, a_voucher

pytestmark = pytest.mark.usefixtures("till")

MANY_CODES = [{"code": f"C{n}"} for n in range(31)]


def a_line(**more):
    return {"cart": {"currency": "EUR", "lines": [{"unitPrice": "10", **more}]}}


@pytest.mark.parametrize(
    ("given", "path", "code"),
    [
        ({"codes": [], "promotions": False}, "codes", "NO_CODES"),
        ({"codes": MANY_CODES}, "codes", "TOO_MANY_CODES"),
        ({"codes": [{"code": ""}]}, "codes.0.code", "REQUIRED"),
        ({"codes": [{"code": "A"}, {"code": "  "}]}, "codes.1.code", "REQUIRED"),
        ({"codes": [{"code": "x" * 65}]}, "codes.0.code", "TOO_LONG"),
        ({"codes": [{"code": "SUM\0MER"}]}, "codes.0.code", "INVALID_TEXT"),
        ({"codes": [{"code": "SUM\ud800"}]}, "codes.0.code", "INVALID_TEXT"),
        ({"cart": a_cart("12.345")}, "cart.lines.0.unitPrice", "INVALID_MONEY"),
        ({"cart": a_cart("10", "-1")}, "cart.lines.1.unitPrice", "INVALID_MONEY"),
        ({"cart": a_cart("1.5", currency="JPY")}, "cart.lines.0.unitPrice", "INVALID_MONEY"),
        ({"cart": a_cart("1.0001", currency="KWD")}, "cart.lines.0.unitPrice", "INVALID_MONEY"),
        ({"cart": a_cart("1E+999999")}, "cart.lines.0.unitPrice", "INVALID_MONEY"),
        ({"cart": a_cart(shipping="-0.01")}, "cart.shipping", "INVALID_MONEY"),
        ({"cart": a_cart("50000000000000", "50000000000000")}, "cart.lines", "INVALID_CART"),
        ({"cart": a_cart(*["1"] * 501)}, "cart.lines", "TOO_MANY_LINES"),
        ({"cart": a_cart(metadata={str(n): n for n in range(51)})}, "cart.metadata", "TOO_LONG"),
        (a_line(quantity=0), "cart.lines.0.quantity", "INVALID_QUANTITY"),
        (a_line(quantity=1_000_001), "cart.lines.0.quantity", "INVALID_QUANTITY"),
        (a_line(sku="a\0b"), "cart.lines.0.sku", "INVALID_TEXT"),
        (a_line(product="x" * 201), "cart.lines.0.product", "TOO_LONG"),
        (a_line(categories=["shoes"] * 51), "cart.lines.0.categories", "TOO_MANY_CATEGORIES"),
        (a_line(categories=["shoes", "\0"]), "cart.lines.0.categories.1", "INVALID_TEXT"),
        (a_line(metadata={"a": "b\0"}), "cart.lines.0.metadata", "INVALID_TEXT"),
        (a_line(metadata={"a": "x" * 8200}), "cart.lines.0.metadata", "TOO_LONG"),
        ({"customer": {"id": "vchr_1"}}, "customer.id", "INVALID_ID"),
        ({"customer": {"sourceId": ""}}, "customer.sourceId", "REQUIRED"),
        ({"customer": {"sourceId": "a\0"}}, "customer.sourceId", "INVALID_TEXT"),
        ({"customer": {"upsert": {"sourceId": " "}}}, "customer.upsert.sourceId", "REQUIRED"),
        (
            {"customer": {"upsert": {"sourceId": "a", "email": "x" * 255}}},
            "customer.upsert.email",
            "TOO_LONG",
        ),
        (
            {"customer": {"upsert": {"sourceId": "a", "metadata": {"k": "v\0"}}}},
            "customer.upsert.metadata",
            "INVALID_TEXT",
        ),
    ],
)
async def test_each_fault_is_told_with_its_place(project, given, path, code):
    await a_voucher(project, await a_campaign(project), "SUMMER")
    caller = await a_caller(project)
    before = await everything(project)
    asked = {key: value for key, value in given.items() if key != "codes"}
    codes = [each["code"] for each in given.get("codes", [{"code": "SUMMER"}])]
    validated = await validate(caller, *codes, **asked)
    redeemed = await redeem(caller, *codes, **asked)
    assert (validated["evaluation"], faults(validated)) == (None, [(path, code)])
    assert (redeemed["result"], faults(redeemed)) == (None, [(path, code)])
    assert await everything(project) == before


def euros(amount):
    return {"amount": amount, "currency": "EUR"}


@pytest.mark.parametrize(
    ("given", "path", "code"),
    [
        ({"credits": euros("1.234")}, "codes.0.credits.amount", "INVALID_MONEY"),
        ({"credits": euros("0")}, "codes.0.credits", "OUT_OF_RANGE"),
        ({"points": 0}, "codes.0.points", "OUT_OF_RANGE"),
        ({"points": -5}, "codes.0.points", "OUT_OF_RANGE"),
        ({"credits": euros("1"), "points": 5}, "codes.0.points", "AT_MOST_ONE"),
    ],
)
async def test_what_cannot_be_taken_of_a_balance_is_told_with_its_place(project, given, path, code):
    await a_gift_card(project, "GIFT", 5000)
    caller = await a_caller(project)
    before = await everything(project)
    codes = [{"code": "GIFT", **given}]
    validated, redeemed = await validate(caller, codes=codes), await redeem(caller, codes=codes)
    assert (validated["evaluation"], faults(validated)) == (None, [(path, code)])
    assert (redeemed["result"], faults(redeemed)) == (None, [(path, code)])
    assert await everything(project) == before


async def test_a_code_says_how_much_of_its_balance_to_take(project):
    await a_gift_card(project, "GIFT", 5000)
    await a_points_card(project, "CARD", 900)
    caller = await a_caller(project)
    for gift, card, paid in (
        ({}, {}, ("50.00", "9.00")),
        ({"credits": euros("12.50")}, {"points": 300}, ("12.50", "3.00")),
        ({"credits": None}, {"points": None}, ("50.00", "9.00")),
    ):
        codes = [{"code": "GIFT", **gift}, {"code": "CARD", **card}]
        verdicts = (await validate(caller, codes=codes))["evaluation"]["verdicts"]
        assert tuple(verdict["discount"]["amount"] for verdict in verdicts) == paid
    too_much = [{"code": "GIFT", "credits": euros("50.01")}, {"code": "CARD", "credits": euros("1")}]
    result = (await redeem(caller, codes=too_much))["result"]
    assert reasons_of(result) == ["BALANCE_TOO_LOW", "NOT_A_BALANCE"]
    redeemed = await redeem(caller, key="2", codes=[{"code": "CARD", "points": 250}])
    assert redeemed["result"]["discount"]["amount"] == "2.00"


async def test_thirty_codes_are_not_too_many(project):
    campaign = await a_campaign(project)
    codes = [f"C{n}" for n in range(30)]
    for code in codes:
        await a_voucher(project, campaign, code)
    caller = await a_caller(project)
    evaluation = (await validate(caller, *codes, cart=a_cart("1000")))["evaluation"]
    assert (evaluation["granted"], evaluation["discount"]["amount"]) == (True, "150.00")
    result = (await redeem(caller, *codes, cart=a_cart("1000")))["result"]
    assert (len(result["vouchers"]), result["discount"]["amount"]) == (30, "150.00")


async def test_sentences_say_what_would_be_right(project):
    caller = await a_caller(project)
    for given, message in (
        ({"cart": a_cart("12.345")}, "An amount in EUR has at most 2 decimals."),
        ({"cart": a_cart("1.5", currency="JPY")}, "An amount in JPY has no decimals."),
        (
            {"cart": a_cart("50000000000000", "50000000000000")},
            "The lines come to more than can be counted exactly.",
        ),
    ):
        [fault] = (await validate(caller, "SUMMER", **given))["userErrors"]
        assert fault["message"] == message


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"cart": a_cart(currency="EURO")}, 'A currency is an ISO 4217 code such as "EUR".'),
        ({"cart": a_cart(currency="eur")}, 'A currency is an ISO 4217 code such as "EUR".'),
        ({"cart": a_cart("NaN")}, 'A decimal is written as a string such as "12.50".'),
        ({"cart": a_cart("12,50")}, 'A decimal is written as a string such as "12.50".'),
        ({"cart": a_cart(12.5)}, 'A decimal is written as a string such as "12.50".'),
        ({"metadata": ["a"]}, "Metadata is a JSON object."),
    ],
)
async def test_what_is_no_such_value_at_all_is_refused_before_anything_runs(project, given, message):
    caller = await a_caller(project)
    before = await everything(project)
    code, told = await refusal(
        caller, REDEEM, input={**a_request("SUMMER"), "idempotencyKey": "order 1", **given}
    )
    assert code == "BAD_USER_INPUT"
    assert told.endswith(message)
    assert await everything(project) == before


@pytest.mark.parametrize("customer", [{}, {"id": None}, {"sourceId": "a", "upsert": {"sourceId": "a"}}])
async def test_a_customer_is_named_in_exactly_one_way(project, customer):
    code, _ = await refusal(
        await a_caller(project),
        REDEEM,
        input={**a_request("SUMMER"), "idempotencyKey": "order 1", "customer": customer},
    )
    assert code == "BAD_USER_INPUT"


async def test_a_customer_that_is_not_there_redeems_nothing(project, another_project):
    await a_voucher(project, await a_campaign(project), "SUMMER")
    caller = await a_caller(project)
    before = await everything(project)
    for customer in ({"id": shown(ids.CUSTOMER, new_id())}, {"sourceId": "nobody"}):
        answer = await redeem(caller, "SUMMER", customer=customer)
        assert (answer["result"], faults(answer)) == (None, [("customer", "NOT_FOUND")])
    assert await everything(project) == before


async def test_what_the_room_takes_the_front_of_house_takes(project):
    await a_voucher(project, await a_campaign(project), "SUMMER")
    caller = await a_caller(project)
    answer = await redeem(caller, "SUMMER", key="k" * 255, channel="c" * 100, redemptionPoint="p" * 200)
    assert faults(answer) == []
    undone = await ask(
        caller,
        "mutation ($input: RollBackRedemptionInput!) { rollBackRedemption(input: $input) { userErrors { path } } }",
        input={"redemption": answer["result"]["id"], "idempotencyKey": "k" * 255, "reason": "r" * 500},
    )
    assert undone["rollBackRedemption"]["userErrors"] == []

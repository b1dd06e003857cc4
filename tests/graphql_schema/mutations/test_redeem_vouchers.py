"""redeemVouchers: all codes or none, exactly once for each idempotency key."""

from uuid import UUID

import pytest

from app import ids
from app.customers.read import by_source_ids
from app.redemptions.till import Till
from tests.conftest import NOW
from tests.graphql_schema.asking import PROCESS, a_caller, ask, refusal
from tests.graphql_schema.shop import (
    REDEEM,
    a_cart,
    a_request,
    everything,
    faults,
    money,
    reasons_of,
    redeem,
)
from tests.redemptions.shop import (
    Tally,
    a_campaign,
    a_voucher,
    assert_counters_equal_ledger,
    offer,
    tally,
)

pytestmark = pytest.mark.usefixtures("till")

LINKS = """mutation ($input: RedeemVouchersInput!) { redeemVouchers(input: $input) { result {
  ... on Redemption {
    createdAt customer { sourceId name email metadata }
    subtotal { amount } shipping { amount }
    cart {
      currency metadata shipping { amount }
      lines {
        quantity sku product name categories metadata unitPrice { amount } amount { amount } discount { amount }
      }
    }
    vouchers { voucher { code } campaign { name } }
  }
  ... on RejectedRedemption {
    subtotal { amount } channel redemptionPoint metadata createdAt customer { sourceId }
    cart { lines { amount { amount } discount { amount } } }
    codes { code voucher { code } campaign { name } }
  }
} } }"""


async def test_a_code_is_used_and_its_discount_given(project):
    await a_voucher(project, await a_campaign(project), "SUMMER")
    caller = await a_caller(project)
    answer = await redeem(
        caller, "summer", channel="web", redemptionPoint="till 1", metadata={"order": "1001", "n": [1, None]}
    )
    prefix, redemption = ids.read(answer["result"].pop("id"))
    assert prefix == ids.REDEMPTION
    assert answer == {
        "replayed": False,
        "result": {
            "__typename": "Redemption",
            "discount": money("5.00"),
            "total": money("95.00"),
            "channel": "web",
            "redemptionPoint": "till 1",
            "metadata": {"order": "1001", "n": [1, None]},
            "rolledBackAt": None,
            "vouchers": [{"code": "SUMMER", "discount": {"amount": "5.00"}, "offerVersion": 1}],
        },
        "userErrors": [],
    }
    assert isinstance(redemption, UUID)
    assert await tally(project) == Tally(redemptions=1, rejected=0, uses=1, keys=1, events=1)


async def test_a_redemption_shows_its_cart_its_customer_and_where_its_codes_come_from(project):
    await a_voucher(project, await a_campaign(project), "SUMMER")
    line = {
        "quantity": 2,
        "unitPrice": "30",
        "sku": "S-1",
        "product": "shirt",
        "name": "Shirt",
        "categories": ["clothes"],
        "metadata": {"colour": "blue"},
    }
    given = a_request(
        "SUMMER",
        idempotencyKey="order 1",
        cart={"currency": "EUR", "lines": [line], "shipping": "4.9", "metadata": {"gift": True}},
        customer={"upsert": {"sourceId": "ada", "name": "Ada", "email": "ada@example.com"}},
    )
    result = (await ask(await a_caller(project), LINKS, input=given))["redeemVouchers"]["result"]
    assert result == {
        "createdAt": "2026-06-01T12:00:00Z",
        "customer": {"sourceId": "ada", "name": "Ada", "email": "ada@example.com", "metadata": {}},
        "subtotal": {"amount": "60.00"},
        "shipping": {"amount": "4.90"},
        "cart": {
            "currency": "EUR",
            "metadata": {"gift": True},
            "shipping": {"amount": "4.90"},
            "lines": [
                {
                    **line,
                    "unitPrice": {"amount": "30.00"},
                    "amount": {"amount": "60.00"},
                    "discount": {"amount": "5.00"},
                }
            ],
        },
        "vouchers": [{"voucher": {"code": "SUMMER"}, "campaign": {"name": "Summer"}}],
    }


async def test_a_customer_told_on_the_way_is_made_and_brought_up_to_date(project):
    await a_voucher(project, await a_campaign(project, promise=offer(per_customer=2)), "SUMMER")
    caller = await a_caller(project)
    first = {"sourceId": "ada", "name": "Ada", "metadata": {"tier": "gold"}}
    await redeem(caller, "SUMMER", key="1", customer={"upsert": first})
    await redeem(caller, "SUMMER", key="2", customer={"upsert": {"sourceId": "ada", "name": "Ada L."}})
    ada = (await by_source_ids(project, ["ada"]))["ada"]
    assert (ada.name, ada.email, ada.metadata) == ("Ada L.", None, {"tier": "gold"})
    third = await redeem(caller, "SUMMER", key="3", customer={"sourceId": "ada"})
    assert reasons_of(third["result"]) == ["CUSTOMER_LIMIT_REACHED"]
    await assert_counters_equal_ledger(project)


async def test_the_same_key_gets_the_first_answer_again(project):
    await a_voucher(project, await a_campaign(project, promise=offer(per_voucher=1)), "SUMMER")
    caller = await a_caller(project)
    first = await redeem(caller, "SUMMER")
    before = await everything(project)
    again = await redeem(caller, "SUMMER")
    assert again == {**first, "replayed": True}
    assert first["result"]["__typename"] == "Redemption"
    assert await everything(project) == before


async def test_a_refusal_is_replayed_too(project):
    await a_voucher(project, await a_campaign(project, state="PAUSED"), "SUMMER")
    caller = await a_caller(project)
    first = await redeem(caller, "SUMMER")
    again = await redeem(caller, "SUMMER")
    assert reasons_of(first["result"]) == ["CAMPAIGN_PAUSED"]
    assert again == {**first, "replayed": True}
    assert await tally(project) == Tally(redemptions=0, rejected=1, uses=0, keys=1, events=1)


@pytest.mark.parametrize(
    "other",
    [
        {"cart": a_cart("99")},
        {"channel": "web"},
        {"redemptionPoint": "till 1"},
        {"metadata": {"a": 1}},
        {"customer": {"upsert": {"sourceId": "ada"}}},
    ],
)
async def test_the_same_key_for_other_input_is_refused(project, other):
    await a_voucher(project, await a_campaign(project), "SUMMER")
    caller = await a_caller(project)
    await redeem(caller, "SUMMER")
    before = await everything(project)
    answer = await redeem(caller, "SUMMER", **other)
    assert (answer["result"], answer["replayed"]) == (None, False)
    assert faults(answer) == [("idempotencyKey", "IDEMPOTENCY_KEY_REUSED")]
    assert await everything(project) == before


async def test_one_bad_code_among_two_consumes_nothing(project):
    campaign = await a_campaign(project, promise=offer(per_voucher=1))
    await a_voucher(project, campaign, "GOOD")
    await a_voucher(project, campaign, "BAD", enabled=False)
    caller = await a_caller(project)
    refused = (await redeem(caller, "GOOD", "BAD", key="1"))["result"]
    assert refused["__typename"] == "RejectedRedemption"
    assert [(code["code"], reasons_of(code)) for code in refused["codes"]] == [
        ("GOOD", []),
        ("BAD", ["VOUCHER_DISABLED"]),
    ]
    assert reasons_of(refused) == ["VOUCHER_DISABLED"]
    assert await tally(project) == Tally(redemptions=0, rejected=1, uses=0, keys=1, events=1)
    granted = (await redeem(caller, "GOOD", key="2"))["result"]
    assert granted["__typename"] == "Redemption"


async def test_a_refusal_keeps_what_was_tried(project):
    await a_voucher(project, await a_campaign(project), "SUMMER", enabled=False)
    given = a_request(
        *("SUMMER", "NOSUCH"),
        idempotencyKey="1",
        channel="web",
        redemptionPoint="till 1",
        metadata={"order": 7},
        customer={"upsert": {"sourceId": "ada"}},
    )
    result = (await ask(await a_caller(project), LINKS, input=given))["redeemVouchers"]["result"]
    assert result == {
        "subtotal": {"amount": "100.00"},
        "channel": "web",
        "redemptionPoint": "till 1",
        "metadata": {"order": 7},
        "createdAt": "2026-06-01T12:00:00Z",
        "customer": {"sourceId": "ada"},
        "cart": {"lines": [{"amount": {"amount": "100.00"}, "discount": {"amount": "0.00"}}]},
        "codes": [
            {"code": "SUMMER", "voucher": {"code": "SUMMER"}, "campaign": {"name": "Summer"}},
            {"code": "NOSUCH", "voucher": None, "campaign": None},
        ],
    }


@pytest.mark.parametrize(
    ("currency", "price", "off", "total"), [("JPY", "1000", "500", "500"), ("KWD", "1.000", "0.500", "0.500")]
)
async def test_each_currency_keeps_its_own_decimals(project, currency, price, off, total):
    await a_voucher(project, await a_campaign(project, promise=offer(500, currency=currency)), "SUMMER")
    result = (await redeem(await a_caller(project), "SUMMER", cart=a_cart(price, currency=currency)))[
        "result"
    ]
    assert (result["discount"], result["total"]) == (money(off, currency), money(total, currency))


async def test_a_cart_in_another_currency_is_refused_with_a_reason(project):
    await a_voucher(project, await a_campaign(project), "SUMMER")
    answer = await redeem(await a_caller(project), "SUMMER", cart=a_cart("100", currency="PLN"))
    assert reasons_of(answer["result"]) == ["CURRENCY_MISMATCH"]


@pytest.mark.parametrize(
    ("given", "path", "code"),
    [
        ({"idempotencyKey": ""}, "idempotencyKey", "REQUIRED"),
        ({"idempotencyKey": "x" * 256}, "idempotencyKey", "TOO_LONG"),
        ({"idempotencyKey": "a\0"}, "idempotencyKey", "INVALID_TEXT"),
        ({"channel": ""}, "channel", "REQUIRED"),
        ({"channel": "x" * 101}, "channel", "TOO_LONG"),
        ({"channel": "a\0"}, "channel", "INVALID_TEXT"),
        ({"redemptionPoint": ""}, "redemptionPoint", "REQUIRED"),
        ({"redemptionPoint": "x" * 201}, "redemptionPoint", "TOO_LONG"),
        ({"metadata": {"a": "\0"}}, "metadata", "INVALID_TEXT"),
        ({"metadata": {"a": "x" * 8192}}, "metadata", "TOO_LONG"),
        ({"metadata": {str(n): n for n in range(51)}}, "metadata", "TOO_LONG"),
        ({"metadata": {"a": 2**70}}, "metadata", "INVALID_JSON"),
    ],
)
async def test_faulty_input_redeems_nothing(project, given, path, code):
    await a_voucher(project, await a_campaign(project), "SUMMER")
    caller = await a_caller(project)
    before = await everything(project)
    asked = {**a_request("SUMMER", idempotencyKey="order 1"), **given}
    answer = (await ask(caller, REDEEM, input=asked))["redeemVouchers"]
    assert (answer["result"], answer["replayed"], faults(answer)) == (None, False, [(path, code)])
    assert await everything(project) == before


async def test_a_closed_till_says_that_asking_again_is_safe(project, monkeypatch):
    await a_voucher(project, await a_campaign(project), "SUMMER")
    caller = await a_caller(project)
    monkeypatch.setattr(PROCESS, "till", Till(clock=lambda: NOW))
    code, message = await refusal(caller, REDEEM, input=a_request("SUMMER", idempotencyKey="1"))
    assert code == "SERVICE_UNAVAILABLE"
    assert message == (
        "Nothing can be redeemed at the moment. Ask again with the same idempotency key: it is never done twice."
    )

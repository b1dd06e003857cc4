"""validateVouchers: the engine's full answer, with every reason; nothing is consumed, nothing is written."""

from datetime import UTC, datetime

import pytest

from app import ids
from app.engine.money import Money
from app.engine.rules.minimum_spend import MinimumSpend
from app.projects.values import KeyKind
from tests.graphql_schema.asking import a_caller, a_shopper, ask
from tests.graphql_schema.shop import (
    VALIDATE,
    a_cart,
    a_request,
    everything,
    faults,
    money,
    reasons_of,
    shown,
    validate,
)
from tests.redemptions.shop import a_campaign, a_customer, a_voucher, offer, put


async def test_a_code_is_granted_with_its_discount_on_each_line(project):
    await a_voucher(project, await a_campaign(project), "SUMMER")
    cart = {
        "currency": "EUR",
        "lines": [{"unitPrice": "30", "quantity": 2, "sku": "SHIRT"}, {"unitPrice": "40.00"}],
        "shipping": "4.90",
    }
    assert await validate(await a_caller(project), "sum-mer", cart=cart) == {
        "evaluation": {
            "granted": True,
            "discount": money("5.00"),
            "total": money("99.90"),
            "subtotal": {"amount": "100.00"},
            "shipping": {"amount": "4.90"},
            "cart": {
                "lines": [
                    {"amount": {"amount": "60.00"}, "discount": {"amount": "3.00"}},
                    {"amount": {"amount": "40.00"}, "discount": {"amount": "2.00"}},
                ]
            },
            "verdicts": [
                {
                    "code": "sum-mer",
                    "granted": True,
                    "discount": money("5.00"),
                    "voucher": {"code": "SUMMER"},
                    "campaign": {"name": "Summer"},
                    "reasons": [],
                }
            ],
        },
        "userErrors": [],
    }


async def test_a_shopper_below_the_minimum_is_told_how_much_is_missing(project):
    promise = offer(rule=MinimumSpend(Money(5000, "EUR")))
    await a_voucher(project, await a_campaign(project, promise=promise), "SUMMER")
    [verdict] = (await validate(await a_caller(project), "SUMMER", cart=a_cart("42.50")))["evaluation"][
        "verdicts"
    ]
    assert verdict["granted"] is False
    assert verdict["reasons"] == [
        {
            "code": "MINIMUM_SPEND_NOT_REACHED",
            "message": "The cart comes to 42.50 EUR; this offer starts at 50.00 EUR.",
            "subject": "cart.subtotal",
            "remedy": "Add 7.50 EUR more.",
            "expected": {"text": "50.00 EUR", "count": None},
            "actual": {"text": "42.50 EUR", "count": None},
            "missing": {"text": "7.50 EUR", "money": {"amount": "7.50"}},
        }
    ]


async def test_one_bad_code_among_two_spoils_the_whole_and_both_are_explained(project):
    await a_voucher(project, await a_campaign(project), "SUMMER")
    evaluation = (await validate(await a_caller(project), "SUMMER", "NOSUCH"))["evaluation"]
    assert (evaluation["granted"], evaluation["discount"]) == (False, money("0.00"))
    assert evaluation["total"] == money("100.00")
    good, bad = evaluation["verdicts"]
    assert (good["granted"], good["discount"], good["reasons"]) == (True, money("5.00"), [])
    assert (bad["granted"], bad["voucher"], bad["campaign"]) == (False, None, None)
    assert reasons_of(bad) == ["CODE_NOT_FOUND"]


@pytest.mark.parametrize(
    ("currency", "price", "off", "total"), [("JPY", "1000", "500", "500"), ("KWD", "1.000", "0.500", "0.500")]
)
async def test_each_currency_keeps_its_own_decimals(project, currency, price, off, total):
    await a_voucher(project, await a_campaign(project, promise=offer(500, currency=currency)), "SUMMER")
    cart = a_cart(price, currency=currency)
    evaluation = (await validate(await a_caller(project), "SUMMER", cart=cart))["evaluation"]
    assert evaluation["discount"] == money(off, currency)
    assert evaluation["total"] == money(total, currency)
    assert evaluation["subtotal"] == {"amount": price}


async def test_an_offer_in_another_currency_says_so(project):
    await a_voucher(project, await a_campaign(project), "SUMMER")
    cart = a_cart("100", currency="PLN")
    [verdict] = (await validate(await a_caller(project), "SUMMER", cart=cart))["evaluation"]["verdicts"]
    assert reasons_of(verdict) == ["CURRENCY_MISMATCH"]
    assert verdict["discount"] == money("0.00", "PLN")


async def test_all_reasons_are_told_and_not_the_first_alone(project):
    main = await a_campaign(project, "2026", is_main=True, state="PAUSED")
    campaign = await a_campaign(project, "Summer", main_id=main, promise=offer(per_customer=1))
    await a_voucher(project, campaign, "SUMMER", enabled=False)
    await put(project, campaign, "ENDED")
    [verdict] = (await validate(await a_caller(project), "SUMMER"))["evaluation"]["verdicts"]
    assert reasons_of(verdict) == [
        *["VOUCHER_DISABLED", "CAMPAIGN_ENDED", "CAMPAIGN_PAUSED", "CUSTOMER_REQUIRED"],
    ]
    assert (verdict["voucher"], verdict["campaign"]) == ({"code": "SUMMER"}, {"name": "Summer"})


async def test_a_code_that_starts_at_the_end_of_time_is_refused_and_not_failed_on(project):
    forever = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
    await a_voucher(project, await a_campaign(project), "NEVER", starts_at=forever)
    [verdict] = (await validate(await a_caller(project), "NEVER"))["evaluation"]["verdicts"]
    assert [reason["remedy"] for reason in verdict["reasons"]] == [
        "Valid from Friday 31 December 9999 23:59:59 UTC."
    ]


async def test_validating_consumes_and_writes_nothing(project):
    promise = offer(per_voucher=1, per_customer=1, per_campaign=1)
    await a_voucher(project, await a_campaign(project, promise=promise), "SUMMER")
    caller = await a_caller(project)
    before = await everything(project)
    for _ in range(2):
        answer = await validate(
            caller, "SUMMER", customer={"upsert": {"sourceId": "new", "email": "new@example.com"}}
        )
        assert answer["evaluation"]["granted"] is True
    assert await everything(project) == before


@pytest.mark.parametrize("by", ["id", "sourceId"])
async def test_who_is_buying_is_named_by_id_or_source_id(project, by):
    ada = await a_customer(project)
    await a_voucher(project, await a_campaign(project), "MINE", holder_id=ada)
    caller = await a_caller(project)
    customer = {"id": shown(ids.CUSTOMER, ada)} if by == "id" else {"sourceId": "ada"}
    assert (await validate(caller, "MINE", customer=customer))["evaluation"]["granted"] is True
    stranger = await validate(caller, "MINE", customer={"sourceId": "bob"})
    assert reasons_of(stranger["evaluation"]["verdicts"][0]) == ["HELD_BY_ANOTHER_CUSTOMER"]
    nobody = await validate(caller, "MINE")
    assert reasons_of(nobody["evaluation"]["verdicts"][0]) == ["CUSTOMER_REQUIRED"]


async def test_a_customer_token_says_who_is_buying(project):
    ada = await a_customer(project)
    await a_voucher(project, await a_campaign(project), "MINE", holder_id=ada)
    shopper = await a_shopper(project, ada)
    assert (await validate(shopper, "MINE"))["evaluation"]["granted"] is True
    own = {"id": shown(ids.CUSTOMER, ada)}
    assert (await validate(shopper, "MINE", customer=own))["evaluation"]["granted"] is True
    for other in ({"sourceId": "bob"}, {"sourceId": "ada"}, {"upsert": {"sourceId": "ada"}}):
        answer = await validate(shopper, "MINE", customer=other)
        assert answer["evaluation"] is None
        assert faults(answer) == [("customer", "CUSTOMER_COMES_FROM_TOKEN")]


async def test_a_storefront_alone_speaks_for_nobody(project):
    await a_customer(project)
    storefront = await a_caller(project, KeyKind.STOREFRONT)
    for customer in ({"sourceId": "ada"}, {"sourceId": "nobody"}):
        answer = await validate(storefront, "SUMMER", customer=customer)
        assert faults(answer) == [("customer", "CUSTOMER_TOKEN_REQUIRED")]


async def test_a_code_of_another_project_is_no_code(project, another_project):
    await a_voucher(another_project, await a_campaign(another_project), "THEIRS")
    [verdict] = (await validate(await a_caller(project), "THEIRS"))["evaluation"]["verdicts"]
    assert reasons_of(verdict) == ["CODE_NOT_FOUND"]
    assert (verdict["voucher"], verdict["campaign"]) == (None, None)


async def test_faulty_input_is_no_evaluation(project):
    given = {**a_request(promotions=False), "cart": a_cart("1.001")}
    answer = (await ask(await a_caller(project), VALIDATE, input=given))["validateVouchers"]
    assert answer["evaluation"] is None
    assert faults(answer) == [("codes", "NO_CODES"), ("cart.lines.0.unitPrice", "INVALID_MONEY")]

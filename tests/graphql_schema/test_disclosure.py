"""What a refusal tells: a browser must not learn which codes exist, their holder learns everything of its own."""

import pytest

from app import ids
from app.engine.budget import Budget
from app.engine.counter import Measure, Scope
from app.engine.money import Money
from app.engine.period import Period
from app.engine.rules.minimum_spend import MinimumSpend
from app.projects.values import KeyKind
from tests.graphql_schema.asking import a_caller, a_shopper, ask, execute, refusal
from tests.graphql_schema.secret_codes import SECRETS, a_shop_of_secrets, retyped
from tests.graphql_schema.shop import VALIDATE, a_request, money, reasons_of, redeem, shown, validate
from tests.redemptions.shop import a_campaign, a_voucher, offer

pytestmark = pytest.mark.usefixtures("till")

# What a customer with a token may know of a code that nobody else holds.
TOLD_TO_ADA = {
    "DISABLED": ["VOUCHER_DISABLED"],
    "EXPIRED": ["EXPIRED"],
    "SOON": ["NOT_STARTED"],
    "USED": ["VOUCHER_LIMIT_REACHED"],
    "CAMPAIGN-USED": ["CAMPAIGN_LIMIT_REACHED"],
    "MAIN-USED": ["MAIN_CAMPAIGN_LIMIT_REACHED"],
    "BUDGET-SPENT": ["CAMPAIGN_BUDGET_EXCEEDED"],
    "EMPTY": ["BALANCE_EMPTY"],
    "PAUSED": ["CAMPAIGN_PAUSED"],
    "ENDED": ["CAMPAIGN_ENDED"],
    "ADAS": [],
    "USED-AND-BELOW": ["VOUCHER_LIMIT_REACHED", "MINIMUM_SPEND_NOT_REACHED"],
    "STOPPED-AND-BELOW": ["VOUCHER_DISABLED", "MINIMUM_SPEND_NOT_REACHED"],
    "ADAS-AND-BELOW": ["MINIMUM_SPEND_NOT_REACHED"],
    "USED-BY-CUSTOMERS": ["VOUCHER_LIMIT_REACHED"],
}
NOT_USABLE = {
    "code": "CODE_NOT_USABLE",
    "message": "This code cannot be used.",
    "subject": None,
    "remedy": None,
    "expected": None,
    "actual": None,
    "missing": None,
}


@pytest.fixture
async def ada(project, another_project):
    """A customer of a shop that has all the SECRETS, and the code OPEN that everybody may use."""
    return await a_shop_of_secrets(project, another_project)


async def test_a_server_and_a_merchant_are_told_everything(project, ada):
    for kind in (KeyKind.SERVER, KeyKind.MERCHANT):
        caller = await a_caller(project, kind)
        told = {}
        for code in SECRETS:
            [verdict] = (await validate(caller, code))["evaluation"]["verdicts"]
            told[code] = reasons_of(verdict)
            assert (verdict["voucher"] is None) == (code in ("UNKNOWN", "FOREIGN"))
        assert told == SECRETS


async def test_a_storefront_gets_one_and_the_same_answer_for_every_code_it_must_not_know_of(project, ada):
    storefront = await a_caller(project, KeyKind.STOREFRONT)
    unknown = await validate(storefront, "UNKNOWN")
    assert unknown["evaluation"]["verdicts"] == [
        {
            "code": "UNKNOWN",
            "granted": False,
            "discount": money("0.00"),
            "voucher": None,
            "campaign": None,
            "reasons": [NOT_USABLE],
        }
    ]
    for code in SECRETS:
        assert retyped(await validate(storefront, code), {code: "UNKNOWN"}) == unknown


async def test_naming_a_code_twice_or_beside_others_tells_no_more(project, ada):
    storefront = await a_caller(project, KeyKind.STOREFRONT)
    spelled = await validate(storefront, "UN-KNOWN", "UNKNOWN", "OPEN", "UNKNOWN", "OPEN")
    verdicts = spelled["evaluation"]["verdicts"]
    assert [reasons_of(verdict) for verdict in verdicts] == [
        ["CODE_NOT_USABLE"],
        ["CODE_NOT_USABLE"],
        [],
        ["CODE_NOT_USABLE"],
        ["DUPLICATE_CODE"],
    ]
    assert [verdict["voucher"] for verdict in verdicts] == [
        None,
        None,
        {"code": "OPEN"},
        None,
        {"code": "OPEN"},
    ]
    for code in SECRETS:
        other = f"{code[:2]}-{code[2:]}"
        answer = await validate(storefront, other, code, "OPEN", code, "OPEN")
        assert retyped(answer, {other: "UN-KNOWN", code: "UNKNOWN"}) == spelled


async def test_a_storefront_is_told_how_to_use_a_code_that_is_open_to_it(project, ada):
    campaign = await a_campaign(project, "Low", promise=offer(rule=MinimumSpend(Money(10500, "EUR"))))
    await a_voucher(project, campaign, "LOW")
    storefront = await a_caller(project, KeyKind.STOREFRONT)
    [granted] = (await validate(storefront, "OPEN"))["evaluation"]["verdicts"]
    assert (granted["granted"], granted["voucher"]) == (True, {"code": "OPEN"})
    [low] = (await validate(storefront, "LOW"))["evaluation"]["verdicts"]
    assert [reason["remedy"] for reason in low["reasons"]] == ["Add 5.00 EUR more."]


async def test_a_holder_is_told_the_reasons_of_its_codes_and_nothing_of_others(project, ada):
    shopper = await a_shopper(project, ada)
    unknown = await validate(shopper, "UNKNOWN")
    for code in SECRETS:
        answer = await validate(shopper, code)
        if code in TOLD_TO_ADA:
            assert reasons_of(answer["evaluation"]["verdicts"][0]) == TOLD_TO_ADA[code], code
            assert answer["evaluation"]["verdicts"][0]["voucher"] == {"code": code}
        else:
            assert retyped(answer, {code: "UNKNOWN"}) == unknown
    assert set(SECRETS) - set(TOLD_TO_ADA) == {"UNKNOWN", "FOREIGN", "BOBS", "DRAFT"}


async def test_a_refused_redemption_tells_no_more_and_keeps_all_reasons_for_the_server(project, ada):
    shopper, server = await a_shopper(project, ada), await a_caller(project)
    answers = {}
    for code in ("UNKNOWN", "FOREIGN", "BOBS", "DRAFT"):
        first = await redeem(shopper, code, code, key=f"try {code}")
        again = await redeem(shopper, code, code, key=f"try {code}")
        assert again == {**first, "replayed": True}
        answers[code] = first["result"].pop("id")
        assert retyped(first, {code: "UNKNOWN"}) == {
            "replayed": False,
            "result": {
                "__typename": "RejectedRedemption",
                "reasons": [{"code": "CODE_NOT_USABLE"}] * 2,
                "codes": [{"code": "UNKNOWN", "reasons": [NOT_USABLE]}] * 2,
            },
            "userErrors": [],
        }
    document = """query ($id: ID!) { rejectedRedemption(id: $id) {
      reasons { code } codes { voucher { code } campaign { name } }
    } }"""
    kept = (await ask(server, document, id=answers["BOBS"]))["rejectedRedemption"]
    assert kept == {
        "reasons": [{"code": "HELD_BY_ANOTHER_CUSTOMER"}, {"code": "DUPLICATE_CODE"}],
        "codes": [{"voucher": {"code": "BOBS"}, "campaign": {"name": "Plain"}}] * 2,
    }


async def test_who_holds_a_code_is_for_the_company_and_the_holder(project, ada):
    document = VALIDATE.replace("voucher { code }", "voucher { holder { id sourceId } }")
    holder = {"id": shown(ids.CUSTOMER, ada), "sourceId": "ada"}
    for caller in (await a_caller(project), await a_shopper(project, ada)):
        answer = await ask(caller, document, input=a_request("ADAS"))
        assert answer["validateVouchers"]["evaluation"]["verdicts"][0]["voucher"] == {"holder": holder}
    merchant = await a_caller(project, KeyKind.MERCHANT)
    result = await execute(merchant, document, {"input": a_request("ADAS")})
    assert [error.extensions["code"] for error in result.errors] == ["FORBIDDEN"]
    assert result.data["validateVouchers"]["evaluation"]["verdicts"][0]["voucher"] == {"holder": None}


async def test_a_storefront_alone_cannot_look_a_refusal_up(project, ada):
    server = await a_caller(project)
    id_ = (await redeem(server, "UNKNOWN", key="1"))["result"]["id"]
    document = "query ($id: ID!) { rejectedRedemption(id: $id) { id } }"
    for caller in (await a_caller(project, KeyKind.STOREFRONT), await a_shopper(project, ada)):
        assert (await refusal(caller, document, id=id_))[0] == "FORBIDDEN"


@pytest.mark.parametrize(
    ("scope", "code", "message"),
    [
        (
            Scope.CAMPAIGN,
            "CAMPAIGN_BUDGET_EXCEEDED",
            "The daily discount budget of the campaign does not cover this.",
        ),
        (
            Scope.VOUCHER,
            "VOUCHER_BUDGET_EXCEEDED",
            "The daily discount budget of this code does not cover this.",
        ),
    ],
)
async def test_the_figures_of_the_companys_budgets_are_for_the_company(project, ada, scope, code, message):
    daily = Budget(Measure.DISCOUNT, scope, Period.DAY, 499, "EUR")
    campaign = await a_campaign(project, "Budgeted", budgets=(daily,))
    await a_voucher(project, campaign, "SPENT")
    figures = ("expected", "actual", "missing")
    server, shopper = await a_caller(project), await a_shopper(project, ada)

    async def reason(caller) -> dict[str, object]:
        [verdict] = (await validate(caller, "SPENT"))["evaluation"]["verdicts"]
        [only] = verdict["reasons"]
        return only

    told = await reason(server)
    assert (told["code"], told["message"]) == (code, message)
    assert [told[name]["text"] for name in figures] == ["4.99 EUR", "5.00 EUR", "0.01 EUR"]
    assert await reason(shopper) == {**told, **dict.fromkeys(figures)}
    assert await reason(await a_caller(project, KeyKind.STOREFRONT)) == NOT_USABLE
    refused = (await redeem(shopper, "SPENT", key="1"))["result"]
    assert [refused["codes"][0]["reasons"][0][name] for name in figures] == [None] * 3

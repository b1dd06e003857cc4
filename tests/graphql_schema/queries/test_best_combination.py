"""bestCombination and the wallet's: what goes best together, and what the rest would have cost."""

from decimal import Decimal

import pytest

from app.campaigns.values import CampaignKind
from app.engine.offer import Offer
from app.engine.rewards.percent_off import PercentOff
from app.projects.values import KeyKind
from tests.conftest import NOW
from tests.graphql_schema.asking import a_caller, a_shopper, ask, execute, refusal
from tests.graphql_schema.shop import a_cart, money, reasons_of, redeem
from tests.redemptions.shop import a_campaign, a_customer, a_voucher, offer

FIELDS = """{
  codes isExact
  evaluation { granted discount { amount currency } total { amount } verdicts { code automatic discount { amount } } }
  leftOut { code refused reasons { code } loss { amount currency } voucher { code } }
  alternatives { codes discount { amount currency } loss { amount } }
}"""
BEST = (
    """query ($cart: CartInput!, $customer: CustomerRef, $codes: [CodeInput!], $occasion: OccasionInput) {
  bestCombination(cart: $cart, customer: $customer, codes: $codes, occasion: $occasion) """
    + FIELDS
    + " }"
)
OF_WALLET = "query ($cart: CartInput) { wallet(cart: $cart) { bestCombination " + FIELDS + " } }"
CART = a_cart("60", "40")
ADA = {"sourceId": "ada"}


async def best(caller, *codes: str, **more):
    given = {"codes": [{"code": code} for code in codes]} if codes else {}
    return (await ask(caller, BEST, **{"cart": CART, **given, **more}))["bestCombination"]


@pytest.fixture
async def shop(project):
    """Generic codes for 5 euro and a tenth, a promotion of 2 euro, and a voucher of Ada's for 8 euro."""
    await a_voucher(project, await a_campaign(project, "Five"), "FIVE")
    tenth = Offer(1, None, PercentOff(Decimal(10)))
    await a_voucher(project, await a_campaign(project, "Tenth", promise=tenth), "TENTH")
    await a_campaign(project, "Sale", promise=offer(200), kind=CampaignKind.CART_PROMOTION)
    ada = await a_customer(project)
    own = await a_campaign(project, "Own", promise=offer(800))
    await a_voucher(project, own, "ADAS", holder_id=ada, published_at=NOW)
    return ada


async def test_the_codes_of_the_answer_are_redeemed_for_what_it_says(project, shop, till):
    caller = await a_caller(project)
    answer = await best(caller, "five", "tenth")
    assert answer == {
        "codes": ["tenth", "five"],
        "isExact": True,
        "evaluation": {
            "granted": True,
            "discount": money("17.00"),
            "total": {"amount": "83.00"},
            "verdicts": [
                {"code": "tenth", "automatic": False, "discount": {"amount": "10.00"}},
                {"code": "five", "automatic": False, "discount": {"amount": "5.00"}},
                {"code": "Sale", "automatic": True, "discount": {"amount": "2.00"}},
            ],
        },
        "leftOut": [],
        "alternatives": [],
    }
    result = (await redeem(caller, *answer["codes"], cart=CART))["result"]
    assert (result["discount"], result["total"]["amount"]) == (money("17.00"), "83.00")


async def test_what_is_left_out_is_told_with_its_price(project, shop, till):
    caller = await a_caller(project)
    once = offer(1200, per_campaign=1)
    campaign = await a_campaign(project, "Once", promise=once)
    for code in ("ONE", "TWO"):
        await a_voucher(project, campaign, code)
    answer = await best(caller, "ONE", "TWO", "FIVE", "NOBODYS")
    assert answer["codes"] == ["ONE", "FIVE"]
    assert [(one["code"], one["refused"], reasons_of(one), one["loss"]) for one in answer["leftOut"]] == [
        ("TWO", False, ["CAMPAIGN_LIMIT_REACHED"], money("0.00")),
        ("NOBODYS", True, ["CODE_NOT_FOUND"], None),
    ]
    assert answer["alternatives"] == [
        {"codes": ["TWO", "FIVE"], "discount": money("19.00"), "loss": {"amount": "0.00"}}
    ]


async def test_without_codes_it_is_the_wallet_that_is_combined(project, shop):
    server, shopper = await a_caller(project), await a_shopper(project, shop)
    of_ada = await best(server, customer=ADA)
    assert (of_ada["codes"], of_ada["evaluation"]["discount"]) == (["ADAS"], money("10.00"))
    assert await best(shopper) == of_ada
    assert (await ask(shopper, OF_WALLET, cart=CART))["wallet"] == {"bestCombination": of_ada}
    assert (await ask(shopper, OF_WALLET))["wallet"] == {"bestCombination": None}
    nobody = await best(await a_caller(project, KeyKind.STOREFRONT))
    assert (nobody["codes"], nobody["evaluation"]["discount"]) == ([], money("2.00"))


async def test_vouchers_that_cannot_be_used_at_all_are_left_out_of_a_wallets_answer(project, shop):
    campaign = await a_campaign(project, "Over", state="ENDED")
    await a_voucher(project, campaign, "OVER", holder_id=shop, published_at=NOW)
    server = await a_caller(project)
    assert (await best(server, customer=ADA))["leftOut"] == []
    [left] = (await best(server, "OVER", "FIVE", customer=ADA))["leftOut"]
    assert (left["code"], left["voucher"], reasons_of(left)) == ("OVER", {"code": "OVER"}, ["CAMPAIGN_ENDED"])


async def test_a_guesser_learns_nothing_of_codes_that_are_not_theirs(project, shop):
    used_up = await a_campaign(project, "Used up", promise=offer(per_campaign=1), max_redemptions=1)
    await a_voucher(project, used_up, "STOPPED", enabled=False)
    anonymous = await a_caller(project, KeyKind.STOREFRONT)
    answer = await best(anonymous, "FIVE", "ADAS", "STOPPED", "NOBODYS")
    assert answer["codes"] == ["FIVE"]
    told = [{key: value for key, value in one.items() if key != "code"} for one in answer["leftOut"]]
    nothing = {"refused": True, "reasons": [{"code": "CODE_NOT_USABLE"}], "loss": None, "voucher": None}
    assert told == [nothing] * 3


async def test_only_who_sees_everything_names_a_customer(project, shop):
    for caller in (
        await a_caller(project, KeyKind.STOREFRONT),
        await a_caller(project, KeyKind.MERCHANT, redemption_point="Corner"),
    ):
        assert (await refusal(caller, BEST, cart=CART, customer=ADA))[0] == "FORBIDDEN"


async def test_a_faulty_question_is_refused_with_its_place(project):
    caller = await a_caller(project)
    many = [{"code": f"C{n}"} for n in range(31)]
    for more, argument in (
        ({"codes": many}, ["codes"]),
        ({"codes": []}, ["codes"]),
        ({"codes": [{"code": "A", "points": 0}]}, ["codes", "0", "points"]),
        ({"cart": a_cart("1.001")}, ["cart", "lines", "0", "unitPrice"]),
    ):
        result = await execute(caller, BEST, {"cart": CART, **more})
        [error] = result.errors
        assert (error.extensions["code"], error.extensions["argument"]) == ("BAD_USER_INPUT", argument)

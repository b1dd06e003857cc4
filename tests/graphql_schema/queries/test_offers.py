"""offers: what a shopper could use for a cart, best first, as far as the caller may know of it."""

from datetime import timedelta

import pytest

from app import ids
from app.campaigns.values import CampaignKind
from app.engine.budget import Budget
from app.engine.counter import Measure, Scope
from app.engine.money import Money
from app.engine.period import Period
from app.engine.rules.channel import Channel
from app.engine.rules.minimum_spend import MinimumSpend
from app.projects.values import KeyKind
from tests.conftest import NOW
from tests.graphql_schema.asking import a_caller, a_shopper, ask, execute, refusal
from tests.graphql_schema.shop import a_cart, money, shown
from tests.redemptions.shop import a_campaign, a_customer, a_voucher, offer

OFFERS = """query ($cart: CartInput!, $customer: CustomerRef, $occasion: OccasionInput, $first: Int! = 20,
                   $allStates: Boolean! = false, $includeUnlisted: Boolean! = false) {
  offers(cart: $cart, customer: $customer, occasion: $occasion, first: $first, allStates: $allStates,
         includeUnlisted: $includeUnlisted) {
    state worth { amount currency } missing { amount currency } code expiresAt
    reasons { code remedy missing { text } } campaign { name isListed } voucher { code }
  }
}"""
CART = a_cart("60", "40")
ADA = {"sourceId": "ada"}


async def offers(caller, **more):
    return (await ask(caller, OFFERS, **{"cart": CART, **more}))["offers"]


def codes(found) -> list[str | None]:
    return [fit["code"] for fit in found]


@pytest.fixture
async def shop(project):
    """A listed code, a cart promotion that almost applies, one of Ada's vouchers, and a code nobody is told of."""
    from_105 = MinimumSpend(Money(10_500, "EUR"))
    listed = await a_campaign(project, "Listed", is_listed=True, ends_at=NOW + timedelta(days=9))
    await a_voucher(project, listed, "SUMMER")
    kind = CampaignKind.CART_PROMOTION
    await a_campaign(project, "Ten off", promise=offer(1000, from_105), kind=kind)
    ada = await a_customer(project)
    own = await a_campaign(project, "Own", promise=offer(800))
    await a_voucher(project, own, "ADAS", holder_id=ada, published_at=NOW)
    await a_voucher(project, await a_campaign(project, "Secret", promise=offer(200)), "SECRET")
    return ada


async def test_a_shopper_is_told_what_applies_and_what_almost_does(project, shop):
    found = await offers(await a_shopper(project, shop))
    own, listed, promotion = found
    assert (own["code"], own["worth"], own["voucher"]) == ("ADAS", money("8.00"), {"code": "ADAS"})
    assert listed == {
        "state": "USABLE",
        "worth": money("5.00"),
        "missing": None,
        "code": "SUMMER",
        "expiresAt": "2026-06-10T12:00:00Z",
        "reasons": [],
        "campaign": {"name": "Listed", "isListed": True},
        "voucher": {"code": "SUMMER"},
    }
    reasons = promotion.pop("reasons")
    assert promotion == {
        "state": "ALMOST",
        "worth": money("0.00"),
        "missing": money("5.00"),
        "code": None,
        "expiresAt": None,
        "campaign": {"name": "Ten off", "isListed": False},
        "voucher": None,
    }
    assert [(reason["code"], reason["missing"]["text"]) for reason in reasons] == [
        ("MINIMUM_SPEND_NOT_REACHED", "5.00 EUR")
    ]


async def test_who_is_asking_decides_what_they_are_told_of(project, shop):
    anonymous, server = await a_caller(project, KeyKind.STOREFRONT), await a_caller(project)
    merchant = await a_caller(project, KeyKind.MERCHANT, redemption_point="Corner")
    for caller in (anonymous, merchant, server):
        assert codes(await offers(caller)) == ["SUMMER", None]
    assert codes(await offers(server, customer=ADA)) == ["ADAS", "SUMMER", None]
    assert codes(await offers(server, customer={"sourceId": "eve"})) == ["SUMMER", None]
    assert codes(await offers(server, includeUnlisted=True)) == ["SUMMER", "SECRET", None]
    for caller in (anonymous, merchant):
        for more in ({"customer": ADA}, {"includeUnlisted": True}):
            assert (await refusal(caller, OFFERS, cart=CART, **more))[0] == "FORBIDDEN"


async def test_a_shopper_may_name_themselves_and_nobody_else(project, shop):
    shopper = await a_shopper(project, shop)
    own = {"id": shown(ids.CUSTOMER, shop)}
    assert codes(await offers(shopper, customer=own)) == ["ADAS", "SUMMER", None]
    assert (await refusal(shopper, OFFERS, cart=CART, customer={"sourceId": "bob"}))[0] == "FORBIDDEN"


async def test_no_more_are_told_than_were_asked_for(project, shop):
    caller = await a_caller(project)
    found = await offers(caller, customer=ADA, first=1)
    assert codes(found) == ["ADAS"]
    for first in (0, 51):
        assert await refusal(caller, OFFERS, cart=CART, first=first) == (
            "BAD_USER_INPUT",
            "Ask for 1 to 50 offers.",
        )


async def test_what_does_not_apply_is_told_when_it_is_asked_for(project, shop):
    over = await a_campaign(project, "Over", is_listed=True, starts_at=NOW + timedelta(days=1))
    await a_voucher(project, over, "SOON")
    caller = await a_caller(project)
    assert codes(await offers(caller)) == ["SUMMER", None]
    found = await offers(caller, allStates=True)
    assert [(fit["code"], fit["state"]) for fit in found] == [
        ("SUMMER", "USABLE"),
        (None, "ALMOST"),
        ("SOON", "NOT_YET"),
    ]


async def test_the_occasion_is_what_rules_ask_for(project):
    web = await a_campaign(project, "Web", promise=offer(500, Channel(("web",))), is_listed=True)
    await a_voucher(project, web, "WEB")
    caller = await a_caller(project)
    [almost] = await offers(caller)
    assert (almost["state"], almost["missing"]) == ("ALMOST", None)
    [fits] = await offers(caller, occasion={"channel": "web"})
    assert (fits["state"], fits["worth"]) == ("USABLE", money("5.00"))


async def test_the_companys_figures_stay_with_the_company(project):
    budgets = (Budget(Measure.DISCOUNT, Scope.CAMPAIGN, Period.EVER, 300, "EUR"),)
    campaign = await a_campaign(project, "Budget", is_listed=True, budgets=budgets)
    await a_voucher(project, campaign, "MUCH")
    for kind, told in ((KeyKind.SERVER, {"text": "2.00 EUR"}), (KeyKind.STOREFRONT, None)):
        found = await offers(await a_caller(project, kind), allStates=True)
        [reason] = found[0]["reasons"]
        assert (reason["code"], reason["missing"]) == ("CAMPAIGN_BUDGET_EXCEEDED", told)


async def test_a_faulty_question_is_refused_with_its_place(project):
    caller = await a_caller(project)
    for more, argument in (
        ({"cart": a_cart("1.001")}, ["cart", "lines", "0", "unitPrice"]),
        ({"occasion": {"channel": ""}}, ["occasion", "channel"]),
        ({"customer": {"id": "ada"}}, ["customer", "id"]),
    ):
        result = await execute(caller, OFFERS, {"cart": CART, **more})
        [error] = result.errors
        assert (error.extensions["code"], error.extensions["argument"]) == ("BAD_USER_INPUT", argument)

"""What else a wallet tells: sums of balances, what is over soon, and all of it in a constant number of statements."""

from datetime import timedelta

import pytest

from app.engine.offer import Offer
from app.engine.rewards.gift_balance import GiftBalance
from app.engine.rules.channel import Channel
from tests.conftest import NOW
from tests.graphql_schema.asking import a_caller, a_shopper, ask, refusal
from tests.graphql_schema.shop import a_cart, money
from tests.redemptions.shop import a_campaign, a_customer, a_voucher, offer
from tests.wallets.balances import added

WALLET = """query ($cart: CartInput, $occasion: OccasionInput, $within: Duration! = "P7D", $first: Int) {
  wallet(customer: {sourceId: "ada"}, cart: $cart, occasion: $occasion) {
    balances { available { money { amount currency } points } expiring { points } expiresAt }
    expiringSoon(within: $within) { state expiresAt worth { amount } voucher { code } }
    bestCombination { codes evaluation { discount { amount } } }
    vouchers(first: $first) { nodes {
      state worth { amount } expiresAt reasons { code } balance { available { points } }
      voucher { code campaign { name } }
    } }
  }
}"""
CART = a_cart("60", "40")
DAY = timedelta(days=1)
# The customer; sums of balances: which, and how much; what is over soon; the best combination: candidates, offers,
# facts; a page of holdings; for both lists offers, facts, holds and vouchers; campaigns; balances. What both lists ask
# for is asked once where it comes together, so it may be as few as 14.
WALLET_COSTS_AT_MOST = 20


async def wallet(caller, **more):
    return (await ask(caller, WALLET, **more))["wallet"]


async def held(project, ada, campaign, code, **more):
    return await a_voucher(project, campaign, code, holder_id=ada, published_at=NOW, **more)


async def test_balances_are_summed_by_currency_and_in_points(project):
    ada = await a_customer(project)
    gifts = await a_campaign(project, "Gifts", promise=Offer(1, None, GiftBalance()))
    for code, amount, unit, ends in (
        ("G1", 5000, "EUR", None),
        ("G2", 250, "EUR", None),
        ("C1", 300, "points", NOW + DAY),
    ):
        await added(project, await held(project, ada, gifts, code), amount, ends, unit)
    assert (await wallet(await a_caller(project)))["balances"] == [
        {"available": {"money": money("52.50"), "points": None}, "expiring": None, "expiresAt": None},
        {
            "available": {"money": None, "points": 300},
            "expiring": {"points": 300},
            "expiresAt": "2026-06-02T12:00:00Z",
        },
    ]


async def test_what_is_over_soon_and_good_for_something_is_told(project):
    ada = await a_customer(project)
    campaign = await a_campaign(project)
    await held(project, ada, campaign, "LATER", expires_at=NOW + 8 * DAY)
    await held(project, ada, campaign, "SOON", expires_at=NOW + 2 * DAY)
    await held(project, ada, campaign, "SOONER", expires_at=NOW + DAY)
    gifts = await a_campaign(project, "Gifts", promise=Offer(1, None, GiftBalance()))
    await held(project, ada, gifts, "EMPTY", expires_at=NOW + DAY)
    caller = await a_caller(project)
    soon = (await wallet(caller, cart=CART))["expiringSoon"]
    assert [(one["voucher"]["code"], one["state"], one["worth"]["amount"]) for one in soon] == [
        ("SOONER", "USABLE", "5.00"),
        ("SOON", "USABLE", "5.00"),
    ]
    assert soon[0]["expiresAt"] == "2026-06-02T12:00:00Z"
    later = (await wallet(caller, within="P8D"))["expiringSoon"]
    assert [(one["voucher"]["code"], one["worth"]) for one in later][2:] == [("LATER", None)]


@pytest.mark.parametrize("within", ["PT0S", "P367D"])
async def test_soon_is_within_a_year(project, within):
    await a_customer(project)
    answer = await refusal(await a_caller(project), WALLET, within=within)
    assert answer == ("BAD_USER_INPUT", "Soon is more than nothing and up to 366 days.")


async def test_twenty_at_most_are_over_soon(project):
    ada, campaign = await a_customer(project), await a_campaign(project, ends_at=NOW + DAY)
    for number in range(22):
        await held(project, ada, campaign, f"C{number}")
    assert len((await wallet(await a_caller(project)))["expiringSoon"]) == 20


async def test_a_wallet_is_judged_for_its_occasion(project):
    ada = await a_customer(project)
    await held(project, ada, await a_campaign(project, promise=offer(500, Channel(("web",)))), "WEB")
    shopper = await a_shopper(project, ada)
    document = WALLET.replace('customer: {sourceId: "ada"}, ', "")
    for occasion, state, worth in ((None, "ALMOST", "0.00"), ({"channel": "web"}, "USABLE", "5.00")):
        told = (await ask(shopper, document, cart=CART, occasion=occasion))["wallet"]
        [node] = told["vouchers"]["nodes"]
        assert (node["state"], node["worth"]["amount"]) == (state, worth)
        assert told["bestCombination"]["codes"] == (["WEB"] if occasion else [])


async def test_all_of_a_wallet_takes_no_more_statements_for_sixty_vouchers_than_for_five(project, statements):
    ada = await a_customer(project)
    gifts = await a_campaign(project, "Gifts", promise=Offer(1, None, GiftBalance()))
    caller, taken = await a_caller(project), []
    for number in range(60):
        campaign = await a_campaign(project, f"C{number}", promise=offer(100 + number, per_customer=2))
        await held(project, ada, campaign, f"V{number}", expires_at=NOW + DAY)
        if number % 10 == 3:
            await added(project, await held(project, ada, gifts, f"G{number}"), 500)
        if number in (4, 59):
            await wallet(caller, cart=CART, first=100)  # opens the connections that it takes
            with statements.counted() as sent:
                told = await wallet(caller, cart=CART, first=100)
            taken.append(len(sent))
            assert len(told["vouchers"]["nodes"]) == number + 1 + (number + 7) // 10
    assert max(taken) <= WALLET_COSTS_AT_MOST

"""confirmRedemption: a hold becomes a redemption, once; for another cart it gets what that deserves."""

import pytest

from app import ids
from app.engine.money import Money
from app.engine.rules.minimum_spend import MinimumSpend
from app.ids import new_id
from app.projects.values import KeyKind
from tests.graphql_schema.asking import a_caller, a_shopper, ask
from tests.graphql_schema.holds import a_hold, confirm, release
from tests.graphql_schema.shop import a_cart, faults, redeem, shown
from tests.redemptions.holds import a_gift_card, a_points_card
from tests.redemptions.shop import a_campaign, a_customer, a_voucher, offer

pytestmark = pytest.mark.usefixtures("till")


async def test_a_hold_becomes_a_redemption_once(project):
    await a_voucher(project, await a_campaign(project), "SUMMER", max_redemptions=1)
    caller = await a_caller(project)
    held = await a_hold(caller, "SUMMER", metadata={"basket": 7})
    first = await confirm(caller, held, metadata={"order": 9})
    assert (first["replayed"], first["userErrors"]) == (False, [])
    assert first["result"] == {
        "__typename": "Redemption",
        "id": held,
        "state": "REDEEMED",
        "expiresAt": "2026-06-01T12:15:00Z",
        "confirmedAt": "2026-06-01T12:00:00Z",
        "subtotal": {"amount": "100.00"},
        "discount": {"amount": "5.00"},
        "metadata": {"order": 9},
        "channel": "api",
        "vouchers": [{"code": "SUMMER", "discount": {"amount": "5.00"}, "points": None}],
    }
    assert await confirm(caller, held, metadata={"order": 9}) == {**first, "replayed": True}
    assert faults(await confirm(caller, held)) == [("idempotencyKey", "IDEMPOTENCY_KEY_REUSED")]
    assert faults(await confirm(caller, held, key="2")) == [("redemption", "ALREADY_CONFIRMED")]
    assert faults(await release(caller, held)) == [("redemption", "ALREADY_CONFIRMED")]


async def test_balances_pay_as_much_as_was_asked_of_them_and_another_cart_no_more(project):
    await a_gift_card(project, "GIFT", 5000)
    await a_points_card(project, "CARD", 900)
    caller = await a_caller(project)
    codes = [
        {"code": "GIFT", "credits": {"amount": "20.00", "currency": "EUR"}},
        {"code": "CARD", "points": 350},
    ]
    held = await a_hold(caller, codes=codes)
    paid = (await confirm(caller, held, cart=a_cart("21.50")))["result"]
    assert [(code["discount"]["amount"], code["points"]) for code in paid["vouchers"]] == [
        ("20.00", None),
        ("1.00", 100),
    ]
    balances = (
        "{ vouchers { nodes { code balance { available { money { amount } points } held { points } } } } }"
    )
    assert sorted((await ask(caller, balances))["vouchers"]["nodes"], key=lambda one: one["code"]) == [
        {"code": "CARD", "balance": {"available": {"money": None, "points": 800}, "held": {"points": 0}}},
        {
            "code": "GIFT",
            "balance": {
                "available": {"money": {"amount": "30.00"}, "points": None},
                "held": {"points": None},
            },
        },
    ]


async def test_another_cart_that_is_refused_releases_the_hold(project):
    promise = offer(rule=MinimumSpend(Money(5000, "EUR")))
    await a_voucher(project, await a_campaign(project, promise=promise), "SUMMER", max_redemptions=1)
    caller = await a_caller(project)
    held = await a_hold(caller, "SUMMER")
    result = (await confirm(caller, held, cart=a_cart("49.99")))["result"]
    assert (result["__typename"], result["reasons"]) == (
        "RejectedRedemption",
        [{"code": "MINIMUM_SPEND_NOT_REACHED"}],
    )
    assert faults(await confirm(caller, held, key="2")) == [("redemption", "HOLD_RELEASED")]
    assert (await redeem(caller, "SUMMER"))["result"]["__typename"] == "Redemption"


async def test_faults_are_told_with_their_places(project):
    await a_voucher(project, await a_campaign(project), "SUMMER")
    caller = await a_caller(project)
    held = await a_hold(caller, "SUMMER")
    redeemed = (await redeem(caller, "SUMMER"))["result"]["id"]
    unknown = shown(ids.REDEMPTION, new_id())
    for redemption, more, expected in (
        ("vchr_1", {}, [("redemption", "INVALID_ID")]),
        (unknown, {}, [("redemption", "NOT_FOUND")]),
        (redeemed, {}, [("redemption", "NOT_A_HOLD")]),
        (held, {"key": ""}, [("idempotencyKey", "REQUIRED")]),
        (held, {"cart": a_cart("1.234")}, [("cart.lines.0.unitPrice", "INVALID_MONEY")]),
        (held, {"metadata": {"x": "\0"}}, [("metadata", "INVALID_TEXT")]),
        (held, {"cart": a_cart(currency="USD")}, [("cart.currency", "CURRENCY_CHANGED")]),
    ):
        answer = await confirm(caller, redemption, **more)
        assert (answer["result"], faults(answer)) == (None, expected)
    assert (await confirm(caller, held))["result"]["state"] == "REDEEMED"


async def test_whoever_held_it_confirms_it_and_nobody_else(project, another_project):
    await a_voucher(project, await a_campaign(project), "SUMMER")
    ada, bob = await a_customer(project, "ada"), await a_customer(project, "bob")
    shopper = await a_shopper(project, ada)
    held = await a_hold(shopper, "SUMMER")
    strangers = (
        await a_shopper(project, bob),
        await a_caller(project, KeyKind.MERCHANT, redemption_point="till 7"),
        await a_caller(another_project),
    )
    for stranger in strangers:
        assert faults(await confirm(stranger, held)) == [("redemption", "NOT_FOUND")]
        assert faults(await release(stranger, held)) == [("redemption", "NOT_FOUND")]
    assert (await confirm(shopper, held, cart=a_cart("60")))["result"]["state"] == "REDEEMED"

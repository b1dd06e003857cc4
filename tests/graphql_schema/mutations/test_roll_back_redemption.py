"""rollBackRedemption: undone once, as a whole or by lines, by whoever may; and what it took is there again."""

import pytest

from app import ids
from app.engine.money import Money
from app.engine.rules.minimum_spend import MinimumSpend
from app.ids import new_id
from app.projects.values import KeyKind
from tests.graphql_schema.asking import a_caller, a_shopper, ask, refusal
from tests.graphql_schema.shop import a_cart, everything, faults, reasons_of, redeem, shown
from tests.redemptions.shop import (
    a_campaign,
    a_customer,
    a_voucher,
    assert_counters_equal_ledger,
    offer,
    put,
)

pytestmark = pytest.mark.usefixtures("till")

ROLL_BACK = """mutation ($input: RollBackRedemptionInput!) { rollBackRedemption(input: $input) {
  redemption { id rolledBackAt rollbackReason discount { amount } }
  replayed userErrors { path code message }
} }"""


async def roll_back(caller, redemption: str, key: str = "undo 1", **more):
    given = {"redemption": redemption, "idempotencyKey": key, **more}
    return (await ask(caller, ROLL_BACK, input=given))["rollBackRedemption"]


async def redeemed(project, caller, **more) -> str:
    """A redemption of the only use there is."""
    campaign = await a_campaign(project, promise=offer(per_voucher=1))
    await a_voucher(project, campaign, "SUMMER")
    await put(project, campaign, "LIVE")
    return (await redeem(caller, "SUMMER", **more))["result"]["id"]


async def test_what_is_undone_can_be_used_again(project):
    caller = await a_caller(project)
    redemption = await redeemed(project, caller)
    assert reasons_of((await redeem(caller, "SUMMER", key="2"))["result"]) == ["VOUCHER_LIMIT_REACHED"]
    assert await roll_back(caller, redemption, reason="returned") == {
        "redemption": {
            "id": redemption,
            "rolledBackAt": "2026-06-01T12:00:00Z",
            "rollbackReason": "returned",
            "discount": {"amount": "5.00"},
        },
        "replayed": False,
        "userErrors": [],
    }
    assert (await redeem(caller, "SUMMER", key="3"))["result"]["__typename"] == "Redemption"
    await assert_counters_equal_ledger(project)


RETURN = """mutation ($input: RollBackRedemptionInput!) { rollBackRedemption(input: $input) {
  rollback {
    policy reason createdAt lines { line quantity subtotal { amount } discount { amount } }
    subtotal { amount } shipping { amount } discount { amount } refund { amount currency } notRecovered { amount }
  }
  redemption { state rolledBackAt rollbacks { refund { amount } } vouchers { returnedDiscount { amount } givenBack } }
  userErrors { path code message }
} }"""


async def give_back(caller, redemption: str, key: str, **more):
    given = {"redemption": redemption, "idempotencyKey": key, **more}
    return (await ask(caller, RETURN, input=given))["rollBackRedemption"]


async def two_lines(project, caller) -> str:
    """5.00 off 30.00 and 20.00, which the 30.00 alone would not have been given."""
    promise = offer(rule=MinimumSpend(Money(40_00, "EUR")))
    await a_voucher(project, await a_campaign(project, promise=promise), "SUMMER")
    return (await redeem(caller, "SUMMER", cart=a_cart("30", "20", shipping="4.90")))["result"]["id"]


async def test_a_line_that_comes_back_is_refunded_with_its_share(project):
    caller = await a_caller(project)
    redemption = await two_lines(project, caller)
    one = await give_back(caller, redemption, "1", lines=[{"line": 1, "quantity": 1}], reason="late")
    assert one == {
        "rollback": {
            "policy": "KEEP_SHARE",
            "reason": "late",
            "createdAt": "2026-06-01T12:00:00Z",
            "lines": [
                {"line": 1, "quantity": 1, "subtotal": {"amount": "20.00"}, "discount": {"amount": "2.00"}}
            ],
            "subtotal": {"amount": "20.00"},
            "shipping": {"amount": "0.00"},
            "discount": {"amount": "2.00"},
            "refund": {"amount": "18.00", "currency": "EUR"},
            "notRecovered": {"amount": "0.00"},
        },
        "redemption": {
            "state": "REDEEMED",
            "rolledBackAt": None,
            "rollbacks": [{"refund": {"amount": "18.00"}}],
            "vouchers": [{"returnedDiscount": {"amount": "2.00"}, "givenBack": False}],
        },
        "userErrors": [],
    }
    rest = await give_back(caller, redemption, "2")
    assert (rest["rollback"]["subtotal"]["amount"], rest["rollback"]["shipping"]["amount"]) == (
        "30.00",
        "4.90",
    )
    assert rest["redemption"] == {
        "state": "ROLLED_BACK",
        "rolledBackAt": "2026-06-01T12:00:00Z",
        "rollbacks": [{"refund": {"amount": "18.00"}}, {"refund": {"amount": "31.90"}}],
        "vouchers": [{"returnedDiscount": {"amount": "5.00"}, "givenBack": True}],
    }


@pytest.mark.parametrize("policy", ["CLAW_BACK_IF_UNQUALIFIED", "RECALCULATE"])
async def test_what_the_rest_is_not_worth_is_taken_back(project, policy):
    caller = await a_caller(project)
    redemption = await two_lines(project, caller)
    one = await give_back(caller, redemption, "1", lines=[{"line": 1, "quantity": 1}], policy=policy)
    assert (one["rollback"]["policy"], one["rollback"]["refund"]["amount"]) == (policy, "15.00")
    assert [(line["line"], line["discount"]["amount"]) for line in one["rollback"]["lines"]] == [
        (0, "3.00"),
        (1, "2.00"),
    ]
    assert one["redemption"]["vouchers"] == [{"returnedDiscount": {"amount": "5.00"}, "givenBack": True}]


async def test_the_same_key_gets_the_first_answer_again(project):
    caller = await a_caller(project)
    redemption = await redeemed(project, caller)
    first = await roll_back(caller, redemption)
    before = await everything(project)
    assert await roll_back(caller, redemption) == {**first, "replayed": True}
    assert await everything(project) == before


async def test_undoing_twice_under_two_keys_is_refused(project):
    caller = await a_caller(project)
    redemption = await redeemed(project, caller)
    await roll_back(caller, redemption)
    before = await everything(project)
    again = await roll_back(caller, redemption, key="undo 2")
    assert (again["redemption"], faults(again)) == (None, [("redemption", "ALREADY_ROLLED_BACK")])
    other = await roll_back(caller, redemption, reason="something else")
    assert faults(other) == [("idempotencyKey", "IDEMPOTENCY_KEY_REUSED")]
    assert await everything(project) == before


@pytest.mark.parametrize(
    ("given", "path", "code"),
    [
        ({"redemption": "SUMMER"}, "redemption", "INVALID_ID"),
        ({"redemption": shown(ids.CAMPAIGN, new_id())}, "redemption", "INVALID_ID"),
        ({"redemption": shown(ids.REDEMPTION, new_id())}, "redemption", "NOT_FOUND"),
        ({"key": ""}, "idempotencyKey", "REQUIRED"),
        ({"key": "a\0"}, "idempotencyKey", "INVALID_TEXT"),
        ({"reason": "x" * 501}, "reason", "TOO_LONG"),
        ({"reason": "a\0"}, "reason", "INVALID_TEXT"),
        ({"lines": []}, "lines", "NOTHING_TO_RETURN"),
        ({"lines": [{"line": 0, "quantity": 1}] * 501}, "lines", "TOO_MANY_LINES"),
        ({"lines": [{"line": 0, "quantity": 0}]}, "lines.0.quantity", "NOTHING_TO_RETURN"),
        ({"lines": [{"line": 0, "quantity": 9}]}, "lines.0.quantity", "TOO_MANY_RETURNED"),
        ({"lines": [{"line": 9, "quantity": 1}]}, "lines.0.line", "NO_SUCH_LINE"),
    ],
)
async def test_faulty_input_undoes_nothing(project, given, path, code):
    caller = await a_caller(project)
    asked = {"redemption": await redeemed(project, caller), **given}
    before = await everything(project)
    answer = await roll_back(caller, **asked)
    assert (answer["redemption"], answer["replayed"], faults(answer)) == (None, False, [(path, code)])
    assert await everything(project) == before


async def test_another_project_undoes_nothing_here(project, another_project):
    redemption = await redeemed(project, await a_caller(project))
    stranger = await a_caller(another_project)
    before = await everything(project)
    assert faults(await roll_back(stranger, redemption)) == [("redemption", "NOT_FOUND")]
    assert await everything(project) == before


async def test_a_merchant_undoes_what_was_redeemed_at_its_own_point(project):
    merchant = await a_caller(project, KeyKind.MERCHANT, redemption_point="till 7")
    neighbour = await a_caller(project, KeyKind.MERCHANT, redemption_point="till 8")
    redemption = await redeemed(project, merchant)
    before = await everything(project)
    assert faults(await roll_back(neighbour, redemption)) == [("redemption", "NOT_FOUND")]
    assert await everything(project) == before
    assert (await roll_back(merchant, redemption))["redemption"]["id"] == redemption


async def test_a_customer_undoes_nothing(project):
    ada = await a_customer(project)
    shopper = await a_shopper(project, ada)
    redemption = await redeemed(project, shopper)
    before = await everything(project)
    code, _ = await refusal(shopper, ROLL_BACK, input={"redemption": redemption, "idempotencyKey": "1"})
    assert code == "FORBIDDEN"
    assert await everything(project) == before

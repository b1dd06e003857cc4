"""holdVouchers: a code is reserved for whoever checks out, for as long as was said, and nobody else gets it."""

import pytest

from app import ids
from app.projects.values import KeyKind
from tests.graphql_schema.asking import a_caller, a_shopper, ask, refusal
from tests.graphql_schema.holds import HOLD, hold
from tests.graphql_schema.shop import a_request, everything, faults, reasons_of, redeem
from tests.redemptions.shop import a_campaign, a_customer, a_voucher

pytestmark = pytest.mark.usefixtures("till")


async def test_a_code_is_reserved_for_a_quarter_of_an_hour(project):
    await a_voucher(project, await a_campaign(project), "SUMMER", max_redemptions=1)
    caller = await a_caller(project)
    answer = await hold(caller, "summer", channel="web", metadata={"basket": 7})
    assert ids.read(answer["result"].pop("id"))[0] == ids.REDEMPTION
    assert answer == {
        "replayed": False,
        "result": {
            "__typename": "Redemption",
            "state": "HELD",
            "expiresAt": "2026-06-01T12:15:00Z",
            "confirmedAt": None,
            "subtotal": {"amount": "100.00"},
            "discount": {"amount": "5.00"},
            "metadata": {"basket": 7},
            "channel": "web",
            "vouchers": [{"code": "SUMMER", "discount": {"amount": "5.00"}, "points": None}],
        },
        "userErrors": [],
    }
    assert reasons_of((await redeem(caller, "SUMMER"))["result"]) == ["VOUCHER_LIMIT_REACHED"]
    assert (await hold(caller, "SUMMER", key="2"))["result"]["__typename"] == "RejectedRedemption"
    again = await hold(caller, "summer", channel="web", metadata={"basket": 7})
    assert (again["replayed"], again["result"]["state"]) == (True, "HELD")


@pytest.mark.parametrize(
    ("length", "end"), [("PT1S", "2026-06-01T12:00:01Z"), ("P7D", "2026-06-08T12:00:00Z")]
)
async def test_a_hold_lasts_as_long_as_was_said(project, length, end):
    await a_voucher(project, await a_campaign(project), "SUMMER")
    answer = await hold(await a_caller(project), "SUMMER", holdFor=length)
    assert answer["result"]["expiresAt"] == end


@pytest.mark.parametrize("length", ["PT0S", "P7DT1S"])
async def test_a_hold_without_end_or_beginning_is_refused(project, length):
    await a_voucher(project, await a_campaign(project), "SUMMER")
    caller = await a_caller(project)
    before = await everything(project)
    answer = await hold(caller, "SUMMER", holdFor=length)
    assert (answer["result"], faults(answer)) == (None, [("holdFor", "OUT_OF_RANGE")])
    assert await everything(project) == before


async def test_faults_are_told_as_when_redeeming(project):
    answer = await hold(await a_caller(project), "", key="", channel="")
    assert faults(answer) == [
        ("codes.0.code", "REQUIRED"),
        ("idempotencyKey", "REQUIRED"),
        ("channel", "REQUIRED"),
    ]


async def test_a_shopper_holds_for_themselves_and_sees_it_in_their_wallet(project):
    ada = await a_customer(project)
    await a_voucher(project, await a_campaign(project), "MINE", holder_id=ada, max_redemptions=1)
    shopper = await a_shopper(project, ada)
    wallet = (
        "{ wallet { vouchers(first: 5) { nodes { state heldUntil balance { available { points } } } } } }"
    )
    assert (await hold(shopper, "MINE"))["result"]["state"] == "HELD"
    assert (await ask(shopper, wallet))["wallet"]["vouchers"]["nodes"] == [
        {"state": "HELD", "heldUntil": "2026-06-01T12:15:00Z", "balance": None}
    ]


async def test_a_storefront_without_a_customer_holds_nothing(project):
    given = a_request("SUMMER", idempotencyKey="1")
    code, _ = await refusal(await a_caller(project, KeyKind.STOREFRONT), HOLD, input=given)
    assert code == "FORBIDDEN"

"""What the tests of holds through the API share: the three mutations, and a hold to try them on."""

from typing import Any

from app.projects.admit import Caller
from tests.graphql_schema.asking import ask
from tests.graphql_schema.shop import a_request

_RESULT = """replayed result {
    __typename
    ... on Redemption {
      id state expiresAt confirmedAt subtotal { amount } discount { amount } metadata channel
      vouchers { code discount { amount } points }
    }
    ... on RejectedRedemption { id reasons { code } channel }
  }
  userErrors { path code message }"""
HOLD = f"mutation ($input: HoldVouchersInput!) {{ holdVouchers(input: $input) {{ {_RESULT} }} }}"
CONFIRM = f"mutation ($input: ConfirmRedemptionInput!) {{ confirmRedemption(input: $input) {{ {_RESULT} }} }}"
RELEASE = """mutation ($input: ReleaseHoldInput!) { releaseHold(input: $input) {
  replayed redemption { id state rollbackReason } userErrors { path code message }
} }"""


async def hold(caller: Caller, *codes: str, key: str = "checkout 1", **more: Any) -> Any:
    """What holdVouchers answers."""
    given = a_request(*codes, idempotencyKey=key, **more)
    return (await ask(caller, HOLD, input=given))["holdVouchers"]


async def a_hold(caller: Caller, *codes: str, key: str = "checkout 1", **more: Any) -> str:
    """The id of a hold that is granted."""
    answer = await hold(caller, *codes, key=key, **more)
    assert answer["result"]["state"] == "HELD", answer
    id_: str = answer["result"]["id"]
    return id_


async def confirm(caller: Caller, redemption: str, key: str = "pay 1", **more: Any) -> Any:
    """What confirmRedemption answers."""
    given = {"redemption": redemption, "idempotencyKey": key, **more}
    return (await ask(caller, CONFIRM, input=given))["confirmRedemption"]


async def release(caller: Caller, redemption: str, key: str = "leave 1", **more: Any) -> Any:
    """What releaseHold answers."""
    given = {"redemption": redemption, "idempotencyKey": key, **more}
    return (await ask(caller, RELEASE, input=given))["releaseHold"]

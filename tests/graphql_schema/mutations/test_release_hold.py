"""releaseHold: a hold is given up once, and what it reserved is there for the next one."""

import pytest

from app import ids
from app.ids import new_id
from tests.graphql_schema.asking import a_caller
from tests.graphql_schema.holds import a_hold, confirm, hold, release
from tests.graphql_schema.shop import faults, shown
from tests.redemptions.shop import a_campaign, a_voucher

pytestmark = pytest.mark.usefixtures("till")


async def test_a_hold_is_given_up_once(project):
    await a_voucher(project, await a_campaign(project), "SUMMER", max_redemptions=1)
    caller = await a_caller(project)
    held = await a_hold(caller, "SUMMER")
    first = await release(caller, held, reason="closed the page")
    assert first == {
        "replayed": False,
        "redemption": {"id": held, "state": "RELEASED", "rollbackReason": "closed the page"},
        "userErrors": [],
    }
    assert await release(caller, held, reason="closed the page") == {**first, "replayed": True}
    assert faults(await release(caller, held)) == [("idempotencyKey", "IDEMPOTENCY_KEY_REUSED")]
    assert faults(await release(caller, held, key="2")) == [("redemption", "HOLD_RELEASED")]
    assert faults(await confirm(caller, held)) == [("redemption", "HOLD_RELEASED")]
    assert (await hold(caller, "SUMMER", key="2"))["result"]["state"] == "HELD"


async def test_faults_are_told_with_their_places(project):
    caller = await a_caller(project)
    unknown = shown(ids.REDEMPTION, new_id())
    for redemption, more, expected in (
        ("camp_1", {}, [("redemption", "INVALID_ID")]),
        (unknown, {}, [("redemption", "NOT_FOUND")]),
        (
            unknown,
            {"key": "k" * 256, "reason": "r" * 501},
            [("idempotencyKey", "TOO_LONG"), ("reason", "TOO_LONG")],
        ),
    ):
        answer = await release(caller, redemption, **more)
        assert (answer["redemption"], faults(answer)) == (None, expected)

"""The feed of redemptions: grants and rollbacks as they happen, filtered, resumed from a cursor, each key its own."""

import pytest

from app import ids
from app.database import execute
from app.projects.values import KeyKind
from app.redemptions.requests import RolledBack
from app.redemptions.returns import Units
from app.redemptions.roll_back import roll_back
from tests.conftest import NOW
from tests.graphql_schema.asking import a_caller, a_shopper
from tests.graphql_schema.shop import a_cart, redeem, shown
from tests.graphql_schema.subscriptions.following import following, refusal_of
from tests.redemptions.shop import a_campaign, a_customer, a_voucher

pytestmark = pytest.mark.usefixtures("till", "feed")

FEED = """subscription ($filter: FeedFilter, $after: Cursor) { redemptions(filter: $filter, after: $after) {
  cursor
  event { at rolledBack redemption {
    id channel rolledBackAt rollbackReason discount { amount } vouchers { code campaign { name } }
  } }
} }"""


@pytest.fixture
async def caller(project):
    """A server of a project with the code SUMMER."""
    await a_voucher(project, await a_campaign(project), "SUMMER")
    return await a_caller(project)


async def channels(follower, count: int) -> list[str]:
    return [(await follower.event())["redemption"]["channel"] for _ in range(count)]


async def test_a_redemption_and_its_rollback_are_seen_live_and_in_order(project, caller):
    async with following(caller, FEED) as follower:
        id_ = (await redeem(caller, "SUMMER", channel="web"))["result"]["id"]
        await roll_back(project, ids.read(id_)[1], now=NOW, reason="returned")
        redemption = {
            "id": id_,
            "channel": "web",
            "rolledBackAt": None,
            "rollbackReason": None,
            "discount": {"amount": "5.00"},
            "vouchers": [{"code": "SUMMER", "campaign": {"name": "Summer"}}],
        }
        at = "2026-06-01T12:00:00Z"
        assert await follower.event() == {"at": at, "rolledBack": False, "redemption": redemption}
        undone = {**redemption, "rolledBackAt": at, "rollbackReason": "returned"}
        assert await follower.event() == {"at": at, "rolledBack": True, "redemption": undone}


async def test_each_part_that_comes_back_is_told_with_its_refund(project, caller):
    document = """subscription { redemptions { cursor event { rolledBack rollback { refund { amount } }
      redemption { state rollbacks { refund { amount } } } } } }"""
    async with following(caller, document) as follower:
        id_ = ids.read((await redeem(caller, "SUMMER", cart=a_cart("30", "20")))["result"]["id"])[1]
        for line in (1, 0):
            assert isinstance(await roll_back(project, id_, now=NOW, lines=[Units(line, 1)]), RolledBack)
        refunds = [{"refund": {"amount": "18.00"}}, {"refund": {"amount": "27.00"}}]
        for is_back, state, done in (
            (False, "REDEEMED", []),
            (True, "REDEEMED", refunds[:1]),
            (True, "ROLLED_BACK", refunds),
        ):
            assert await follower.event() == {
                "rolledBack": is_back,
                "rollback": done[-1] if done else None,
                "redemption": {"state": state, "rollbacks": done},
            }


async def test_a_refused_attempt_is_not_seen_here(caller):
    async with following(caller, FEED) as follower:
        await redeem(caller, "NOSUCH", key="1", channel="refused")
        await redeem(caller, "SUMMER", key="2", channel="granted")
        assert await channels(follower, 1) == ["granted"]


async def test_whoever_drops_resumes_with_its_cursor_and_misses_nothing(caller):
    async with following(caller, FEED) as follower:
        await redeem(caller, "SUMMER", key="1", channel="one")
        assert await channels(follower, 1) == ["one"]
    for n in ("two", "three"):
        await redeem(caller, "SUMMER", key=n, channel=n)
    async with following(caller, FEED, after=follower.cursor) as resumed:
        assert await channels(resumed, 2) == ["two", "three"]
        await redeem(caller, "SUMMER", key="four", channel="four")
        assert await channels(resumed, 1) == ["four"]


async def test_a_heartbeat_is_a_place_to_resume_from(caller):
    async with following(caller, FEED) as follower:
        heartbeat = follower.cursor
    await redeem(caller, "SUMMER", channel="later")
    async with following(caller, FEED, after=heartbeat) as resumed:
        assert await channels(resumed, 1) == ["later"]


async def test_links_show_what_is_true_when_the_event_is_shown(project, caller):
    async with following(caller, FEED) as follower:
        for name in ("Before", "After"):
            await execute("UPDATE campaigns SET name = $2 WHERE project_id = $1", project, name)
            await redeem(caller, "SUMMER", key=name)
            [voucher] = (await follower.event())["redemption"]["vouchers"]
            assert voucher == {"code": "SUMMER", "campaign": {"name": name}}


async def test_a_merchant_follows_its_own_redemption_point(project, caller):
    merchant = await a_caller(project, KeyKind.MERCHANT, redemption_point="till 7")
    document = """subscription ($filter: FeedFilter) {
      redemptions(filter: $filter) { cursor event { redemption { channel } } }
    }"""
    async with following(merchant, document) as follower:
        await redeem(caller, "SUMMER", key="1", channel="elsewhere", redemptionPoint="till 8")
        await redeem(caller, "SUMMER", key="2", channel="nowhere")
        await redeem(merchant, "SUMMER", key="3", channel="here")
        assert await channels(follower, 1) == ["here"]
    refused = await refusal_of(merchant, document, filter={"redemptionPoint": "till 8"})
    assert refused == ("FORBIDDEN", "This key sees the redemption point till 7 only.")


async def test_another_project_sees_nothing(caller, another_project):
    stranger = await a_caller(another_project)
    await a_voucher(another_project, await a_campaign(another_project), "SUMMER")
    async with following(stranger, FEED) as follower:
        await redeem(caller, "SUMMER", key="1", channel="theirs")
        await redeem(stranger, "SUMMER", key="2", channel="own")
        assert await channels(follower, 1) == ["own"]


async def test_a_storefront_follows_nothing(project, caller):
    for storefront in (
        await a_caller(project, KeyKind.STOREFRONT),
        await a_shopper(project, await a_customer(project)),
    ):
        assert (await refusal_of(storefront, FEED))[0] == "FORBIDDEN"


@pytest.mark.parametrize(
    "variables",
    [
        {"after": "nowhere"},
        {"filter": {"campaign": "Summer"}},
        {"filter": {"customer": shown(ids.CAMPAIGN, "0" * 32)}},
        {"filter": {"code": ""}},
        {"filter": {"code": "\0"}},
    ],
)
async def test_what_cannot_be_followed_is_refused_at_once(caller, variables):
    assert (await refusal_of(caller, FEED, **variables))[0] == "BAD_USER_INPUT"

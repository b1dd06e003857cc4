"""The feed of refused attempts: with all reasons, filtered by them, each key its own."""

import pytest

from app.projects.values import KeyKind
from tests.graphql_schema.asking import a_caller, a_shopper
from tests.graphql_schema.shop import redeem
from tests.graphql_schema.subscriptions.following import following, refusal_of
from tests.redemptions.shop import a_campaign, a_customer, a_voucher

pytestmark = pytest.mark.usefixtures("till", "feed")

FEED = """subscription ($filter: RejectedFeedFilter, $after: Cursor) {
  rejectedRedemptions(filter: $filter, after: $after) {
    cursor event { at rejectedRedemption {
      id channel reasons { code } codes { code reasons { code } voucher { code } }
    } }
  }
}"""


@pytest.fixture
async def caller(project):
    """A server of a project with the codes SUMMER and STOPPED."""
    campaign = await a_campaign(project)
    await a_voucher(project, campaign, "SUMMER")
    await a_voucher(project, campaign, "STOPPED", enabled=False)
    return await a_caller(project)


async def channels(follower, count: int) -> list[str]:
    return [(await follower.event())["rejectedRedemption"]["channel"] for _ in range(count)]


async def test_a_refused_attempt_is_seen_live_with_all_its_reasons(caller):
    async with following(caller, FEED) as follower:
        await redeem(caller, "SUMMER", key="1", channel="granted")
        id_ = (await redeem(caller, "STOPPED", "SUMMER", "NOSUCH", key="2", channel="web"))["result"]["id"]
        assert await follower.event() == {
            "at": "2026-06-01T12:00:00Z",
            "rejectedRedemption": {
                "id": id_,
                "channel": "web",
                "reasons": [{"code": "VOUCHER_DISABLED"}, {"code": "CODE_NOT_FOUND"}],
                "codes": [
                    {
                        "code": "STOPPED",
                        "reasons": [{"code": "VOUCHER_DISABLED"}],
                        "voucher": {"code": "STOPPED"},
                    },
                    {"code": "SUMMER", "reasons": [], "voucher": {"code": "SUMMER"}},
                    {"code": "NOSUCH", "reasons": [{"code": "CODE_NOT_FOUND"}], "voucher": None},
                ],
            },
        }


async def test_attempts_are_followed_by_their_reason(caller):
    async with following(caller, FEED, filter={"reason": "VOUCHER_DISABLED"}) as follower:
        await redeem(caller, "NOSUCH", key="1", channel="unknown")
        await redeem(caller, "NOSUCH", "STOPPED", key="2", channel="stopped")
        assert await channels(follower, 1) == ["stopped"]


async def test_whoever_drops_resumes_with_its_cursor_and_misses_nothing(caller):
    async with following(caller, FEED) as follower:
        await redeem(caller, "NOSUCH", key="1", channel="one")
        assert await channels(follower, 1) == ["one"]
    await redeem(caller, "NOSUCH", key="2", channel="two")
    async with following(caller, FEED, after=follower.cursor) as resumed:
        assert await channels(resumed, 1) == ["two"]


async def test_a_merchant_follows_its_own_redemption_point(project, caller):
    merchant = await a_caller(project, KeyKind.MERCHANT, redemption_point="till 7")
    async with following(merchant, FEED) as follower:
        await redeem(caller, "NOSUCH", key="1", channel="elsewhere", redemptionPoint="till 8")
        await redeem(merchant, "NOSUCH", key="2", channel="here")
        assert await channels(follower, 1) == ["here"]


async def test_another_project_sees_nothing(caller, another_project):
    stranger = await a_caller(another_project)
    async with following(stranger, FEED) as follower:
        await redeem(caller, "NOSUCH", key="1", channel="theirs")
        await redeem(stranger, "NOSUCH", key="2", channel="own")
        assert await channels(follower, 1) == ["own"]


async def test_a_storefront_follows_nothing(project, caller):
    for storefront in (
        await a_caller(project, KeyKind.STOREFRONT),
        await a_shopper(project, await a_customer(project)),
    ):
        assert (await refusal_of(storefront, FEED))[0] == "FORBIDDEN"


async def test_what_is_no_cursor_is_refused_at_once(caller):
    refused = await refusal_of(caller, FEED, after="nowhere")
    assert refused == ("BAD_USER_INPUT", "This is not a cursor of the event log.")

"""The filter of the feeds: by campaign, customer, code, channel and redemption point, all at once."""

import pytest

from app import ids
from tests.graphql_schema.asking import a_caller
from tests.graphql_schema.shop import redeem, shown
from tests.graphql_schema.subscriptions.following import following
from tests.redemptions.shop import a_campaign, a_customer, a_voucher

pytestmark = pytest.mark.usefixtures("till", "feed")

FEED = """subscription ($filter: FeedFilter, $after: Cursor) { redemptions(filter: $filter, after: $after) {
  cursor event { redemption { channel } }
} }"""


async def test_what_is_followed_is_exactly_what_was_asked_for(project):
    """One history, told again and again under other filters: the last redemption ends each telling."""
    main = await a_campaign(project, "2026", is_main=True)
    summer, winter = await a_campaign(project, main_id=main), await a_campaign(project, "Winter")
    await a_voucher(project, summer, "SUM-MER")
    await a_voucher(project, winter, "WINTER")
    ada = await a_customer(project)
    caller = await a_caller(project)
    async with following(caller, FEED) as follower:
        start = follower.cursor
    await redeem(caller, "SUMMER", key="1", channel="one", customer={"sourceId": "ada"})
    await redeem(caller, "WINTER", key="2", channel="two", redemptionPoint="till 7")
    await redeem(caller, "SUMMER", "WINTER", key="3", channel="three", redemptionPoint="till 8")
    async with following(caller, FEED, after=start) as follower:
        for channel in ("one", "two", "three"):
            assert (await follower.event())["redemption"]["channel"] == channel
    for given, expected in (
        ({}, ["one", "two", "three"]),
        ({"campaign": shown(ids.CAMPAIGN, summer)}, ["one", "three"]),
        ({"campaign": shown(ids.CAMPAIGN, main)}, ["one", "three"]),
        ({"campaign": shown(ids.CAMPAIGN, winter)}, ["two", "three"]),
        ({"customer": shown(ids.CUSTOMER, ada)}, ["one"]),
        ({"code": "sum.mer"}, ["one", "three"]),
        ({"code": "WINTER"}, ["two", "three"]),
        ({"channel": "two"}, ["two"]),
        ({"channel": "\0"}, []),
        ({"redemptionPoint": "till 7"}, ["two"]),
        ({"code": "summer", "campaign": shown(ids.CAMPAIGN, winter)}, ["three"]),
        ({"code": "summer", "redemptionPoint": "till 7"}, []),
    ):
        async with following(caller, FEED, after=start, filter=given) as follower:
            told = await follower.until_quiet()
            assert [event["redemption"]["channel"] for event in told] == expected, given

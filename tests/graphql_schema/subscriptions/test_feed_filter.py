"""The filter of the feeds: by campaign, customer, code, channel and redemption point, all at once."""

import pytest

from app import ids
from app.ids import new_id
from tests.graphql_schema.asking import a_caller, followed
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
        ({"campaign": {"id": shown(ids.CAMPAIGN, summer)}}, ["one", "three"]),
        ({"campaign": {"id": shown(ids.CAMPAIGN, main)}}, ["one", "three"]),
        ({"campaign": {"id": shown(ids.CAMPAIGN, new_id())}}, []),
        ({"campaign": {"name": "Winter"}}, ["two", "three"]),
        ({"customer": {"id": shown(ids.CUSTOMER, ada)}}, ["one"]),
        ({"customer": {"sourceId": "ada"}}, ["one"]),
        ({"code": "sum.mer"}, ["one", "three"]),
        ({"code": "WINTER"}, ["two", "three"]),
        ({"channel": "two"}, ["two"]),
        ({"channel": "\0"}, []),
        ({"redemptionPoint": "till 7"}, ["two"]),
        ({"minimumSubtotal": {"amount": "100.00", "currency": "EUR"}}, ["one", "two", "three"]),
        ({"minimumSubtotal": {"amount": "100.01", "currency": "EUR"}}, []),
        ({"minimumSubtotal": {"amount": "100", "currency": "USD"}}, []),
        ({"code": "summer", "campaign": {"name": "Winter"}}, ["three"]),
        ({"code": "summer", "redemptionPoint": "till 7"}, []),
    ):
        async with following(caller, FEED, after=start, filter=given) as follower:
            told = await follower.until_quiet()
            assert [event["redemption"]["channel"] for event in told] == expected, given


NO_CAMPAIGN = "There is no campaign of this name, so there is nothing to follow."
NO_CUSTOMER = "There is no customer with this source id, so there is nothing to follow."


@pytest.mark.parametrize("feed", ["redemptions", "rejectedRedemptions"])
async def test_who_asks_for_what_there_is_not_is_told_at_once(project, another_project, feed):
    await a_campaign(another_project, "Theirs")
    await a_customer(another_project, "theirs")
    campaign = shown(ids.CAMPAIGN, await a_campaign(project))
    caller = await a_caller(project)
    document = FEED.replace("redemptions(", f"{feed}(")
    if feed == "rejectedRedemptions":
        document = document.replace("FeedFilter", "RejectedFeedFilter").replace(
            "redemption {", "rejectedRedemption {"
        )
    for given, message in (
        ({"campaign": {"name": "Theirs"}}, NO_CAMPAIGN),
        ({"campaign": {"name": "summer"}}, NO_CAMPAIGN),
        ({"campaign": {"name": "\0"}}, NO_CAMPAIGN),
        ({"customer": {"sourceId": "theirs"}}, NO_CUSTOMER),
        ({"customer": {"sourceId": "\0"}}, NO_CUSTOMER),
        ({"campaign": {"id": "Summer"}}, "An id that starts with camp_ is expected here."),
        ({"customer": {"id": campaign}}, "An id that starts with cust_ is expected here."),
    ):
        async with followed(caller, document, filter=given) as results:
            [error] = (await anext(results)).errors
        assert (error.extensions["code"], error.message) == ("BAD_USER_INPUT", message), given


@pytest.mark.parametrize("name", ["channel", "redemptionPoint", "reason"])
async def test_a_text_of_a_filter_has_200_characters_at_most(project, name):
    caller = await a_caller(project)
    document = FEED.replace("redemptions(", "rejectedRedemptions(")
    document = document.replace("FeedFilter", "RejectedFeedFilter").replace(
        "redemption {", "rejectedRedemption {"
    )
    async with following(caller, document, filter={name: "x" * 200}) as follower:
        assert follower.cursor is not None
    async with followed(caller, document, filter={name: "x" * 201}) as results:
        [error] = (await anext(results)).errors
    assert (error.extensions["code"], error.message) == (
        "BAD_USER_INPUT",
        f"{name} may have at most 200 characters.",
    )


async def test_an_amount_that_its_currency_cannot_express_is_refused(project):
    caller = await a_caller(project)
    given = {"minimumSubtotal": {"amount": "0.001", "currency": "EUR"}}
    async with followed(caller, FEED, filter=given) as results:
        [error] = (await anext(results)).errors
    assert error.extensions["code"] == "BAD_USER_INPUT"
    assert error.message.startswith("minimumSubtotal: ")

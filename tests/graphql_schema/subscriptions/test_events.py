"""The feed of everything: any kind of event, some kinds, each key its own."""

import pytest

from app.events.cursor import BEGINNING
from app.projects.values import KeyKind
from app.vouchers.stop import disable_voucher
from tests.conftest import NOW
from tests.graphql_schema.asking import a_caller, a_shopper
from tests.graphql_schema.shop import redeem
from tests.graphql_schema.subscriptions.following import following, refusal_of
from tests.redemptions.shop import a_campaign, a_customer, a_voucher

pytestmark = pytest.mark.usefixtures("till", "feed")

FEED = """subscription ($kinds: [EventKind!], $after: Cursor, $from: DateTime) {
  events(kinds: $kinds, after: $after, from: $from) { cursor event {
    cursor at kind redemption { channel } rejectedRedemption { reasons { code } } details
  } }
}"""


async def test_whatever_happens_is_told_in_order_each_with_its_own(project):
    campaign = await a_campaign(project)
    voucher = await a_voucher(project, campaign, "SUMMER")
    caller = await a_caller(project)
    # From the beginning: what was written a moment before may still be on its way to whoever follows from now on.
    async with following(caller, FEED, after=BEGINNING.encode()) as follower:
        await redeem(caller, "SUMMER", key="1", channel="web")
        await redeem(caller, "NOSUCH", key="2")
        await disable_voucher(project, voucher, NOW)
        told = []
        while not told or told[-1]["kind"] != "VOUCHER_DISABLED":
            event = await follower.event()
            assert event.pop("cursor") == follower.cursor
            told.append(event)
    created, key_made, *told = told
    assert (created["kind"], created["details"]["campaign_id"]) == ("CAMPAIGN_CREATED", campaign.hex)
    assert (key_made["kind"], key_made["details"]["kind"]) == ("API_KEY_CREATED", "SERVER")
    details = {"voucher": voucher.hex, "campaign": campaign.hex, "code": "SUMMER", "holder": None}
    refused = {"reasons": [{"code": "CODE_NOT_FOUND"}]}
    nothing = {"redemption": None, "rejectedRedemption": None, "details": {}}
    at = {"at": "2026-06-01T12:00:00Z"}
    assert told == [
        {**nothing, **at, "kind": "REDEMPTION_GRANTED", "redemption": {"channel": "web"}},
        {**nothing, **at, "kind": "REDEMPTION_REJECTED", "rejectedRedemption": refused},
        {**nothing, **at, "kind": "VOUCHER_DISABLED", "details": details},
    ]


async def test_some_kinds_alone_are_told(project):
    voucher = await a_voucher(project, await a_campaign(project), "SUMMER")
    caller = await a_caller(project)
    async with following(caller, FEED, kinds=["VOUCHER_DISABLED", "REDEMPTION_REJECTED"]) as follower:
        await redeem(caller, "SUMMER", key="1")
        await disable_voucher(project, voucher, NOW)
        await redeem(caller, "SUMMER", key="2")
        kinds = [(await follower.event())["kind"] for _ in range(2)]
    assert kinds == ["VOUCHER_DISABLED", "REDEMPTION_REJECTED"]
    nothing = await refusal_of(caller, FEED, kinds=[])
    assert nothing == ("BAD_USER_INPUT", "There is no kind of event, so there is nothing to follow.")


async def test_only_a_server_follows_everything(project):
    for other in (
        await a_caller(project, KeyKind.MERCHANT, redemption_point="till 7"),
        await a_caller(project, KeyKind.STOREFRONT),
        await a_shopper(project, await a_customer(project)),
    ):
        assert (await refusal_of(other, FEED))[0] == "FORBIDDEN"

"""addSegmentMembers and removeSegmentMembers: each customer has an answer, and what an offer asks follows at once."""

import pytest

from app import ids
from app.engine.rules.in_segment import InSegment
from app.ids import new_id
from app.segments.values import MOST_MEMBERS_AT_ONCE
from tests.graphql_schema.asking import a_caller, ask
from tests.graphql_schema.shop import everything, faults, reasons_of, redeem, shown, validate
from tests.redemptions.shop import a_campaign, a_voucher, offer
from tests.segments.shop import NEWCOMERS, a_segment, customers

pytestmark = pytest.mark.usefixtures("till")

CHANGE = """mutation ($input: SegmentMembersInput!) { %s(input: $input) {
  segment { name memberCount } results { outcome customer { sourceId } } userErrors { path code message }
} }"""


async def change(caller, field, *refs, segment=None):
    given = {"segment": segment or {"name": "Friends"}, "customers": list(refs)}
    return (await ask(caller, CHANGE % field, input=given))[field]


async def test_customers_are_put_on_a_list_and_taken_off_it(project):
    caller = await a_caller(project)
    await a_segment(project)
    ada, _ = await customers(project, "ada", "bob")
    refs = [{"id": shown(ids.CUSTOMER, ada)}, {"sourceId": "bob"}, {"sourceId": "nobody"}]
    added = await change(caller, "addSegmentMembers", *refs)
    assert added == {
        "segment": {"name": "Friends", "memberCount": 2},
        "results": [
            {"outcome": "ADDED", "customer": {"sourceId": "ada"}},
            {"outcome": "ADDED", "customer": {"sourceId": "bob"}},
            {"outcome": "UNKNOWN_CUSTOMER", "customer": None},
        ],
        "userErrors": [],
    }
    again = await change(caller, "addSegmentMembers", {"sourceId": "ada"})
    assert [one["outcome"] for one in again["results"]] == ["ALREADY_THERE"]
    removed = await change(caller, "removeSegmentMembers", *refs, refs[0])
    assert [one["outcome"] for one in removed["results"]] == [
        *("REMOVED", "REMOVED", "UNKNOWN_CUSTOMER", "NOT_THERE"),
    ]
    assert removed["segment"]["memberCount"] == 0


async def test_offers_follow_the_list_at_once(project):
    caller, friends = await a_caller(project), await a_segment(project)
    await customers(project, "ada")
    await a_voucher(project, await a_campaign(project, promise=offer(rule=InSegment(friends.id))), "SUMMER")
    ada = {"customer": {"sourceId": "ada"}}
    assert reasons_of((await redeem(caller, "SUMMER", key="1", **ada))["result"]) == ["NOT_IN_SEGMENT"]
    await change(caller, "addSegmentMembers", {"sourceId": "ada"})
    assert (await validate(caller, "SUMMER", **ada))["evaluation"]["granted"]
    assert (await redeem(caller, "SUMMER", key="2", **ada))["result"]["__typename"] == "Redemption"
    await change(caller, "removeSegmentMembers", {"sourceId": "ada"})
    assert not (await validate(caller, "SUMMER", **ada))["evaluation"]["granted"]


@pytest.mark.parametrize("field", ["addSegmentMembers", "removeSegmentMembers"])
async def test_what_is_wrong_as_a_whole_is_told_and_nothing_changes(project, field):
    caller = await a_caller(project)
    await a_segment(project)
    await a_segment(project, "Newcomers", NEWCOMERS)
    await customers(project, "ada")
    ada, before = {"sourceId": "ada"}, await everything(project)
    for segment, refs, fault in (
        ({"name": "Nobody"}, [ada], ("segment", "NOT_FOUND")),
        ({"id": ids.show(ids.SEGMENT, new_id())}, [ada], ("segment", "NOT_FOUND")),
        ({"name": "Newcomers"}, [ada], ("segment", "SEGMENT_IS_LIVE")),
        (None, [], ("customers", "EMPTY_BATCH")),
        (None, [ada] * (MOST_MEMBERS_AT_ONCE + 1), ("customers", "TOO_MANY_ITEMS")),
        (None, [ada, {"id": "camp_1"}], ("customers.1.id", "INVALID_ID")),
    ):
        refused = await change(caller, field, *refs, segment=segment)
        assert (refused["segment"], refused["results"], faults(refused)) == (None, [], [fault])
    assert await everything(project) == before

"""A customer's activity: all that concerns them and nothing else, page by page, and on to what happens next."""

import pytest

from app.customers.custom_events import CustomEventInput, track_custom_events
from app.customers.recognise import upsert_customer
from app.customers.values import CustomerInput
from app.events.cursor import BEGINNING
from app.redemptions.requests import CustomerRef
from app.redemptions.returns import Units
from app.redemptions.roll_back import roll_back
from app.reports.read_activity import activity_of
from app.vouchers.values import PublishOrder
from tests.conftest import NOW
from tests.events.projected import settled_head
from tests.graphql_schema.asking import a_caller, ask, followed, refusal
from tests.redemptions.shop import a_campaign, a_customer, a_voucher, asking, redemption, rejected
from tests.reports.kept_activity import activity_kept_up
from tests.vouchers.shop import published

ADA = CustomerRef(source_id="ada")
ACTIVITY = """query (
  $first: Int, $after: Cursor, $kinds: [EventKind!], $sort: TimeOrder! = NEWEST_FIRST
) { customer(ref: {sourceId: "ada"}) { activity(first: $first, after: $after, kinds: $kinds, sort: $sort) {
  nodes { kind cursor at redemption { discount { amount } rollbacks { refund { amount } } }
    rejectedRedemption { reasons { code } } details }
  edges { cursor node { kind } }
  pageInfo { hasNextPage hasPreviousPage startCursor endCursor } upTo
} } }"""
ALL = [
    "CUSTOM_EVENT_TOLD",
    "CUSTOMER_UPDATED",
    "VOUCHER_PUBLISHED",
    "REDEMPTION_ROLLED_BACK",
    "REDEMPTION_REJECTED",
    "REDEMPTION_GRANTED",
    "CUSTOMER_CREATED",
]


@pytest.fixture
async def caller(project, till):
    """Ada does a bit of everything; Bob as well, and a guest."""
    ada = await a_customer(project)
    await a_customer(project, "bob")
    await a_voucher(project, await a_campaign(project), "FIVE")
    made = redemption(await till.redeem(asking(project, "FIVE", customer=ADA)))
    for other in (CustomerRef(source_id="bob"), None):
        redemption(await till.redeem(asking(project, "FIVE", customer=other)))
    assert rejected([await till.redeem(asking(project, "NOTHING", customer=ADA))])
    await roll_back(project, made.id, now=NOW, lines=[Units(1, 1)])
    await published(project, PublishOrder("mail", code="FIVE"), ada)
    await upsert_customer(project, CustomerInput("ada", name="Ada"), NOW)
    await track_custom_events(project, [CustomEventInput("ada", "visit")], NOW)
    return await a_caller(project)


async def activity(caller, **variables):
    found = (await ask(caller, ACTIVITY, **variables))["customer"]["activity"]
    assert [edge["cursor"] for edge in found["edges"]] == [node["cursor"] for node in found["nodes"]]
    return found


def kinds_of(found) -> list[str]:
    return [node["kind"] for node in found["nodes"]]


async def test_all_that_concerns_the_customer_comes_newest_first(project, caller):
    async with activity_kept_up(project):
        found = await activity(caller)
    assert kinds_of(found) == ALL
    by_kind = {node["kind"]: node for node in found["nodes"]}
    assert by_kind["REDEMPTION_GRANTED"]["redemption"] == {"discount": {"amount": "5.00"}, "rollbacks": []}
    # The shoes have 2 of the 5 euro that were taken off.
    [rollback] = by_kind["REDEMPTION_ROLLED_BACK"]["redemption"]["rollbacks"]
    assert rollback == {"refund": {"amount": "38.00"}}
    assert by_kind["REDEMPTION_REJECTED"]["rejectedRedemption"] == {"reasons": [{"code": "CODE_NOT_FOUND"}]}
    assert by_kind["VOUCHER_PUBLISHED"]["details"]["channel"] == "mail"
    assert found["pageInfo"] == {
        "hasNextPage": False,
        "hasPreviousPage": False,
        "startCursor": found["nodes"][0]["cursor"],
        "endCursor": found["nodes"][-1]["cursor"],
    }


@pytest.mark.parametrize("sort", ["NEWEST_FIRST", "OLDEST_FIRST"])
async def test_it_is_walked_page_by_page_in_either_direction(project, caller, sort):
    walked, after = [], None
    async with activity_kept_up(project):
        while True:
            found = await activity(caller, first=3, after=after, sort=sort)
            assert found["pageInfo"]["hasPreviousPage"] == (after is not None)
            walked += kinds_of(found)
            after = found["pageInfo"]["endCursor"]
            if not found["pageInfo"]["hasNextPage"]:
                break
            assert len(found["nodes"]) == 3
        assert walked == (ALL if sort == "NEWEST_FIRST" else ALL[::-1])
        beyond = await activity(caller, after=after, sort=sort)
    assert (beyond["nodes"], beyond["pageInfo"]["endCursor"]) == ([], None)


async def test_some_kinds_only(project, caller):
    async with activity_kept_up(project):
        found = await activity(caller, kinds=["REDEMPTION_GRANTED", "CUSTOMER_CREATED"], first=2)
        assert kinds_of(found) == ["REDEMPTION_GRANTED", "CUSTOMER_CREATED"]
        assert found["pageInfo"]["hasNextPage"] is False
        assert kinds_of(await activity(caller, kinds=["CAMPAIGN_CREATED"])) == []
        assert kinds_of(await activity(caller, kinds=[])) == []


async def test_a_page_ends_with_the_event_that_makes_it_large_enough(project, caller):
    [ada] = [await a_customer(project)]
    async with activity_kept_up(project):
        page = (await activity_of(project, [ada], 5, most_bytes=1))[ada]
        assert ([event.kind.value for event in page.events], page.has_more) == (ALL[:1], True)
        whole = (await activity_of(project, [ada], 7))[ada]
        assert ([event.kind.value for event in whole.events], whole.has_more) == (ALL, False)


@pytest.mark.usefixtures("feed")
async def test_what_happens_next_comes_by_the_feed_without_a_gap_and_nothing_twice(project, caller, till):
    async with activity_kept_up(project):
        shown = await activity(caller, first=2)
        last = await settled_head(project)
        redemption(await till.redeem(asking(project, "FIVE", customer=ADA)))
        document = """subscription ($after: Cursor) {
          walletChanges(customer: {sourceId: "ada"}, after: $after) { event { kind } }
        }"""
        async with followed(caller, document, after=shown["upTo"]) as results:
            async for result in results:
                assert not result.errors
                if result.data["walletChanges"]["event"] is not None:
                    break
        assert result.data == {"walletChanges": {"event": {"kind": "REDEMPTION_GRANTED"}}}
    async with activity_kept_up(project):
        newest = await activity(caller, first=1)
    assert kinds_of(newest) == ["REDEMPTION_GRANTED"]
    assert shown["upTo"] >= last.encode()


async def test_before_anything_is_kept_up_there_is_nothing_and_the_log_is_ahead(another_project):
    ada = await a_customer(another_project)
    page = (await activity_of(another_project, [ada], 5))[ada]
    assert (page.events, page.has_more) == ((), False)
    assert page.up_to >= BEGINNING


async def test_a_customer_of_another_project_has_no_activity_here(project, another_project, caller):
    ada = await a_customer(project)
    async with activity_kept_up(project):
        assert (await activity_of(another_project, [ada], 5))[ada].events == ()


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({"first": 0}, "A page has 1 to 100 events; 0 were asked for."),
        ({"first": 101}, "A page has 1 to 100 events; 101 were asked for."),
        ({"after": "nowhere"}, "This is not a cursor of the event log."),
    ],
)
async def test_pages_that_cannot_be_are_refused(project, variables, message):
    await a_customer(project)
    assert await refusal(await a_caller(project), ACTIVITY, **variables) == ("BAD_USER_INPUT", message)

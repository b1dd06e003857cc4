"""segment and segments: found, listed, who is in them and why not, in a number of statements that stands."""

import pytest

from app import ids
from app.engine.rules.none_of import NoneOf
from app.engine.rules.redemptions_made import RedemptionsMade
from app.projects.values import KeyKind
from tests.graphql_schema.asking import a_caller, a_shopper, ask, execute, refusal
from tests.graphql_schema.shop import redeem, shown
from tests.redemptions.shop import a_campaign, a_customer, a_voucher
from tests.segments.shop import NEWCOMERS, a_segment, put

pytestmark = pytest.mark.usefixtures("till")

SEGMENT = """query ($ref: SegmentRef!, $who: CustomerRef!) { segment(ref: $ref) {
  id name description kind version memberCount
  rule { ... on RedemptionsMade { kind atLeast } }
  members(first: 2, sort: OLDEST_FIRST) { totalCount nodes { sourceId } pageInfo { hasNextPage } }
  contains(customer: $who) { isMember reasons { code expected { text } actual { text } missing { count } } }
} }"""
LIST = """query ($filter: SegmentFilter, $sort: SegmentOrder! = NAME_ASCENDING, $after: Cursor) {
  segments(filter: $filter, sort: $sort, first: 2, after: $after) {
    totalCount nodes { name kind } pageInfo { endCursor hasNextPage }
  }
}"""


@pytest.fixture
async def friends(project):
    """The list Friends with Ada and Bob, the live segment Regulars with nobody; Ada has redeemed once."""
    for name in ("ada", "bob", "eve"):
        await a_customer(project, name)
    friends = await a_segment(project)
    await a_segment(project, "Regulars", RedemptionsMade(at_least=3))
    await a_segment(project, "Newcomers", NEWCOMERS)
    await put(project, friends, ["ada", "bob"])
    await a_voucher(project, await a_campaign(project), "SUMMER")
    caller = await a_caller(project)
    await redeem(caller, "SUMMER", customer={"sourceId": "ada"})
    return friends


async def test_a_list_shows_who_is_on_it(project, friends):
    caller = await a_caller(project)
    expected = {
        "id": shown(ids.SEGMENT, friends.id),
        "name": "Friends",
        "description": "",
        "kind": "LIST",
        "version": 1,
        "memberCount": 2,
        "rule": None,
        "members": {
            "totalCount": 2,
            "nodes": [{"sourceId": "ada"}, {"sourceId": "bob"}],
            "pageInfo": {"hasNextPage": False},
        },
        "contains": {"isMember": True, "reasons": []},
    }
    for ref in ({"name": "Friends"}, {"id": shown(ids.SEGMENT, friends.id)}):
        assert await ask(caller, SEGMENT, ref=ref, who={"sourceId": "bob"}) == {"segment": expected}


async def test_a_live_segment_says_who_is_in_it_and_why_others_are_not(project, friends):
    caller = await a_caller(project)
    regulars = (await ask(caller, SEGMENT, ref={"name": "Regulars"}, who={"sourceId": "ada"}))["segment"]
    assert (regulars["kind"], regulars["memberCount"]) == ("LIVE", 0)
    assert regulars["rule"] == {"kind": "redemptions_made", "atLeast": 3}
    assert regulars["contains"] == {
        "isMember": False,
        "reasons": [
            {
                "code": "TOO_FEW_REDEMPTIONS",
                "expected": {"text": "3"},
                "actual": {"text": "1"},
                "missing": {"count": 2},
            }
        ],
    }
    newcomers = (await ask(caller, SEGMENT, ref={"name": "Newcomers"}, who={"sourceId": "bob"}))["segment"]
    assert newcomers["contains"] == {"isMember": True, "reasons": []}
    assert [one["sourceId"] for one in newcomers["members"]["nodes"]] == ["bob", "eve"]


async def test_a_customer_who_is_nowhere_is_in_nothing(project, friends, another_project):
    caller, stranger = await a_caller(project), await a_customer(another_project, "stranger")
    for who in ({"sourceId": "nobody"}, {"id": shown(ids.CUSTOMER, stranger)}, {"sourceId": "stranger"}):
        assert (await ask(caller, SEGMENT, ref={"name": "Friends"}, who=who))["segment"]["contains"] is None
    for asked in (
        '{ segment(ref: {id: "cust_1"}) { id } }',
        '{ segment(ref: {name: "Friends"}) { contains(customer: {id: "seg_1"}) { isMember } } }',
    ):
        result = await execute(caller, asked, {})
        assert [error.extensions["code"] for error in result.errors] == ["BAD_USER_INPUT"]
    assert await ask(caller, SEGMENT, ref={"name": "Nobody"}, who={"sourceId": "ada"}) == {"segment": None}


async def test_segments_are_listed_filtered_and_paged(project, friends):
    caller = await a_caller(project)
    first = (await ask(caller, LIST))["segments"]
    assert (first["totalCount"], [one["name"] for one in first["nodes"]]) == (3, ["Friends", "Newcomers"])
    rest = (await ask(caller, LIST, after=first["pageInfo"]["endCursor"]))["segments"]
    assert rest["nodes"] == [{"name": "Regulars", "kind": "LIVE"}]
    for given, expected in (({"kind": "LIST"}, ["Friends"]), ({"namePrefix": "re"}, ["Regulars"])):
        found = (await ask(caller, LIST, filter=given))["segments"]
        assert ([one["name"] for one in found["nodes"]], found["totalCount"]) == (expected, 1)
    backwards = (await ask(caller, LIST, sort="NAME_DESCENDING"))["segments"]["nodes"]
    assert [one["name"] for one in backwards] == ["Regulars", "Newcomers"]


async def test_a_customer_shows_all_segments_that_they_are_in(project, friends):
    caller = await a_caller(project)
    document = "{ customers(sort: OLDEST_FIRST) { nodes { sourceId segments { name kind } } } }"
    found = (await ask(caller, document))["customers"]["nodes"]
    newcomers, list_ = {"name": "Newcomers", "kind": "LIVE"}, {"name": "Friends", "kind": "LIST"}
    assert found == [
        {"sourceId": "ada", "segments": [list_]},
        {"sourceId": "bob", "segments": [list_, newcomers]},
        {"sourceId": "eve", "segments": [newcomers]},
    ]


ALL = """query ($first: Int) { segments(first: $first) { nodes {
  name memberCount rule { __typename }
  members(first: 2) { totalCount nodes { sourceId redemptions(first: 1) { nodes { channel } } segments { name } } }
  ada: contains(customer: {sourceId: "ada"}) { isMember reasons { code } }
  bob: contains(customer: {sourceId: "bob"}) { isMember }
} } }"""
# The page of segments. What they are, once for counting, once for members, once for who is asked about. Counts of lists
# and of live ones; pages of lists and of live ones; the members. Their redemptions; all segments, and who is in them.
# The customers asked about, and what is known of them.
ALL_COST = 14


async def test_fifty_segments_cost_as_many_statements_as_six(project, friends, statements):
    for n in range(47):
        live = NoneOf((NEWCOMERS,)) if n % 2 else None
        made = await a_segment(project, f"Segment {n:02}", live)
        if live is None:
            await put(project, made, ["ada", "eve"])
    caller = await a_caller(project)
    for size in (6, 50):
        with statements.counted() as sent:
            found = (await ask(caller, ALL, first=size))["segments"]["nodes"]
        assert len(found) == size
        assert len(sent) == ALL_COST, "\n".join(one[:150] for one in sent)
        members = {one["name"]: one["memberCount"] for one in found}
        assert {name: members[name] for name in ("Friends", "Regulars", "Newcomers") if name in members} == {
            name: count
            for name, count in (("Friends", 2), ("Regulars", 0), ("Newcomers", 2))
            if name in members
        }
        assert all(one["members"]["totalCount"] == one["memberCount"] for one in found)
        assert all(one["ada"]["isMember"] != bool(one["ada"]["reasons"]) for one in found)


async def test_nobody_but_servers_sees_segments(project, friends):
    ada = await a_customer(project)
    for caller in (
        await a_caller(project, KeyKind.MERCHANT, redemption_point="till 7"),
        await a_caller(project, KeyKind.STOREFRONT),
        await a_shopper(project, ada),
    ):
        assert (await refusal(caller, LIST))[0] == "FORBIDDEN"
        assert (await refusal(caller, '{ segment(ref: {name: "Friends"}) { id } }'))[0] == "FORBIDDEN"
    shopper = await a_shopper(project, ada)
    code, _ = await refusal(shopper, "{ wallet { customer { segments { name } } } }")
    assert code == "FORBIDDEN"

"""deleteSegment: gone with its list, unless an offer asks about it."""

from app import ids
from app.engine.rules.in_segment import InSegment
from tests.graphql_schema.asking import a_caller, ask
from tests.graphql_schema.shop import everything, faults, shown
from tests.redemptions.shop import a_campaign, offer
from tests.segments.shop import a_segment, customers, put

DELETE = """mutation ($input: DeleteSegmentInput!) { deleteSegment(input: $input) {
  deletedId userErrors { path code message }
} }"""


async def test_a_segment_is_deleted_once(project):
    caller, friends = await a_caller(project), await a_segment(project)
    await put(project, friends, await customers(project, "ada"))
    gone = await ask(caller, DELETE, input={"segment": {"name": "Friends"}, "expectedVersion": 1})
    assert gone == {"deleteSegment": {"deletedId": shown(ids.SEGMENT, friends.id), "userErrors": []}}
    assert await ask(caller, '{ segment(ref: {name: "Friends"}) { id } segments { totalCount } }') == {
        "segment": None,
        "segments": {"totalCount": 0},
    }
    again = (await ask(caller, DELETE, input={"segment": {"name": "Friends"}}))["deleteSegment"]
    assert (again["deletedId"], faults(again)) == (None, [("segment", "NOT_FOUND")])


async def test_a_segment_that_is_asked_about_stays(project):
    caller, friends = await a_caller(project), await a_segment(project)
    await a_campaign(project, "For friends", promise=offer(rule=InSegment(friends.id)))
    before = await everything(project)
    for given, fault in (
        ({}, ("segment", "SEGMENT_IN_USE")),
        ({"expectedVersion": 2}, ("expectedVersion", "VERSION_CONFLICT")),
    ):
        refused = (await ask(caller, DELETE, input={"segment": {"name": "Friends"}, **given}))[
            "deleteSegment"
        ]
        assert (refused["deletedId"], faults(refused)) == (None, [fault])
    assert await everything(project) == before

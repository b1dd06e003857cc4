"""trackCustomEvents: each event has an answer, and rules and segments see it at once."""

import pytest

from app import ids
from app.engine.rules.custom_events import CustomEvents
from app.ids import new_id
from tests.conftest import NOW
from tests.graphql_schema.asking import a_caller, ask
from tests.graphql_schema.shop import everything, faults, shown
from tests.redemptions.shop import a_customer
from tests.segments.shop import a_segment

TRACK = """mutation ($input: TrackCustomEventsInput!) { trackCustomEvents(input: $input) {
  results { outcome userErrors { path code message } } userErrors { path code message }
} }"""


async def track(caller, *events):
    return (await ask(caller, TRACK, input={"events": list(events)}))["trackCustomEvents"]


async def test_events_are_told_and_segments_see_them(project):
    caller, ada = await a_caller(project), await a_customer(project)
    await a_segment(project, "Critics", CustomEvents("review", at_least=2, within_days=30))
    first = {"customer": {"sourceId": "ada"}, "name": "review", "sourceId": "r-1", "metadata": {"stars": 5}}
    second = {"customer": {"id": shown(ids.CUSTOMER, ada)}, "name": "review", "at": NOW.isoformat()}
    told = await track(caller, first, second, first)
    assert told == {
        "results": [
            {"outcome": outcome, "userErrors": []} for outcome in ("RECORDED", "RECORDED", "KNOWN_ALREADY")
        ],
        "userErrors": [],
    }
    document = """{ customer(ref: {sourceId: "ada"}) { customEvents(sort: OLDEST_FIRST) {
      totalCount nodes { name at createdAt sourceId metadata }
    } } }"""
    kept, now = (await ask(caller, document))["customer"]["customEvents"], "2026-06-01T12:00:00Z"
    assert kept == {
        "totalCount": 2,
        "nodes": [
            {"name": "review", "at": now, "createdAt": now, "sourceId": "r-1", "metadata": {"stars": 5}},
            {"name": "review", "at": now, "createdAt": now, "sourceId": None, "metadata": {}},
        ],
    }
    critics = await ask(caller, '{ segment(ref: {name: "Critics"}) { members { nodes { sourceId } } } }')
    assert critics["segment"]["members"]["nodes"] == [{"sourceId": "ada"}]


async def test_a_faulty_event_is_answered_by_itself(project):
    caller = await a_caller(project)
    await a_customer(project)
    ada = {"customer": {"sourceId": "ada"}}
    told = await track(
        caller,
        {"customer": {"id": ids.show(ids.CUSTOMER, new_id())}, "name": "visit"},
        {**ada, "name": "visit"},
        {**ada, "name": "", "at": "2026-06-01T12:10:01Z"},
        {**ada, "name": "visit", "at": "2026-06-01T12:10:01Z"},
    )
    assert [one["outcome"] for one in told["results"]] == ["REFUSED", "RECORDED", "REFUSED", "REFUSED"]
    assert [faults(one) for one in told["results"]] == [
        [("events.0.customer", "NOT_FOUND")],
        [],
        [("events.2.name", "REQUIRED")],
        [("events.3.at", "INVALID_TIME")],
    ]


@pytest.mark.parametrize(
    ("events", "fault"),
    [
        ([], ("events", "EMPTY_BATCH")),
        ([{"customer": {"sourceId": "ada"}, "name": "visit"}] * 1001, ("events", "TOO_MANY_ITEMS")),
        ([{"customer": {"id": "seg_1"}, "name": "visit"}], ("events.0.customer.id", "INVALID_ID")),
    ],
)
async def test_what_is_wrong_as_a_whole_is_told_and_nothing_is_kept(project, events, fault):
    caller = await a_caller(project)
    await a_customer(project)
    before = await everything(project)
    refused = await track(caller, *events)
    assert (refused["results"], faults(refused)) == ([], [fault])
    assert await everything(project) == before

"""The root fields about segments and custom events, with arguments that name things of one project."""

from tests.graphql_schema.attempts import NO_ITEMS, Attempt, a_list, deed, one
from tests.graphql_schema.things import Things

TRACK = """mutation ($input: TrackCustomEventsInput!) { trackCustomEvents(input: $input) {
  results { outcome userErrors { code } } userErrors { code }
} }"""
UNKNOWN = {"results": [{"outcome": "REFUSED", "userErrors": [{"code": "NOT_FOUND"}]}], "userErrors": []}


def segment_queries(of: Things) -> dict[str, list[Attempt]]:
    """The fields of Query about segments."""
    return {
        "segment": [one("segment", "ref", "SegmentRef!", ref) for ref in _refs(of)],
        "segments": [
            Attempt("{ segments { totalCount nodes { id } } }", {}, NO_ITEMS),
            a_list("segments", "SegmentFilter", {"namePrefix": of.segment_name}),
        ],
    }


def segment_mutations(of: Things) -> dict[str, list[Attempt]]:
    """The fields of Mutation about segments and custom events."""
    theirs = {"redemptionsMade": {"atLeast": 1, "campaign": of.campaign}}
    customers = [{"id": of.customer}, {"sourceId": of.source_id}]
    return {
        "createSegment": [deed("createSegment", {"name": "Mine", "rule": theirs}, "NOT_FOUND")],
        "updateSegment": [
            deed("updateSegment", {"segment": ref, "description": "mine"}, "NOT_FOUND") for ref in _refs(of)
        ],
        "deleteSegment": [deed("deleteSegment", {"segment": ref}, "NOT_FOUND") for ref in _refs(of)],
        **{
            name: [deed(name, {"segment": ref, "customers": customers}, "NOT_FOUND") for ref in _refs(of)]
            for name in ("addSegmentMembers", "removeSegmentMembers")
        },
        "trackCustomEvents": [
            Attempt(TRACK, {"input": {"events": [{"customer": ref, "name": "visit"}]}}, UNKNOWN)
            for ref in customers
        ],
    }


def _refs(of: Things) -> list[dict[str, str]]:
    return [{"id": of.segment}, {"name": of.segment_name}]

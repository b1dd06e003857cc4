"""The root fields about reports, with arguments that name things of one project."""

from tests.graphql_schema.attempts import Attempt
from tests.graphql_schema.things import Things

_REPORT = """query ($filter: ReportFilter) {
  report(range: { from: "2020-01-01T00:00:00Z", to: "2029-01-01T00:00:00Z" }, interval: MONTH, filter: $filter) {
    groups { currency }
  }
}"""


def report_queries(of: Things) -> dict[str, list[Attempt]]:
    """The fields of Query about reports."""
    narrowed = [
        *({"campaign": ref} for ref in ({"id": of.campaign}, {"name": of.name}, {"id": of.main})),
        {"partner": of.partner},
        {"redemptionPoint": of.redemption_point},
    ]
    return {"report": [Attempt(_REPORT, {"filter": one}, {"groups": []}) for one in (None, *narrowed)]}

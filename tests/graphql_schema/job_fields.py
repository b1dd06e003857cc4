"""The root fields about jobs, with arguments that name things of one project."""

from tests.graphql_schema.attempts import NO_ITEMS, REFUSED, Attempt, a_list, deed, one
from tests.graphql_schema.things import Things


def job_queries(of: Things) -> dict[str, list[Attempt]]:
    """The fields of Query about jobs."""
    return {
        "job": [one("job", "id", "ID!", of.job)],
        "jobs": [
            Attempt("{ jobs { totalCount nodes { id } } }", {}, NO_ITEMS),
            a_list("jobs", "JobFilter", {"state": "QUEUED"}),
        ],
    }


def job_mutations(of: Things) -> dict[str, list[Attempt]]:
    """The fields of Mutation about jobs. An id of elsewhere narrows an export to nothing; a name is not known."""
    return {
        "startExport": [
            deed("startExport", {"what": "REDEMPTIONS", "filter": asked}, *faults)
            for asked, faults in (
                ({"campaign": {"id": of.campaign}}, ()),
                ({"partner": of.partner}, ()),
                ({"campaign": {"name": of.name}}, ("NOT_FOUND",)),
                ({"customer": {"sourceId": of.source_id}}, ("NOT_FOUND",)),
            )
        ],
        "cancelJob": [deed("cancelJob", {"id": of.job}, "NOT_FOUND")],
    }


def job_subscriptions(of: Things) -> dict[str, list[Attempt]]:
    """The fields of Subscription about jobs; what others find in their events stands under the same name here."""
    document = "subscription ($id: ID!) { jobProgress(id: $id) { event: id } }"
    return {"jobProgress": [Attempt(document, {"id": of.job}, REFUSED)]}

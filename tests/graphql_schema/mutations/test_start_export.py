"""startExport: a job, or what is wrong with what was asked."""

from app import ids
from app.database import fetchval
from app.exports.values import ExportFilter, Wanted
from app.jobs.read import by_ids
from tests.conftest import NOW
from tests.graphql_schema.asking import a_caller, ask, refusal
from tests.graphql_schema.shop import shown
from tests.partners.test_draft import a_partner
from tests.redemptions.shop import a_campaign, a_customer

START = """mutation ($input: StartExportInput!) { startExport(input: $input) {
  job { id state what format requestedBy { name } } replayed userErrors { path code message }
} }"""


async def start(caller, **given):
    return (await ask(caller, START, input=given))["startExport"]


async def jobs(project) -> int:
    return await fetchval("SELECT count(*) FROM jobs WHERE project_id = $1", project)


async def test_an_export_is_queued_as_it_was_asked_for(project):
    caller = await a_caller(project)
    campaign, ada, partner = await a_campaign(project), await a_customer(project), await a_partner(project)
    answer = await start(
        caller,
        what="REJECTED_REDEMPTIONS",
        format="JSONL",
        filter={
            "campaign": {"name": "Summer"},
            "customer": {"sourceId": "ada"},
            "channel": "web",
            "redemptionPoint": "till 7",
            "partner": shown(ids.PARTNER, partner.id),
            "from": NOW.isoformat(),
            "before": "2026-06-02T00:00:00Z",
        },
    )
    assert (answer["replayed"], answer["userErrors"]) == (False, [])
    told = answer["job"]
    assert (told["state"], told["what"], told["format"]) == ("QUEUED", "REJECTED_REDEMPTIONS", "JSONL")
    assert told["requestedBy"]["name"] == caller.key_name
    id_ = ids.read_as(ids.JOB, told["id"])
    asked = Wanted.from_json((await by_ids(project, [id_]))[id_].input).filter
    assert asked == ExportFilter(campaign, ada, "web", "till 7", partner.id, NOW, NOW.replace(day=2, hour=0))


async def test_the_same_key_gets_the_same_job(project):
    caller = await a_caller(project)
    first = await start(caller, what="VOUCHERS", idempotencyKey="1")
    again = await start(caller, what="VOUCHERS", idempotencyKey="1")
    assert (again["job"], again["replayed"]) == (first["job"], True)
    other = await start(caller, what="CUSTOMERS", idempotencyKey="1")
    assert (other["job"], [fault["code"] for fault in other["userErrors"]]) == (
        None,
        ["IDEMPOTENCY_KEY_REUSED"],
    )
    assert await jobs(project) == 1


async def test_what_does_not_apply_or_is_not_there_is_told_with_its_place(project):
    caller = await a_caller(project)
    for given, path, code in (
        ({"what": "CUSTOMERS", "filter": {"channel": "web"}}, ["filter", "channel"], "FILTER_DOES_NOT_APPLY"),
        ({"what": "VOUCHERS", "after": "AQAAAAAAAAAAAAAAAAAAAAAAAA"}, ["after"], "AFTER_DOES_NOT_APPLY"),
        (
            {"what": "REDEMPTIONS", "filter": {"campaign": {"name": "No"}}},
            ["filter", "campaign"],
            "NOT_FOUND",
        ),
    ):
        [fault] = (await start(caller, **given))["userErrors"]
        assert (fault["path"], fault["code"]) == (["input", *path], code)
    assert (await refusal(caller, START, input={"what": "REDEMPTIONS", "after": "x"}))[0] == "BAD_USER_INPUT"
    assert await jobs(project) == 0


async def test_a_project_has_only_so_many_open_exports(project):
    caller = await a_caller(project)
    for _ in range(10):
        assert (await start(caller, what="CUSTOMERS"))["job"] is not None
    refused = await start(caller, what="CUSTOMERS")
    assert [(fault["path"], fault["code"]) for fault in refused["userErrors"]] == [
        (["input"], "TOO_MANY_JOBS")
    ]
    assert await jobs(project) == 10

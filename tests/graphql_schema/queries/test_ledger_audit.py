"""ledgerAudit: nothing drifts, and if it does it is told."""

from app.database import execute, transaction
from tests.graphql_schema.asking import a_caller, ask, refusal
from tests.graphql_schema.shop import redeem
from tests.redemptions.shop import a_campaign, a_voucher, offer

AUDIT = "{ ledgerAudit { drift checks { name checked drift examples } } }"


async def test_an_audit_compares_everything_of_the_project_and_finds_no_drift(project, till):
    caller = await a_caller(project)
    await a_voucher(project, await a_campaign(project, promise=offer(per_campaign=3)), "SUMMER")
    await redeem(caller, "SUMMER")
    audit = (await ask(caller, AUDIT))["ledgerAudit"]
    assert audit["drift"] == 0
    assert [(check["name"], check["checked"], check["drift"]) for check in audit["checks"]] == [
        ("counters", 1, 0),
        ("redemptions", 1, 0),
        ("balances", 0, 0),
        ("payments", 0, 0),
        ("gifts", 0, 0),
        ("events", 1, 0),
    ]


async def test_a_counter_that_lies_is_found_and_shown(project, till):
    caller = await a_caller(project)
    campaign = await a_campaign(project, promise=offer(per_campaign=3))
    await a_voucher(project, campaign, "SUMMER")
    await redeem(caller, "SUMMER")
    await execute("UPDATE counters SET used = 2 WHERE project_id = $1", project)
    audit = (await ask(caller, AUDIT))["ledgerAudit"]
    assert audit["drift"] == 1
    assert audit["checks"][0]["examples"] == [f"campaign {campaign}: 2, counted 1"]


async def test_a_ledger_too_large_for_a_request_is_said_so(project, monkeypatch):
    monkeypatch.setattr("graphql_schema.queries.ledger_audit.MOST_SECONDS", 0.05)
    caller = await a_caller(project)
    async with transaction() as somebody:
        await somebody.execute("LOCK TABLE rollbacks IN ACCESS EXCLUSIVE MODE")
        code, message = await refusal(caller, AUDIT)
    assert code == "LEDGER_TOO_LARGE"
    assert message.endswith("run `tearoff audit`.")

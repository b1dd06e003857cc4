"""The audit finds every kind of drift, in the whole database and in one project, and nothing where all is well."""

from uuid import UUID

import pytest

from app.database import execute, transaction
from app.engine.offer import Offer
from app.engine.rewards.external_code import ExternalCode
from app.engine.rewards.points_earned import PointsEarned
from app.pools.fill import add_codes
from app.redemptions.audit import AuditTooLong, LedgerAudit, audit
from app.redemptions.requests import CustomerRef
from app.redemptions.till import Till
from tests.conftest import NOW
from tests.pools.test_fill import a_pool
from tests.redemptions.holds import CARD, a_hold
from tests.redemptions.shop import a_campaign, a_customer, a_voucher, asking, offer, redemption


@pytest.fixture
async def busy(project: UUID, till: Till) -> UUID:
    """A project with counters, a hold, a refusal and two redemptions, one of two codes."""
    main = await a_campaign(project, "Year", is_main=True, max_redemptions=100)
    campaign = await a_campaign(project, main_id=main, promise=offer(per_voucher=5, per_customer=9))
    for code in ("ONE", "TWO"):
        await a_voucher(project, campaign, code)
    ada = CustomerRef(id=await a_customer(project))
    redemption(await till.redeem(asking(project, "ONE", customer=ada)))
    redemption(await till.redeem(asking(project, "ONE", "TWO", customer=ada)))
    await till.redeem(asking(project, "NOPE"))
    return project


def drifts(found: LedgerAudit) -> dict[str, int]:
    return {check.name: check.drift for check in found.checks if check.drift}


async def test_a_sound_ledger_drifts_nowhere(busy: UUID) -> None:
    found = await audit(busy)
    assert found.drift == 0
    assert {check.name: check.checked for check in found.checks} == {
        "counters": 4,
        "redemptions": 2,
        "balances": 0,
        "payments": 0,
        "gifts": 0,
        "events": 1,
    }
    assert all(check.examples == () for check in found.checks)


@pytest.mark.parametrize(
    ("damage", "found"),
    [
        ("UPDATE counters SET used = used + 1 WHERE project_id = $1 AND scope <> 'past'", {"counters": 4}),
        ("UPDATE redemptions SET discount = discount - 1 WHERE project_id = $1", {"redemptions": 2}),
        ("UPDATE redeemed_vouchers SET line_discounts = '{1,2}' WHERE project_id = $1", {"redemptions": 2}),
        (
            "UPDATE redeemed_vouchers SET shipping_discount = 1 WHERE project_id = $1 AND position = 0",
            {"redemptions": 2},
        ),
        (
            "UPDATE redemptions SET line_discounts = '{0,0}', shipping_discount = 500 WHERE project_id = $1"
            " AND discount = 500",
            {"redemptions": 1},
        ),
        ("UPDATE redemptions SET state = 'RELEASED' WHERE project_id = $1", {"redemptions": 2, "events": 1}),
        (
            "DELETE FROM redeemed_vouchers WHERE project_id = $1 AND position = 1",
            {"counters": 3, "redemptions": 1},
        ),
        (
            "UPDATE redeemed_vouchers SET spent = 7, spent_unit = 'points' WHERE project_id = $1",
            {"payments": 3},
        ),
        ("DELETE FROM events WHERE project_id = $1 AND kind = 'REDEMPTION_REJECTED'", {"events": 1}),
        (
            "WITH one AS (SELECT id FROM vouchers WHERE project_id = $1 LIMIT 1) INSERT INTO balance_buckets"
            " SELECT gen_random_uuid(), $1, id, 'EUR', 100, NULL, now() FROM one",
            {"balances": 1},
        ),
    ],
)
async def test_each_drift_is_found_where_it_is(
    busy: UUID, another_project: UUID, damage: str, found: dict[str, int]
) -> None:
    await execute(damage, busy)
    told = await audit(busy)
    assert drifts(told) == found
    assert told.drift == sum(found.values())
    assert [len(check.examples) for check in told.checks if check.drift] == list(found.values())
    assert (await audit(another_project)).drift == 0


async def test_an_audit_of_all_projects_looks_at_each(busy: UUID) -> None:
    await execute("UPDATE counters SET used = used + 1 WHERE project_id = $1 AND scope <> 'past'", busy)
    assert (await audit()).drift >= 4


async def test_an_audit_gives_up_when_its_time_is_over(busy: UUID) -> None:
    async with transaction() as somebody:
        await somebody.execute("LOCK TABLE rollbacks IN ACCESS EXCLUSIVE MODE")
        with pytest.raises(AuditTooLong):
            await audit(busy, seconds=0.05)


@pytest.mark.parametrize(
    ("damage", "found"),
    [
        ("UPDATE postings SET amount = amount + 1 WHERE project_id = $1 AND deed = 'ISSUE'", 1),
        ("UPDATE postings SET redemption_id = NULL WHERE project_id = $1 AND deed = 'ISSUE'", 1),
        ("UPDATE redeemed_vouchers SET gifts = NULL WHERE project_id = $1", 3),
        ("UPDATE pool_codes SET redemption_id = NULL WHERE project_id = $1", 2),
        ("UPDATE redemptions SET state = 'RELEASED' WHERE project_id = $1 AND state = 'HELD'", 1),
    ],
)
async def test_what_was_given_is_what_redemptions_say(
    project: UUID, till: Till, damage: str, found: int
) -> None:
    pool = await a_pool(project)
    await add_codes(project, pool, ["FILM-1", "FILM-2"], NOW)
    cards = await a_campaign(project, "Cards", promise=CARD)
    ada = CustomerRef(id=(who := await a_customer(project)))
    await a_voucher(project, cards, "CARD-1", holder_id=who)
    await a_voucher(
        project, await a_campaign(project, promise=Offer(1, None, PointsEarned(cards, 7))), "EARN"
    )
    await a_voucher(
        project, await a_campaign(project, "F", promise=Offer(1, None, ExternalCode(pool))), "FILM"
    )
    redemption(await till.redeem(asking(project, "EARN", customer=ada)))
    redemption(await till.redeem(asking(project, "FILM")))
    await a_hold(till, project, "FILM")
    before = await audit(project)
    assert (before.drift, {check.name: check.checked for check in before.checks}["gifts"]) == (0, 3)
    await execute(damage, project)
    assert drifts(await audit(project))["gifts"] == found

"""A page of a list costs the same however long the list is: the plan walks an index and sorts nothing."""

from uuid import UUID

from app.database import execute, fetchval
from app.database.keyset import PageRequest
from app.ids import new_id
from app.redemptions.lists import AttemptSort
from app.redemptions.read import (
    RedemptionFilter,
    redemptions_of_campaigns,
    redemptions_of_vouchers,
    redemptions_page,
)
from tests.conftest import Statements

_FILL = """
WITH made AS (SELECT gen_random_uuid() AS id, n FROM generate_series(1, 5000) n),
attempts AS (
  INSERT INTO redemptions (id, project_id, currency, subtotal, shipping, discount, line_discounts, cart, channel,
                           key_id, metadata, created_at)
  SELECT id, $1, 'EUR', 100, 0, 10, '{10}', '{"currency": "EUR", "lines": []}', 'web', $1, '{}', now() FROM made)
INSERT INTO redeemed_vouchers (id, project_id, redemption_id, position, voucher_id, campaign_id, main_campaign_id,
                               offer_version, code, discount, line_discounts, given_back, created_at)
SELECT gen_random_uuid(), $1, id, place, $2, $3, $4, 1, 'X', 5, '{5}', false, now()
FROM made, generate_series(0, 1) place
"""


# Somebody else's shop in which nearly every hold was left to expire: what is known of all rows says nothing of ours.
_ELSEWHERE = """
INSERT INTO redemptions (id, project_id, currency, subtotal, shipping, discount, line_discounts, cart, channel,
                         key_id, metadata, state, expires_at, created_at)
SELECT gen_random_uuid(), $1, 'EUR', 100, 0, 10, '{10}', '{}', 'web', $1, '{}', 'EXPIRED', now(), now()
FROM generate_series(1, 50000)
"""


async def test_a_page_of_twenty_reads_no_more_than_its_rows(
    project: UUID, another_project: UUID, statements: Statements
) -> None:
    voucher, campaign, main = new_id(), new_id(), new_id()
    await execute(_FILL, project, voucher, campaign, main)
    await execute(_ELSEWHERE, another_project)
    for table in ("redemptions", "redeemed_vouchers"):
        await execute(f"ANALYZE {table}")
    for parent, ask in (
        (voucher, redemptions_of_vouchers),
        (campaign, redemptions_of_campaigns),
        (main, redemptions_of_campaigns),
    ):
        for sort in AttemptSort:
            first = (await ask(project, [parent], PageRequest(20), sort=sort))[parent]
            request = PageRequest(20, after=first.cursors[-1])
            with statements.counted() as sent:
                second = (await ask(project, [parent], request, sort=sort))[parent]
            order = [one.id for one in first.items + second.items]
            assert (len(order), order) == (40, sorted(order, reverse=sort is AttemptSort.NEWEST))
            stand = [state.value for state in RedemptionFilter().states]
            plan = await fetchval(
                f"EXPLAIN (ANALYZE, FORMAT JSON) {sent[0]}", project, [parent], 21, stand, order[20]
            )
            assert _rows(plan[0]["Plan"]) < 500


async def test_a_page_of_a_partner_s_redemptions_reads_no_more_than_its_rows(
    project: UUID, statements: Statements
) -> None:
    partner = new_id()
    await execute(_FILL, project, new_id(), new_id(), new_id())
    await execute("UPDATE redeemed_vouchers SET partner_id = $2 WHERE project_id = $1", project, partner)
    for table in ("redemptions", "redeemed_vouchers"):
        await execute(f"ANALYZE {table}")
    with statements.counted() as sent:
        page = await redemptions_page(project, PageRequest(20), RedemptionFilter(partner=partner))
    assert len(page.items) == 20
    stand = [state.value for state in RedemptionFilter().states]
    plan = await fetchval(f"EXPLAIN (ANALYZE, FORMAT JSON) {sent[0]}", project, [partner], 21, stand)
    assert _rows(plan[0]["Plan"]) < 500


def _rows(plan: dict[str, object]) -> float:
    """The most rows that any node of the plan handled; not of rollbacks, of which others' few are read whole."""
    children = plan.get("Plans", [])
    assert isinstance(children, list)
    if plan.get("Relation Name") == "rollbacks":
        return 0.0
    read = float(str(plan["Actual Rows"])) + float(str(plan.get("Rows Removed by Filter", 0)))
    own = read * float(str(plan["Actual Loops"]))
    return max([own, *(_rows(child) for child in children)])

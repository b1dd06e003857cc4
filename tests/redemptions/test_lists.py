"""A page of a list costs the same however long the list is: the plan walks an index and sorts nothing."""

from uuid import UUID

import pytest

from app.database import execute, transaction
from app.database.keyset import PageRequest
from app.ids import new_id
from app.redemptions.lists import AttemptSort, Lists
from app.redemptions.read import RedemptionFilter
from app.redemptions.rows import REDEMPTION, redemption_of
from app.redemptions.values import Redemption
from tests.conftest import Statements

_FILL = """
WITH made AS (SELECT gen_random_uuid() AS id, n FROM generate_series(1, 20000) n),
attempts AS (
  INSERT INTO redemptions (id, project_id, currency, subtotal, shipping, discount, line_discounts, cart, channel,
                           key_id, metadata, created_at)
  SELECT id, $1, 'EUR', 100, 0, 10, '{10}', '{"currency": "EUR", "lines": []}', 'web', $1, '{}', now() FROM made)
INSERT INTO redeemed_vouchers (id, project_id, redemption_id, position, voucher_id, campaign_id, main_campaign_id,
                               offer_version, code, discount, line_discounts, counted, rolled_back, created_at)
SELECT gen_random_uuid(), $1, id, place, $2, $3, $4, 1, 'X', 5, '{5}', '{}', false, now()
FROM made, generate_series(0, 1) place
"""


@pytest.mark.parametrize("parent", ["voucher", "campaign", "main"])
@pytest.mark.parametrize("sort", list(AttemptSort))
async def test_a_page_of_twenty_reads_no_more_than_its_rows(
    project: UUID, parent: str, sort: AttemptSort, statements: Statements
) -> None:
    ids = {"voucher": new_id(), "campaign": new_id(), "main": new_id()}
    await execute(_FILL, project, *ids.values())
    for table in ("redemptions", "redeemed_vouchers"):
        await execute(f"ANALYZE {table}")
    lists: Lists[Redemption, RedemptionFilter] = Lists(
        REDEMPTION, "redemptions", "redeemed_vouchers", "redemption_id", redemption_of, RedemptionFilter()
    )
    ask = lists.of_vouchers if parent == "voucher" else lists.of_campaigns
    first = (await ask(project, [ids[parent]], PageRequest(20), sort=sort))[ids[parent]]
    with statements.counted() as sent:
        request = PageRequest(20, after=first.cursors[-1])
        second = (await ask(project, [ids[parent]], request, sort=sort))[ids[parent]]
    assert (len(first.items), len(second.items)) == (20, 20)
    order = [one.id for one in first.items + second.items]
    assert order == sorted(order, reverse=sort is AttemptSort.NEWEST)
    async with transaction() as connection:
        cursor = second.items[0].id
        plan = await connection.fetchval(
            f"EXPLAIN (ANALYZE, FORMAT JSON) {sent[0]}", project, [ids[parent]], 21, cursor
        )
    assert _rows(plan[0]["Plan"]) < 500


def _rows(plan: dict[str, object]) -> float:
    """The most rows that any node of the plan handled."""
    children = plan.get("Plans", [])
    assert isinstance(children, list)
    read = float(str(plan["Actual Rows"])) + float(str(plan.get("Rows Removed by Filter", 0)))
    own = read * float(str(plan["Actual Loops"]))
    return max([own, *(_rows(child) for child in children)])

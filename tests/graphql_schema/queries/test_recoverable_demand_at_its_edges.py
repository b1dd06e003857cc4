"""Recoverable demand at its edges: sums that no machine word holds."""

from uuid import UUID

import pytest

from app.database import execute
from tests.graphql_schema.asking import a_caller
from tests.graphql_schema.queries.test_recoverable_demand import the_group
from tests.graphql_schema.shop import redeem

pytestmark = pytest.mark.usefixtures("till")


async def test_the_dearest_carts_together_are_told_exactly_however_large_the_sum(project: UUID) -> None:
    caller = await a_caller(project)
    for key in ("one", "two"):
        await redeem(caller, "NOSUCH", key=key)
    # As many carts of the largest amount as any shopper with a token may send.
    largest = 2**53 - 1
    await execute(
        "UPDATE rejected_redemptions SET subtotal = $2 WHERE project_id = $1", project, 1_000 * largest
    )
    group = await the_group(caller)
    assert group["valueAtStake"] == [{"amount": "180143985094819820.00", "currency": "EUR"}]

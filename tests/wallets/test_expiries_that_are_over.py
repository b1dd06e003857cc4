"""A card that earns points day by day goes on earning: what has expired makes room for what is added."""

from datetime import timedelta
from uuid import UUID

import pytest

from app.problem import Problems
from app.wallets import adjust
from app.wallets.adjust import Adjustment, adjust_balance
from app.wallets.values import Adjusted
from tests.conftest import NOW
from tests.wallets.balances import a_gift, assert_buckets_equal_postings, left

DAY = timedelta(days=1)


async def test_what_has_expired_counts_no_more_among_the_moments_at_which_a_balance_expires(
    project: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adjust, "MOST_BUCKETS", 2)
    card = await a_gift(project, unit="points")
    for day in range(6):
        now = NOW + day * DAY
        earned = await adjust_balance(project, card, Adjustment(5, "points", now + DAY), now)
        assert isinstance(earned, Adjusted)
        assert earned.available == 5
    now = NOW + 5 * DAY
    assert isinstance(
        await adjust_balance(project, card, Adjustment(5, "points", now + 2 * DAY), now), Adjusted
    )
    refused = await adjust_balance(project, card, Adjustment(5, "points", now + 3 * DAY), now)
    assert isinstance(refused, Problems)
    assert [problem.code for problem in refused.all] == ["TOO_MANY_EXPIRIES"]
    assert [amount for amount, _ in await left(project, card)] == [0, 0, 0, 0, 0, 5, 5]
    await assert_buckets_equal_postings(project)

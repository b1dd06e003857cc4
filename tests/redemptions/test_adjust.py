"""Adjusting a balance that holds have reserved: those whose time is over stand in nobody's way."""

from datetime import timedelta
from uuid import UUID

import pytest

from app.redemptions.adjust import adjust
from app.wallets.adjust import Adjustment
from app.wallets.postings import Deed
from app.wallets.values import Adjusted
from tests.conftest import NOW
from tests.vouchers.shop import codes_of
from tests.wallets.balances import (
    a_gift,
    a_held_redemption,
    assert_buckets_equal_postings,
    entries,
    left,
    taken_by,
)

OVER = NOW + timedelta(minutes=5)


@pytest.mark.parametrize("amount", [-100, -61])
async def test_what_a_hold_reserved_is_there_again_when_its_time_is_over(project: UUID, amount: int) -> None:
    voucher = await a_gift(project, (100, None))
    hold = await taken_by(project, voucher, 40, Deed.HOLD)
    await a_held_redemption(project, voucher, hold, 40, OVER)
    wanted = Adjustment(amount, "EUR")
    assert codes_of(await adjust(project, voucher, wanted, OVER - timedelta(seconds=1))) == [
        "BALANCE_TOO_LOW"
    ]
    assert await left(project, voucher) == [(60, None)]
    assert await adjust(project, voucher, wanted, OVER) == Adjusted(voucher, "EUR", amount, 100 + amount)
    assert (await entries(project, voucher))[1:] == [("HOLD", 40), ("RELEASE", 40), ("REMOVE", -amount)]
    await assert_buckets_equal_postings(project)


async def test_a_removal_of_more_than_that_is_still_refused(project: UUID) -> None:
    voucher = await a_gift(project, (100, None))
    hold = await taken_by(project, voucher, 40, Deed.HOLD)
    await a_held_redemption(project, voucher, hold, 40, OVER)
    assert codes_of(await adjust(project, voucher, Adjustment(-101, "EUR"), OVER)) == ["BALANCE_TOO_LOW"]
    assert (await adjust(project, voucher, Adjustment(1, "EUR"), OVER)) == Adjusted(voucher, "EUR", 1, 101)

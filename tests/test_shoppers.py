"""Simulated shoppers against a real service: what they tell of themselves is what the shop has seen."""

import asyncio
import random
import time

import pytest

from app.shoppers import Shoppers, ShoppersError, Tally
from tests.open_shop import OpenShop

REASONS = {
    "CODE_NOT_FOUND",
    "CURRENCY_MISMATCH",
    "HELD_BY_ANOTHER_CUSTOMER",
    "MINIMUM_SPEND_NOT_REACHED",
    "VOUCHER_LIMIT_REACHED",
}


def unwatched(_tally: Tally) -> None:
    """Nobody looks at the tally."""


def a_crowd(shop: OpenShop) -> Shoppers:
    """The same choices each time."""
    return Shoppers(shop.server.url, shop.key, random.Random(11))  # noqa: S311


async def seen_by(shop: OpenShop) -> tuple[int, int]:
    return await shop.count("redemptions"), await shop.count("rejected_redemptions")


async def test_every_visit_ends_in_the_tally_and_in_the_shop(open_shop: OpenShop) -> None:
    before = await seen_by(open_shop)
    crowd = a_crowd(open_shop)
    tally = crowd.tally
    await crowd.shop(40, 3, unwatched)
    after = await seen_by(open_shop)
    assert (tally.came, tally.turned_away, tally.failed.total()) == (120, 0, 0)
    assert tally.served == tally.came
    assert (after[0] - before[0], after[1] - before[1]) == (tally.redeemed, tally.rejected.total())
    assert tally.redeemed > 40
    assert set(tally.rejected) >= REASONS


async def test_they_come_at_a_steady_rate(open_shop: OpenShop) -> None:
    moments: list[float] = []
    crowd = a_crowd(open_shop)
    began = time.monotonic()
    await crowd.shop(20, 1.5, lambda _tally: moments.append(time.monotonic()))
    assert crowd.tally.came == 30
    assert all(moment - began >= number / 20 for number, moment in enumerate(moments[:30]))


async def test_when_they_are_sent_home_nobody_stays_behind(open_shop: OpenShop) -> None:
    crowd = a_crowd(open_shop)
    some_came = asyncio.Event()
    shopping = asyncio.create_task(crowd.shop(200, None, lambda _tally: some_came.set()))
    await some_came.wait()
    others = asyncio.all_tasks()
    shopping.cancel()
    with pytest.raises(asyncio.CancelledError):
        await shopping
    assert {task for task in asyncio.all_tasks() - others if not task.done()} == set()
    assert crowd.tally.seconds > 0


async def test_without_a_service_nobody_can_shop() -> None:
    with pytest.raises(
        ShoppersError, match=r"^Nobody can shop at http://127.0.0.1:1: no answer \(ConnectError\)\.$"
    ):
        await Shoppers("http://127.0.0.1:1", "tear_sk_x").shop(5, 1, unwatched)


async def test_a_key_that_is_not_known_is_told(open_shop: OpenShop) -> None:
    with pytest.raises(ShoppersError, match="This key is not known"):
        await Shoppers(open_shop.server.url, f"tear_sk_{'x' * 43}").shop(5, 1, unwatched)

"""Balances in a rush: through several tills at once a code pays all that is on it, and not a cent more."""

import random
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from app.engine.cart import Cart, Line
from app.engine.money import Money
from app.problem import Problems
from app.redemptions.requests import Answer, RedeemRequest
from tests.conftest import NOW
from tests.redemptions.holds import a_gift_card, a_points_card
from tests.redemptions.shop import asking, granted, rejected, rush, tills
from tests.wallets.balances import added, assert_buckets_equal_postings, entries, left

SOON = NOW + timedelta(days=1)
SEVEN = Cart("EUR", (Line(1, 700),))


def _reasons(answers: Sequence[Answer | Problems]) -> Counter[str]:
    return Counter(reason.code for one in rejected(answers) for reason in one.reasons)


def _paid(answers: Sequence[Answer | Problems], voucher: UUID) -> list[int]:
    """What each redemption took from the voucher, the most first."""
    codes = [code for one in granted(answers) for code in one.vouchers if code.voucher_id == voucher]
    return sorted((code.spent for code in codes), reverse=True)


async def test_as_much_as_fits_is_paid_until_nothing_is_left(project: UUID) -> None:
    voucher = await a_gift_card(project, "GIFT", 6000, SOON)
    await added(project, voucher, 4000)
    async with tills(2, size=8) as opened:
        answers = await rush(opened, [asking(project, "GIFT", cart=SEVEN) for _ in range(60)])
    assert _paid(answers, voucher) == [700] * 14 + [200]
    assert _reasons(answers) == {"BALANCE_EMPTY": 45}
    assert await left(project, voucher) == [(0, SOON), (0, None)]
    spent = [amount for deed, amount in await entries(project, voucher) if deed == "SPEND"]
    assert sum(spent) == 10_000
    await assert_buckets_equal_postings(project)


async def test_who_asks_for_an_amount_gets_it_whole_or_not_at_all(project: UUID) -> None:
    voucher = await a_gift_card(project, "GIFT", 10_000)
    take = {"cart": SEVEN, "takes": (Money(700, "EUR"),)}
    async with tills(2, size=8) as opened:
        answers = await rush(opened, [asking(project, "GIFT", **take) for _ in range(60)])
    assert _paid(answers, voucher) == [700] * 14
    assert _reasons(answers) == {"BALANCE_TOO_LOW": 46}
    assert await left(project, voucher) == [(200, None)]
    await assert_buckets_equal_postings(project)


async def test_points_pay_in_whole_steps_and_the_rest_stays(project: UUID) -> None:
    card = await a_points_card(project, "CARD", 10_050)
    async with tills(2, size=8) as opened:
        answers = await rush(opened, [asking(project, "CARD", cart=SEVEN) for _ in range(40)])
    assert _paid(answers, card) == [700] * 14 + [200]
    assert _reasons(answers) == {"BALANCE_TOO_LOW": 25}
    assert await left(project, card) == [(50, None)]
    await assert_buckets_equal_postings(project)


async def test_stacks_of_gift_vouchers_in_any_order_pay_exactly_and_never_wait_in_a_circle(
    project: UUID,
) -> None:
    vouchers = {code: await a_gift_card(project, code, 1000) for code in ("A", "B", "C", "D", "E", "F")}
    chance = random.Random(7)  # noqa: S311 - any order will do

    def a_stack() -> RedeemRequest:
        cart = Cart("EUR", (Line(1, 250), Line(2, 125)))
        return asking(project, *chance.sample(sorted(vouchers), 3), cart=cart, takes=(Money(100, "EUR"),) * 3)

    async with tills(2, size=4) as opened:
        answers = await rush(opened, [a_stack() for _ in range(60)])
    assert set(_reasons(answers)) <= {"BALANCE_EMPTY"}
    for voucher in vouchers.values():
        paid = _paid(answers, voucher)
        assert await left(project, voucher) == [(1000 - sum(paid), None)]
        assert set(paid) <= {100}
    assert len(granted(answers)) + len(rejected(answers)) == 60
    assert 10 <= len(granted(answers)) <= 20
    await assert_buckets_equal_postings(project)


async def test_one_batch_sees_what_it_has_spent_itself(project: UUID) -> None:
    gift, other = await a_gift_card(project, "GIFT", 1000), await a_gift_card(project, "OTHER", 300)
    async with tills() as [till]:
        answers = await rush(
            [till],
            [
                asking(project, "GIFT", cart=SEVEN),
                asking(project, "GIFT", "OTHER", cart=SEVEN),
                asking(project, "OTHER", "GIFT", cart=SEVEN),
            ],
        )
    assert (_paid(answers, gift), _paid(answers, other)) == ([700, 300], [300])
    assert _reasons(answers) == {"BALANCE_EMPTY": 2}
    assert [one.total for one in granted(answers)] == [0, 100]

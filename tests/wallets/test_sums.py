"""Sums of wallets: all balances that a customer holds, by currency and in points, in two statements."""

from datetime import timedelta
from uuid import UUID

from app.vouchers.publish import publish
from app.vouchers.stop import disable_voucher
from app.vouchers.values import PublishOrder
from app.wallets.sums import sums_of_wallets
from app.wallets.values import Balance
from tests.conftest import NOW, Statements
from tests.vouchers.shop import TOMORROW, YESTERDAY, a_campaign, a_customer, a_project, a_voucher
from tests.wallets.balances import added


async def _a_gift(
    project: UUID, campaign: UUID, customer: UUID, code: str, *parts: tuple[int, str, int | None]
) -> UUID:
    """A voucher of the customer's; each part is an amount, its unit, and the days until it expires."""
    voucher = (await a_voucher(project, campaign, code)).id
    for amount, unit, days in parts:
        await added(project, voucher, amount, None if days is None else NOW + timedelta(days=days), unit)
    await publish(project, PublishOrder("x", code=code), customer, None, NOW)
    return voucher


async def test_each_unit_is_summed_with_the_part_that_expires_soonest(project: UUID) -> None:
    campaign, ada = await a_campaign(project), await a_customer(project)
    await _a_gift(project, campaign, ada, "ONE", (3000, "EUR", None), (500, "EUR", 2))
    await _a_gift(project, campaign, ada, "TWO", (1000, "EUR", 5), (100, "EUR", 2))
    await _a_gift(project, campaign, ada, "YEN", (700, "JPY", None))
    await _a_gift(project, campaign, ada, "CARD", (250, "points", 9))
    assert await sums_of_wallets(project, [ada], NOW) == {
        ada: (
            Balance("EUR", 4600, 0, 600, NOW + timedelta(days=2)),
            Balance("JPY", 700),
            Balance("points", 250, 0, 250, NOW + timedelta(days=9)),
        )
    }


async def test_what_is_stopped_over_or_somebody_elses_does_not_count(project: UUID) -> None:
    campaign, ada, bob = await a_campaign(project), await a_customer(project), await a_customer(project)
    stopped = await _a_gift(project, campaign, ada, "STOPPED", (100, "EUR", None))
    await disable_voucher(project, stopped, NOW)
    await _a_gift(project, campaign, bob, "BOBS", (20, "EUR", None))
    over = await a_voucher(project, campaign, "OVER", expires_at=TOMORROW)
    await added(project, over.id, 400)
    await publish(project, PublishOrder("x", code="OVER"), ada, None, YESTERDAY)
    assert await sums_of_wallets(project, [ada, bob], NOW) == {
        ada: (Balance("EUR", 400),),
        bob: (Balance("EUR", 20),),
    }
    assert await sums_of_wallets(project, [ada], TOMORROW) == {}
    assert await sums_of_wallets(await a_project(), [ada, bob], NOW) == {}


async def test_two_statements_serve_any_number_of_wallets(project: UUID, statements: Statements) -> None:
    campaign = await a_campaign(project)
    people = [await a_customer(project) for _ in range(4)]
    for place, customer in enumerate(people):
        for number in range(place):
            await _a_gift(project, campaign, customer, f"G{place}{number}", (100, "EUR", None))
    with statements.counted() as sent:
        found = await sums_of_wallets(project, people, NOW)
    assert len(sent) == 2
    assert {customer: own[0].available for customer, own in found.items()} == {
        people[1]: 100,
        people[2]: 200,
        people[3]: 300,
    }

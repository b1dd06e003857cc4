"""A budget of points above gift vouchers and loyalty cards: what is paid with money is no points."""

from uuid import UUID

import pytest

from app.engine.counter import Measure
from app.redemptions.audit import audit
from app.redemptions.till import Till
from tests.redemptions.holds import CARD, GIFT, QUARTER, SMALLER, budgeted, confirmed, daily, used
from tests.redemptions.shop import a_campaign, a_voucher, asking, redemption
from tests.wallets.balances import added


@pytest.mark.parametrize(
    "hold_for", [None, QUARTER], ids=["redeemed", "held and confirmed with another cart"]
)
async def test_money_counts_against_no_budget_of_points(project: UUID, till: Till, hold_for: object) -> None:
    main = await a_campaign(project, "Main", is_main=True)
    await budgeted(project, main, daily(Measure.POINTS, 1500))
    gift = await a_voucher(project, await a_campaign(project, "Gifts", main_id=main, promise=GIFT), "GIFT")
    card = await a_voucher(project, await a_campaign(project, "Cards", main_id=main, promise=CARD), "CARD")
    await added(project, gift, 1700)
    await added(project, card, 1000, unit="points")
    taken = redemption(await till.redeem(asking(project, "GIFT", "CARD", hold_for=hold_for)))
    assert [(code.spent, code.spent_unit) for code in taken.vouchers] == [(1700, "EUR"), (1000, "points")]
    if hold_for is not None:
        taken = redemption(await confirmed(project, taken.id, cart=SMALLER))
        assert [code.spent for code in taken.vouchers] == [1700, 1000]
    assert await used(project) == [("campaign", "POINTS", 1000)]
    assert (await audit(project)).drift == 0

"""A hold that needed nothing of a balance takes nothing of it later: nobody has agreed to that."""

from uuid import UUID

import pytest

from app.engine.cart import Cart, Line
from app.engine.money import Money
from app.redemptions.requests import Take
from app.redemptions.till import Till
from tests.redemptions.holds import a_gift_card, a_hold, a_points_card, confirmed
from tests.redemptions.shop import a_campaign, a_voucher, redemption
from tests.wallets.balances import entries

PAID_BY_COUPON = Cart("EUR", (Line(1, 500),))
TEN = Cart("EUR", (Line(10, 500),))


@pytest.mark.parametrize(
    ("card", "take"), [("GIFT", Money(300, "EUR")), ("GIFT", None), ("POINTS", 100), ("POINTS", None)]
)
async def test_another_cart_takes_nothing_of_a_balance_of_which_nothing_was_held(
    project: UUID, till: Till, card: str, take: Take
) -> None:
    await a_voucher(project, await a_campaign(project), "OFF")
    a_card = a_gift_card if card == "GIFT" else a_points_card
    voucher = await a_card(project, card, 5000)
    held = await a_hold(till, project, "OFF", card, cart=PAID_BY_COUPON, takes=(None, take))
    assert [(code.discount, code.spent) for code in held.vouchers] == [(500, 0), (0, 0)]
    bought = redemption(await confirmed(project, held.id, cart=TEN))
    assert [(code.discount, code.spent) for code in bought.vouchers] == [(500, 0), (0, 0)]
    assert await entries(project, voucher) == [("ISSUE", 5000)]

"""What is locked or over in one project is nothing that another one waits for."""

from uuid import UUID

from app.database import connect
from app.redemptions.adjust import adjust
from app.redemptions.till import Till
from app.wallets.adjust import Adjustment
from app.wallets.values import Adjusted
from tests.redemptions.holds import THEN, a_gift_card, a_hold, states
from tests.redemptions.shop import a_campaign, a_voucher


async def test_an_adjustment_tidies_no_holds_of_other_projects(
    project: UUID, second_project: UUID, till: Till
) -> None:
    theirs, ours = sorted((project, second_project))
    await a_voucher(theirs, await a_campaign(theirs), "ONE")
    stuck = await a_hold(till, theirs, "ONE")
    gift = await a_gift_card(ours, "GIFT", 1000)
    over = await a_hold(till, ours, "GIFT")
    stranger = await connect()
    try:
        async with stranger.transaction():
            await stranger.execute("SELECT FROM redemptions WHERE id = $1 FOR UPDATE", stuck.id)
            removed = await adjust(ours, gift, Adjustment(-500, "EUR"), THEN)
    finally:
        await stranger.close()
    assert isinstance(removed, Adjusted)
    assert removed.available == 500
    assert await states(ours, [over]) == ["EXPIRED"]
    assert await states(theirs, [stuck]) == ["HELD"]

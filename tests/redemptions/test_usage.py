"""Usage: how often vouchers and campaigns were used, and what is left."""

from uuid import UUID

from app.ids import new_id
from app.redemptions.roll_back import roll_back
from app.redemptions.till import Till
from app.redemptions.usage import Usage, uses_of_campaigns, uses_of_vouchers
from tests.conftest import NOW, Statements
from tests.redemptions.shop import a_campaign, a_voucher, asking, offer, redemption


async def test_uses_and_what_is_left_are_exact_with_and_without_limits(
    project: UUID, another_project: UUID, till: Till, statements: Statements
) -> None:
    main = await a_campaign(project, "Year", is_main=True, max_redemptions=10)
    limited = await a_campaign(
        project, "L", main_id=main, promise=offer(per_voucher=3, per_campaign=8), max_redemptions=7
    )
    free = await a_campaign(project, "F", main_id=main)
    one, two = (
        await a_voucher(project, limited, "ONE"),
        await a_voucher(project, limited, "TWO", max_redemptions=9),
    )
    three, idle = (
        await a_voucher(project, free, "THREE"),
        await a_voucher(project, free, "IDLE", max_redemptions=1),
    )
    made = [
        redemption(await till.redeem(asking(project, *codes)))
        for codes in (("ONE",), ("ONE", "TWO"), ("THREE",))
    ]
    made.append(redemption(await till.redeem(asking(project, "THREE", "TWO"))))
    await roll_back(project, made[3].id, now=NOW)
    vouchers, campaigns = [one, two, three, idle, new_id()], [main, limited, free]
    with statements.counted() as sent:
        of_vouchers = await uses_of_vouchers(project, vouchers, NOW)
        of_campaigns = await uses_of_campaigns(project, campaigns, NOW)
    assert len(sent) == 2
    assert of_vouchers == {one: Usage(2, 3), two: Usage(1, 9), three: Usage(1, None), idle: Usage(0, 1)}
    assert of_campaigns == {main: Usage(4, 10), limited: Usage(3, 7), free: Usage(1, None)}
    assert [of_campaigns[campaign].remaining for campaign in campaigns] == [6, 4, None]
    assert await uses_of_vouchers(another_project, vouchers, NOW) == {}
    assert await uses_of_campaigns(another_project, campaigns, NOW) == {}


def test_a_limit_that_was_lowered_by_hand_leaves_nothing() -> None:
    assert Usage(7, 5).remaining == 0

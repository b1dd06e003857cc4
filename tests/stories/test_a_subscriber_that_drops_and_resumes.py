"""A dashboard in a train: its connection breaks again and again, and in the end it has seen everything once."""

import asyncio

from tests.stories.caller import a_cart
from tests.stories.follower import Follower, in_order
from tests.stories.shop import Shop

TILLS = 6
ORDERS = 30
EVERY_TENTH = 10
CUTS = 6


async def sell(shop: Shop, till: int) -> None:
    """Redeem order after order; take every tenth one back."""
    caller = shop.callers[till % 2]
    for order in range(ORDERS):
        key = f"{till}-{order}"
        payload = await caller.redeem("TRAIN", cart=a_cart("12.00"), key=key)
        if order % EVERY_TENTH == 0:
            await caller.do(
                "rollBackRedemption",
                "RollBackRedemptionInput",
                "redemption { rolledBackAt }",
                redemption=payload["result"]["id"],
                idempotencyKey=key,
            )


async def test_a_dashboard_that_loses_its_connection_again_and_again_sees_everything_once(shop: Shop) -> None:
    await shop.code(await shop.campaign("On the way"), "TRAIN")
    sold = TILLS * ORDERS + TILLS * ORDERS // EVERY_TENTH + CUTS
    dashboard = Follower(shop.caller.secret)
    await dashboard.open(shop.callers[0].server)
    async with asyncio.TaskGroup() as tills:
        for till in range(TILLS):
            tills.create_task(sell(shop, till))
        for cut in range(1, CUTS + 1):
            await dashboard.has_seen(cut * sold // (CUTS + 2))
            await dashboard.cut()
            await shop.caller.redeem("TRAIN", cart=a_cart("12.00"), key=f"in tunnel {cut}")
            await dashboard.open(shop.callers[cut % 2].server)
    await dashboard.has_seen(sold)
    await dashboard.close()
    assert dashboard.seen == await shop.events("redemptions")
    assert len(dashboard.seen) == sold
    assert in_order(dashboard.cursors)
    granted = [name for name in dashboard.seen if not name.endswith(" undone")]
    assert sorted(granted) == await shop.ledger("redemptions")


async def test_who_comes_back_after_closing_time_sees_what_happened_meanwhile(shop: Shop) -> None:
    await shop.code(await shop.campaign("Overnight"), "NIGHT")
    dashboard = Follower(shop.caller.secret)
    await dashboard.open(shop.callers[0].server)
    await dashboard.cut()
    for order in range(5):
        await shop.callers[order % 2].redeem("NIGHT", cart=a_cart("12.00"), key=f"order {order}")
    await dashboard.open(shop.callers[1].server)
    await dashboard.has_seen(5)
    await dashboard.cut()
    await dashboard.open(shop.callers[0].server)
    await shop.caller.redeem("NIGHT", cart=a_cart("12.00"), key="order 5")
    await dashboard.has_seen(6)
    await dashboard.close()
    assert dashboard.seen == await shop.ledger("redemptions") == await shop.events("redemptions")


async def test_a_place_in_the_feed_is_a_place_in_the_list_of_events_too(shop: Shop) -> None:
    await shop.code(await shop.campaign("Both"), "BOTH")
    dashboard = Follower(shop.caller.secret)
    await dashboard.open(shop.callers[0].server)
    start = dashboard.cursor
    ids = []
    for order in range(3):
        payload = await shop.caller.redeem("BOTH", cart=a_cart("12.00"), key=f"order {order}")
        ids.append(payload["result"]["id"])
    await dashboard.has_seen(3)
    await dashboard.close()
    document = """
    query Missed($after: Cursor!) {
      events(after: $after, first: 100, kinds: [REDEMPTION_GRANTED]) { nodes { cursor redemption { id } } }
    }
    """
    missed = (await shop.callers[1].ask(document, after=start))["events"]["nodes"]
    assert [event["redemption"]["id"] for event in missed] == ids == dashboard.seen
    assert [event["cursor"] for event in missed] == [
        cursor for cursor in dashboard.cursors[1:] if cursor in {event["cursor"] for event in missed}
    ]
    later = (await shop.callers[1].ask(document, after=missed[0]["cursor"]))["events"]["nodes"]
    assert [event["redemption"]["id"] for event in later] == ids[1:]

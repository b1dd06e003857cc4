"""Two hundred want what there are fifty of, at two server processes at once: limits are exact."""

from collections import Counter
from itertools import cycle
from typing import Any

from tests.stories.caller import a_cart, is_granted, reasons
from tests.stories.follower import following
from tests.stories.shop import Counts, Shop, together

CART = a_cart("40.00")


async def rush(shop: Shop, codes: list[str], shoppers: int, **more: Any) -> list[dict[str, Any]]:
    """Everybody redeems at once, at either process, the codes in turn; the payloads in the order of the shoppers."""
    turns = zip(range(shoppers), cycle(codes), strict=False)
    return await together(
        *(
            shop.callers[number % 2].redeem(code, cart=CART, key=f"order {number}", **more)
            for number, code in turns
        )
    )


async def test_fifty_of_two_hundred_get_the_code_and_the_others_are_told_why(shop: Shop) -> None:
    await shop.code(await shop.campaign("Fifty"), "FIRST-FIFTY", maxRedemptions=50)
    here, there = shop.callers
    async with (
        following(here.server, here.secret) as granted_here,
        following(there.server, there.secret) as granted_there,
        following(here.server, here.secret, "rejectedRedemptions") as rejected_here,
        following(there.server, there.secret, "rejectedRedemptions") as rejected_there,
    ):
        payloads = await rush(shop, ["FIRST-FIFTY"], 200)
        winners = [payload for payload in payloads if is_granted(payload)]
        losers = [payload for payload in payloads if not is_granted(payload)]
        assert (len(winners), len(losers)) == (50, 150)
        assert {payload["result"]["discount"]["amount"] for payload in winners} == {"4.00"}
        assert {tuple(reasons(payload)) for payload in losers} == {("VOUCHER_LIMIT_REACHED",)}
        assert losers[0]["result"]["reasons"][0]["expected"]["text"] == "50"
        assert losers[0]["result"]["reasons"][0]["message"] == "This code can be used 50 times and has been."
        assert await shop.counts() == Counts(50, 150)
        assert await shop.counters() == {"voucher": 50}
        for feed in (granted_here, granted_there):
            await feed.has_seen(50)
        for feed in (rejected_here, rejected_there):
            await feed.has_seen(150)
    granted, rejected = await shop.events("redemptions"), await shop.events("rejected")
    assert granted_here.seen == granted_there.seen == granted
    assert rejected_here.seen == rejected_there.seen == rejected
    assert sorted(granted) == await shop.ledger("redemptions")
    assert sorted(granted) == sorted(payload["result"]["id"] for payload in winners)
    assert sorted(rejected) == await shop.ledger("rejected_redemptions")
    assert sorted(rejected) == sorted(payload["result"]["id"] for payload in losers)


async def test_a_campaign_s_limit_holds_over_all_its_codes(shop: Shop) -> None:
    codes = [f"CODE-{number}" for number in range(8)]
    await shop.code(await shop.campaign("Twenty", maxRedemptions=20), *codes)
    payloads = await rush(shop, codes, 60)
    assert Counter(map(is_granted, payloads)) == {True: 20, False: 40}
    refused = {tuple(reasons(payload)) for payload in payloads if not is_granted(payload)}
    assert refused == {("CAMPAIGN_LIMIT_REACHED",)}
    assert await shop.counts() == Counts(20, 40)
    assert await shop.counters() == {"campaign": 20}


async def test_a_main_campaign_s_limit_holds_over_its_sub_campaigns(shop: Shop) -> None:
    main = await shop.campaign("The whole summer", isMain=True, maxRedemptions=15)
    for month in ("JULY", "AUGUST"):
        await shop.code(await shop.campaign(month, mainCampaign={"id": main}), month)
    payloads = await rush(shop, ["JULY", "AUGUST"], 60)
    assert Counter(map(is_granted, payloads)) == {True: 15, False: 45}
    refused = {tuple(reasons(payload)) for payload in payloads if not is_granted(payload)}
    assert refused == {("MAIN_CAMPAIGN_LIMIT_REACHED",)}
    assert await shop.counts() == Counts(15, 45)
    assert await shop.counters() == {"campaign": 15}


async def test_a_customer_s_limit_holds_for_each_customer_over_all_codes(shop: Shop) -> None:
    offer = {
        "reward": {"amountOff": {"amount": {"amount": "5", "currency": "EUR"}}},
        "limits": {"perCustomer": 3},
    }
    await shop.code(await shop.campaign("Three each", offer=offer), "RED", "BLUE")
    payloads = await together(
        *(
            shop.callers[number % 2].redeem(
                ("RED", "BLUE")[number // 2 % 2], cart=CART, key=f"order {number}", customer=f"c-{number % 4}"
            )
            for number in range(64)
        )
    )
    for customer in range(4):
        assert Counter(map(is_granted, payloads[customer::4])) == {True: 3, False: 13}
    refused = {tuple(reasons(payload)) for payload in payloads if not is_granted(payload)}
    assert refused == {("CUSTOMER_LIMIT_REACHED",)}
    assert await shop.counts() == Counts(12, 52)
    assert await shop.counters() == {"customer": 12}
    assert (
        await shop.books.fetchval("SELECT count(*) FROM customers WHERE project_id = $1", shop.project) == 4
    )


async def test_a_storm_of_retries_at_both_processes_is_one_redemption_and_one_answer(shop: Shop) -> None:
    await shop.code(await shop.campaign("Once"), "ONCE")
    payloads = await together(
        *(shop.callers[number % 2].redeem("ONCE", cart=CART, key="order 7") for number in range(60))
    )
    assert Counter(payload["replayed"] for payload in payloads) == {True: 59, False: 1}
    assert all(payload["result"] == payloads[0]["result"] for payload in payloads)
    assert is_granted(payloads[0])
    assert await shop.counts() == Counts(1, 0)
    assert await shop.events("redemptions") == [payloads[0]["result"]["id"]]


async def test_what_is_sent_back_during_the_rush_can_be_had_again_and_never_twice(shop: Shop) -> None:
    """Ten of ten are sold; all ten come back, each told twice, while forty others try."""
    await shop.code(await shop.campaign("Ten"), "TEN", maxRedemptions=10)
    first = [payload["result"]["id"] for payload in await rush(shop, ["TEN"], 10)]

    async def send_back(redemption: str, place: int) -> None:
        await shop.callers[place].do(
            "rollBackRedemption",
            "RollBackRedemptionInput",
            "redemption { rolledBackAt }",
            redemption=redemption,
            idempotencyKey=f"{redemption} comes back",
        )

    buying = [shop.callers[n % 2].redeem("TEN", cart=CART, key=f"later order {n}") for n in range(40)]
    returning = [send_back(redemption, place) for redemption in first for place in (0, 1)]
    answers = await together(*buying, *returning)
    sold = sum(map(is_granted, answers[:40]))
    assert 0 <= sold <= 10
    assert await shop.counters() == {"voucher": sold}
    assert await shop.counts() == Counts(10 + sold, 40 - sold)
    events = await shop.events("redemptions")
    assert sorted(event for event in events if event.endswith(" undone")) == sorted(
        f"{id_} undone" for id_ in first
    )
    # As many as are missing to ten, and then no more.
    rest = [
        await shop.caller.redeem("TEN", cart=CART, key=f"last order {number}") for number in range(11 - sold)
    ]
    assert [is_granted(payload) for payload in rest] == [True] * (10 - sold) + [False]
    assert await shop.counters() == {"voucher": 10}

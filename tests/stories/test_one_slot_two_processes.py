"""Whoever comes to the same slot, budget, balance or key at two processes at once: it is had once, and by somebody."""

import asyncio
from collections import Counter
from datetime import UTC, datetime
from itertools import cycle
from typing import Any

from tests.stories.caller import Caller, a_cart, is_granted, reasons
from tests.stories.reckoning import Books
from tests.stories.shop import TEN_PER_CENT, Counts, Shop, together

CART = a_cart("40.00")
RESULT = (
    "result { __typename ... on Redemption { id expiresAt }"
    " ... on RejectedRedemption { id reasons { code } } } replayed"
)


async def hold(caller: Caller, code: str, key: str, hold_for: str = "PT15M", cart: Any = CART) -> Any:
    """The payload of holdVouchers for one code."""
    given = {"codes": [{"code": code}], "cart": cart, "holdFor": hold_for, "idempotencyKey": key}
    return await caller.do("holdVouchers", "HoldVouchersInput", RESULT, **given)


async def confirm(caller: Caller, redemption: str, key: str, **more: Any) -> Any:
    given = {"redemption": redemption, "idempotencyKey": key, **more}
    return await caller.attempt("confirmRedemption", "ConfirmRedemptionInput", RESULT, **given)


async def release(caller: Caller, redemption: str, key: str) -> Any:
    given = {"redemption": redemption, "idempotencyKey": key}
    return await caller.attempt("releaseHold", "ReleaseHoldInput", "redemption { id } replayed", **given)


async def roll_back(caller: Caller, redemption: str, key: str) -> Any:
    given = {"redemption": redemption, "idempotencyKey": key}
    gives = "redemption { id } replayed"
    return await caller.attempt("rollBackRedemption", "RollBackRedemptionInput", gives, **given)


def told(payload: Any) -> str:
    """What a deed came to, in a word."""
    if payload["userErrors"]:
        [error] = payload["userErrors"]
        return str(error["code"])
    result = payload.get("result")
    return "done" if result is None else str(result["__typename"])


async def all_agrees(shop: Shop) -> Books:
    """The books, whose counters and balances equal the ledger."""
    async with shop.books.acquire() as connection:
        return await Books.read(connection, shop.project)


async def test_a_main_campaign_s_money_is_spent_to_the_last_cent_by_two_sub_campaigns(shop: Shop) -> None:
    budget = {"most": {"discount": {"amount": "50.00", "currency": "EUR"}}}
    main = await shop.campaign("The whole summer", isMain=True, budgets=[budget])
    for month in ("JULY", "AUGUST"):
        await shop.code(await shop.campaign(month, mainCampaign={"id": main}), month)
    payloads = await together(
        *(
            caller.redeem(code, cart=CART, key=f"order {number}")
            for number, caller, code in zip(
                range(60), cycle(shop.callers), cycle(("JULY", "JULY", "AUGUST", "AUGUST")), strict=False
            )
        )
    )
    assert Counter(map(is_granted, payloads)) == {True: 12, False: 48}
    assert {tuple(reasons(payload)) for payload in payloads if not is_granted(payload)} == {
        ("MAIN_CAMPAIGN_BUDGET_EXCEEDED",)
    }
    # Two euro are left: not enough for a tenth of forty, but for a tenth of twenty.
    last = [
        await caller.redeem("JULY", cart=a_cart("20.00"), key=f"last {place}")
        for place, caller in enumerate(shop.callers)
    ]
    assert [is_granted(payload) for payload in last] == [True, False]
    assert (await all_agrees(shop)).money["discount of JULY"] <= 50_00
    assert await shop.counters() == {"campaign": 50_00}


async def test_each_customer_s_redemptions_of_a_day_are_counted_over_both_processes(shop: Shop) -> None:
    each = {"most": {"redemptions": 2}, "per": "CUSTOMER", "period": "DAY"}
    await shop.code(await shop.campaign("Twice a day", budgets=[each]), "DAILY")
    payloads = await together(
        *(
            shop.callers[number % 2].redeem(
                "DAILY", cart=CART, key=f"order {number}", customer=f"c-{number // 2 % 5}"
            )
            for number in range(50)
        )
    )
    assert Counter(map(is_granted, payloads)) == {True: 10, False: 40}
    assert {tuple(reasons(payload)) for payload in payloads if not is_granted(payload)} == {
        ("CUSTOMER_LIMIT_REACHED",)
    }
    await all_agrees(shop)


async def test_a_gift_is_spent_once_by_forty_who_want_some_of_it(shop: Shop) -> None:
    await shop.code(await shop.campaign("Gift", offer={"reward": {"giftBalance": {}}}), "GIFT")
    await shop.caller.do(
        *("adjustBalance", "AdjustBalanceInput", "voucher { id }"),
        voucher={"code": "GIFT"},
        amount={"money": {"amount": "100.00", "currency": "EUR"}},
        idempotencyKey="gift",
    )
    seven = [{"code": "GIFT", "credits": {"amount": "7.00", "currency": "EUR"}}]
    payloads = await together(
        *(
            shop.callers[number % 2].redeem(cart=CART, key=f"order {number}", codes=seven)
            for number in range(40)
        )
    )
    assert Counter(map(is_granted, payloads)) == {True: 14, False: 26}
    refused = [payload for payload in payloads if not is_granted(payload)]
    assert {tuple(reasons(payload)) for payload in refused} == {("BALANCE_TOO_LOW",)}
    assert refused[0]["result"]["reasons"][0]["actual"]["text"] == "2.00 EUR"
    last = await shop.caller.redeem("GIFT", cart=CART, key="the rest")
    assert last["result"]["discount"]["amount"] == "2.00"
    empty = await shop.callers[1].redeem("GIFT", cart=CART, key="nothing")
    assert reasons(empty) == ["BALANCE_EMPTY"]
    assert (await all_agrees(shop)).money["spent of GIFT"] == 100_00


async def test_one_key_for_two_carts_at_two_processes_is_one_redemption_and_the_other_cart_is_told(
    shop: Shop,
) -> None:
    await shop.code(await shop.campaign("Once"), "ONCE")
    carts = (a_cart("40.00"), a_cart("20.00"))
    payloads = await together(
        *(
            shop.callers[number // 2 % 2].redeem("ONCE", cart=carts[number % 2], key="7")
            for number in range(40)
        )
    )
    winner = 0 if payloads[0]["result"] is not None else 1
    same, other = payloads[winner::2], payloads[1 - winner :: 2]
    assert Counter(payload["replayed"] for payload in same) == {True: 19, False: 1}
    assert all(payload["result"] == same[0]["result"] for payload in same)
    assert is_granted(same[0])
    assert [told(payload) for payload in other] == ["IDEMPOTENCY_KEY_REUSED"] * 20
    assert await shop.counts() == Counts(1, 0)
    assert await shop.events("redemptions") == [same[0]["result"]["id"]]


async def test_a_slot_that_comes_back_is_there_for_whoever_sent_it_back(shop: Shop) -> None:
    """Ten of ten are sold. Each comes back at one process, and is redeemed anew at the other one: nobody is lost."""
    await shop.code(await shop.campaign("Ten"), "TEN", maxRedemptions=10)
    first = [await shop.caller.redeem("TEN", cart=CART, key=f"order {number}") for number in range(10)]

    async def swap(number: int) -> bool:
        here, there = shop.callers[number % 2], shop.callers[1 - number % 2]
        back = await roll_back(here, first[number]["result"]["id"], f"back {number}")
        assert told(back) == "done"
        return is_granted(await there.redeem("TEN", cart=CART, key=f"again {number}"))

    assert await together(*(swap(number) for number in range(10))) == [True] * 10
    assert not is_granted(await shop.caller.redeem("TEN", cart=CART, key="one too many"))
    assert await shop.counters() == {"voucher": 10}
    await all_agrees(shop)


async def test_what_comes_back_while_and_after_the_campaign_ends_is_given_back_once(shop: Shop) -> None:
    campaign = await shop.campaign("Ends", maxRedemptions=10)
    await shop.code(campaign, "ENDS")
    sold = [
        (await shop.caller.redeem("ENDS", cart=CART, key=f"order {number}"))["result"]["id"]
        for number in range(10)
    ]
    ending = shop.caller.do(
        "endCampaign", "EndCampaignInput", "campaign { state }", campaign={"id": campaign}
    )
    first = [
        roll_back(caller, redemption, f"{redemption} comes back")
        for redemption in sold[:5]
        for caller in shop.callers
    ]
    answers = (await together(ending, *first))[1:]
    # After the end, and by two who both think they are the one to do it.
    answers += await together(
        *(
            roll_back(caller, redemption, f"{redemption} comes back to {place}")
            for redemption in sold[5:]
            for place, caller in enumerate(shop.callers)
        )
    )
    assert [told(answer) for answer in answers[:10]] == ["done"] * 10
    assert sorted(answer["replayed"] for answer in answers[:10]) == [False] * 5 + [True] * 5
    assert Counter(told(answer) for answer in answers[10:]) == {"done": 5, "ALREADY_ROLLED_BACK": 5}
    assert await shop.counters() == {"campaign": 0}
    undone = [event for event in await shop.events("redemptions") if event.endswith(" undone")]
    assert sorted(undone) == sorted(f"{redemption} undone" for redemption in sold)
    after = await shop.callers[1].redeem("ENDS", cart=CART, key="too late")
    assert reasons(after) == ["CAMPAIGN_ENDED"]
    await all_agrees(shop)


async def test_a_hold_that_is_confirmed_and_released_at_once_is_one_of_the_two(shop: Shop) -> None:
    codes = [f"CODE-{number}" for number in range(12)]
    await shop.code(await shop.campaign("Once each"), *codes, maxRedemptions=1)
    holds = [(await hold(shop.caller, code, code))["result"]["id"] for code in codes]
    answers = await together(
        *(
            deed(shop.callers[(number + place) % 2], redemption, f"{number}")
            for number, redemption in enumerate(holds)
            for place, deed in enumerate((confirm, release))
        )
    )
    for confirmed, released in zip(map(told, answers[::2]), map(told, answers[1::2]), strict=True):
        assert (confirmed, released) in {("Redemption", "ALREADY_CONFIRMED"), ("HOLD_RELEASED", "done")}
    kept = [told(answer) for answer in answers[::2]].count("Redemption")
    assert await shop.counters() == {"voucher": kept}
    states = Counter((await all_agrees(shop)).redemptions.values())
    assert states == Counter(REDEEMED=kept, RELEASED=12 - kept)


async def test_at_the_instant_a_hold_ends_its_use_belongs_to_one_of_two(shop: Shop) -> None:
    """Each code can be used once. Whoever holds it confirms at one process, somebody redeems it at the other."""
    codes = [f"CODE-{number}" for number in range(24)]
    await shop.code(await shop.campaign("Once each"), *codes, maxRedemptions=1)
    holds = await together(
        *(hold(shop.callers[number % 2], code, code, "PT2S") for number, code in enumerate(codes))
    )

    async def both(number: int) -> tuple[Any, Any]:
        result = holds[number]["result"]
        left = datetime.fromisoformat(result["expiresAt"]) - datetime.now(UTC)
        # A few milliseconds before or after: the instant itself is hit by some of them.
        await asyncio.sleep(max(0.0, left.total_seconds() + (number % 8 - 5) * 0.003))
        here, there = shop.callers[number % 2], shop.callers[1 - number % 2]
        return tuple(
            await together(
                confirm(here, result["id"], codes[number]),
                there.redeem(codes[number], cart=CART, key=f"order {number}"),
            )
        )

    answers = await together(*(both(number) for number in range(24)))
    for number, (confirmed, redeemed) in enumerate(answers):
        kept = told(confirmed) == "Redemption"
        assert kept or told(confirmed) == "HOLD_EXPIRED"
        if is_granted(redeemed):
            assert not kept
        elif not kept:
            # Too early for the one and too late for the other: it is free for the next one, and surely.
            assert is_granted(await shop.caller.redeem(codes[number], cart=CART, key=f"next {number}"))
    found = await all_agrees(shop)
    assert {code: found.uses.get(code) for code in codes} == dict.fromkeys(codes, 1)
    assert await shop.counters() == {"voucher": 24}


async def test_a_cart_that_shrinks_after_the_hold_is_judged_anew_and_its_use_is_free_for_one_other(
    shop: Shop,
) -> None:
    rule = {"minimumSpend": {"amount": {"amount": "30.00", "currency": "EUR"}}}
    await shop.code(
        await shop.campaign("Feast", offer=TEN_PER_CENT | {"rule": rule}), "FEAST", maxRedemptions=1
    )
    held = (await hold(shop.caller, "FEAST", "table 4"))["result"]["id"]
    assert reasons(await shop.callers[1].redeem("FEAST", cart=CART, key="early")) == ["VOUCHER_LIMIT_REACHED"]
    storm = await together(
        *(confirm(caller, held, "table 4", cart=a_cart("20.00")) for caller in shop.callers * 5)
    )
    assert {answer["result"]["__typename"] for answer in storm} == {"RejectedRedemption"}
    assert len({answer["result"]["id"] for answer in storm}) == 1
    assert storm[0]["result"]["reasons"] == [{"code": "MINIMUM_SPEND_NOT_REACHED"}]
    assert told(await confirm(shop.callers[1], held, "after all")) == "HOLD_RELEASED"
    others = await together(
        *(shop.callers[number % 2].redeem("FEAST", cart=CART, key=f"order {number}") for number in range(20))
    )
    assert Counter(map(is_granted, others)) == {True: 1, False: 19}
    assert await shop.counters() == {"voucher": 1}
    assert Counter((await all_agrees(shop)).redemptions.values()) == Counter(RELEASED=1, REDEEMED=1)


async def test_a_stack_of_thirty_of_which_one_is_not_valid_takes_nothing_and_says_which(shop: Shop) -> None:
    cent = {"reward": {"amountOff": {"amount": {"amount": "0.01", "currency": "EUR"}}}}
    codes = [f"CODE-{number}" for number in range(30)]
    await shop.code(await shop.campaign("Stack", offer=cent), *codes, maxRedemptions=1)
    await shop.switch("disableVoucher", "CODE-17")
    refused = await shop.caller.redeem(*codes, cart=CART, key="all")
    assert reasons(refused) == ["VOUCHER_DISABLED"]
    assert await shop.counts() == Counts(0, 1)
    assert sum((await shop.counters()).values()) == 0
    await shop.switch("enableVoucher", "CODE-17")
    granted = await shop.callers[1].redeem(*codes, cart=CART, key="all of them now")
    assert granted["result"]["discount"]["amount"] == "0.30"
    assert await shop.counters() == {"voucher": 30}

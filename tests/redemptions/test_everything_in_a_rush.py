"""Everything at once, at two tills: whatever clients do, no use, no cent, no point and no code too many or too few."""

import asyncio
import random
from collections import Counter
from uuid import UUID

import pytest

from app.database import fetch, fetchval
from app.engine.evaluation import Evaluation
from app.engine.gift import GiftKind
from app.problem import Problems
from app.redemptions.audit import audit
from app.redemptions.read import by_ids
from app.redemptions.requests import ValidateRequest
from app.redemptions.till import Till
from app.redemptions.validate import validate
from app.redemptions.values import RedeemedVoucher, Redemption, RedemptionState
from tests.conftest import NOW
from tests.redemptions.busy_shop import FILMS, BusyShop, a_client, a_request, open_busy_shop
from tests.redemptions.shop import assert_counters_equal_ledger, granted, rush, tills
from tests.wallets.balances import assert_buckets_equal_postings

CLIENTS = 90


async def _all(project: UUID) -> list[Redemption]:
    rows = await fetch("SELECT id FROM redemptions WHERE project_id = $1", project)
    found = await by_ids(project, [row["id"] for row in rows])
    return list(found.values())


def _assert_parts_sum_to_the_whole(made: Redemption) -> None:
    lines = made.cart.lines
    parts: list[Redemption | RedeemedVoucher] = [made, *made.vouchers]
    for part in parts:
        assert part.discount == sum(part.line_discounts) + part.shipping_discount
        assert len(part.line_discounts) == len(lines)
    assert made.discount == sum([code.discount for code in made.vouchers])
    assert made.shipping_discount == sum([code.shipping_discount for code in made.vouchers])
    for place, line in enumerate(lines):
        off = sum([code.line_discounts[place] for code in made.vouchers])
        assert off == made.line_discounts[place] <= line.amount
        # What was added is free, and by the code that it bears.
        if line.added_by is not None:
            [giver] = [code.code for code in made.vouchers if code.line_discounts[place]]
            assert (off, giver) == (line.amount, line.added_by)
    assert made.subtotal == made.cart.subtotal
    assert 0 <= made.returned_discount <= made.discount <= made.subtotal + made.shipping
    # Who was left out has no part in it.
    assert not {code.position for code in made.skipped} & {code.position for code in made.vouchers}


async def _assert_cards_hold_what_was_given(project: UUID, everything: list[Redemption]) -> None:
    given: Counter[UUID] = Counter()
    for made in everything:
        if made.state in (RedemptionState.REDEEMED, RedemptionState.ROLLED_BACK):
            for gift in made.gifts:
                if gift.voucher is not None:
                    given[gift.voucher] += gift.amount
    rows = await fetch(
        "SELECT voucher_id, sum(amount)::bigint FROM postings WHERE project_id = $1 AND deed = 'ISSUE' GROUP BY 1",
        project,
    )
    assert dict(given) == {row[0]: row[1] for row in rows}
    buckets = "SELECT count(*), count(DISTINCT voucher_id) FROM balance_buckets WHERE project_id = $1"
    [(number, vouchers)] = [tuple(row) for row in await fetch(buckets, project)]
    assert number == vouchers


async def _assert_each_film_was_given_once(shop: BusyShop, everything: list[Redemption]) -> None:
    rows = await fetch("SELECT redemption_id FROM pool_codes WHERE pool_id = $1", shop.pool)
    held = Counter(row[0] for row in rows)
    free = held.pop(None, 0)
    ended = (RedemptionState.RELEASED, RedemptionState.EXPIRED)
    wanted = {
        made.id: sum([gift.amount for gift in made.gifts if gift.kind is GiftKind.EXTERNAL_CODE])
        for made in everything
        if made.state not in ended
    }
    assert dict(held) == {id_: number for id_, number in wanted.items() if number}
    assert free + sum(held.values()) == len(FILMS)


@pytest.mark.parametrize("seed", [1, 2])
async def test_everything_at_once_is_exact(project: UUID, seed: int) -> None:
    shop = await open_busy_shop(project)
    async with tills(2, size=16) as both:
        await asyncio.gather(*(a_client(shop, both, seed * 1_000 + number) for number in range(CLIENTS)))
        everything = await _all(project)
        assert {RedemptionState.REDEEMED, RedemptionState.ROLLED_BACK} <= {one.state for one in everything}
        assert any(made.skipped for made in everything)
        for made in everything:
            _assert_parts_sum_to_the_whole(made)
        await _assert_cards_hold_what_was_given(project, everything)
        await _assert_each_film_was_given_once(shop, everything)
        await assert_counters_equal_ledger(project)
        await assert_buckets_equal_postings(project)
        await _assert_all_is_told(project)
        for name in ("HALF", "VIP"):
            await _assert_the_rest_can_still_be_had(shop, both, name)
    found = await audit(project)
    assert (found.drift, [check.examples for check in found.checks if check.drift]) == (0, [])


async def _assert_all_is_told(project: UUID) -> None:
    """An event for each redemption, and facts in none."""
    made = "SELECT count(*) FROM redemptions WHERE project_id = $1"
    told = """SELECT count(DISTINCT payload->>'id') FROM events WHERE project_id = $1
              AND kind IN ('REDEMPTION_GRANTED', 'REDEMPTION_HELD')"""
    assert await fetchval(made, project) == await fetchval(told, project)
    facts = "SELECT count(*) FROM events WHERE project_id = $1 AND payload::jsonb ? 'facts'"
    assert await fetchval(facts, project) == 0


async def _assert_the_rest_can_still_be_had(shop: BusyShop, both: list[Till], name: str) -> None:
    """As many uses as the limit leaves, and not one more."""
    count = """SELECT count(*) FROM redeemed_vouchers v JOIN campaigns c ON c.id = v.campaign_id
               WHERE v.project_id = $1 AND c.name = $2 AND NOT v.given_back"""
    before = await fetchval(count, shop.project, name)
    who, most = next(iter(shop.people)), shop.limits[name]
    answers = await rush(both, [shop.asking(who, name, promotions=False) for _ in range(most + 2)])
    assert len(granted(answers)) == most - before
    assert await fetchval(count, shop.project, name) == most


async def test_what_is_told_before_is_what_is_done(project: UUID, till: Till) -> None:
    shop, luck = await open_busy_shop(project, customers=3), random.Random(7)  # noqa: S311 - a die
    seen: Counter[str] = Counter()
    for number in range(120):
        asked = a_request(shop, luck, number)
        told = await validate(
            ValidateRequest(asked.caller, asked.codes, asked.cart, customer=asked.customer), NOW
        )
        assert isinstance(told, Evaluation)
        answer = await till.redeem(asked)
        if isinstance(answer, Problems):
            assert told.verdicts == ()
            seen["nothing"] += 1
            continue
        done = answer.outcome
        assert told.granted is isinstance(done, Redemption)
        seen[type(done).__name__] += 1
        used = [verdict for verdict in told.verdicts if verdict.granted]
        if isinstance(done, Redemption):
            assert (done.discount, done.line_discounts, done.shipping_discount, done.total) == (
                told.discount,
                told.line_discounts,
                told.shipping_discount,
                told.total,
            )
            assert [(code.voucher_id, code.spent, code.gifts) for code in done.vouchers] == [
                (verdict.voucher, verdict.spent, verdict.gifts) for verdict in used
            ]
        refused = done.skipped if isinstance(done, Redemption) else done.vouchers
        reasons = {verdict.code: verdict.reasons for verdict in told.verdicts if not verdict.granted}
        assert {code.code: code.reasons for code in refused if code.reasons} == reasons
    assert len(seen) == 3, seen

"""Qualifying: what applies sorted by worth, what almost applies sorted by the gap, in four statements."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from app.campaigns.values import CampaignKind
from app.engine.money import Money
from app.engine.rules.first_purchase import FirstPurchase
from app.engine.rules.minimum_spend import MinimumSpend
from app.engine.unit import Rule
from app.redemptions.candidates import Listed
from app.redemptions.fit import Visit, VoucherState
from app.redemptions.qualify import MOST_CANDIDATES, Qualified, qualify
from app.redemptions.requests import CustomerRef
from app.redemptions.till import Till
from tests.conftest import NOW, Statements
from tests.redemptions.shop import CART, a_campaign, a_customer, a_voucher, asking, offer, redemption

SOON = NOW + timedelta(days=1)
VISIT = Visit(CART, NOW)  # 100.00 EUR
ADA = CustomerRef(source_id="ada")


def from_euro(amount: int) -> Rule:
    return MinimumSpend(Money(amount * 100, "EUR"))


async def a_listed(project: UUID, code: str, off: int, rule: Rule | None = None, **more: Any) -> UUID:
    """A listed campaign with a generic code; `more` are columns of the code."""
    campaign = await a_campaign(project, f"For {code}", promise=offer(off, rule), is_listed=True)
    return await a_voucher(project, campaign, code, **more)


async def a_promotion(project: UUID, name: str, off: int, rule: Rule | None = None) -> UUID:
    return await a_campaign(project, name, promise=offer(off, rule), kind=CampaignKind.CART_PROMOTION)


def told(found: Qualified, *, of_all: bool = False) -> list[tuple[str, str, int | None]]:
    return [
        (fit.offer.code, fit.standing.state.value, fit.standing.worth)
        for fit in found.fits
        if of_all or fit.is_applicable
    ]


async def test_what_applies_comes_by_worth_and_what_almost_does_by_the_gap(project: UUID) -> None:
    await a_listed(project, "SMALL", 300)
    await a_listed(project, "LARGE", 900)
    await a_promotion(project, "Sale", 600)
    await a_listed(project, "FAR", 2000, from_euro(180))
    await a_promotion(project, "Near", 1000, from_euro(105))
    found = await qualify(project, None, Listed.LISTED, VISIT)
    assert told(found) == [
        ("LARGE", "USABLE", 900),
        ("Sale", "USABLE", 600),
        ("SMALL", "USABLE", 300),
        ("Near", "ALMOST", 0),
        ("FAR", "ALMOST", 0),
    ]
    assert [fit.standing.gap.amount for fit in found.fits if fit.standing.gap] == [500, 8000]
    assert [fit.offer.is_automatic for fit in found.fits] == [False, True, False, True, False]
    assert found.are_all


async def test_of_equals_what_is_over_soonest_comes_first_and_then_the_oldest(project: UUID) -> None:
    for code, ends in (("FIRST", None), ("SECOND", None), ("ENDING", SOON)):
        await a_listed(project, code, 500, expires_at=ends)
    found = await qualify(project, None, Listed.LISTED, VISIT)
    assert [code for code, *_ in told(found)] == ["ENDING", "FIRST", "SECOND"]


async def test_a_known_customer_is_offered_their_own_vouchers_and_judged_by_their_past(
    project: UUID, till: Till
) -> None:
    ada, bob = [await a_customer(project, name) for name in ("ada", "bob")]
    campaign = await a_campaign(project, "Own", promise=offer(800))
    await a_voucher(project, campaign, "ADAS", holder_id=ada, published_at=NOW)
    await a_voucher(project, campaign, "BOBS", holder_id=bob, published_at=NOW)
    await a_listed(project, "WELCOME", 700, FirstPurchase())
    assert told(await qualify(project, ADA, Listed.LISTED, VISIT)) == [
        ("ADAS", "USABLE", 800),
        ("WELCOME", "USABLE", 700),
    ]
    assert told(await qualify(project, None, Listed.LISTED, VISIT)) == [("WELCOME", "ALMOST", 0)]
    stranger = CustomerRef(source_id="eve")
    assert told(await qualify(project, stranger, Listed.LISTED, VISIT)) == [("WELCOME", "USABLE", 700)]
    redemption(await till.redeem(asking(project, "ADAS", customer=ADA)))
    after = await qualify(project, ADA, Listed.LISTED, VISIT)
    assert told(after, of_all=True) == [("ADAS", "USABLE", 800), ("WELCOME", "BLOCKED", 0)]


async def test_a_code_that_is_held_and_listed_is_offered_once(project: UUID) -> None:
    await a_customer(project)
    voucher = await a_listed(project, "BOTH", 500)
    ada = (await qualify(project, ADA, Listed.LISTED, VISIT)).fits
    assert [fit.standing.voucher_id for fit in ada] == [voucher]


async def test_unlisted_codes_are_offered_only_to_who_asks_for_them(project: UUID) -> None:
    campaign = await a_campaign(project, "Secret", promise=offer(400))
    await a_voucher(project, campaign, "SECRET")
    assert told(await qualify(project, None, Listed.LISTED, VISIT)) == []
    assert told(await qualify(project, None, Listed.ALL, VISIT)) == [("SECRET", "USABLE", 400)]


async def test_the_rest_comes_last_and_an_own_hold_is_told(project: UUID, till: Till) -> None:
    ada = await a_customer(project)
    campaign = await a_campaign(project, "Own")
    for code, more in (("HELD", {}), ("STOPPED", {"enabled": False}), ("OVER", {"expires_at": NOW})):
        await a_voucher(project, campaign, code, holder_id=ada, published_at=NOW, max_redemptions=1, **more)
    redemption(await till.redeem(asking(project, "HELD", customer=ADA, hold_for=timedelta(hours=1))))
    await a_listed(project, "FINE", 100)
    found = await qualify(project, ADA, Listed.LISTED, VISIT)
    assert [state for _, state, _ in told(found, of_all=True)] == ["USABLE", "BLOCKED", "EXPIRED", "HELD"]
    assert told(found) == [("FINE", "USABLE", 100)]
    assert found.fits[-1].standing.held_until == NOW + timedelta(hours=1)


async def test_four_statements_serve_five_offers_as_well_as_sixty(
    project: UUID, statements: Statements
) -> None:
    ada = await a_customer(project)
    own = await a_campaign(project, "Own", promise=offer(500, FirstPurchase(), per_customer=2))
    for number in range(60):
        await a_voucher(project, own, f"O{number}", holder_id=ada, published_at=NOW)
        if number in (4, 59):
            await a_listed(project, f"L{number}", 300, from_euro(120))
            await a_promotion(project, f"P{number}", 200)
            with statements.counted() as sent:
                found = await qualify(project, ADA, Listed.ALL, VISIT)
            assert (len(sent), len(found.fits) > number) == (4, True)


async def test_more_candidates_than_are_looked_at_are_told_of(project: UUID) -> None:
    ada, campaign = await a_customer(project), await a_campaign(project)
    for number in range(MOST_CANDIDATES + 1):
        await a_voucher(project, campaign, f"O{number}", holder_id=ada, published_at=NOW)
    found = await qualify(project, ADA, Listed.LISTED, VISIT)
    assert (len(found.fits), found.are_all) == (MOST_CANDIDATES, False)
    assert {fit.standing.state for fit in found.fits} == {VoucherState.USABLE}

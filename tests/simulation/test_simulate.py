"""Simulating: what really happened comes out to the cent when nothing is edited; drafts and edits tell what would."""

from collections.abc import Coroutine
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from app.campaigns.draft import update_campaign
from app.campaigns.values import CampaignChanges, CampaignDraft
from app.database import connect, execute
from app.engine.budget import Budget
from app.engine.cart import Cart, Line
from app.engine.counter import Measure, Scope
from app.engine.money import Money
from app.engine.period import Period as Every
from app.engine.rules.first_purchase import FirstPurchase
from app.engine.rules.minimum_spend import MinimumSpend
from app.engine.simulated import Newcomer, Overlap, Sums
from app.ids import new_id
from app.redemptions.requests import CustomerRef
from app.redemptions.till import Till
from app.simulation.past_attempts import Period
from app.simulation.simulate import Report, Sample, simulate
from tests.conftest import NOW
from tests.redemptions.holds import Clock, a_till_by
from tests.redemptions.market import a_week, granted_attempts, net_discount, refused_attempts
from tests.redemptions.shop import (
    KEY,
    a_campaign,
    a_customer,
    a_voucher,
    asking,
    offer,
    problems,
    put,
    redemption,
    refusal,
    tally,
)

Simulated = CampaignDraft | tuple[UUID, CampaignChanges]
DAY = Period(NOW, NOW + timedelta(days=1))
EVERYTHING = Sample()
UNEDITED = CampaignChanges()
# What a story must have in it to prove something: what is taken as it was told, and what is counted.
STORIED = {
    *("CODE_NOT_FOUND", "MINIMUM_SPEND_NOT_REACHED", "NOT_FIRST_PURCHASE", "CUSTOMER_REQUIRED"),
    *("VOUCHER_LIMIT_REACHED", "CAMPAIGN_LIMIT_REACHED", "CAMPAIGN_BUDGET_EXCEEDED"),
    *("CUSTOMER_BUDGET_EXCEEDED", "MAIN_CAMPAIGN_BUDGET_EXCEEDED"),
}


async def report(project: UUID, campaign: Simulated, over: Period, sample: Sample = EVERYTHING) -> Report:
    told = await simulate(project, campaign, over, sample, over.ends)
    assert isinstance(told, Report), told
    return told


async def statements_of(simulation: Coroutine[Any, Any, Report], monkeypatch: pytest.MonkeyPatch) -> int:
    """How many statements the simulation sends on its own connection."""
    sent: list[str] = []

    async def connected(**settings: str) -> Any:
        connection = await connect(**settings)
        connection.add_query_logger(lambda record: sent.append(record.query))
        return connection

    monkeypatch.setattr("app.simulation.simulate.connect", connected)
    await simulation
    monkeypatch.undo()
    return len(sent)


@pytest.mark.parametrize("seed", [7, 8])
async def test_the_real_configuration_reproduces_the_real_ledger_to_the_cent(
    project: UUID, seed: int
) -> None:
    clock = Clock()
    async with a_till_by(clock) as till:
        market = await a_week(project, till, clock, attempts=160, seed=seed)
    before = await tally(project)
    over = Period(market.starts, market.ends)
    seen: set[str] = set()
    for name, campaign in market.campaigns.items():
        told = (await report(project, (campaign, UNEDITED), over)).simulated
        granted = await granted_attempts(project, campaign)
        refused = await refused_attempts(project, campaign)
        assert granted > 3, name
        assert refused > 3, name
        assert (told.granted, told.granted_then) == (granted, granted), name
        assert (told.attempts, told.newly_granted, told.newly_refused) == (granted + refused, 0, 0), name
        [sums] = told.sums
        net = await net_discount(project, campaign, market.ends)
        assert (sums.discount, sums.discount_then) == (net, net), name
        assert (sums.order_value, sums.granted) == (sums.order_value_then, granted), name
        seen |= dict(told.refusals).keys()
    assert seen >= STORIED
    assert await tally(project) == before


async def test_an_edit_tells_who_would_newly_qualify_and_who_no_more(project: UUID, till: Till) -> None:
    rule = MinimumSpend(Money(5000, "EUR"))
    campaign = await a_campaign(project, promise=offer(500, rule))
    await a_voucher(project, campaign, "ONE")
    ada, bob = [CustomerRef(id=await a_customer(project, name)) for name in ("ada", "bob")]
    small, large = Cart("EUR", (Line(1, 4000),)), Cart("EUR", (Line(1, 9000),))
    await till.redeem(asking(project, "ONE", cart=large, customer=ada))
    refused = refusal(await till.redeem(asking(project, "ONE", cart=small, customer=bob)))
    lower = CampaignChanges(offer=offer(700, MinimumSpend(Money(3000, "EUR"))))
    told = (await report(project, (campaign, lower), DAY)).simulated
    assert (told.granted_then, told.granted, told.newly_granted, told.newly_refused) == (1, 2, 1, 0)
    assert told.newcomers == (Newcomer(refused.id, bob.id, NOW, 700, "EUR"),)
    assert told.sums == (Sums("EUR", 2, 1400, 1400, 13_000, 1, 500, 9000),)
    higher = CampaignChanges(offer=offer(500, MinimumSpend(Money(9500, "EUR"))))
    told = (await report(project, (campaign, higher), DAY)).simulated
    assert (told.granted, told.newly_refused) == (0, 1)
    assert told.refusals == (("MINIMUM_SPEND_NOT_REACHED", 2),)


async def test_an_edit_of_limits_budgets_and_dates_is_counted_from_the_ledger_before(
    project: UUID, till: Till
) -> None:
    campaign = await a_campaign(project)
    await a_voucher(project, campaign, "ONE")
    earlier = redemption(await till.redeem(asking(project, "ONE")))
    then = NOW - timedelta(days=9)
    await execute("UPDATE redemptions SET created_at = $2 WHERE id = $1", earlier.id, then)
    await execute("UPDATE redeemed_vouchers SET created_at = $2 WHERE redemption_id = $1", earlier.id, then)
    for _ in range(3):
        redemption(await till.redeem(asking(project, "ONE")))
    limited = CampaignChanges(max_redemptions=3)
    told = (await report(project, (campaign, limited), DAY)).simulated
    assert (told.granted_then, told.granted, told.newly_refused) == (3, 2, 1)
    budget = Budget(Measure.DISCOUNT, Scope.CAMPAIGN, Every.EVER, 1400, "EUR")
    told = (await report(project, (campaign, CampaignChanges(budgets=(budget,))), DAY)).simulated
    assert (told.granted, told.limits[0].used, told.limits[0].runs_out_at) == (1, 1000, NOW)
    over = CampaignChanges(ends_at=NOW)
    told = (await report(project, (campaign, over), DAY)).simulated
    assert (told.granted, told.refusals) == (0, (("EXPIRED", 3),))


async def test_what_stood_in_the_way_at_the_time_still_does(project: UUID, till: Till) -> None:
    campaign = await a_campaign(project, state="PAUSED")
    await a_voucher(project, campaign, "ONE")
    refusal(await till.redeem(asking(project, "ONE")))
    await put(project, campaign, "LIVE")
    told = (await report(project, (campaign, CampaignChanges(offer=offer(900))), DAY)).simulated
    assert (told.granted, told.refusals) == (0, (("CAMPAIGN_PAUSED", 1),))


async def test_a_later_version_of_the_offer_changes_nothing_of_the_past(project: UUID, till: Till) -> None:
    campaign = await a_campaign(project, promise=offer(500))
    await a_voucher(project, campaign, "ONE")
    redemption(await till.redeem(asking(project, "ONE")))
    await update_campaign(project, campaign, CampaignChanges(offer=offer(900)), None, KEY, NOW)
    redemption(await till.redeem(asking(project, "ONE")))
    told = (await report(project, (campaign, UNEDITED), DAY)).simulated
    assert told.sums == (Sums("EUR", 2, 1400, 1400, 20_000, 2, 1400, 20_000),)


async def test_a_draft_comes_on_top_of_what_carts_had_and_of_nothing_where_they_were_refused(
    project: UUID, till: Till
) -> None:
    other = await a_campaign(project, "Other", promise=offer(9800))
    await a_voucher(project, other, "MOST")
    ada = CustomerRef(id=await a_customer(project))
    redemption(await till.redeem(asking(project, "MOST")))
    refused = refusal(await till.redeem(asking(project, "NOBODY", customer=ada)))
    draft = CampaignDraft("Draft", offer=offer(500), max_redemptions=9)
    found = await report(project, draft, DAY)
    told = found.simulated
    assert (found.stored, found.sampled, found.reached) == (2, 2, None)
    assert (told.granted, told.granted_then, told.newly_granted, told.new_customers) == (2, 0, 1, 1)
    # Only 2.00 of the first cart were left.
    assert told.sums == (Sums("EUR", 2, 700, 700, 20_000, overlapping=200),)
    assert told.newcomers == (Newcomer(refused.id, ada.id, NOW, 500, "EUR"),)
    assert (told.overlapping, told.overlaps) == (1, (Overlap(other, 1),))
    [limit] = told.limits
    assert (limit.most, limit.used, limit.percent, limit.runs_out_at) == (9, 2, 22, None)


async def test_a_draft_under_a_main_campaign_shares_its_budget_with_the_others(
    project: UUID, till: Till
) -> None:
    main = await a_campaign(project, "Main", is_main=True, max_redemptions=5)
    await a_voucher(project, await a_campaign(project, "Sub", main_id=main), "SUB")
    for _ in range(3):
        redemption(await till.redeem(asking(project, "SUB")))
    told = (await report(project, CampaignDraft("Draft", main_id=main, offer=offer(100)), DAY)).simulated
    assert (told.granted, told.refusals) == (2, (("MAIN_CAMPAIGN_LIMIT_REACHED", 1),))
    assert [limit.is_main for limit in told.limits] == [True]


async def test_what_a_draft_asks_of_customers_is_asked_as_of_then(project: UUID, till: Till) -> None:
    await a_voucher(project, await a_campaign(project), "ONE")
    ada = CustomerRef(id=await a_customer(project))
    for days in (3, 2, 1):
        made = redemption(await till.redeem(asking(project, "ONE", customer=ada)))
        when = NOW - timedelta(days=days)
        await execute("UPDATE redemptions SET created_at = $2 WHERE id = $1", made.id, when)
    draft = CampaignDraft("Draft", offer=offer(100, FirstPurchase()))
    found = await report(project, draft, Period(NOW - timedelta(days=9), NOW))
    assert (found.simulated.granted, found.simulated.refusals) == (1, (("NOT_FIRST_PURCHASE", 2),))
    assert any("asked of the ledger as of then" in sentence for sentence in found.assumptions)


async def test_whoever_newly_buys_is_no_first_buyer_any_more(project: UUID, till: Till) -> None:
    await a_customer(project)
    ada = CustomerRef(source_id="ada")
    for _ in range(2):
        refusal(await till.redeem(asking(project, "NOBODY", customer=ada)))
    later = timedelta(minutes=1)
    await execute(
        "UPDATE rejected_redemptions SET created_at = $2 WHERE project_id = $1"
        " AND id = (SELECT max(id::text)::uuid FROM rejected_redemptions WHERE project_id = $1)",
        project,
        NOW + later,
    )
    draft = CampaignDraft("Draft", offer=offer(100, FirstPurchase()))
    told = (await report(project, draft, DAY)).simulated
    assert (told.granted, told.refusals) == (1, (("NOT_FIRST_PURCHASE", 1),))


async def test_a_sample_is_always_the_same_and_about_as_large_as_was_asked(project: UUID, till: Till) -> None:
    campaign = await a_campaign(project)
    await a_voucher(project, campaign, "ONE")
    for _ in range(80):
        redemption(await till.redeem(asking(project, "ONE")))
    half = [await report(project, (campaign, UNEDITED), DAY, Sample(percent=50)) for _ in range(2)]
    assert half[0].simulated == half[1].simulated
    assert (half[0].stored, half[0].sampled) == (80, half[0].simulated.granted)
    assert 20 < half[0].sampled < 60
    assert any("sample" in sentence for sentence in half[0].assumptions)
    few = await report(project, (campaign, UNEDITED), DAY, Sample(most=8))
    assert 1 <= few.sampled < 25


async def test_the_number_of_statements_grows_with_the_pages_alone(
    project: UUID, till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign = await a_campaign(project, promise=offer(500, FirstPurchase(), per_customer=9))
    await a_voucher(project, campaign, "ONE")
    ada = CustomerRef(id=await a_customer(project))
    counts: list[int] = []
    for more in (1, 9):
        for _ in range(more):
            await till.redeem(asking(project, "ONE", customer=ada))
        counts.append(await statements_of(report(project, (campaign, UNEDITED), DAY), monkeypatch))
    assert counts == [counts[0], counts[0]]


async def test_a_simulation_that_takes_too_long_tells_how_far_it_came(
    project: UUID, till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    await a_voucher(project, await a_campaign(project), "ONE")
    redemption(await till.redeem(asking(project, "ONE")))
    monkeypatch.setattr("app.simulation.simulate.LONGEST", -1.0)
    found = await report(project, CampaignDraft("Draft", offer=offer()), DAY)
    assert (found.sampled, found.reached) == (0, NOW)


@pytest.mark.parametrize(
    ("campaign", "over", "sample", "expected"),
    [
        (CampaignDraft("Draft"), DAY, EVERYTHING, [("draft.offer", "OFFER_REQUIRED")]),
        (
            CampaignDraft("Draft", offer=offer(), time_zone="Mars/Olympus"),
            DAY,
            EVERYTHING,
            [("draft.time_zone", "UNKNOWN_TIME_ZONE")],
        ),
        ((new_id(), UNEDITED), DAY, EVERYTHING, [("edit.id", "NOT_FOUND")]),
        (
            CampaignDraft("Draft", offer=offer()),
            Period(NOW, NOW),
            Sample(percent=0, most=20_001),
            [
                ("over.to", "DATES_REVERSED"),
                ("sample.percent", "OUT_OF_RANGE"),
                ("sample.most", "OUT_OF_RANGE"),
            ],
        ),
    ],
)
async def test_faulty_input_is_told(
    project: UUID, campaign: Simulated, over: Period, sample: Sample, expected: list[tuple[str, str]]
) -> None:
    assert problems(await simulate(project, campaign, over, sample, NOW)) == expected


async def test_another_projects_campaign_is_not_found(project: UUID, another_project: UUID) -> None:
    campaign = await a_campaign(project)
    told = await simulate(another_project, (campaign, UNEDITED), DAY, EVERYTHING, NOW)
    assert problems(told) == [("edit.id", "NOT_FOUND")]

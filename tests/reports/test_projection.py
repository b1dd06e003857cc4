"""The projection `reports`: at every place of the log its tables say what plain SQL over the ledger says."""

from dataclasses import replace
from random import Random
from typing import Any
from uuid import UUID

import pytest

from app.database import execute, fetch, transaction
from app.engine.cart import Cart, Line
from app.engine.money import LARGEST
from app.events.cursor import Cursor
from app.ids import new_id
from app.reports.projection import Reports
from app.reports.values import Grain, Measure
from tests.conftest import Statements
from tests.redemptions.holds import Clock, a_till_by
from tests.redemptions.shop import asking, rejected
from tests.reports import by_ledger
from tests.reports.bazaar import Bazaar, in_zone
from tests.reports.kept_up import forget, keep_up, kept
from tests.reports.told import ALONE, code, granted, promised, redemption

_FIGURES = (
    "SELECT kind, start, subject, currency, channel, redemption_point, * FROM report_figures"
    " WHERE project_id = $1 AND grain = $2"
)
_REASONS = (
    "SELECT kind, start, subject, currency, channel, redemption_point, reason, rejected, at_stake FROM report_reasons"
    " WHERE project_id = $1 AND grain = $2"
)
_OWED = (
    "SELECT subject, currency, sum(commission) AS commission FROM report_figures"
    " WHERE project_id = $1 AND grain = 2 AND kind = 3 GROUP BY 1, 2 HAVING sum(commission) <> 0"
)
_BUYERS = """
SELECT kind, date_trunc('day', at, $2) AS start, subject, currency, count(DISTINCT customer_id) FROM report_buyers
CROSS JOIN LATERAL (
  SELECT 0 AS kind, '' AS subject
  UNION ALL SELECT 1, unnest(campaigns) UNION ALL SELECT 2, unnest(main_campaigns)
  UNION ALL SELECT 3, unnest(partners) UNION ALL SELECT 4, unnest(categories) UNION ALL SELECT 5, unnest(rewards)
) AS mark
WHERE project_id = $1 GROUP BY 1, 2, 3, 4
"""


async def told_figures(project: UUID, grain: Grain) -> dict[tuple[Any, ...], dict[str, int]]:
    found = {}
    for row in await fetch(_FIGURES, project, grain):
        names = [measure.name.lower() for measure in Measure if measure is not Measure.COMMISSION]
        if numbers := {name: row[name] for name in names if row[name]}:
            found[tuple(row)[:6]] = numbers
    return found


async def assert_all_agrees(project: UUID, zone: str) -> None:
    for grain in Grain:
        name = grain.name.lower()
        assert await told_figures(project, grain) == await by_ledger.figures(project, zone, name)
        told = {
            tuple(row)[:7]: (row["rejected"], row["at_stake"])
            for row in await fetch(_REASONS, project, grain)
        }
        assert told == await by_ledger.reasons(project, zone, name)
    owed = {(row["subject"], row["currency"]): row["commission"] for row in await fetch(_OWED, project)}
    assert owed == await by_ledger.owed(project)
    buyers = {tuple(row)[:4]: row["count"] for row in await fetch(_BUYERS, project, zone)}
    assert buyers == await by_ledger.buyers(project, zone)


@pytest.mark.parametrize(
    ("zone", "seed"), [("Europe/Warsaw", 1), ("Asia/Kolkata", 2), ("Australia/Lord_Howe", 3)]
)
async def test_at_every_place_figures_are_those_of_the_ledger_and_rebuilt_the_same(
    project: UUID, zone: str, seed: int
) -> None:
    shop_project = await in_zone(project, zone)
    clock, chance = Clock(), Random(seed)  # noqa: S311 - the same days every time
    async with a_till_by(clock) as till:
        bazaar = Bazaar(shop_project, till, clock, chance)
        await bazaar.furnish()
        at: Cursor | None = None
        for _ in range(4):
            for _ in range(chance.randint(10, 25)):
                await bazaar.go_on()
            at = await keep_up(shop_project, at, page_size=chance.choice((1, 7, 100)))
            await assert_all_agrees(shop_project, zone)
    assert any("rollbacks" in numbers for numbers in (await told_figures(shop_project, Grain.DAY)).values())
    assert len({key[3] for key in await told_figures(shop_project, Grain.DAY)}) == 3
    step_by_step = await kept(shop_project)
    await forget(shop_project)
    await keep_up(shop_project)
    assert await kept(shop_project) == step_by_step
    assert all(step_by_step.values())


async def test_a_sum_that_is_too_large_stops_instead_of_holding_up_everybody(project: UUID) -> None:
    dearest = Cart("EUR", (Line(1, LARGEST),))
    most = 2**63 - 1
    async with a_till_by(Clock()) as till:
        assert rejected([await till.redeem(asking(project, "NOTHING", cart=dearest))])
        at = await keep_up(project)
        for table in ("report_figures", "report_reasons"):
            await execute(f"UPDATE {table} SET at_stake = $2 WHERE project_id = $1", project, most - 1)
        assert rejected([await till.redeem(asking(project, "NOTHING", cart=dearest))])
        await keep_up(project, at)
    for query in (_FIGURES, _REASONS):
        [row] = await fetch(query, project, Grain.DAY)
        assert (row["rejected"], row["at_stake"]) == (2, most)


async def test_a_page_that_comes_to_too_much_by_itself_stops_too(project: UUID) -> None:
    partners = [new_id() for _ in range(30)]
    codes = [code(ALONE, 0, partner_id=partner) for partner in partners]
    events = [promised(partner, "100") for partner in partners]
    events += [granted(redemption(*codes, subtotal=LARGEST)) for _ in range(40)]
    async with transaction() as connection:
        await Reports().apply(connection, [replace(event, project=project) for event in events])
    [row] = await fetch(_FIGURES + " AND kind = 0", project, Grain.DAY)
    assert (row["redemptions"], row["order_value"], row["commission"]) == (40, 40 * LARGEST, 2**63 - 1)


async def test_a_page_costs_a_constant_number_of_statements(project: UUID, statements: Statements) -> None:
    clock = Clock()
    async with a_till_by(clock) as till:
        bazaar = Bazaar(project, till, clock, Random(4))  # noqa: S311 - as above
        await bazaar.furnish()
        for _ in range(60):
            await bazaar.go_on(hours=30)
    with statements.counted() as sent:
        await keep_up(project)
    about_reports = [text for text in sent if "report_" in text or "time_zone" in text]
    assert len(about_reports) <= 2 * 10, "two pages at most"

"""Partners are made and changed: a rate of commission holds from its instant on and never for what was before."""

import asyncio
from contextvars import Context
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from app.database import fetch, transaction
from app.ids import new_id
from app.partners.draft import create_partner, update_partner
from app.partners.read import by_ids, rates_of
from app.partners.values import Partner, PartnerChanges, PartnerRate
from app.problem import Problems
from tests.campaigns.shop import faults_of, logged
from tests.conftest import NOW
from tests.events.conftest import eventually

LATER = NOW + timedelta(hours=1)
# Of pg_locks, for pg_stat_activity shows the same all through a transaction.
_WAITING = """
SELECT count(*) FROM pg_locks held JOIN pg_locks waiting
  ON waiting.locktype = 'transactionid' AND waiting.transactionid = held.transactionid AND NOT waiting.granted
WHERE held.pid = pg_backend_pid() AND held.locktype = 'transactionid' AND held.granted
"""


async def a_partner(project: UUID, name: str = "Cinema", rate: str = "7.5", at: datetime = NOW) -> Partner:
    """A new partner."""
    made = await create_partner(project, name, Decimal(rate), at)
    assert isinstance(made, Partner), made
    return made


async def changed(
    project: UUID, partner: Partner, at: datetime = LATER, expected: int | None = None, **changes: Any
) -> Partner | Problems:
    """Change a partner an hour later."""
    return await update_partner(project, partner.id, PartnerChanges(**changes), expected, at)


async def rates(project: UUID, partner: Partner) -> list[tuple[str, datetime]]:
    """The rates of a partner, the present one first."""
    return [(str(one.rate), one.since) for one in (await rates_of(project, [partner.id]))[partner.id]]


async def test_a_partner_is_made_with_the_rate_it_is_promised(project: UUID) -> None:
    made = await a_partner(project)
    assert made == Partner(made.id, "Cinema", Decimal("7.5"), 1, NOW, NOW)
    assert await by_ids(project, [made.id, new_id()]) == {made.id: made}
    assert await rates_of(project, [made.id]) == {made.id: (PartnerRate(Decimal("7.5"), NOW),)}
    told = {"partner_id": made.id.hex, "name": "Cinema", "commission_rate": "7.5", "version": 1}
    assert await logged(project) == [("PARTNER_CREATED", told)]


async def test_a_new_rate_holds_from_then_on_and_a_new_name_changes_no_rate(project: UUID) -> None:
    made = await a_partner(project)
    raised = await changed(project, made, commission_rate=Decimal(10))
    assert raised == Partner(made.id, "Cinema", Decimal(10), 2, NOW, LATER)
    renamed = await changed(project, made, LATER + timedelta(hours=1), name="Film club")
    assert isinstance(renamed, Partner)
    assert (renamed.name, renamed.commission_rate, renamed.version) == ("Film club", Decimal(10), 3)
    assert await rates(project, made) == [("10", LATER), ("7.5", NOW)]
    assert (await by_ids(project, [made.id]))[made.id] == renamed
    assert [kind for kind, _ in await logged(project)] == ["PARTNER_CREATED", *["PARTNER_UPDATED"] * 2]


async def test_what_says_nothing_new_changes_nothing(project: UUID) -> None:
    made = await a_partner(project)
    assert await changed(project, made, name="Cinema", commission_rate=Decimal("7.50")) == made
    assert len(await logged(project)) == 1


async def test_a_clock_that_is_slow_begins_no_rate_before_the_one_it_follows(project: UUID) -> None:
    made = await a_partner(project)
    await changed(project, made, NOW - timedelta(minutes=1), commission_rate=Decimal(1))
    assert await rates(project, made) == [("1", NOW + timedelta(microseconds=1)), ("7.5", NOW)]


@pytest.mark.parametrize("rate", ["-0.1", "100.0001", "1.00001", "NaN", "Infinity", "1E+400"])
async def test_a_rate_that_is_no_percentage_is_refused(project: UUID, rate: str) -> None:
    place = ("commission_rate", "OUT_OF_RANGE")
    assert faults_of(await create_partner(project, "Cinema", Decimal(rate), NOW)) == [place]
    made = await a_partner(project, rate="0")
    assert faults_of(await changed(project, made, commission_rate=Decimal(rate))) == [place]
    assert await rates(project, made) == [("0", NOW)]


@pytest.mark.parametrize("rate", ["0", "100", "0.0001", "12.5000000"])
async def test_a_rate_of_four_decimals_from_nothing_to_everything_is_kept(project: UUID, rate: str) -> None:
    made = await a_partner(project, rate=rate)
    assert (await by_ids(project, [made.id]))[made.id].commission_rate == Decimal(rate)


async def test_names_are_unique_in_the_project_and_not_beyond(project: UUID, another_project: UUID) -> None:
    made, other = await a_partner(project), await a_partner(project, "Theatre")
    await a_partner(another_project)
    assert faults_of(await create_partner(project, "Cinema", Decimal(1), NOW)) == [("name", "NAME_TAKEN")]
    assert faults_of(await changed(project, other, name="Cinema")) == [("name", "NAME_TAKEN")]
    assert faults_of(await create_partner(project, " ", Decimal(1), NOW)) == [("name", "REQUIRED")]
    rows = await fetch("SELECT id, version FROM partners WHERE project_id = $1 ORDER BY id", project)
    assert [tuple(row) for row in rows] == [(made.id, 1), (other.id, 1)]


async def test_only_what_was_seen_is_changed(project: UUID, another_project: UUID) -> None:
    made = await a_partner(project)
    assert faults_of(await changed(project, made, expected=2, name="Film club")) == [
        ("expected_version", "VERSION_CONFLICT")
    ]
    assert faults_of(await changed(another_project, made, name="Film club")) == [("id", "NOT_FOUND")]
    assert await by_ids(another_project, [made.id]) == await rates_of(another_project, [made.id]) == {}
    assert await by_ids(project, [made.id]) == {made.id: made}


async def test_who_had_to_wait_for_a_new_rate_sees_it_and_tells_it(project: UUID) -> None:
    made = await a_partner(project)
    async with transaction() as connection:
        await changed(project, made, commission_rate=Decimal(10))
        renaming = asyncio.get_running_loop().create_task(
            changed(project, made, name="Film club"), context=Context()
        )

        async def waits() -> bool:
            return bool(await connection.fetchval(_WAITING))

        await eventually(waits)
    renamed = await renaming
    assert isinstance(renamed, Partner)
    assert (renamed.name, renamed.commission_rate, renamed.version) == ("Film club", Decimal(10), 3)
    assert [told["commission_rate"] for _, told in await logged(project)] == ["7.5", "10", "10"]


async def test_of_changes_at_the_same_moment_each_has_its_place(project: UUID) -> None:
    made = await a_partner(project)
    await asyncio.gather(*(changed(project, made, commission_rate=Decimal(rate)) for rate in (1, 2, 3, 4)))
    kept = await rates(project, made)
    assert sorted(rate for rate, _ in kept) == ["1", "2", "3", "4", "7.5"]
    assert len({since for _, since in kept}) == 5
    assert (await by_ids(project, [made.id]))[made.id].version == 5

"""Changing a voucher."""

from datetime import datetime
from typing import Any
from uuid import UUID

import pytest

from app.database import execute, fetch
from app.ids import new_id
from app.vouchers.read import by_ids
from app.vouchers.update import update_voucher
from app.vouchers.values import Voucher, VoucherChanges
from tests.vouchers.shop import (
    NOW,
    TOMORROW,
    YESTERDAY,
    a_campaign,
    a_project,
    a_voucher,
    codes_of,
    events_of,
    everything,
)


async def test_given_fields_change_and_the_others_stay(project: UUID) -> None:
    campaign = await a_campaign(project)
    voucher = await a_voucher(
        project, campaign, "EDIT", starts_at=YESTERDAY, max_redemptions=3, metadata={"batch": 1}
    )
    answer = await update_voucher(
        project, voucher.id, VoucherChanges(expires_at=TOMORROW, max_redemptions=None), NOW
    )
    assert isinstance(answer, Voucher)
    assert (answer.starts_at, answer.expires_at, answer.max_redemptions) == (YESTERDAY, TOMORROW, None)
    assert answer.metadata == {"batch": 1}
    assert (await by_ids(project, [voucher.id]))[voucher.id] == answer
    payload = {
        "voucher": voucher.id.hex,
        "campaign": campaign.hex,
        "code": "EDIT",
        "holder": None,
        "changed": ["expires_at", "max_redemptions"],
    }
    assert (await events_of(project))[-1] == ("VOUCHER_UPDATED", payload)


async def test_metadata_is_replaced_as_a_whole(project: UUID) -> None:
    voucher = await a_voucher(project, await a_campaign(project), "EDIT", metadata={"a": 1, "b": 2})
    answer = await update_voucher(project, voucher.id, VoucherChanges(metadata={"b": [3]}), NOW)
    assert isinstance(answer, Voucher)
    assert answer.metadata == {"b": [3]}


@pytest.mark.parametrize("changes", [VoucherChanges(), VoucherChanges(max_redemptions=3, metadata={})])
async def test_what_stands_already_makes_no_event(project: UUID, changes: VoucherChanges) -> None:
    voucher = await a_voucher(project, await a_campaign(project), "EDIT", max_redemptions=3)
    before = await everything(project)
    assert await update_voucher(project, voucher.id, changes, NOW) == voucher
    assert await everything(project) == before


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"max_redemptions": 0}, "OUT_OF_RANGE"),
        ({"expires_at": YESTERDAY}, "DATES_REVERSED"),
        ({"expires_at": NOW}, "DATES_REVERSED"),
        ({"starts_at": datetime(2026, 6, 1)}, "INVALID_TIME"),  # noqa: DTZ001 - the fault in question
        ({"metadata": {"a": "\0"}}, "INVALID_TEXT"),
        ({"metadata": {str(key): 1 for key in range(51)}}, "TOO_LONG"),
    ],
)
async def test_faulty_changes_are_told_and_nothing_moves(
    project: UUID, changes: dict[str, Any], code: str
) -> None:
    voucher = await a_voucher(project, await a_campaign(project), "EDIT", starts_at=NOW)
    before = await everything(project)
    assert codes_of(await update_voucher(project, voucher.id, VoucherChanges(**changes), NOW)) == [code]
    assert await everything(project) == before


async def test_another_projects_voucher_is_not_found_and_stays(project: UUID) -> None:
    other = await a_project()
    foreign = await a_voucher(other, await a_campaign(other), "THEIRS")
    before = await everything(other)
    changes = VoucherChanges(max_redemptions=1)
    assert codes_of(await update_voucher(project, foreign.id, changes, NOW)) == ["NOT_FOUND"]
    assert codes_of(await update_voucher(project, new_id(), changes, NOW)) == ["NOT_FOUND"]
    assert await everything(other) == before
    assert await events_of(project) == []


async def test_the_counter_of_its_own_limit_goes_when_the_limit_comes_or_goes_and_no_other(
    project: UUID,
) -> None:
    voucher = await a_voucher(project, await a_campaign(project), "EDIT", max_redemptions=3)

    async def counters_after(limit: int | None) -> list[str]:
        answer = await update_voucher(project, voucher.id, VoucherChanges(max_redemptions=limit), NOW)
        assert isinstance(answer, Voucher)
        rows = await fetch("SELECT measure FROM counters WHERE subject_id = $1 ORDER BY measure", voucher.id)
        return [row["measure"] for row in rows]

    async def count(measure: str) -> None:
        await execute(
            "INSERT INTO counters (id, project_id, scope, subject_id, measure, used)"
            " VALUES ($1, $2, 'voucher', $3, $4, 2)",
            new_id(),
            project,
            voucher.id,
            measure,
        )

    await count("POINTS")
    await count("REDEMPTIONS")
    assert await counters_after(4) == ["POINTS", "REDEMPTIONS"]
    assert await counters_after(None) == ["POINTS"]
    await count("REDEMPTIONS")
    assert await counters_after(1) == ["POINTS"]

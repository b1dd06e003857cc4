"""tearoff audit."""

from pathlib import Path
from typing import Any
from uuid import UUID

from app import ids
from app.database import execute
from app.ids import new_id
from tests.cli.conftest import Tearoff
from tests.redemptions.shop import a_campaign, a_voucher, asking, offer, tills


async def test_a_sound_project_is_told_so_and_a_drift_fails(
    tmp_path: Path, database: dict[str, Any], project: UUID
) -> None:
    await a_voucher(project, await a_campaign(project, promise=offer(per_voucher=5)), "SUMMER")
    async with tills() as [till]:
        await till.redeem(asking(project, "SUMMER"))
    tearoff = Tearoff(tmp_path, database)
    only = ("audit", "--project", ids.show(ids.PROJECT, project))
    sound = await tearoff(*only)
    await execute("UPDATE counters SET used = 4 WHERE project_id = $1", project)
    broken = await tearoff(*only)
    assert (sound.status, broken.status) == (0, 1)
    assert [line.split() for line in sound.out.splitlines()] == [
        ["What", "Looked", "at", "Drift"],
        ["counters", "1", "0"],
        ["redemptions", "1", "0"],
        ["balances", "0", "0"],
        ["payments", "0", "0"],
        ["gifts", "0", "0"],
        ["events", "1", "0"],
    ]
    assert ["counters", "1", "1"] in [line.split() for line in broken.out.splitlines()]
    assert "used 4" not in broken.err
    assert ": 4, counted 1" in broken.err
    assert "1 thing does not agree with the ledger." in broken.err


async def test_what_is_no_project_is_said(tmp_path: Path, database: dict[str, Any]) -> None:
    told = await Tearoff(tmp_path, database)("audit", "--project", ids.show(ids.CAMPAIGN, new_id()))
    assert told.status == 1
    assert "A project's id starts with proj_." in told.err

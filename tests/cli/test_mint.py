"""tearoff mint."""

import signal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from app import ids
from app.database import execute, fetch, fetchval
from tests.cli.conftest import Tearoff, ended, line_with, refused, running
from tests.vouchers.shop import a_campaign


@pytest.fixture
def mints(tmp_path: Path, database: dict[str, Any], project: UUID) -> Tearoff:
    return Tearoff(tmp_path, database)


def _of(project: UUID) -> tuple[str, str]:
    return ("--project", ids.show(ids.PROJECT, project))


async def _count(project: UUID) -> int:
    return int(await fetchval("SELECT count(*) FROM vouchers WHERE project_id = $1", project))


async def test_more_codes_than_a_request_may_ask_for_are_minted_and_every_tenth_is_told(
    mints: Tearoff, project: UUID
) -> None:
    campaign = await a_campaign(project)
    said = await mints("mint", ids.show(ids.CAMPAIGN, campaign), "110000", *_of(project))
    assert (said.status, said.out) == (0, "110,000 codes were minted.\n")
    told = [int(line.removesuffix(" of 110,000").replace(",", "")) for line in said.err.splitlines()]
    assert len(told) == 10
    assert all(11_000 * tenth <= made < 11_000 * tenth + 5_000 for tenth, made in enumerate(told, 1))
    assert await _count(project) == 110_000


async def test_codes_look_as_the_options_say_and_the_campaign_may_be_named(
    mints: Tearoff, project: UUID
) -> None:
    campaign = await a_campaign(project)
    looks = ("--pattern", "VIP-##", "--charset", "0123456789", "--max-redemptions", "3")
    said = await mints("mint", f"Campaign {campaign.hex}", "2", *looks, *_of(project))
    assert (said.status, said.out) == (0, "2 codes were minted.\n")
    rows = await fetch(
        "SELECT code, campaign_id, max_redemptions FROM vouchers WHERE project_id = $1", project
    )
    assert [(row["code"][:4], row["campaign_id"], row["max_redemptions"]) for row in rows] == [
        ("VIP-", campaign, 3)
    ] * 2
    assert all(row["code"][4:].isdigit() and len(row["code"]) == 6 for row in rows)


async def test_what_cannot_be_minted_is_refused_in_one_sentence(mints: Tearoff, project: UUID) -> None:
    campaign = await a_campaign(project)
    named = f"Campaign {campaign.hex}"
    assert refused(await mints("mint", "Nothing", "1", *_of(project))).endswith("has no campaign 'Nothing'.")
    small = await mints("mint", named, "500", "--pattern", "#", *_of(project))
    assert refused(small).startswith("The pattern has 31 codes and a tenth of them may be used")
    await execute("UPDATE campaigns SET state = 'ENDED' WHERE id = $1", campaign)
    assert refused(await mints("mint", named, "1", *_of(project))) == "The campaign has ended."
    assert await _count(project) == 0


async def test_a_campaign_that_is_ended_meanwhile_keeps_what_was_made_and_the_shortfall_is_told(
    mints: Tearoff, project: UUID
) -> None:
    campaign = await a_campaign(project)
    words = ("mint", ids.show(ids.CAMPAIGN, campaign), "500000", *_of(project))
    async with running(*words, env=mints.env()) as process:
        await line_with(process.stderr, "50,000 of 500,000")
        await execute("UPDATE campaigns SET state = 'ENDED' WHERE id = $1", campaign)
        said = await ended(process)
    made = await _count(project)
    assert 50_000 <= made < 500_000
    assert refused(said).startswith(f"Only {made:,} of 500,000 codes were minted")


async def test_what_was_made_before_ctrl_c_is_kept_and_told(mints: Tearoff, project: UUID) -> None:
    campaign = await a_campaign(project)
    words = ("mint", ids.show(ids.CAMPAIGN, campaign), "500000", *_of(project))
    async with running(*words, env=mints.env()) as process:
        await line_with(process.stderr, "50,000 of 500,000")
        process.send_signal(signal.SIGINT)
        said = await ended(process)
    made = await _count(project)
    assert 50_000 <= made < 500_000
    assert said.status == 130
    assert said.err.splitlines()[-1] == f"Interrupted: {made:,} of 500,000 codes were minted."
    assert "Traceback" not in said.err
    told = await fetchval(
        "SELECT sum((payload->>'count')::int) FROM events WHERE project_id = $1 AND kind = 'VOUCHERS_MINTED'",
        project,
    )
    assert told == made

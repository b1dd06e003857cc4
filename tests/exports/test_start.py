"""Starting exports: what is asked must make sense, and the same key starts one job only."""

import pytest

from app.database import fetchval
from app.events.cursor import BEGINNING
from app.exports.start import ExportOrder, Started, start_export
from app.exports.values import ExportFilter, Format, Wanted, What
from app.ids import new_id
from app.jobs.create import MOST_OPEN
from tests.conftest import NOW
from tests.redemptions.shop import KEY, problems

ORDER = ExportOrder(What.REDEMPTIONS, Format.CSV)


async def jobs(project) -> int:
    return int(await fetchval("SELECT count(*) FROM jobs WHERE project_id = $1", project))


async def test_the_same_idempotency_key_starts_one_job(project, another_project) -> None:
    first = await start_export(project, ORDER, NOW, key=KEY, idempotency_key="night 1")
    again = await start_export(project, ORDER, NOW, key=KEY, idempotency_key="night 1")
    assert isinstance(first, Started)
    assert isinstance(again, Started)
    assert (first.replayed, again.replayed, again.job) == (False, True, first.job)
    assert first.job.requested_by == KEY
    other = ExportOrder(What.REDEMPTIONS, Format.JSONL)
    assert problems(await start_export(project, other, NOW, idempotency_key="night 1")) == [
        ("idempotency_key", "IDEMPOTENCY_KEY_REUSED")
    ]
    elsewhere = await start_export(another_project, other, NOW, idempotency_key="night 1")
    assert isinstance(elsewhere, Started)
    assert (await jobs(project), await jobs(another_project)) == (1, 1)


@pytest.mark.parametrize(
    ("what", "asked", "path"),
    [
        (What.CUSTOMERS, ExportFilter(campaign=new_id()), "filter.campaign"),
        (What.VOUCHERS, ExportFilter(channel="web"), "filter.channel"),
        (What.PUBLICATIONS, ExportFilter(redemption_point="till"), "filter.redemption_point"),
        (What.PUBLICATIONS, ExportFilter(partner=new_id()), "filter.partner"),
    ],
)
async def test_a_condition_that_means_nothing_is_refused(project, what, asked, path) -> None:
    refused = await start_export(project, ExportOrder(what, Format.CSV, asked), NOW)
    assert problems(refused) == [(path, "FILTER_DOES_NOT_APPLY")]
    assert await jobs(project) == 0


async def test_tables_of_state_have_no_place_to_begin_after(project) -> None:
    refused = await start_export(project, ExportOrder(What.VOUCHERS, Format.CSV, after=BEGINNING), NOW)
    assert problems(refused) == [("after", "AFTER_DOES_NOT_APPLY")]


async def test_texts_that_cannot_be_kept_are_refused(project) -> None:
    asked = ExportFilter(channel="a\0b", redemption_point="x" * 201)
    refused = await start_export(
        project, ExportOrder(What.REDEMPTIONS, Format.CSV, asked), NOW, idempotency_key=""
    )
    assert problems(refused) == [
        ("filter.channel", "INVALID_TEXT"),
        ("filter.redemption_point", "TOO_LONG"),
        ("idempotency_key", "REQUIRED"),
    ]


async def test_a_refused_export_keeps_no_key(project) -> None:
    for _ in range(MOST_OPEN):
        assert isinstance(await start_export(project, ORDER, NOW), Started)
    assert problems(await start_export(project, ORDER, NOW, idempotency_key="k")) == [("", "TOO_MANY_JOBS")]
    assert await fetchval("SELECT count(*) FROM idempotency_keys WHERE project_id = $1", project) == 0


async def test_what_was_asked_is_kept_whole(project) -> None:
    asked = ExportFilter(new_id(), new_id(), "web", "till 1", new_id(), NOW, NOW)
    answer = await start_export(project, ExportOrder(What.REDEMPTIONS, Format.JSONL, asked, BEGINNING), NOW)
    assert isinstance(answer, Started)
    wanted = Wanted.from_json(answer.job.input)
    assert (wanted.what, wanted.format, wanted.filter) == (What.REDEMPTIONS, Format.JSONL, asked)
    assert Wanted.from_json(wanted.to_json()) == wanted

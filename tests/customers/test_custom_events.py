"""Custom events: told in bulk, each with an answer, counted once, and told to the log without what they are about."""

import asyncio
import random
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from app.customers.custom_events import (
    AHEAD,
    MOST_EVENTS_AT_ONCE,
    CustomEventInput,
    CustomEventOutcome,
    CustomEventResult,
    track_custom_events,
)
from app.database import fetch
from app.ids import new_id
from app.problem import Problems
from tests.conftest import NOW, Statements
from tests.redemptions.shop import a_customer
from tests.vouchers.shop import a_project

RECORDED = CustomEventOutcome.RECORDED
KNOWN = CustomEventOutcome.KNOWN_ALREADY
REFUSED = CustomEventOutcome.REFUSED


async def _track(project: UUID, *events: CustomEventInput) -> list[CustomEventResult]:
    answer = await track_custom_events(project, events, NOW)
    assert not isinstance(answer, Problems), answer
    return list(answer)


async def _kept(project: UUID) -> list[tuple[Any, ...]]:
    rows = await fetch(
        "SELECT customer_id, name, metadata, source_id, at, created_at FROM custom_events WHERE project_id = $1"
        " ORDER BY id",
        project,
    )
    return [tuple(row) for row in rows]


async def _told(project: UUID) -> list[Any]:
    rows = await fetch(
        "SELECT payload FROM events WHERE project_id = $1 AND kind = 'CUSTOM_EVENT_TOLD' ORDER BY position",
        project,
    )
    return [row["payload"] for row in rows]


def _outcomes(results: list[CustomEventResult]) -> list[CustomEventOutcome]:
    return [one.outcome for one in results]


def _codes(result: CustomEventResult) -> list[tuple[str, str]]:
    return [(".".join(problem.path), problem.code) for problem in result.problems]


async def test_events_are_kept_and_told_without_their_metadata(project: UUID) -> None:
    ada = await a_customer(project)
    yesterday = NOW - timedelta(days=1)
    results = await _track(
        project,
        CustomEventInput("ada", "review", yesterday, {"stars": 5, "text": "Ada likes it"}, "r-1"),
        CustomEventInput(ada, "visit"),
    )
    assert _outcomes(results) == [RECORDED, RECORDED]
    assert await _kept(project) == [
        (ada, "review", {"stars": 5, "text": "Ada likes it"}, "r-1", yesterday, NOW),
        (ada, "visit", {}, None, NOW, NOW),
    ]
    ids = [
        row["id"].hex
        for row in await fetch("SELECT id FROM custom_events WHERE project_id = $1 ORDER BY id", project)
    ]
    assert await _told(project) == [
        {
            "custom_event_id": ids[0],
            "customer_id": ada.hex,
            "name": "review",
            "happened_at": yesterday.isoformat(),
        },
        {"custom_event_id": ids[1], "customer_id": ada.hex, "name": "visit", "happened_at": NOW.isoformat()},
    ]


async def test_an_event_is_counted_once_however_often_it_is_told(project: UUID) -> None:
    ada = await a_customer(project)
    first = CustomEventInput("ada", "review", source_id="r-1")
    other = CustomEventInput("ada", "visit", source_id="r-1")
    assert _outcomes(await _track(project, first, other)) == [RECORDED, KNOWN]
    assert _outcomes(await _track(project, other, CustomEventInput("ada", "visit"))) == [KNOWN, RECORDED]
    assert [(row[0], row[1]) for row in await _kept(project)] == [(ada, "review"), (ada, "visit")]
    assert len(await _told(project)) == 2


async def test_a_faulty_event_spoils_no_other(project: UUID) -> None:
    await a_customer(project)
    results = await _track(
        project,
        CustomEventInput("nobody", "visit"),
        CustomEventInput("ada", "visit", source_id="v-1"),
        CustomEventInput(new_id(), " ", NOW + AHEAD + timedelta(seconds=1)),
        CustomEventInput("ada", "visit", NOW + AHEAD),
        CustomEventInput("ada", "visit", NOW + AHEAD + timedelta(microseconds=1)),
    )
    assert _outcomes(results) == [REFUSED, RECORDED, REFUSED, RECORDED, REFUSED]
    assert [_codes(one) for one in results if one.problems] == [
        [("events.0.customer", "NOT_FOUND")],
        [("events.2.name", "REQUIRED"), ("events.2.customer", "NOT_FOUND")],
        [("events.4.at", "INVALID_TIME")],
    ]
    assert len(await _kept(project)) == 2


@pytest.mark.parametrize(
    ("event", "path", "code"),
    [
        (CustomEventInput("ada", ""), "name", "REQUIRED"),
        (CustomEventInput("ada", "n" * 201), "name", "TOO_LONG"),
        (CustomEventInput("ada", "n\0"), "name", "INVALID_TEXT"),
        (CustomEventInput("ada", "n", source_id=""), "source_id", "REQUIRED"),
        (CustomEventInput("ada", "n", source_id="s" * 201), "source_id", "TOO_LONG"),
        (CustomEventInput("ada", "n", metadata={"k": "\0"}), "metadata", "INVALID_TEXT"),
        (CustomEventInput("ada", "n", metadata={str(n): n for n in range(51)}), "metadata", "TOO_LONG"),
        (CustomEventInput("ada", "n", at=NOW.replace(tzinfo=None)), "at", "INVALID_TIME"),
        (CustomEventInput("\ud800", "n"), "customer", "NOT_FOUND"),
    ],
)
async def test_what_is_wrong_is_told_at_its_place(
    project: UUID, event: CustomEventInput, path: str, code: str
) -> None:
    await a_customer(project)
    [result] = await _track(project, event)
    assert (result.outcome, _codes(result)) == (REFUSED, [(f"events.0.{path}", code)])
    assert await _kept(project) == []
    assert await _told(project) == []


@pytest.mark.parametrize(("count", "code"), [(0, "EMPTY_BATCH"), (MOST_EVENTS_AT_ONCE + 1, "TOO_MANY_ITEMS")])
async def test_a_batch_has_its_size(project: UUID, count: int, code: str) -> None:
    await a_customer(project)
    refused = await track_custom_events(project, [CustomEventInput("ada", "visit")] * count, NOW)
    assert isinstance(refused, Problems)
    assert [(problem.path, problem.code) for problem in refused.all] == [(("events",), code)]
    assert await _kept(project) == []


async def test_customers_and_source_ids_of_another_project_are_nobodys_here(project: UUID) -> None:
    another = await a_project()
    ada, stranger = await a_customer(project), await a_customer(another, "stranger")
    assert _outcomes(await _track(another, CustomEventInput(stranger, "visit", source_id="v-1"))) == [
        RECORDED
    ]
    results = await _track(
        project, CustomEventInput(stranger, "visit"), CustomEventInput(ada, "visit", source_id="v-1")
    )
    assert _outcomes(results) == [REFUSED, RECORDED]


async def test_a_thousand_cost_three_statements(project: UUID, statements: Statements) -> None:
    await a_customer(project)
    with statements.counted() as sent:
        await _track(project, *[CustomEventInput("ada", "visit")] * MOST_EVENTS_AT_ONCE)
    assert len(sent) == 3, sent  # the customers, the events, the log
    assert len(await _told(project)) == MOST_EVENTS_AT_ONCE


async def test_the_same_events_told_by_many_at_once_are_kept_once(project: UUID) -> None:
    await a_customer(project)
    events = [CustomEventInput("ada", "visit", source_id=f"v-{n:02}") for n in range(30)]
    dice = random.Random(7)  # noqa: S311 - an order, not a secret
    answers = await asyncio.gather(
        *(_track(project, *dice.sample(events, len(events))) for _ in range(10)),
    )
    outcomes = [one.outcome for answer in answers for one in answer]
    assert (outcomes.count(RECORDED), outcomes.count(KNOWN)) == (30, 270)
    assert len(await _kept(project)) == 30
    assert len(await _told(project)) == 30

"""Validations are counted: exactly, whatever happens at once, in rows that are bounded, and told to the log."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from app.database import fetch
from app.engine.cart import Cart
from app.projects.values import KeyKind
from app.redemptions import validation_counts, validation_places
from app.redemptions.requests import ValidateRequest
from app.redemptions.validate import Validation, validations
from app.redemptions.validation_counts import ValidationCounts
from tests.conftest import NOW
from tests.events.conftest import eventually
from tests.partners.test_draft import a_partner
from tests.redemptions.shop import CART, a_caller, a_campaign, a_voucher, offer

NEVER = 3600.0
MINUTE = NOW.replace(second=0, microsecond=0)


@pytest.fixture
async def counts() -> AsyncIterator[ValidationCounts]:
    """Counts that are told only when a test says so."""
    running = ValidationCounts(pause=NEVER, clock=lambda: NOW)
    await running.start()
    yield running
    await running.stop()


def a_question(project: UUID, *codes: str, **more: Any) -> ValidateRequest:
    """A server's question about CART."""
    return ValidateRequest(a_caller(project), codes, more.pop("cart", CART), **more)


async def validated(counts: ValidationCounts, request: ValidateRequest, now: datetime = NOW) -> Validation:
    """The answer, counted."""
    [answer] = await validations([request], now)
    assert isinstance(answer, Validation)
    counts.count(request, answer, now)
    return answer


async def payloads(project: UUID) -> list[list[dict[str, Any]]]:
    """The counts of each event, in order."""
    rows = await fetch(
        "SELECT payload FROM events WHERE project_id = $1 AND kind = 'VALIDATIONS_COUNTED' ORDER BY position",
        project,
    )
    return [row["payload"]["counts"] for row in rows]


async def sums(project: UUID) -> dict[tuple[str, str | None], tuple[int, int]]:
    """How many were granted and rejected, of orders and of codes, by campaign."""
    granted: Counter[tuple[str, str | None]] = Counter()
    rejected: Counter[tuple[str, str | None]] = Counter()
    for told in await payloads(project):
        for row in told:
            granted[row["of"], row["campaign_id"]] += row["granted"]
            rejected[row["of"], row["campaign_id"]] += row["rejected"]
    return {key: (granted[key], rejected[key]) for key in {*granted, *rejected}}


async def test_an_order_counts_once_and_each_of_its_codes_for_its_campaign(
    project: UUID, counts: ValidationCounts
) -> None:
    partner = (await a_partner(project)).id
    main = await a_campaign(project, "2026", is_main=True)
    campaign = await a_campaign(project, main_id=main, partner_id=partner, category="films")
    await a_voucher(project, campaign, "SUMMER")
    question = a_question(project, "SUMMER", "NOSUCH", channel="web", redemption_point="till 7")
    assert not (await validated(counts, question)).evaluation.granted
    await counts.flush()
    common = {"minute": MINUTE.isoformat(), "currency": "EUR", "channel": "web", "redemption_point": "till 7"}
    nobody = dict.fromkeys(["campaign_id", "main_campaign_id", "partner_id", "category", "reward"])
    marked = {
        "campaign_id": campaign.hex,
        "main_campaign_id": main.hex,
        "partner_id": partner.hex,
        "category": "films",
        "reward": "amount_off",
    }
    assert await payloads(project) == [
        [
            {**common, **nobody, "of": "ORDER", "granted": 0, "rejected": 1},
            {**common, **marked, "of": "CODE", "granted": 0, "rejected": 1},
            {**common, **nobody, "of": "CODE", "granted": 0, "rejected": 1},
        ]
    ]


async def test_what_was_granted_and_what_was_not_are_told_apart(
    project: UUID, counts: ValidationCounts
) -> None:
    campaign = await a_campaign(project)
    await a_voucher(project, campaign, "SUMMER")
    await a_voucher(project, campaign, "STOPPED", enabled=False)
    for code in ("SUMMER", "SUMMER", "STOPPED"):
        await validated(counts, a_question(project, code))
    await counts.flush()
    assert await sums(project) == {("ORDER", None): (2, 1), ("CODE", campaign.hex): (2, 1)}


async def test_a_promotion_counts_where_it_applies_and_not_where_it_does_not(
    project: UUID, counts: ValidationCounts
) -> None:
    campaign = await a_campaign(project, "By itself", promise=offer(500, currency="EUR"))
    await fetch("UPDATE campaigns SET kind = 'CART_PROMOTION' WHERE id = $1", campaign)
    await a_voucher(project, campaign, "PROMOTION-X", kind="PROMOTION")
    await validated(counts, a_question(project))
    await validated(counts, a_question(project, cart=Cart("JPY", CART.lines)))
    await counts.flush()
    assert await sums(project) == {("ORDER", None): (2, 0), ("CODE", campaign.hex): (1, 0)}


async def test_counts_are_exact_however_many_validate_while_they_are_told(project: UUID) -> None:
    campaign = await a_campaign(project)
    await a_voucher(project, campaign, "SUMMER")
    counts = ValidationCounts(pause=0.01)
    await counts.start()
    codes = ["SUMMER", "NOSUCH"] * 100
    await asyncio.gather(*(validated(counts, a_question(project, code)) for code in codes))
    await counts.stop()
    assert await sums(project) == {
        ("ORDER", None): (100, 100),
        ("CODE", campaign.hex): (100, 0),
        ("CODE", None): (0, 100),
    }


async def test_every_minute_has_a_row_of_its_own(project: UUID, counts: ValidationCounts) -> None:
    for minutes in (0, 1, 1):
        await validated(counts, a_question(project), NOW + timedelta(minutes=minutes, seconds=30))
    await counts.flush()
    [told] = await payloads(project)
    assert [(row["minute"], row["granted"]) for row in told] == [
        (MINUTE.isoformat(), 1),
        ((MINUTE + timedelta(minutes=1)).isoformat(), 2),
    ]


async def test_nothing_is_told_when_nothing_was_counted(project: UUID, counts: ValidationCounts) -> None:
    await counts.flush()
    assert await payloads(project) == []


async def test_each_project_is_told_of_its_own(
    project: UUID, another_project: UUID, counts: ValidationCounts
) -> None:
    for each in (project, another_project, another_project):
        await validated(counts, a_question(each))
    await counts.flush()
    assert await sums(project) == {("ORDER", None): (1, 0)}
    assert await sums(another_project) == {("ORDER", None): (2, 0)}


async def test_who_dies_takes_only_what_was_not_told_yet_with_it(project: UUID) -> None:
    dying = ValidationCounts(pause=NEVER)
    await validated(dying, a_question(project))
    await dying.flush()
    await validated(dying, a_question(project))
    del dying
    assert await sums(project) == {("ORDER", None): (1, 0)}


async def test_who_stops_tells_what_is_left(project: UUID) -> None:
    counts = ValidationCounts(pause=NEVER)
    await counts.start()
    await validated(counts, a_question(project))
    await counts.stop()
    assert await sums(project) == {("ORDER", None): (1, 0)}


async def test_what_could_not_be_told_is_told_the_next_time(
    project: UUID, counts: ValidationCounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    await validated(counts, a_question(project))

    async def refuse(*_: object) -> None:
        raise OSError("no database")

    with monkeypatch.context() as broken:
        broken.setattr(validation_counts, "append", refuse)
        with pytest.raises(OSError, match="no database"):
            await counts.flush()
        await validated(counts, a_question(project, "NOSUCH"))
    await counts.flush()
    assert await sums(project) == {("ORDER", None): (1, 1), ("CODE", None): (0, 1)}


async def test_channels_without_end_fill_neither_memory_nor_log(
    project: UUID, counts: ValidationCounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(validation_counts, "MOST_ROWS_OF_A_PROJECT", 10)
    monkeypatch.setattr(validation_counts, "MOST_IN_AN_EVENT", 4)
    for number in range(30):
        await validated(counts, a_question(project, channel=f"channel {number}"))
    await counts.flush()
    told = await payloads(project)
    assert [len(one) for one in told] == [4, 4, 3]
    assert told[-1][-1]["channel"] is None
    assert await sums(project) == {("ORDER", None): (30, 0)}


async def test_whoever_has_a_public_key_cannot_make_rows_without_end(
    project: UUID, counts: ValidationCounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(validation_places, "MOST_OF_STOREFRONTS", 2)
    stranger = replace(a_caller(project), kind=KeyKind.STOREFRONT)
    for number, currency in enumerate(["EUR", "EUR", "EUR", "JPY"] * 2):
        request = a_question(project, channel=f"channel {number}", cart=Cart(currency, CART.lines))
        await validated(counts, replace(request, caller=stranger))
        await counts.flush()
    told = [(row["currency"], row["channel"]) for [row] in await payloads(project)]
    assert told == [("EUR", "channel 0"), ("EUR", "channel 1"), *[("EUR", None)] * 6]
    assert await sums(project) == {("ORDER", None): (8, 0)}


async def test_many_rows_are_told_at_once(project: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(validation_counts, "MOST_ROWS", 3)
    counts = ValidationCounts(pause=NEVER)
    await counts.start()
    for number in range(3):
        await validated(counts, a_question(project, channel=f"channel {number}"))
    await eventually(lambda: payloads(project))
    await counts.stop()
    assert await sums(project) == {("ORDER", None): (3, 0)}


async def test_while_the_log_cannot_be_told_memory_is_bounded_all_the_same(
    project: UUID, counts: ValidationCounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(validation_counts, "MOST_ROWS_UNTOLD", 2)
    for number in range(5):
        await validated(counts, a_question(project, channel=f"channel {number}"))
    await counts.flush()
    assert (await sums(project), counts.lost) == ({("ORDER", None): (2, 0)}, 3)

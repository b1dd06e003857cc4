"""State, time, holder and limits: all reasons at once, on every level."""

import dataclasses
from datetime import UTC, datetime, timedelta

import pytest

from app.engine.counter import Measure, Scope
from app.engine.offer import Limits, Presented
from app.engine.reason import Reason
from app.engine.remedy import Act, Change
from app.engine.rules.minimum_spend import MinimumSpend
from app.engine.standing import refusals_of_standing
from tests.engine.shop import (
    ANNA,
    BRUNO,
    CAMPAIGN,
    MAIN,
    NOW,
    budget,
    cart,
    codes_of,
    eur,
    judge,
    offer,
    presented,
)

HOUR = timedelta(hours=1)


def standing(code: Presented) -> list[Reason]:
    return refusals_of_standing(code, None, NOW)


@pytest.mark.parametrize(
    ("state", "code", "message"),
    [
        ("DRAFT", "CAMPAIGN_NOT_LIVE", "The {} is not live yet."),
        ("PAUSED", "CAMPAIGN_PAUSED", "The {} is paused."),
        ("ENDED", "CAMPAIGN_ENDED", "The {} has ended."),
        ("ARCHIVED", "CAMPAIGN_NOT_LIVE", "The {} is not live yet."),
    ],
)
def test_only_a_live_campaign_gives_and_so_must_its_main_campaign_be(
    state: str, code: str, message: str
) -> None:
    own = dataclasses.replace(CAMPAIGN, state=state)
    main = dataclasses.replace(MAIN, state=state)
    assert standing(presented(campaign=own, main=main)) == [
        Reason(code, message.format("campaign"), subject="campaign.state", expected="LIVE", actual=state),
        Reason(
            code,
            message.format("main campaign"),
            subject="main_campaign.state",
            expected="LIVE",
            actual=state,
        ),
    ]
    assert standing(presented(main=MAIN)) == []


def test_a_start_that_is_still_to_come_is_told_with_its_time() -> None:
    starts = datetime(2026, 7, 22, 16, tzinfo=UTC)
    assert standing(presented(starts_at=starts)) == [
        Reason(
            "NOT_STARTED",
            "The code is not valid before 18:00 Europe/Warsaw.",
            subject="voucher.starts_at",
            expected=starts,
            actual=NOW,
            remedy="Valid from 18:00 Europe/Warsaw.",
            change=Change(Act.COME_AT, at=starts),
        )
    ]
    tomorrow = dataclasses.replace(MAIN, starts_at=starts + 24 * HOUR)
    assert [(reason.subject, reason.remedy) for reason in standing(presented(main=tomorrow))] == [
        ("main_campaign.starts_at", "Valid from Thursday 23 July 2026 18:00 Europe/Warsaw.")
    ]


def test_an_end_that_has_passed_is_told_with_its_time() -> None:
    ended = dataclasses.replace(CAMPAIGN, ends_at=NOW - HOUR)
    assert standing(presented(campaign=ended)) == [
        Reason(
            "EXPIRED",
            "The campaign was valid until 16:00 Europe/Warsaw.",
            subject="campaign.ends_at",
            expected=NOW - HOUR,
            actual=NOW,
        )
    ]


@pytest.mark.parametrize("seconds", [-1, 0, 1])
def test_the_start_belongs_to_the_time_and_the_end_does_not(seconds: int) -> None:
    edge = NOW - timedelta(seconds=seconds)
    assert (standing(presented(starts_at=edge)) == []) is (seconds >= 0)
    assert (standing(presented(expires_at=edge)) == []) is (seconds < 0)
    assert (standing(presented(campaign=dataclasses.replace(CAMPAIGN, ends_at=edge))) == []) is (seconds < 0)


def test_a_code_of_another_customer_is_refused_and_an_unknown_shopper_asked() -> None:
    held = presented(holder=ANNA)
    assert codes_of(judge(held, customer=ANNA)) == []
    assert codes_of(judge(held, customer=BRUNO)) == ["HELD_BY_ANOTHER_CUSTOMER"]
    assert codes_of(judge(held)) == ["CUSTOMER_REQUIRED"]


def test_a_limit_per_customer_needs_a_customer_and_asks_once() -> None:
    code = presented(holder=ANNA, offer=offer(limits=Limits(per_customer=1)))
    assert codes_of(judge(code)) == ["CUSTOMER_REQUIRED"]
    assert judge(code, customer=ANNA).granted


def test_a_campaign_without_an_offer_gives_nothing() -> None:
    assert codes_of(judge(presented(offer=None))) == ["NO_OFFER"]


def test_a_budget_per_customer_needs_a_customer_whichever_campaign_has_it() -> None:
    each = (budget(Measure.DISCOUNT, 5_000, Scope.CUSTOMER),)
    for code in (
        presented(campaign=dataclasses.replace(CAMPAIGN, budgets=each)),
        presented(main=dataclasses.replace(MAIN, budgets=each)),
    ):
        assert codes_of(judge(code)) == ["CUSTOMER_REQUIRED"]
        assert judge(code, customer=ANNA).granted


def test_all_reasons_of_all_levels_come_together() -> None:
    code = presented(
        enabled=False,
        expires_at=NOW - HOUR,
        holder=BRUNO,
        campaign=dataclasses.replace(CAMPAIGN, state="PAUSED", ends_at=NOW),
        main=dataclasses.replace(MAIN, state="DRAFT", starts_at=NOW + HOUR, max_redemptions=5),
        offer=offer(MinimumSpend(eur("100.01")), limits=Limits(1, 1, 1)),
    )
    used = {key: 9 for key, _ in code.caps(ANNA, "EUR", NOW)}
    evaluation = judge(code, basket=cart(10000), customer=ANNA, used=used)
    assert codes_of(evaluation) == [
        "VOUCHER_DISABLED",
        "EXPIRED",
        "CAMPAIGN_PAUSED",
        "EXPIRED",
        "CAMPAIGN_NOT_LIVE",
        "NOT_STARTED",
        "HELD_BY_ANOTHER_CUSTOMER",
        "VOUCHER_LIMIT_REACHED",
        "CUSTOMER_LIMIT_REACHED",
        "CAMPAIGN_LIMIT_REACHED",
        "MAIN_CAMPAIGN_LIMIT_REACHED",
        "MINIMUM_SPEND_NOT_REACHED",
    ]
    assert (evaluation.discount, evaluation.total) == (0, 10000)

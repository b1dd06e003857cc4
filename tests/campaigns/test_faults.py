"""Faults: everything wrong with a campaign is told at once, each in its place."""

from dataclasses import replace
from datetime import timedelta

from app.campaigns.faults import faults_of
from app.engine.budget import MOST_BUDGETS, Budget
from app.engine.counter import Measure, Scope
from app.engine.offer import Limits
from app.engine.period import Period
from app.ids import new_id
from tests.campaigns.shop import DAILY, TEN_PERCENT
from tests.campaigns.test_values import CAMPAIGN
from tests.conftest import NOW


def test_a_sound_campaign_has_no_fault() -> None:
    assert faults_of(CAMPAIGN) == ()


def test_all_faults_are_told_together() -> None:
    faulty = replace(
        CAMPAIGN,
        name=" ",
        description="\0",
        category="c" * 201,
        time_zone="Nowhere",
        starts_at=NOW.replace(tzinfo=None),
        max_redemptions=0,
        metadata={str(n): n for n in range(51)},
        offer=replace(TEN_PERCENT, limits=Limits(per_campaign=2**60)),
    )
    assert [(".".join(fault.path), fault.code) for fault in faults_of(faulty)] == [
        ("name", "REQUIRED"),
        ("description", "INVALID_TEXT"),
        ("category", "TOO_LONG"),
        ("time_zone", "UNKNOWN_TIME_ZONE"),
        ("starts_at", "INVALID_TIME"),
        ("max_redemptions", "OUT_OF_RANGE"),
        ("metadata", "TOO_LONG"),
        ("offer.limits.per_campaign", "OUT_OF_RANGE"),
    ]


def test_dates_are_compared_as_instants_whatever_their_offsets() -> None:
    assert faults_of(replace(CAMPAIGN, starts_at=NOW, ends_at=NOW + timedelta(seconds=1))) == ()
    (fault,) = faults_of(replace(CAMPAIGN, starts_at=NOW, ends_at=NOW))
    assert (fault.path, fault.code) == (("ends_at",), "DATES_REVERSED")


def test_a_main_campaign_has_neither_offer_nor_main() -> None:
    faulty = replace(CAMPAIGN, is_main=True, main_id=new_id())
    assert [fault.code for fault in faults_of(faulty)] == ["MAIN_HAS_NO_OFFER", "MAIN_HAS_NO_MAIN"]


def _budget_faults(*budgets: Budget, is_main: bool = False) -> list[tuple[str, str]]:
    faulty = replace(CAMPAIGN, budgets=budgets)
    if is_main:
        faulty = replace(faulty, is_main=True, offer=None)
    return [(".".join(fault.path), fault.code) for fault in faults_of(faulty)]


def test_budgets_of_different_kinds_stand_beside_each_other() -> None:
    assert (
        _budget_faults(
            DAILY,
            replace(DAILY, currency="USD"),
            replace(DAILY, period=Period.WEEK),
            replace(DAILY, per=Scope.VOUCHER),
            replace(DAILY, measure=Measure.ORDER_VALUE),
        )
        == []
    )


def test_the_same_budget_twice_is_told_where_it_comes_again() -> None:
    assert _budget_faults(DAILY, replace(DAILY, period=Period.WEEK), replace(DAILY, most=1)) == [
        ("budgets.2", "DUPLICATE_BUDGET")
    ]


def test_a_count_is_no_larger_than_the_api_can_carry_and_money_may_be() -> None:
    count = Budget(Measure.POINTS, Scope.CAMPAIGN, Period.EVER, 2**31)
    assert _budget_faults(replace(DAILY, most=2**31), count) == [("budgets.1.most", "OUT_OF_RANGE")]
    assert _budget_faults(replace(count, most=2**31 - 1)) == []


def test_a_main_campaign_has_budgets_but_none_per_voucher() -> None:
    per_voucher = replace(DAILY, per=Scope.VOUCHER)
    assert _budget_faults(DAILY, per_voucher, is_main=True) == [("budgets.1.per", "MAIN_HAS_NO_VOUCHERS")]


def test_there_is_an_end_to_the_budgets_of_a_campaign() -> None:
    currencies = ("EUR", "USD", "PLN", "JPY", "GBP")
    many = [
        replace(DAILY, currency=currency, period=period)
        for currency in currencies
        for period in (Period.DAY, Period.WEEK, Period.MONTH, Period.YEAR)
    ]
    assert len(many) == MOST_BUDGETS
    assert _budget_faults(*many) == []
    assert _budget_faults(*many, replace(DAILY, period=Period.EVER)) == [("budgets", "TOO_MANY_BUDGETS")]

"""Faults: everything wrong with a campaign is told at once, each in its place."""

from dataclasses import replace
from datetime import timedelta

from app.campaigns.faults import faults_of
from app.engine.offer import Limits
from app.ids import new_id
from tests.campaigns.shop import TEN_PERCENT
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

"""Needs are values: equal ones are the same question."""

from datetime import UTC, datetime
from uuid import UUID

from app.engine.facts import PastRedemptions


def test_equal_needs_are_one_question() -> None:
    campaign, since = UUID(int=1), datetime(2026, 1, 1, tzinfo=UTC)
    assert {PastRedemptions(campaign, since), PastRedemptions(campaign, since)} == {
        PastRedemptions(campaign, since)
    }
    assert PastRedemptions(campaign) != PastRedemptions()

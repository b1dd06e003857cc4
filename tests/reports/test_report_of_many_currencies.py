"""Reports where something happened in many currencies: bounded, the project's own first, the others named."""

from datetime import timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from app.database import execute
from app.reports import question as questions
from app.reports.periods import Interval
from app.reports.question import GroupBy, Only, Question
from app.reports.report import Report, report
from tests.conftest import NOW

# Something was validated in each of them, as anybody may do who knows a public key; in some was redeemed as well.
_COUNTED = """
INSERT INTO report_figures
SELECT $1, 2, 0, date_trunc('day', $2::timestamptz, 'Europe/Warsaw'), '', told.currency, 'api', '',
       told.redemptions, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0
FROM unnest($3::text[], $4::int[]) AS told (currency, redemptions)
"""


async def asked(project: UUID, currency: str | None = None) -> Report:
    """The day of NOW."""
    day = (NOW, NOW + timedelta(minutes=1))
    return await report(
        Question(
            project, ZoneInfo("Europe/Warsaw"), *day, Interval.DAY, GroupBy.NONE, Only(currency=currency)
        )
    )


async def test_the_projects_own_currency_comes_then_those_with_most_and_the_others_are_named(
    project: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    await execute(_COUNTED, project, NOW, ["AED", "EUR", "JPY", "USD", "ZMW"], [0, 0, 1, 2, 0])
    everything = await asked(project)
    assert [group.currency for group in everything.groups] == ["AED", "EUR", "JPY", "USD", "ZMW"]
    assert everything.left_out == ()
    monkeypatch.setattr(questions, "MOST_POINTS_OF_ALL", 2)
    bounded = await asked(project)
    assert [group.currency for group in bounded.groups] == ["EUR", "USD"]
    assert bounded.left_out == ("AED", "JPY", "ZMW")
    one = await asked(project, currency="JPY")
    assert ([group.currency for group in one.groups], one.left_out) == (["JPY"], ())


def test_there_is_room_for_three_currencies_of_the_largest_report_and_for_many_of_a_small_one() -> None:
    zone = ZoneInfo("UTC")
    hours = Question(UUID(int=1), zone, NOW, NOW + timedelta(hours=2_000), Interval.HOUR)
    month = Question(UUID(int=1), zone, NOW, NOW + timedelta(days=29), Interval.DAY, GroupBy.CAMPAIGN)
    for question, most in ((hours, 3), (month, 20)):
        present, _ = questions.periods_of(question)
        assert questions.most_currencies(question, present) == most

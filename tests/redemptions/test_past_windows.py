"""Counters of periods that are over are forgotten, and nothing else is."""

from datetime import timedelta
from uuid import UUID

from app.database import fetch, transaction
from app.engine.counter import CounterKey
from app.engine.period import Period, Window
from app.ids import new_id
from app.redemptions.counters import lock
from app.redemptions.past_windows import forget_past_windows
from tests.conftest import NOW

DAY = timedelta(days=1)


def _key(ended: timedelta) -> CounterKey:
    return CounterKey("campaign", new_id(), window=Window(Period.DAY, NOW - ended - DAY, NOW - ended))


async def test_only_periods_that_are_long_over_are_forgotten(project: UUID, another_project: UUID) -> None:
    for_ever, today = CounterKey("campaign", new_id()), _key(-DAY)
    lately, long_ago, longer_ago = _key(35 * DAY), _key(35 * DAY + DAY / 24), _key(400 * DAY)
    async with transaction() as connection:
        await lock(connection, [(project, key) for key in (for_ever, today, lately, long_ago, longer_ago)])
        await lock(connection, [(another_project, long_ago)])
    assert await forget_past_windows(NOW) >= 3
    left = await fetch(
        "SELECT subject_id FROM counters WHERE project_id = ANY ($1::uuid[])", [project, another_project]
    )
    assert {row["subject_id"] for row in left} == {for_ever.subject, today.subject, lately.subject}
    assert await forget_past_windows(NOW) == 0

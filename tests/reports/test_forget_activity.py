"""What the log has let go of is forgotten of the customers, too; nothing else is."""

from app.customers.custom_events import CustomEventInput, track_custom_events
from app.database import fetchval, transaction
from app.reports.forget_activity import _FORGET, forget_activity
from app.reports.read_activity import activity_of
from tests.conftest import NOW
from tests.events.conftest import eventually
from tests.events.parted import all_settled, forget, grow_old, next_partition
from tests.redemptions.shop import a_customer
from tests.reports.kept_activity import activity_kept_up

_ROWS = "SELECT count(*) FROM customer_activity"


async def test_what_the_log_does_not_hold_any_more_goes_and_the_rest_stays(lonely_project):
    ada = await a_customer(lonely_project)
    visits = [CustomEventInput(ada, "visit") for _ in range(100)]
    for _ in range(3):
        await track_custom_events(lonely_project, visits, NOW)
    await eventually(all_settled)
    await eventually(next_partition)
    await track_custom_events(lonely_project, visits[:10], NOW)
    async with activity_kept_up(lonely_project):
        assert await fetchval(_ROWS) == 311  # that she came to be, too
        assert await fetchval("SELECT pg_relation_size('customer_activity') / 8192") > 2
        assert await forget_activity() == 0
        before = (await activity_of(lonely_project, [ada], 10))[ada]
        await grow_old(401, upto=1)
        await eventually(forget)  # it gives way to the projection while that is reading
        assert await forget_activity(at_once=1) == 301
        assert await fetchval(_ROWS) == 10
        after = (await activity_of(lonely_project, [ada], 10))[ada]
    assert after.events == before.events
    assert (before.has_more, after.has_more) == (True, False)


async def test_each_step_reads_its_own_pages_of_the_table_alone(project):
    async with transaction() as connection:
        await connection.execute(
            "SET LOCAL enable_seqscan = off"
        )  # a table of a few pages is read as a whole
        plan = [row[0] for row in await connection.fetch(f"EXPLAIN {_FORGET}", (0, 0), (1, 0))]
    assert any("Tid Range Scan on customer_activity" in line for line in plan), plan

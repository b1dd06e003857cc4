"""Counters: their names, their locks, and how they learn of uses from before they were born."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from app.database import execute, fetch, transaction
from app.engine.counter import CounterKey, Measure
from app.engine.facts import PastRedemptions
from app.engine.period import Period, Window
from app.ids import new_id
from app.redemptions.counters import Gathered, counter_id, gather, lock, past_of
from app.redemptions.needs import Asked
from app.redemptions.requests import CustomerRef
from app.redemptions.roll_back import roll_back
from app.redemptions.till import Till
from tests.conftest import NOW
from tests.redemptions.shop import a_campaign, a_customer, a_voucher, asking, redemption

_INSTANTS = st.datetimes(timezones=st.just(UTC))
NAMES = st.tuples(
    st.uuids(),
    st.builds(
        CounterKey,
        st.sampled_from(["voucher", "campaign", "customer"]),
        st.uuids(),
        st.none() | st.uuids(),
        st.sampled_from(Measure),
        st.sampled_from([None, "EUR", "JPY"]),
        st.none() | st.builds(Window, st.just(Period.DAY), _INSTANTS, _INSTANTS),
    ),
)


@given(NAMES, NAMES)
def test_two_names_are_two_ids(one: tuple[UUID, CounterKey], other: tuple[UUID, CounterKey]) -> None:
    assert (counter_id(*one) == counter_id(*other)) == (one == other)


def test_an_id_is_for_ever() -> None:
    project, subject = UUID(int=1), UUID(int=2)
    assert counter_id(project, CounterKey("voucher", subject)) == UUID("428f0abc-ed80-8d88-3ca7-85ff5fb8aaf9")
    may = Window(Period.MONTH, datetime(2026, 5, 1, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC))
    key = CounterKey("campaign", subject, None, Measure.DISCOUNT, "EUR", may)
    assert counter_id(project, key) == UUID("eaa6a086-f323-a7a1-1119-b8f54a19c9c9")


async def test_a_lock_tells_uses(project: UUID) -> None:
    key, past = CounterKey("voucher", new_id()), past_of(new_id())
    async with transaction() as connection:
        names = [(project, key), (project, past)]
        assert await lock(connection, names) == {(project, key): 0, (project, past): 0}
        await connection.execute("UPDATE counters SET used = 7 WHERE id = $1", counter_id(project, key))
    async with transaction() as connection:
        assert await lock(connection, [(project, key)]) == {(project, key): 7}


async def test_nothing_asked_is_nothing_sent(project: UUID) -> None:
    async with transaction() as connection:
        assert await lock(connection, []) == {}
    assert await gather(fetch, [], [], NOW) == Gathered()


async def test_without_a_row_the_ledger_tells(project: UUID, till: Till) -> None:
    main = await a_campaign(project, "Year", is_main=True)
    campaign = await a_campaign(project, main_id=main)
    voucher, second = [await a_voucher(project, campaign, code) for code in ("ONE", "TWO")]
    ada, bob = [await a_customer(project, name) for name in ("ada", "bob")]
    for who, codes in ((ada, ["ONE", "TWO"]), (ada, ["ONE"]), (bob, ["ONE"])):
        last = redemption(await till.redeem(asking(project, *codes, customer=CustomerRef(id=who))))
    await roll_back(project, last.id, now=NOW)
    wanted = {
        CounterKey("voucher", voucher): 2,
        CounterKey("voucher", second): 1,
        CounterKey("campaign", campaign): 3,
        CounterKey("campaign", main): 3,
        CounterKey("customer", campaign, ada): 3,
        CounterKey("customer", campaign, bob): 0,
    }
    names = [(project, key) for key in wanted]
    assert await gather(fetch, names, [], NOW) == Gathered(wanted)
    async with transaction() as connection:
        assert await lock(connection, names) == {(project, key): used for key, used in wanted.items()}
    await execute("UPDATE counters SET used = 9 WHERE project_id = $1", project)
    assert (await gather(fetch, names, [], NOW)).used == dict.fromkeys(wanted, 9)  # a row is believed
    await execute("DELETE FROM counters WHERE project_id = $1", project)


async def test_a_past_counts_redemptions_that_stand(project: UUID, till: Till) -> None:
    main = await a_campaign(project, "Year", is_main=True)
    campaign, other = await a_campaign(project, "A", main_id=main), await a_campaign(project, "B")
    await a_voucher(project, campaign, "ONE")
    await a_voucher(project, campaign, "TWO")
    await a_voucher(project, other, "ELSEWHERE")
    ada = await a_customer(project)
    for codes in (["ONE", "TWO"], ["ONE"], ["ELSEWHERE"], ["ONE"]):
        last = redemption(await till.redeem(asking(project, *codes, customer=CustomerRef(id=ada))))
    await roll_back(project, last.id, now=NOW)
    wanted = {
        PastRedemptions(): 3,
        PastRedemptions(campaign=campaign): 2,
        PastRedemptions(campaign=main): 2,
        PastRedemptions(campaign=other): 1,
        PastRedemptions(since=NOW): 3,
        PastRedemptions(since=NOW + timedelta(seconds=1)): 0,
    }
    answers = (await gather(fetch, [], [Asked(project, ada, need) for need in wanted], NOW)).answers
    assert {asked.need: amount for asked, amount in answers.items()} == wanted

"""Facts then: what stood, was paid and was told of a customer at a past moment, whatever has happened since."""

from datetime import timedelta
from uuid import UUID

from app.database import execute, fetch_by_index
from app.engine.facts import Facts, Need, PastEvents, PastRedemptions, PastSpend, Profile
from app.redemptions.release import release
from app.redemptions.requests import CustomerRef
from app.redemptions.returns import Units
from app.redemptions.roll_back import roll_back
from app.redemptions.till import Till
from app.simulation.facts_then import AskedThen, FactsThen, facts_then
from tests.conftest import NOW
from tests.redemptions.holds import QUARTER, a_hold, expire
from tests.redemptions.shop import a_campaign, a_customer, a_voucher, asking, redemption

LATER, END = timedelta(hours=1), NOW + timedelta(days=9)
MADE, PAID = PastRedemptions(), PastSpend("EUR")


async def told(project: UUID, customer: UUID, hours: float, *needs: Need) -> list[int]:
    """The answers as of so many hours after NOW."""
    at = NOW + timedelta(hours=hours)
    found = await facts_then(fetch_by_index, project, [AskedThen(customer, need, at) for need in needs], END)
    answers = found.into(Facts(customer), needs, at).answers
    return [answers[need] for need in needs]


async def test_redemptions_and_what_was_paid_are_those_that_stood_then(project: UUID, till: Till) -> None:
    ada = await a_customer(project)
    summer = await a_campaign(project)
    await a_voucher(project, summer, "ONE")
    made = redemption(await till.redeem(asking(project, "ONE", customer=CustomerRef(id=ada))))
    await roll_back(project, made.id, now=NOW + 2 * LATER, lines=[Units(1, 1)])
    await roll_back(project, made.id, now=NOW + 4 * LATER)
    assert await told(project, ada, 0, MADE, PAID) == [0, 0]
    assert await told(project, ada, 1, MADE, PAID) == [1, 10_000]
    # The shoe cost 40.00, of which the code took 2.00.
    assert await told(project, ada, 3, MADE, PAID) == [1, 6200]
    assert await told(project, ada, 5, MADE, PAID) == [0, 0]
    within = timedelta(minutes=30)
    assert await told(project, ada, 0.4, PastRedemptions(summer, None, within)) == [1]
    assert await told(project, ada, 1, PastRedemptions(summer, None, within), PastSpend("EUR", within)) == [
        0,
        0,
    ]
    assert await told(project, ada, 1, PastRedemptions(ada), PastSpend("USD")) == [0, 0]


async def test_a_hold_stood_until_it_was_given_up_or_ran_out(project: UUID, till: Till) -> None:
    ada = await a_customer(project)
    await a_voucher(project, await a_campaign(project), "ONE")
    held = [
        await a_hold(till, project, "ONE", customer=CustomerRef(id=ada), hold_for=4 * LATER) for _ in range(2)
    ]
    await a_hold(till, project, "ONE", customer=CustomerRef(id=ada), hold_for=QUARTER)
    await release(project, held[0].id, now=NOW + LATER)
    assert await told(project, ada, 0.1, MADE) == [3]
    assert await told(project, ada, 0.5, MADE) == [2]
    assert await told(project, ada, 2, MADE) == [1]
    await expire(project, NOW + 5 * LATER)
    assert await told(project, ada, 2, MADE) == [1]
    assert await told(project, ada, 6, MADE) == [0]


async def test_custom_events_count_from_when_they_were_told(project: UUID) -> None:
    ada = await a_customer(project)
    await execute(
        "INSERT INTO custom_events (id, project_id, customer_id, name, metadata, at, created_at)"
        " SELECT gen_random_uuid(), $1, $2, 'visit', '{}', $3, $4",
        *(project, ada, NOW, NOW + LATER),
    )
    assert await told(project, ada, 0.5, PastEvents("visit")) == [0]
    assert await told(project, ada, 2, PastEvents("visit"), PastEvents("other")) == [1, 0]
    assert await told(project, ada, 2, PastEvents("visit", timedelta(hours=1))) == [0]


async def test_the_customers_own_data_is_that_of_today(project: UUID) -> None:
    ada = await a_customer(project)
    found = await facts_then(fetch_by_index, project, [AskedThen(ada, Profile(), NOW)], END)
    facts = found.into(Facts(ada), [Profile()], NOW)
    assert facts.shopper is not None
    assert facts.shopper.source_id == "ada"


async def test_of_nobody_nothing_is_asked(project: UUID) -> None:
    found = await facts_then(fetch_by_index, project, [AskedThen(None, MADE, NOW)], END)
    assert found == FactsThen({}, found.today, project)
    assert found.into(Facts(), [MADE], NOW).answers == {}

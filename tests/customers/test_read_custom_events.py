"""Reading custom events: pages of each customer, in one statement, and nobody else's."""

from datetime import timedelta
from uuid import UUID

from app.customers.custom_events import CustomEventInput, track_custom_events
from app.customers.read_custom_events import (
    CustomEvent,
    CustomEventSort,
    count_custom_events_of,
    custom_events_of,
)
from app.database.keyset import PageRequest
from app.ids import new_id
from tests.conftest import NOW, Statements
from tests.redemptions.shop import a_customer

OLDEST = CustomEventSort.OLDEST


async def test_events_are_paged_for_each_customer(project: UUID, statements: Statements) -> None:
    ada, bob = await a_customer(project, "ada"), await a_customer(project, "bob")
    yesterday = NOW - timedelta(days=1)
    events = [CustomEventInput(ada, f"visit {n}", yesterday, {"n": n}, f"v-{n}") for n in range(3)]
    await track_custom_events(project, [*events, CustomEventInput(bob, "call")], NOW)
    with statements.counted() as sent:
        found = await custom_events_of(project, [ada, bob], PageRequest(2), OLDEST)
    assert len(sent) == 1
    first, other = found[ada].items[0], found[bob].items[0]
    assert first == CustomEvent(first.id, "visit 0", {"n": 0}, "v-0", yesterday, NOW)
    assert other == CustomEvent(other.id, "call", {}, None, NOW, NOW)
    assert [one.name for one in found[ada].items] == ["visit 0", "visit 1"]
    rest = await custom_events_of(project, [ada], PageRequest(2, after=found[ada].cursors[-1]), OLDEST)
    assert ([one.name for one in rest[ada].items], rest[ada].has_next) == (["visit 2"], False)
    newest = await custom_events_of(project, [ada], PageRequest(1))
    assert [one.name for one in newest[ada].items] == ["visit 2"]
    assert await count_custom_events_of(project, [ada, bob]) == {ada: 3, bob: 1}
    assert (await custom_events_of(new_id(), [ada], PageRequest(2)))[ada].items == ()

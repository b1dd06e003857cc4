"""However much happens at once, whoever shares leaves the event loop to requests in between."""

import asyncio

from graphql_schema.shared_delivery import Sharing
from tests.graphql_schema.sharing import Log, Subscriber, sharing_tasks, turns

DOCUMENTS, EVENTS = 50, 40


async def test_of_a_rush_each_stream_executes_one_event_in_a_turn_of_the_event_loop() -> None:
    Log.numbers.clear()
    sharing = Sharing(lambda caller: caller)
    documents = [f"subscription Feed{one} {{ numbers {{ number place }} }}" for one in range(DOCUMENTS)]
    many = [Subscriber(sharing, document) for document in documents]
    async with asyncio.timeout(20):
        while sharing.health().members < DOCUMENTS:  # noqa: ASYNC110 - what is awaited is bookkeeping
            await asyncio.sleep(0)
        await turns()
        before = at_last = sharing.health().executions
        in_a_turn = []
        Log.append(*range(EVENTS))
        while at_last - before < DOCUMENTS * EVENTS:
            await asyncio.sleep(0)
            now = sharing.health().executions
            in_a_turn.append(now - at_last)
            at_last = now
    assert max(in_a_turn) <= DOCUMENTS
    for each in many:
        await each.ear.until(lambda ear: len(ear.items) > EVENTS)
        await each.leave()
    await turns()
    assert sharing_tasks() == 0

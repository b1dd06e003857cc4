"""What the tests of the feeds share: a follower of a subscription that skips or takes heartbeats."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from app.projects.admit import Caller
from tests.graphql_schema.asking import followed

PATIENCE_SECONDS = 30


class Following:
    """A subscription with one root field. `cursor` is the place it has reached."""

    def __init__(self, results: AsyncIterator[Any]) -> None:
        self._results = results
        self.cursor = ""

    async def item(self) -> Any:
        """The next item, a heartbeat (its event is null) included."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            result = await anext(self._results)
        assert not result.errors, result.errors
        [item] = result.data.values()
        self.cursor = item["cursor"]
        return item

    async def event(self) -> Any:
        """The next event; heartbeats before it are passed over."""
        while True:
            if (event := (await self.item())["event"]) is not None:
                return event

    async def until_quiet(self) -> list[Any]:
        """All events up to the next heartbeat, which comes when the log has been read to its end."""
        events = []
        while (event := (await self.item())["event"]) is not None:
            events.append(event)
        return events


@asynccontextmanager
async def following(caller: Caller, document: str, **variables: Any) -> AsyncIterator[Following]:
    """Follow a feed; without `after` and `from` it follows from where its first heartbeat stands."""
    async with followed(caller, document, **variables) as results:
        follower = Following(results)
        if variables.get("after") is None and variables.get("from") is None:
            assert (await follower.item())["event"] is None
        yield follower


async def refusal_of(caller: Caller, document: str, **variables: Any) -> tuple[str, str]:
    """Code and message of the error that a subscription ended with before it began."""
    async with followed(caller, document, **variables) as results:
        results_seen = [result async for result in results]
    [result] = results_seen
    [error] = result.errors
    assert result.data is None
    return error.extensions["code"], error.message

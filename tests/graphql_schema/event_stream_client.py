"""A client of event streams that reads what the protocol of server-sent events says, and may break off."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any, NamedTuple

import httpx
import orjson

STREAM = "text/event-stream"


class Message(NamedTuple):
    """One message; `data` is read as JSON, None if it is empty."""

    event: str
    data: Any
    id: str | None = None


class Stream:
    """An open stream; comments are counted."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self.comments = 0
        self._lines = response.aiter_lines()

    async def read(self) -> Message | None:
        """The next message, None at the end of the stream."""
        fields: dict[str, list[str]] = {}
        async with asyncio.timeout(20):
            async for line in self._lines:
                name, _, value = line.partition(":")
                if line and not name:
                    self.comments += 1
                elif line:
                    fields.setdefault(name, []).append(value.removeprefix(" "))
                elif fields:
                    return _message(fields)
        assert fields == {}, "the stream ended in the middle of a message"
        return None

    async def rest(self) -> list[Message]:
        """All messages until the stream ends."""
        messages = []
        while (message := await self.read()) is not None:
            messages.append(message)
        return messages


def _message(fields: dict[str, list[str]]) -> Message:
    assert set(fields) <= {"event", "data", "id"}, fields
    [event] = fields["event"]
    data = "\n".join(fields["data"])
    [identifier] = fields.get("id", [None])
    return Message(event, orjson.loads(data) if data else None, identifier)


@contextlib.asynccontextmanager
async def opened(
    client: httpx.AsyncClient, query: str, variables: dict[str, Any] | None = None, **headers: str
) -> AsyncIterator[Stream]:
    """The stream of an operation, which must be accepted."""
    body = {"query": query, "variables": variables}
    headers = {"accept": STREAM} | {name.replace("_", "-"): value for name, value in headers.items()}
    async with client.stream("POST", "/graphql", json=body, headers=headers) as response:
        assert (response.status_code, response.headers["content-type"]) == (200, f"{STREAM}; charset=utf-8")
        yield Stream(response)


async def asked(client: httpx.AsyncClient, query: str, **headers: str) -> list[Message]:
    """All messages of an operation that ends by itself."""
    async with opened(client, query, **headers) as stream:
        return await stream.rest()

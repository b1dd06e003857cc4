"""Following feeds over graphql-transport-ws, as any client should: after a drop they are resumed with their cursors."""

import asyncio
import json
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from typing import Any  # what the feeds' documents ask for

from websockets import Subprotocol
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from app.cli.house import OperatorError, reason_of

FIRST_BACK_OFF_SECONDS, LONGEST_BACK_OFF_SECONDS = 0.25, 5.0
ANSWER_SECONDS = 10
LARGEST_MESSAGE = 16 * 1024 * 1024

# The server will not change its mind about these: key refused or revoked, not our protocol.
_FINAL = {4400, 4403, 4406}
_SUBPROTOCOL = Subprotocol("graphql-transport-ws")
_DROPS = (ConnectionClosed, InvalidHandshake, OSError, TimeoutError)


@dataclass(frozen=True, slots=True)
class Told:
    """Something happened; `feed` is the subscription's field, `event` what its document asks for."""

    feed: str
    event: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Lost:
    """The connection is gone; it is tried again in `seconds`."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Connected:
    """All feeds are followed from now on; `again`: from the places reached before, so that nothing is left out."""

    again: bool


class Follower:
    """Follows feeds, each the document of a subscription with a variable `$after` and one field.

    `cursors` are the places reached, by field.
    """

    def __init__(self, url: str, key: str, documents: Mapping[str, str]) -> None:
        self.cursors: dict[str, str] = {}
        self._url = f"ws{url.removeprefix('http')}/graphql"
        self._key = key
        self._documents = documents

    async def follow(self) -> AsyncGenerator[Told | Lost | Connected, None]:
        """What happens from now on, without end. Raises OperatorError when the service refuses or was never there."""
        back_off = FIRST_BACK_OFF_SECONDS
        was_connected = False
        while True:
            try:
                async with connect(
                    self._url, subprotocols=[_SUBPROTOCOL], max_size=LARGEST_MESSAGE, proxy=None
                ) as socket:
                    await self._introduce(socket)
                    if was_connected:
                        yield Connected(again=True)
                    was_connected, back_off = True, FIRST_BACK_OFF_SECONDS
                    async for told in self._listen(socket):
                        yield told
            except _DROPS as drop:
                self._judge(drop, was_connected)
            yield Lost(back_off)
            await asyncio.sleep(back_off)
            back_off = min(back_off * 2, LONGEST_BACK_OFF_SECONDS)

    async def _introduce(self, socket: ClientConnection) -> None:
        payload = {"Authorization": f"Bearer {self._key}"}
        await socket.send(json.dumps({"type": "connection_init", "payload": payload}))
        async with asyncio.timeout(ANSWER_SECONDS):
            await socket.recv()  # the acknowledgement; a refusal closes the socket
        for feed, document in self._documents.items():
            variables = {"after": self.cursors.get(feed)}
            operation = {"query": document, "variables": variables}
            await socket.send(json.dumps({"id": feed, "type": "subscribe", "payload": operation}))

    async def _listen(self, socket: ClientConnection) -> AsyncGenerator[Told | Connected, None]:
        silent = self._documents.keys() - self.cursors.keys()
        async for raw in socket:
            message = json.loads(raw)
            match message["type"]:
                case "next":
                    feed, payload = message["id"], message["payload"]
                    if payload.get("errors"):
                        raise OperatorError(f"The service says: {payload['errors'][0]['message']}")
                    item = payload["data"][feed]
                    self.cursors[feed] = item["cursor"]
                    if silent and not (silent := silent - {feed}):  # every feed has said where it is
                        yield Connected(again=False)
                    if item["event"] is not None:
                        yield Told(feed, item["event"])
                case "error":
                    raise OperatorError(f"The service says: {message['payload'][0]['message']}")
                case "ping":
                    await socket.send(json.dumps({"type": "pong"}))
                case "complete":
                    return

    def _judge(self, drop: Exception, was_connected: bool) -> None:
        """Go on, or raise the reason why there is no use in it."""
        closed = drop.rcvd if isinstance(drop, ConnectionClosed) else None
        if closed is not None and closed.code in _FINAL:
            raise OperatorError(
                f"The service closed the connection: {closed.reason or closed.code}"
            ) from None
        if not was_connected:
            raise OperatorError(f"No feed can be followed at {self._url}: {reason_of(drop)}.") from None

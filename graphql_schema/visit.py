"""The way of a lasting connection, socket or event stream: counted, admitted, and out when what it stands on ends."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

from graphql_schema.credentials import Admit, Credentials
from graphql_schema.errors import Refusal
from graphql_schema.sockets import Closable, Sockets

CallerT = TypeVar("CallerT")

TOKEN_EXPIRED = "The customer token has expired"  # noqa: S105 - a sentence


@dataclass(frozen=True, slots=True)
class Standing:
    """What a caller stands on: its key; with a customer token also the key that made it, and the token's end."""

    key: Hashable
    maker: Hashable | None = None
    until: datetime | None = None


class Door:
    """Where lasting connections come in. `stands_on(caller)` says what has to hold for as long as they stay."""

    def __init__(
        self, admit: Admit[CallerT], stands_on: Callable[[CallerT], Standing], sockets: Sockets
    ) -> None:
        self.admit: Admit[Any] = admit  # Any: the type variable ends with __init__
        self.stands_on: Callable[[Any], Standing] = stands_on
        self.sockets = sockets


class NoRoomError(Refusal):
    """The key has as many connections open as it may."""

    def __init__(self) -> None:
        super().__init__("TOO_MANY_STREAMS", "Too many sockets of this key are open.")


class Visit:
    """One connection's stay, counted from the moment it is made; `end` it, whatever happens."""

    def __init__(self, door: Door, connection: Closable) -> None:
        self._door = door
        self._connection = connection
        self._standing: Standing | None = None
        self._until: asyncio.TimerHandle | None = None
        self._began = door.sockets.opened(connection)

    async def admit(self, credentials: Credentials) -> Any:  # Any: the caller, whatever the schema calls one
        """The caller, entered under its key. Raises what admission raises, and NoRoomError."""
        door = self._door
        caller = await door.admit(credentials)
        standing = door.stands_on(caller)
        if not door.sockets.has_room_for(standing.key):
            raise NoRoomError
        if not door.sockets.admitted(self._connection, standing.key, self._began, standing.maker):
            raise Refusal("UNAUTHENTICATED", "The key was revoked.")
        self._standing = standing
        if standing.until is not None:
            left = (standing.until - datetime.now(UTC)).total_seconds()
            self._until = asyncio.get_running_loop().call_later(
                max(0.0, left), self._connection.close, 4403, TOKEN_EXPIRED
            )
        return caller

    def end(self) -> None:
        """The connection is over."""
        if self._until is not None:
            self._until.cancel()
        standing = self._standing or Standing(None)
        self._door.sockets.gone(self._connection, standing.key, standing.maker)

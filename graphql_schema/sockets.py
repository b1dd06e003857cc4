"""The open sockets and event streams of this process by their keys: bounded, and a revoked key drops its own."""

from __future__ import annotations

import time
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Protocol

# An admission that began before a key was closed has surely ended after this time, in seconds.
_REMEMBERED = 120.0


@dataclass(frozen=True, slots=True)
class SocketLimits:
    """Times in seconds. A client silent for `ping_seconds` is pinged; `pong_seconds` later it is given up.

    `operations` bounds what runs at once on one socket.
    """

    message_bytes: int = 65_536
    init_seconds: float = 8.0
    ping_seconds: float = 25.0
    pong_seconds: float = 20.0
    operations: int = 100


class Closable(Protocol):
    """A connection that can be closed from outside."""

    def close(self, code: int, reason: str) -> None: ...


class Sockets:
    """A registry; used from one event loop. It holds `most` sockets, admitted or not, and `most_per_key` of a key."""

    def __init__(self, most: int = 10_000, most_per_key: int = 200) -> None:
        self._most, self._most_per_key = most, most_per_key
        self._all: set[Closable] = set()
        self._by_key: dict[Hashable, set[Closable]] = {}
        self._by_maker: dict[Hashable, set[Closable]] = {}
        self._closed_at: dict[Hashable, float] = {}

    def __len__(self) -> int:
        return len(self._all)

    @property
    def is_full(self) -> bool:
        """Whether no more sockets may be opened for now."""
        return len(self._all) >= self._most

    def has_room_for(self, key: Hashable) -> bool:
        """Whether the key may have one more socket admitted."""
        return self.of_key(key) < self._most_per_key

    def opened(self, socket: Closable) -> float:
        """A socket opened, nobody knows yet by whom. Returns the moment, which `admitted` wants back."""
        self._all.add(socket)
        return time.monotonic()

    def admitted(self, socket: Closable, key: Hashable, since: float, maker: Hashable | None = None) -> bool:
        """Enter the socket under its key; False if the key was closed since the admission began.

        `maker` is the key that made the caller's customer token: with it the socket ends as well.
        """
        if any(self._closed_at.get(one, float("-inf")) >= since for one in (key, maker)):
            return False
        self._by_key.setdefault(key, set()).add(socket)
        if maker is not None:
            self._by_maker.setdefault(maker, set()).add(socket)
        return True

    def gone(self, socket: Closable, key: Hashable | None, maker: Hashable | None = None) -> None:
        """Forget a socket that is closed."""
        self._all.discard(socket)
        for known, one in ((self._by_key, key), (self._by_maker, maker)):
            mates = known.get(one)
            if mates is not None:
                mates.discard(socket)
                if not mates:
                    del known[one]

    def open_keys(self) -> list[Hashable]:
        """The keys that sockets depend on."""
        return list(self._by_key.keys() | self._by_maker.keys())

    def of_key(self, key: Hashable) -> int:
        """How many sockets a key has open."""
        return len(self._by_key.get(key, ()))

    def close_key(self, key: Hashable, code: int = 4403, reason: str = "The key was revoked") -> int:
        """Close all sockets of a key, those being admitted right now included; says how many were open."""
        now = time.monotonic()
        self._closed_at = {known: at for known, at in self._closed_at.items() if now - at < _REMEMBERED}
        self._closed_at[key] = now
        mates = self._by_key.get(key, set()) | self._by_maker.get(key, set())
        for socket in mates:
            socket.close(code, reason)
        return len(mates)

    def close_all(self, code: int = 1012, reason: str = "The service restarts") -> None:
        """Close everything at shutdown. No `complete` is sent: clients shall reconnect and resume."""
        for socket in list(self._all):
            socket.close(code, reason)

"""What is told at once to all who share an execution: encoded results, and their bytes on each transport."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from app.events.cursor import Cursor

# Clients choose ids for their operations: most count from 1, some draw them at random, and those are not remembered.
_MOST_KEPT = 16


@dataclass(frozen=True, slots=True)
class Encoded:
    """A result as JSON, and where it stands in the event log, if it comes from there."""

    payload: bytes
    place: Cursor | None

    @property
    def cursor(self) -> str | None:
        """The place as clients know it."""
        return None if self.place is None else self.place.encode()


class Wire(Protocol):
    """The part of a transport's form (delivery.py) that writes results by itself."""

    key: str

    def wire(self, payload: bytes, cursor: str | None) -> bytes:
        """A result as it goes over the wire; equal for forms of equal keys."""


class Batch:
    """Results in order, at least one."""

    __slots__ = ("_wired", "results")

    def __init__(self, results: Sequence[Encoded]) -> None:
        self.results = results
        self._wired: dict[str, bytes] = {}

    def __len__(self) -> int:
        return len(self.results)

    def behind(self, place: Cursor) -> Batch | None:
        """What stands behind a place; None if nothing does."""
        left = [each for each in self.results if each.place is not None and each.place > place]
        if len(left) == len(self.results):
            return self
        return Batch(left) if left else None

    def last(self) -> Batch:
        """The last result alone."""
        return self if len(self.results) == 1 else Batch(self.results[-1:])

    def wired(self, form: Wire) -> bytes:
        """All results as one stretch of bytes, made once for operations that write alike."""
        key = form.key
        made = self._wired.get(key)
        if made is None:
            made = b"".join([form.wire(each.payload, each.cursor) for each in self.results])
            if len(self._wired) < _MOST_KEPT:
                self._wired[key] = made
        return made

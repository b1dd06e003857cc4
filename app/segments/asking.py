"""A question in SQL while it is written: its values, each with its place and type, and when and where it is asked."""

from datetime import datetime


class Asking:
    """Collects the values of one statement; a value never becomes a part of its text.

    The question is asked at `now`, on the clock of `zone` (IANA): the project's.
    """

    def __init__(self, values: list[object], now: datetime, zone: str) -> None:
        self.now = now
        self.zone = zone
        self._values = values
        self._at: str | None = None

    def place(self, value: object, type_: str) -> str:
        """Where the value stands, with its type: `$7::text`."""
        self._values.append(value)
        return f"${len(self._values)}::{type_}"

    def at(self) -> str:
        """Where `now` stands: once, however often it is asked for."""
        if self._at is None:
            self._at = self.place(self.now, "timestamptz")
        return self._at

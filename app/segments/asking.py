"""A question in SQL while it is written: its values, each with its place and type, and when and where it is asked."""

from datetime import datetime


class Asking:
    """Collects the values of one statement; a value never becomes a part of its text.

    The moment `now` and the time zone (IANA, the project's) stand in the statement once, however often they are asked.
    """

    def __init__(self, values: list[object], now: datetime, zone: str) -> None:
        self.now = now
        self._values = values
        self._zone = zone
        self._shared: dict[str, str] = {}

    def place(self, value: object, type_: str) -> str:
        """Where the value stands, with its type: `$7::text`."""
        self._values.append(value)
        return f"${len(self._values)}::{type_}"

    def at(self) -> str:
        """Where the moment stands that the question is about."""
        return self._once(self.now, "timestamptz")

    def zone(self) -> str:
        """Where the name of the time zone stands."""
        return self._once(self._zone, "text")

    def _once(self, value: object, type_: str) -> str:
        if type_ not in self._shared:
            self._shared[type_] = self.place(value, type_)
        return self._shared[type_]

"""The shopper: what the company knows of the customer who is buying."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from app.engine.json_data import DataError, JSONValue, Reader


class ShopperError(DataError):
    """Stored data that is not a shopper."""


@dataclass(frozen=True, slots=True)
class Shopper:
    """A customer's own data; `source_id` is the company's own id of the customer.

    `known_since` is when the record was made; None for somebody who is new with this very cart.
    """

    source_id: str
    name: str | None = None
    email: str | None = None
    birthday: date | None = None
    metadata: Mapping[str, JSONValue] = field(default_factory=dict)
    known_since: datetime | None = None

    def to_json(self) -> JSONValue:
        """The shopper as JSON; what is absent is left out."""
        data: dict[str, JSONValue] = {"source_id": self.source_id}
        if self.name is not None:
            data["name"] = self.name
        if self.email is not None:
            data["email"] = self.email
        if self.birthday is not None:
            data["birthday"] = self.birthday.isoformat()
        if self.metadata:
            data["metadata"] = dict(self.metadata)
        if self.known_since is not None:
            data["known_since"] = self.known_since.isoformat()
        return data

    @classmethod
    def from_json(cls, data: object, path: str = "") -> "Shopper":
        """The shopper that `to_json` wrote. Raises ShopperError."""
        reader = Reader(data, path, ShopperError)
        source_id, name = reader.text("source_id"), reader.optional_text("name")
        email, birthday = reader.optional_text("email"), reader.optional_text("birthday")
        metadata, known_since = reader.left.pop("metadata", {}), reader.optional_instant("known_since")
        reader.done()
        if not isinstance(metadata, dict):
            raise reader.wrong("metadata", "Must be an object.")
        try:
            day = None if birthday is None else date.fromisoformat(birthday)
        except ValueError:
            raise reader.wrong("birthday", "Must be a date.") from None
        return cls(source_id, name, email, day, metadata, known_since)

"""The shopper: what the company knows of the customer who is buying."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from app.engine.json_data import JSONValue


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

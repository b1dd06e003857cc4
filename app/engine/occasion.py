"""The occasion: where and through what a cart is presented, beside what is in it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from app.engine.json_data import JSONValue


@dataclass(frozen=True, slots=True)
class Occasion:
    """`channel` and `redemption_point` in the company's own words; `key` is the API key that asks.

    `metadata` is that of the request, not of the cart.
    """

    channel: str | None = None
    redemption_point: str | None = None
    key: UUID | None = None
    metadata: Mapping[str, JSONValue] = field(default_factory=dict)


NOWHERE = Occasion()

"""A gift: what a redemption gives beside a discount, and gives when it is consumed: credit, points, another's code."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from app.engine.json_data import DataError, JSONValue, Reader


class GiftKind(StrEnum):
    """What is given."""

    CREDIT = "CREDIT"
    """Money on the customer's gift voucher of the campaign `source`."""
    POINTS = "POINTS"
    """Points on the customer's loyalty card of the campaign `source`."""
    EXTERNAL_CODE = "EXTERNAL_CODE"
    """A code of somebody else's, out of the pool `source`."""


_KINDS = frozenset(kind.value for kind in GiftKind)


class GiftError(DataError):
    """Stored data that is not a gift."""


@dataclass(frozen=True, slots=True)
class Gift:
    """`amount` is minor units of the currency `unit`, points, or how many codes; `source` a campaign or a pool.

    `voucher` is the gift voucher or loyalty card that it goes to.
    """

    kind: GiftKind
    source: UUID
    amount: int
    unit: str | None = None
    voucher: UUID | None = None

    def to_json(self) -> dict[str, JSONValue]:
        """The gift as JSON."""
        return {
            "kind": self.kind.value,
            "source": self.source.hex,
            "amount": self.amount,
            "unit": self.unit,
            "voucher": None if self.voucher is None else self.voucher.hex,
        }

    @classmethod
    def from_json(cls, data: object, path: str = "") -> "Gift":
        """The gift that `to_json` wrote. Raises GiftError."""
        reader = Reader(data, path, GiftError)
        kind, source = reader.text("kind"), reader.optional_id("source")
        amount, unit, voucher = (
            reader.whole("amount"),
            reader.optional_text("unit"),
            reader.optional_id("voucher"),
        )
        reader.done()
        if source is None or kind not in _KINDS:
            raise GiftError(path, "Is not a gift.")
        return cls(GiftKind(kind), source, amount, unit, voucher)

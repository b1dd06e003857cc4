"""Kept code: what a decision had to know of one code beside its offer, as JSON."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from app.engine.cart import Cart
from app.engine.facts import Balance, Facts, Need, Situation
from app.engine.json_data import DataError, JSONValue, Reader, join
from app.engine.money import Money
from app.engine.offer import Presented
from app.engine.reason import Reason, Value
from app.engine.segment import Segment
from app.engine.stacking import DEFAULT, Stacking
from app.engine.unit import NOTHING, Family


class KeptFactsError(DataError):
    """Stored data that is not the facts of a decision."""


@dataclass(frozen=True, slots=True)
class Decided:
    """In place of a live segment's rule: whether the customer was in it then, whatever it asks for today."""

    holds: bool
    needs: ClassVar[frozenset[Need]] = NOTHING
    family: ClassVar[Family] = Family.CUSTOMER
    example: ClassVar[Mapping[str, JSONValue]] = {}

    def refusals(self, _situation: Situation) -> tuple[Reason, ...]:
        """Some reason, unless the customer was in it."""
        return () if self.holds else (Reason("NOT_IN_SEGMENT", "This customer was not in the segment."),)

    def actual(self, _situation: Situation) -> Value | None:
        """Nothing to show."""
        return None


@dataclass(frozen=True, slots=True)
class KeptCode:
    """What was known of one code: `credits` or `points` asked of its balance, the balance, the holder, its segments.

    `category` is its campaign's, where the policy of stacking is not the default.
    """

    credits: Money | None = None
    points: int | None = None
    balance: Balance | None = None
    holder: UUID | None = None
    segments: Mapping[UUID, Segment] = field(default_factory=dict)
    category: str | None = None

    def to_json(self) -> JSONValue:
        """The facts of the code; null when there are none."""
        data: dict[str, JSONValue] = {}
        if self.credits is not None:
            data["credits"] = self.credits.to_json()
        if self.points is not None:
            data["points"] = self.points
        if self.balance is not None:
            data["balance"] = {"unit": self.balance.unit, "available": self.balance.available}
        if self.holder is not None:
            data["holder"] = self.holder.hex
        if self.segments:
            data["segments"] = [
                {
                    "id": one.id.hex,
                    "name": one.name,
                    "holds": isinstance(one.rule, Decided) and one.rule.holds,
                }
                for one in self.segments.values()
            ]
        if self.category is not None:
            data["category"] = self.category
        return data or None

    @classmethod
    def from_json(cls, data: object, path: str = "") -> "KeptCode":
        """What `to_json` wrote. Raises KeptFactsError."""
        if data is None:
            return NOTHING_KEPT
        reader = Reader(data, path, KeptFactsError)
        credits_, balance = reader.left.pop("credits", None), reader.left.pop("balance", None)
        points, holder = reader.optional_whole("points"), reader.optional_id("holder")
        category = reader.optional_text("category")
        segments = [
            _segment(one, join(path, f"segments[{place}]"))
            for place, one in enumerate(reader.items("segments"))
        ]
        reader.done()
        return cls(
            None if credits_ is None else Money.read(Reader(credits_, join(path, "credits"), KeptFactsError)),
            points,
            None if balance is None else _balance(balance, join(path, "balance")),
            holder,
            {segment.id: segment for segment in segments},
            category,
        )


NOTHING_KEPT = KeptCode()


def keep_code(code: Presented, facts: Facts, cart: Cart, now: datetime, stacking: Stacking) -> KeptCode:
    """What is known of the code; NOTHING_KEPT itself where there is nothing to say.

    Of a segment only whether the customer is in it is kept, not what it asks for.
    """
    campaign, voucher = code.campaign, code.voucher
    category = None if stacking is DEFAULT or campaign is None else campaign.category
    told = (code.credits, code.points, code.holder, category)
    if not code.pays_from_balance and not code.segments and told == (None,) * len(told):
        return NOTHING_KEPT
    segments: dict[UUID, Segment] = {}
    if code.segments and facts.customer is not None:
        asked = Situation(cart, facts, now, "UTC" if campaign is None else campaign.zone)
        segments = {
            id_: Segment(id_, segment.name, Decided(segment.holds(asked)))
            for id_, segment in code.segments.items()
        }
    balance = facts.balances.get(voucher) if code.pays_from_balance and voucher is not None else None
    return KeptCode(code.credits, code.points, balance, code.holder, segments, category)


def _segment(data: object, path: str) -> Segment:
    reader = Reader(data, path, KeptFactsError)
    id_, name, holds = reader.optional_id("id"), reader.text("name"), reader.truth("holds")
    reader.done()
    if id_ is None:
        raise reader.wrong("id", "Is required.")
    return Segment(id_, name, Decided(holds))


def _balance(data: object, path: str) -> Balance:
    reader = Reader(data, path, KeptFactsError)
    balance = Balance(reader.text("unit"), reader.whole("available"))
    reader.done()
    return balance

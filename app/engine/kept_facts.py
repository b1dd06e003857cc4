"""Kept facts: what a decision had to know beside cart and offers, as JSON, so that it can be made again later."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import ClassVar
from uuid import UUID

from app.engine.cart import Cart
from app.engine.facts import (
    Balance,
    Facts,
    Listed,
    Membership,
    Need,
    PastEvents,
    PastRedemptions,
    PastSpend,
    Profile,
    Situation,
)
from app.engine.json_data import DataError, JSONValue, Reader, join
from app.engine.money import Money
from app.engine.offer import Presented
from app.engine.reason import Reason, Value
from app.engine.segment import Segment
from app.engine.shopper import Shopper
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
        return () if self.holds else (Reason("NOT_IN_SEGMENT", "The customer was not in the segment."),)

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
            return _NOTHING_KEPT
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


_NOTHING_KEPT = KeptCode()


@dataclass(frozen=True, slots=True)
class KeptFacts:
    """What a decision had to know: the answers to needs, the customer's own data if a rule asked for it, the codes.

    `codes` are in the order of the request, or none where nothing is known of any. `at` is the moment of the decision
    where it is not that of the redemption: a hold confirmed for another cart. `metadata` is the request's, where the
    redemption has another by now. `stacking` is the policy for several codes.
    """

    answers: Mapping[Need, int] = field(default_factory=dict)
    shopper: Shopper | None = None
    codes: tuple[KeptCode, ...] = ()
    at: datetime | None = None
    metadata: Mapping[str, JSONValue] | None = None
    stacking: Stacking = DEFAULT

    def code(self, place: int) -> KeptCode:
        """What was known of the code at that place of the request."""
        return self.codes[place] if place < len(self.codes) else _NOTHING_KEPT

    def to_json(self) -> JSONValue:
        """The facts as JSON; null when there are none."""
        data: dict[str, JSONValue] = {}
        if self.answers:
            data["answers"] = [
                {**_need_to_json(need), "answer": answer} for need, answer in self.answers.items()
            ]
        if self.shopper is not None:
            data["shopper"] = self.shopper.to_json()
        if any(code != _NOTHING_KEPT for code in self.codes):
            data["codes"] = [code.to_json() for code in self.codes]
        if self.at is not None:
            data["at"] = self.at.isoformat()
        if self.metadata is not None:
            data["metadata"] = dict(self.metadata)
        if self.stacking != DEFAULT:
            data["stacking"] = self.stacking.to_json()
        return data or None

    @classmethod
    def from_json(cls, data: object, path: str = "") -> "KeptFacts":
        """What `to_json` wrote. Raises KeptFactsError."""
        if data is None:
            return NO_FACTS
        reader = Reader(data, path, KeptFactsError)
        answers = dict(
            _answer(one, join(path, f"answers[{place}]")) for place, one in enumerate(reader.items("answers"))
        )
        shopper = reader.left.pop("shopper", None)
        codes = tuple(
            [
                KeptCode.from_json(code, join(path, f"codes[{place}]"))
                for place, code in enumerate(reader.items("codes"))
            ]
        )
        at, metadata = reader.optional_instant("at"), reader.left.pop("metadata", None)
        stacking = reader.left.pop("stacking", None)
        reader.done()
        if metadata is not None and not isinstance(metadata, dict):
            raise reader.wrong("metadata", "Must be an object.")
        told = None if shopper is None else Shopper.from_json(shopper, join(path, "shopper"))
        policy = DEFAULT if stacking is None else Stacking.from_json(stacking, join(path, "stacking"))
        return cls(answers, told, codes, at, metadata, policy)


NO_FACTS = KeptFacts()


def keep(
    presented: Sequence[Presented], facts: Facts, cart: Cart, now: datetime, stacking: Stacking = DEFAULT
) -> KeptFacts:
    """What the judgement of these codes rests on; to be taken before it, for what is granted changes the facts.

    Of a segment only whether the customer is in it is kept, not what it asks for; the customer's own data only where a
    rule of an offer asks for it.
    """
    answers: dict[Need, int] = {}
    shopper: Shopper | None = None
    if facts.customer is not None:
        for code in presented:
            for need in NOTHING if code.offer is None else code.offer.needs:
                if isinstance(need, Profile):
                    shopper = facts.shopper
                elif not isinstance(need, Membership) and need in facts.answers:
                    answers[need] = facts.answers[need]
    codes = tuple([_code(code, facts, cart, now, stacking) for code in presented])
    if all(code is _NOTHING_KEPT for code in codes):
        codes = ()
    return KeptFacts(answers, shopper, codes, stacking=stacking)


def _code(code: Presented, facts: Facts, cart: Cart, now: datetime, stacking: Stacking) -> KeptCode:
    campaign, voucher = code.campaign, code.voucher
    category = None if stacking is DEFAULT or campaign is None else campaign.category
    told = (code.credits, code.points, code.holder, category)
    if not code.pays_from_balance and not code.segments and told == (None,) * len(told):
        return _NOTHING_KEPT
    segments: dict[UUID, Segment] = {}
    if code.segments and facts.customer is not None:
        asked = Situation(cart, facts, now, "UTC" if campaign is None else campaign.zone)
        segments = {
            id_: Segment(id_, segment.name, Decided(segment.holds(asked)))
            for id_, segment in code.segments.items()
        }
    balance = facts.balances.get(voucher) if code.pays_from_balance and voucher is not None else None
    return KeptCode(code.credits, code.points, balance, code.holder, segments, category)


def _need_to_json(need: Need) -> dict[str, JSONValue]:
    match need:
        case PastRedemptions():
            data: dict[str, JSONValue] = {"need": "redemptions"}
            if need.campaign is not None:
                data["campaign"] = need.campaign.hex
            if need.since is not None:
                data["since"] = need.since.isoformat()
            return data | _within(need.within)
        case PastSpend():
            return {"need": "spend", "currency": need.currency} | _within(need.within)
        case PastEvents():
            return {"need": "events", "name": need.name} | _within(need.within)
        case Listed():
            return {"need": "listed", "segment": need.segment.hex}
    raise ValueError(f"{need} is not answered by a number")


def _within(within: timedelta | None) -> dict[str, JSONValue]:
    return {} if within is None else {"within": within // timedelta(microseconds=1)}


def _answer(data: object, path: str) -> tuple[Need, int]:
    reader = Reader(data, path, KeptFactsError)
    kind, answer = reader.text("need"), reader.whole("answer")
    microseconds = reader.optional_whole("within")
    within = None if microseconds is None else timedelta(microseconds=microseconds)
    need: Need
    match kind:
        case "redemptions":
            need = PastRedemptions(reader.optional_id("campaign"), reader.optional_instant("since"), within)
        case "spend":
            need = PastSpend(reader.text("currency"), within)
        case "events":
            need = PastEvents(reader.text("name"), within)
        case "listed":
            segment = reader.optional_id("segment")
            if segment is None:
                raise reader.wrong("segment", "Is required.")
            need = Listed(segment)
        case _:
            raise reader.wrong("need", "Is not known.")
    reader.done()
    return need, answer


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

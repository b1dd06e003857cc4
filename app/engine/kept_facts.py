"""Kept facts: what a decision had to know beside cart and offers, as JSON, so that it can be made again later."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from app.engine.cart import Cart
from app.engine.evaluation import Evaluation
from app.engine.facts import (
    Card,
    CardOf,
    Facts,
    FreeCodes,
    Listed,
    Need,
    PastEvents,
    PastRedemptions,
    PastSpend,
    Profile,
)
from app.engine.json_data import JSONValue, Reader, join
from app.engine.kept_code import NOTHING_KEPT, KeptCode, KeptFactsError, keep_code
from app.engine.offer import Offer, Presented
from app.engine.places import places_of
from app.engine.profile_parts import only, parts_of
from app.engine.shopper import Shopper
from app.engine.stacking import DEFAULT, Stacking
from app.engine.unit import NOTHING


@dataclass(frozen=True, slots=True)
class KeptFacts:
    """What a decision had to know: the answers to needs, the customer's own data if a rule asked for it, the codes.

    `codes` are in the order in which they were judged, or none where nothing is known of any. `places` are their
    positions in the redemption where these are others, and not all of its codes were judged. `at` is the moment of it
    where it is not that of the redemption: a hold confirmed for another cart. `metadata` is the request's, where the
    redemption has another by now. `stacking` is the policy for several codes. `cards` are the customer's own, by
    campaign, and `pools` the free codes that there were, where a reward gives of them.
    """

    answers: Mapping[Need, int] = field(default_factory=dict)
    shopper: Shopper | None = None
    codes: tuple[KeptCode, ...] = ()
    at: datetime | None = None
    metadata: Mapping[str, JSONValue] | None = None
    stacking: Stacking = DEFAULT
    cards: Mapping[UUID, Card] = field(default_factory=dict)
    pools: Mapping[UUID, int] = field(default_factory=dict)
    places: tuple[int, ...] = ()

    def code(self, position: int) -> KeptCode:
        """What was known of the code at that position of the redemption."""
        place = position
        if self.places:
            place = self.places.index(position) if position in self.places else len(self.codes)
        return self.codes[place] if place < len(self.codes) else NOTHING_KEPT

    def has_judged(self, position: int) -> bool:
        """Whether the code at that position was judged at all."""
        return not self.places or position in self.places

    def told_by(
        self, presented: Sequence[Presented], evaluation: Evaluation, positions: Sequence[int] = ()
    ) -> "KeptFacts":
        """The facts of those codes that the answer speaks of; `positions` are those of `presented`, if others."""
        if not self.codes and not positions:
            return self
        places = places_of(presented, evaluation)
        return replace(
            self,
            codes=tuple([self.codes[place] for place in places]) if self.codes else (),
            places=tuple([positions[place] for place in places]) if positions else (),
        )

    def to_json(self) -> JSONValue:
        """The facts as JSON; null when there are none."""
        if self is NO_FACTS:
            return None
        data: dict[str, JSONValue] = {}
        if self.answers:
            data["answers"] = [
                {**_need_to_json(need), "answer": answer} for need, answer in self.answers.items()
            ]
        if self.shopper is not None:
            data["shopper"] = self.shopper.to_json()
        if any(code != NOTHING_KEPT for code in self.codes):
            data["codes"] = [code.to_json() for code in self.codes]
        if self.at is not None:
            data["at"] = self.at.isoformat()
        if self.metadata is not None:
            data["metadata"] = dict(self.metadata)
        if self.stacking != DEFAULT:
            data["stacking"] = self.stacking.to_json()
        if self.cards:
            data["cards"] = [
                {"campaign": campaign.hex, "voucher": card.voucher.hex, "unit": card.unit, "held": card.held}
                for campaign, card in self.cards.items()
            ]
        if self.pools:
            data["pools"] = {pool.hex: free for pool, free in self.pools.items()}
        if self.places:
            data["places"] = list(self.places)
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
        cards = dict(
            _card(one, join(path, f"cards[{place}]")) for place, one in enumerate(reader.items("cards"))
        )
        pools = _pools(reader.left.pop("pools", {}), join(path, "pools"))
        places = reader.wholes("places")
        reader.done()
        if metadata is not None and not isinstance(metadata, dict):
            raise reader.wrong("metadata", "Must be an object.")
        told = None if shopper is None else Shopper.from_json(shopper, join(path, "shopper"))
        policy = DEFAULT if stacking is None else Stacking.from_json(stacking, join(path, "stacking"))
        return cls(answers, told, codes, at, metadata, policy, cards, pools, places)


NO_FACTS = KeptFacts()


def keep(
    presented: Sequence[Presented], facts: Facts, cart: Cart, now: datetime, stacking: Stacking = DEFAULT
) -> KeptFacts:
    """What the judgement of these codes rests on; to be taken before it, for what is granted changes the facts.

    Of the customer's own data no more is kept than rules of the offers look at.
    """
    if stacking is DEFAULT and not any(_asks(code) for code in presented):
        return NO_FACTS
    answers: dict[Need, int] = {}
    cards: dict[UUID, Card] = {}
    pools: dict[UUID, int] = {}
    parts: frozenset[str] = frozenset()
    for code in presented:
        for need in NOTHING if code.offer is None else code.offer.needs:
            if isinstance(need, Profile) and code.offer is not None:
                parts |= _parts_of(code.offer)
            elif isinstance(need, CardOf) and need.campaign in facts.cards:
                cards[need.campaign] = facts.cards[need.campaign]
            elif isinstance(need, FreeCodes) and need.pool in facts.pools:
                pools[need.pool] = facts.pools[need.pool]
            elif need in facts.answers:
                answers[need] = facts.answers[need]
    codes = tuple([keep_code(code, facts, cart, now, stacking) for code in presented])
    if all(code is NOTHING_KEPT for code in codes):
        codes = ()
    shopper = None if facts.shopper is None or not parts else only(facts.shopper, parts)
    return KeptFacts(answers, shopper, codes, stacking=stacking, cards=cards, pools=pools)


def _asks(code: Presented) -> bool:
    """Whether anything but cart and offer decides about the code; of most, nothing does."""
    offer = code.offer
    return (
        (offer is not None and (offer.is_payment or bool(offer.needs)))
        or code.holder is not None
        or bool(code.segments)
        or code.credits is not None
        or code.points is not None
    )


def _parts_of(offer: Offer) -> frozenset[str]:
    return parts_of(offer.reward) | (frozenset() if offer.rule is None else parts_of(offer.rule))


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


def _card(data: object, path: str) -> tuple[UUID, Card]:
    reader = Reader(data, path, KeptFactsError)
    campaign, voucher = reader.optional_id("campaign"), reader.optional_id("voucher")
    unit, held = reader.optional_text("unit"), reader.whole("held", 0)
    reader.done()
    if campaign is None or voucher is None:
        raise KeptFactsError(path, "Must name a campaign and a voucher.")
    return campaign, Card(voucher, unit, held)


def _pools(data: object, path: str) -> dict[UUID, int]:
    reader = Reader(data, path, KeptFactsError)
    try:
        return {UUID(pool): reader.whole(pool) for pool in list(reader.left)}
    except ValueError as wrong:
        raise KeptFactsError(path, str(wrong)) from None

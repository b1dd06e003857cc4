"""Stacking: the company's policy for several codes on one cart: in what order they count, and which may go together."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeVar

from app.engine.json_data import MISSING, JSONValue, Reader, join
from app.engine.offer import LONGEST_LANE, Offer
from app.engine.unit import UnitError, check_texts

W = TypeVar("W", bound=StrEnum)

MOST_CODES = 30
MOST_LANES = 50


class LaneMode(StrEnum):
    """What happens among the codes of one lane."""

    COMBINE = "COMBINE"
    """All of them are used, one after the other."""
    COMPETE = "COMPETE"
    """Only the one is used that takes most off this cart when it is the lane's turn."""


class Base(StrEnum):
    """What the rules and rewards of a lane look at."""

    RUNNING = "RUNNING"
    """What the codes before have left of lines and shipping."""
    ORIGINAL = "ORIGINAL"
    """The cart as it was sent; more than is left of a line is never taken off it."""


class OnRefusal(StrEnum):
    """What becomes of the other codes when one cannot be used."""

    ALL = "ALL"
    """They are used together or not at all."""
    PARTIAL = "PARTIAL"
    """Those that can be used are."""


class NoEffect(StrEnum):
    """What becomes of a code that would take nothing off and give nothing."""

    GRANT = "GRANT"
    """It is used, and counts as used."""
    SKIP = "SKIP"
    """It is left out, and may be used another time."""


class Compatibility(StrEnum):
    """With which others the codes of a category may be used."""

    COMMON = "COMMON"
    """With all but exclusive ones."""
    EXCLUSIVE = "EXCLUSIVE"
    """With other exclusive ones, up to their limit, and with those that always combine."""
    ALWAYS = "ALWAYS"
    """With all."""


@dataclass(frozen=True, slots=True)
class Lane:
    """A group of offers that take their turn together."""

    name: str
    mode: LaneMode = LaneMode.COMBINE
    base: Base = Base.RUNNING


# All whose lane the policy does not name.
OTHERS = Lane("")


@dataclass(frozen=True, slots=True)
class Stacking:
    """A project's policy. `lanes` take turns in this order; the codes of all other lanes come after them, combined.

    Inside a lane codes count in the order of the request, cart promotions, which take part only if they give something,
    after them. Codes that pay from a balance
    pay last, in no lane: they are money, and neither categories nor limits of this policy concern them.

    `exclusive` and `always` are categories of campaigns (Compatibility). At most `most_codes` are used, of one category
    `most_per_category` and of all exclusive ones `most_exclusive`; None means as many as there are. Promotions count in
    their categories; they are no codes.

    Raises UnitError for a lane or a category that is named twice, a text too long, or a limit outside of 1 to 30.
    """

    lanes: tuple[Lane, ...] = ()
    exclusive: tuple[str, ...] = ()
    always: tuple[str, ...] = ()
    most_codes: int = MOST_CODES
    most_per_category: int | None = None
    most_exclusive: int | None = 1
    on_refusal: OnRefusal = OnRefusal.ALL
    no_effect: NoEffect = NoEffect.GRANT
    # Worked out once: every evaluation asks for them. Plain: all combine, in the order of the request.
    is_plain: bool = field(init=False, repr=False, compare=False)
    _turns: dict[str, int] = field(init=False, repr=False, compare=False)
    _compatibilities: dict[str, Compatibility] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if len(self.lanes) > MOST_LANES:
            raise UnitError("lanes", f"Must not have more than {MOST_LANES} items.")
        for place, lane in enumerate(self.lanes):
            if not 0 < len(lane.name) <= LONGEST_LANE:
                raise UnitError(f"lanes[{place}].name", f"Must be 1 to {LONGEST_LANE} characters long.")
        _check_once("lanes[%d].name", [lane.name for lane in self.lanes])
        check_texts("exclusive", self.exclusive)
        check_texts("always", self.always)
        _check_once("exclusive[%d]", self.exclusive)
        _check_once("always[%d]", self.always, self.exclusive)
        for name in ("most_codes", "most_per_category", "most_exclusive"):
            most = getattr(self, name)
            if most is not None and not 1 <= most <= MOST_CODES:
                raise UnitError(name, f"Must be 1 to {MOST_CODES}.")
        turns = {lane.name: place for place, lane in enumerate(self.lanes)}
        compatibilities = dict.fromkeys(self.exclusive, Compatibility.EXCLUSIVE) | dict.fromkeys(
            self.always, Compatibility.ALWAYS
        )
        may_skip = self.most_codes < MOST_CODES or self.most_per_category or self.no_effect is NoEffect.SKIP
        object.__setattr__(self, "is_plain", not (self.lanes or self.exclusive or may_skip))
        object.__setattr__(self, "_turns", turns)
        object.__setattr__(self, "_compatibilities", compatibilities)

    def turn_of(self, offer: Offer | None) -> int:
        """When it is the turn of the offer's lane, from 0."""
        return len(self.lanes) if offer is None else self._turns.get(offer.lane, len(self.lanes))

    def lane_at(self, turn: int) -> Lane:
        """The lane whose turn it is."""
        return self.lanes[turn] if turn < len(self.lanes) else OTHERS

    def compatibility_of(self, category: str | None) -> Compatibility:
        """What codes of a campaign in this category go together with."""
        return (
            Compatibility.COMMON
            if category is None
            else self._compatibilities.get(category, Compatibility.COMMON)
        )

    def to_json(self) -> dict[str, JSONValue]:
        """The policy as JSON; all of it, for defaults may change one day."""
        return {
            "lanes": [
                {"name": lane.name, "mode": lane.mode.value, "base": lane.base.value} for lane in self.lanes
            ],
            "exclusive": list(self.exclusive),
            "always": list(self.always),
            "most_codes": self.most_codes,
            "most_per_category": self.most_per_category,
            "most_exclusive": self.most_exclusive,
            "on_refusal": self.on_refusal.value,
            "no_effect": self.no_effect.value,
        }

    @classmethod
    def from_json(cls, data: object, path: str = "") -> "Stacking":
        """The policy that `to_json` wrote; what is left out is as by default. Raises UnitError."""
        reader = Reader(data, path, UnitError)
        lanes = tuple(
            _lane(lane, join(path, f"lanes[{place}]")) for place, lane in enumerate(reader.items("lanes"))
        )
        exclusive, always = reader.texts("exclusive"), reader.texts("always")
        most_codes = reader.whole("most_codes", MOST_CODES)
        most_per_category = reader.optional_whole("most_per_category")
        most_exclusive = reader.optional_whole("most_exclusive") if "most_exclusive" in reader.left else 1
        on_refusal = _word(OnRefusal, reader, "on_refusal", OnRefusal.ALL)
        no_effect = _word(NoEffect, reader, "no_effect", NoEffect.GRANT)
        reader.done()
        try:
            return cls(
                lanes, exclusive, always, most_codes, most_per_category, most_exclusive, on_refusal, no_effect
            )
        except UnitError as wrong:
            raise wrong.under(path) from None


def _check_once(path: str, names: Iterable[str], taken: Iterable[str] = ()) -> None:
    seen = set(taken)
    for place, name in enumerate(names):
        if name in seen:
            raise UnitError(path % place, "Is named twice.")
        seen.add(name)


def _lane(data: object, path: str) -> Lane:
    reader = Reader(data, path, UnitError)
    lane = Lane(
        reader.text("name"),
        _word(LaneMode, reader, "mode", LaneMode.COMBINE),
        _word(Base, reader, "base", Base.RUNNING),
    )
    reader.done()
    return lane


def _word(words: type[W], reader: Reader, name: str, default: W) -> W:
    value = reader.take(name)
    if value is MISSING:
        return default
    try:
        return words(str(value))
    except ValueError:
        raise reader.wrong(name, f"Must be one of {', '.join(word.value for word in words)}.") from None


DEFAULT = Stacking()

_MOST_KEPT = 1000
_known: dict[str, Stacking] = {}


def stacking_of(text: str | None) -> Stacking:
    """The policy that is kept as this JSON, or the default where none is; each is read once. Raises UnitError."""
    if text is None:
        return DEFAULT
    policy = _known.get(text)
    if policy is None:
        if len(_known) >= _MOST_KEPT:
            _known.pop(next(iter(_known)))
        policy = _known[text] = Stacking.from_json(json.loads(text))
    return policy

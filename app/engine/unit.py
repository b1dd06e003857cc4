"""Unit: what every rule and every reward is, and how it describes its parameters."""

from abc import abstractmethod
from collections.abc import Mapping
from enum import StrEnum
from typing import ClassVar, Protocol, runtime_checkable

from app.engine.cart import Line
from app.engine.facts import Need, Situation
from app.engine.gift import Gift
from app.engine.json_data import DataError, JSONValue
from app.engine.reason import Reason, Value
from app.engine.remedy import Change

NOTHING: frozenset[Need] = frozenset()
MOST_ITEMS = 1000
LONGEST_TEXT = 255


class UnitError(DataError):
    """A rule, reward or offer with parameters that cannot be. `path` (`rules[1].amount`) names the faulty one."""


class Unit(Protocol):
    """A frozen dataclass on a shelf: its docstring is its public sentence, its fields are its parameters."""

    example: ClassVar[Mapping[str, JSONValue]]


class Family(StrEnum):
    """What a rule is about. The rules about CUSTOMERs, and those of LOGIC around them, also make segments."""

    CUSTOMER = "CUSTOMER"
    ORDER = "ORDER"
    ITEMS = "ITEMS"
    TIME = "TIME"
    LOGIC = "LOGIC"


class Rule(Unit, Protocol):
    """A condition that must hold."""

    family: ClassVar[Family]

    @property
    def needs(self) -> frozenset[Need]:
        """What must have been looked up before this rule can be judged."""

    def refusals(self, situation: Situation) -> tuple[Reason, ...]:
        """Every reason why the rule does not hold; empty when it does."""

    def actual(self, situation: Situation) -> Value | None:
        """What the rule looks at, as it is now, whether the rule holds or not; None where there is nothing to show."""


@runtime_checkable
class Undoable(Protocol):
    """A rule of which it is known what makes it hold no longer: `none_of` tells that to whoever meets it."""

    def undoing(self, situation: Situation) -> tuple[str, Change] | None:
        """The smallest change after which the rule, which holds, does not, and its sentence; None if there is none."""


class Reward(Unit, Protocol):
    """What is given."""

    @property
    def needs(self) -> frozenset[Need]:
        """What must have been looked up before this reward can be given."""

    def refusals(self, situation: Situation) -> tuple[Reason, ...]:
        """Why the reward cannot be given for this cart at all; empty when it can."""

    def discount(self, situation: Situation, remaining: tuple[int, ...]) -> tuple[int, ...]:
        """The discount per line in minor units, given what each line still costs; never more than that."""


class Payment(Reward):
    """The base of rewards that are paid from the voucher's own balance.

    `in_points` says whether the balance is points, else it is money in the cart's currency.
    """

    __slots__ = ()
    in_points: ClassVar[bool]

    @abstractmethod
    def spent(self, situation: Situation, discount: int) -> int:
        """What the balance loses for that discount, in its own unit."""


class OffShipping(Reward):
    """The base of rewards that take something off the shipping."""

    __slots__ = ()

    @abstractmethod
    def shipping_discount(self, situation: Situation, remaining: int) -> int:
        """What is taken off the shipping in minor units, given what it still costs; never more than that."""


class AddsLines(Reward):
    """The base of rewards that put goods into the cart, free of charge."""

    __slots__ = ()

    @abstractmethod
    def added(self, situation: Situation) -> tuple[Line, ...]:
        """The lines that are added, with their units and what these would cost; `discount` is about all others."""


class GivesMore(Reward):
    """The base of rewards that give something else than a discount, when the redemption is consumed."""

    __slots__ = ()

    @abstractmethod
    def gifts(self, situation: Situation, discount: int) -> tuple[Gift, ...]:
        """What is given, when the code takes `discount` off the lines."""


def says(description: str, unit: str | None = None, of: str | None = None) -> dict[str, str | None]:
    """Metadata for a parameter: `amount: Money = field(metadata=says("The least subtotal."))`.

    `unit` is what a number counts, such as "percent"; `of` whose id it is: "segment", "campaign", "key" or "pool".
    """
    return {"description": description, "unit": unit, "of": of}


def check_texts(name: str, values: tuple[str, ...]) -> None:
    """Raise UnitError when the parameter called `name` has too many texts, an empty one or one too long."""
    if len(values) > MOST_ITEMS:
        raise UnitError(name, f"Must not have more than {MOST_ITEMS} items.")
    for index, value in enumerate(values):
        if not 0 < len(value) <= LONGEST_TEXT:
            raise UnitError(f"{name}[{index}]", f"Must be 1 to {LONGEST_TEXT} characters long.")

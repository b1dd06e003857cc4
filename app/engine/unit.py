"""Unit: what every rule and every reward is, and how it describes its parameters."""

from abc import abstractmethod
from collections.abc import Mapping
from typing import ClassVar, Protocol

from app.engine.facts import Need, Situation
from app.engine.json_data import DataError, JSONValue
from app.engine.reason import Reason

NOTHING: frozenset[Need] = frozenset()
MOST_ITEMS = 1000
LONGEST_TEXT = 255


class UnitError(DataError):
    """A rule, reward or offer with parameters that cannot be. `path` (`rules[1].amount`) names the faulty one."""


class Unit(Protocol):
    """A frozen dataclass on a shelf: its docstring is its public sentence, its fields are its parameters."""

    example: ClassVar[Mapping[str, JSONValue]]


class Rule(Unit, Protocol):
    """A condition that must hold."""

    @property
    def needs(self) -> frozenset[Need]:
        """What must have been looked up before this rule can be judged."""

    def refusals(self, situation: Situation) -> tuple[Reason, ...]:
        """Every reason why the rule does not hold; empty when it does."""


class Reward(Unit, Protocol):
    """What is given."""

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


def says(description: str, unit: str | None = None) -> dict[str, str | None]:
    """Metadata for a parameter: `amount: Money = field(metadata=says("The least subtotal."))`.

    `unit` is what a number counts, such as "percent".
    """
    return {"description": description, "unit": unit}


def check_texts(name: str, values: tuple[str, ...]) -> None:
    """Raise UnitError when the parameter called `name` has too many texts, an empty one or one too long."""
    if len(values) > MOST_ITEMS:
        raise UnitError(name, f"Must not have more than {MOST_ITEMS} items.")
    for index, value in enumerate(values):
        if not 0 < len(value) <= LONGEST_TEXT:
            raise UnitError(f"{name}[{index}]", f"Must be 1 to {LONGEST_TEXT} characters long.")

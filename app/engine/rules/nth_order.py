"""nth_order: an order is a redemption in the project that has not been rolled back, of however many codes.

The order that is asked about comes after all of them: a customer's first one has number 1.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from app.engine.facts import Need, PastRedemptions, Situation
from app.engine.history import MOST_TIMES
from app.engine.json_data import JSONValue
from app.engine.reason import Reason, Value, customer_required
from app.engine.shelf import rules
from app.engine.unit import Family, UnitError, says

EVER = PastRedemptions()


@rules.add
@dataclass(frozen=True, slots=True)
class NthOrder:
    """It must be the customer's order of a certain number, or one of certain numbers."""

    from_order: int = field(default=1, metadata=says("The first number that will do.", unit="orders"))
    to_order: int | None = field(
        default=None, metadata=says("The last number that will do; no last when left out.", unit="orders")
    )
    every: int | None = field(
        default=None,
        metadata=says("Of these, only every so many: with 5 the 5th, the 10th, and so on.", unit="orders"),
    )

    needs: ClassVar[frozenset[Need]] = frozenset({EVER})
    family: ClassVar[Family] = Family.CUSTOMER
    example: ClassVar[Mapping[str, JSONValue]] = {"kind": "nth_order", "from_order": 5, "every": 5}

    def __post_init__(self) -> None:
        for name, number in (
            ("from_order", self.from_order),
            ("to_order", self.to_order),
            ("every", self.every),
        ):
            if number is not None and not 1 <= number <= MOST_TIMES:
                raise UnitError(name, f"Must be from 1 to {MOST_TIMES}.")
        if self.to_order is not None and self.to_order < self.from_order:
            raise UnitError("to_order", "Must not be below the first number.")
        if self._next(0) is None:
            raise UnitError("every", "Must leave a number from the first to the last.")

    def refusals(self, situation: Situation) -> tuple[Reason, ...]:
        """CUSTOMER_REQUIRED when nobody is named, NOT_NTH_ORDER; `expected` is the next number that will do, if any."""
        if situation.facts.customer is None:
            return (customer_required(),)
        before = situation.facts.answers[EVER]
        due, number = self._next(before), before + 1
        if due == number:
            return ()
        return (
            Reason(
                "NOT_NTH_ORDER",
                f"This offer is for {self._in_words()}; this is the customer's {_th(number)}.",
                subject="customer.redemptions",
                expected=due,
                actual=number,
                missing=None if due is None else due - number,
                remedy=None if due is None else f"Use it with the {_th(due)} order.",
            ),
        )

    def actual(self, situation: Situation) -> Value | None:
        """The number that this order would have."""
        facts = situation.facts
        return None if facts.customer is None else facts.answers[EVER] + 1

    def _next(self, before: int) -> int | None:
        """The first number after `before` that will do."""
        number = max(before + 1, self.from_order)
        if self.every is not None:
            number += -number % self.every
        return None if self.to_order is not None and number > self.to_order else number

    def _in_words(self) -> str:
        each = "orders" if self.every is None or self.every == 1 else f"every {_th(self.every)} order"
        if self.to_order == self.from_order:
            return f"the {_th(self.from_order)} order"
        first = f" from the {_th(self.from_order)} on" if self.from_order > (self.every or 1) else ""
        last = "" if self.to_order is None else f" up to the {_th(self.to_order)}"
        return f"{each}{first}{last}" if first or last or self.every else "any order"


def _th(number: int) -> str:
    """`1st`, `2nd`, `13th`."""
    last = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{last}"

"""all_of: the reasons are those of every rule that does not hold, not only the first."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from app.engine.facts import Need, Situation
from app.engine.json_data import JSONValue
from app.engine.nesting import check_nesting, needs_of
from app.engine.reason import Reason, Value
from app.engine.shelf import rules
from app.engine.unit import Family, Rule, says
from app.engine.waiting import wait_together


@rules.add
@dataclass(frozen=True, slots=True)
class AllOf:
    """Every rule inside must hold."""

    rules: tuple[Rule, ...] = field(metadata=says("The rules that must all hold."))

    family: ClassVar[Family] = Family.LOGIC
    example: ClassVar[Mapping[str, JSONValue]] = {
        "kind": "all_of",
        "rules": [
            {"kind": "first_purchase"},
            {"kind": "minimum_spend", "amount": {"minor": 2500, "currency": "EUR"}},
        ],
    }

    def __post_init__(self) -> None:
        check_nesting(self.rules)

    @property
    def needs(self) -> frozenset[Need]:
        """All that the rules inside need."""
        return needs_of(self.rules)

    def refusals(self, situation: Situation) -> tuple[Reason, ...]:
        """The reasons of every rule inside that does not hold."""
        reasons = tuple(reason for rule in self.rules for reason in rule.refusals(situation))
        return wait_together(self.rules, reasons, situation) if reasons else ()

    def actual(self, situation: Situation) -> Value | None:
        """Nothing of its own: each rule inside looks at something."""
        return None

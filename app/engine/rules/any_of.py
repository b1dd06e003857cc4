"""any_of: one reason that holds, for each alternative, what stands in its way."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from app.engine.facts import Need, Situation
from app.engine.json_data import JSONValue
from app.engine.nesting import check_nesting, needs_of
from app.engine.reason import Reason, Value
from app.engine.shelf import rules
from app.engine.unit import Family, Rule, says
from app.engine.ways import change_of, message_of, remedy_of


@rules.add
@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one of the rules inside must hold."""

    rules: tuple[Rule, ...] = field(metadata=says("The rules of which at least one must hold."))

    family: ClassVar[Family] = Family.LOGIC
    example: ClassVar[Mapping[str, JSONValue]] = {
        "kind": "any_of",
        "rules": [
            {"kind": "contains_products", "categories": ["tea"]},
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
        """NO_ALTERNATIVE_HOLDS; its `alternatives` are the reasons of each rule inside, in order."""
        ways: list[tuple[Reason, ...]] = []
        for rule in self.rules:
            reasons = rule.refusals(situation)
            if not reasons:
                return ()
            ways.append(reasons)
        if len(ways) == 1:
            return ways[0]
        return (
            Reason(
                "NO_ALTERNATIVE_HOLDS",
                message_of(ways),
                remedy=remedy_of(ways),
                alternatives=tuple(ways),
                change=change_of(ways),
            ),
        )

    def actual(self, situation: Situation) -> Value | None:
        """Nothing of its own: each rule inside looks at something."""
        return None

"""none_of: a rule inside that could not be judged (no customer, other currency) refuses too, with its own reason.

Otherwise "not a first purchase" would hold for everybody who does not say who they are.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from app.engine.facts import Need, Situation
from app.engine.json_data import JSONValue
from app.engine.nesting import check_nesting, needs_of
from app.engine.reason import Reason, Value, undecided
from app.engine.shelf import rules
from app.engine.unit import Family, Rule, Undoable, says


@rules.add
@dataclass(frozen=True, slots=True)
class NoneOf:
    """None of the rules inside may hold."""

    rules: tuple[Rule, ...] = field(metadata=says("The rules of which none may hold."))

    family: ClassVar[Family] = Family.LOGIC
    example: ClassVar[Mapping[str, JSONValue]] = {
        "kind": "none_of",
        "rules": [{"kind": "contains_products", "categories": ["gift cards"]}],
    }

    def __post_init__(self) -> None:
        check_nesting(self.rules)

    @property
    def needs(self) -> frozenset[Need]:
        """All that the rules inside need."""
        return needs_of(self.rules)

    def refusals(self, situation: Situation) -> tuple[Reason, ...]:
        """EXCLUDED for every rule inside that holds; the reasons of every rule that could not be judged."""
        found: list[Reason] = []
        for rule in self.rules:
            reasons = rule.refusals(situation)
            if not reasons:
                found.append(_excluded(rule, situation))
            elif undecided(reasons):
                found += reasons
        return tuple(found)

    def actual(self, situation: Situation) -> Value | None:
        """Nothing of its own: each rule inside looks at something."""
        return None


def _excluded(rule: Rule, situation: Situation) -> Reason:
    phrase = rules.phrase(rule)
    remedy, change = None, None
    if isinstance(rule, Undoable) and (undoing := rule.undoing(situation)) is not None:
        remedy, change = undoing
    if rule.family is Family.CUSTOMER:
        # Customers read messages: what the company notes of them stands beside the sentence only.
        message = "This offer is for other customers than this one."
        return Reason("EXCLUDED", message, subject="customer", actual=phrase)
    return Reason(
        "EXCLUDED",
        f"This offer is not given when this holds, and it does: {phrase}.",
        subject="rule",
        actual=phrase,
        remedy=remedy,
        change=change,
    )

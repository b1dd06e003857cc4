"""A segment: a set of customers, by a list that somebody keeps, or live, by a rule about the customer."""

from dataclasses import dataclass
from uuid import UUID

from app.engine.facts import Listed, Need, Situation
from app.engine.unit import Rule


@dataclass(frozen=True, slots=True)
class Segment:
    """A segment as the engine sees it: `rule` None says that it is a list."""

    id: UUID
    name: str
    rule: Rule | None = None

    @property
    def needs(self) -> frozenset[Need]:
        """What must be looked up to know who is in it."""
        return frozenset({Listed(self.id)}) if self.rule is None else self.rule.needs

    def holds(self, situation: Situation) -> bool:
        """Whether the customer of the situation, who must be known, is in it."""
        if self.rule is None:
            return situation.facts.answers[Listed(self.id)] > 0
        return not self.rule.refusals(situation)

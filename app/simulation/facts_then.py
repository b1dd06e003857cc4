"""Facts then: what rules would have been told of customers at past moments, where nobody kept it; as of today else."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from app.database import columns, statement
from app.engine.facts import Facts, FreeCodes, Need, PastEvents, PastRedemptions, PastSpend
from app.redemptions.counters import Fetch, Gathered, gather
from app.redemptions.needs import Asked, asked_for

_THEN = statement(__package__, "facts_then.sql")
_OF_THE_PAST = PastRedemptions | PastSpend | PastEvents


class AskedThen(NamedTuple):
    """A need of a rule, asked for a customer at a past moment; None is somebody whom nobody knows."""

    customer: UUID | None
    need: Need
    at: datetime


@dataclass(frozen=True, slots=True)
class FactsThen:
    """The answers. What customers are, hold and are listed in, and what pools hold, is as of today."""

    past: Mapping[AskedThen, int] = field(default_factory=dict)
    today: Gathered = field(default_factory=Gathered)
    project: UUID | None = None

    def into(self, facts: Facts, needs: Collection[Need], at: datetime) -> Facts:
        """The facts with the answers to these needs, which were all asked for their customer at that moment."""
        customer, answers = facts.customer, dict(facts.answers)
        pools = dict(facts.pools)
        for need in needs:
            if isinstance(need, _OF_THE_PAST):
                if customer is not None:
                    answers[need] = self.past[AskedThen(customer, need, at)]
            elif self.project is not None:
                for one in asked_for(self.project, customer, [need]):
                    if one in self.today.answers and isinstance(need, FreeCodes):
                        pools[need.pool] = self.today.answers[one]
                    elif one in self.today.answers:
                        answers[need] = self.today.answers[one]
        if customer is None:
            return replace(facts, answers=answers, pools=pools)
        return replace(
            facts,
            answers=answers,
            shopper=facts.shopper or self.today.shoppers.get(customer),
            cards={**self.today.cards.get(customer, {}), **facts.cards},
            pools=pools,
        )


async def facts_then(fetch: Fetch, project: UUID, asked: Collection[AskedThen], now: datetime) -> FactsThen:
    """All that is asked; one statement for the past and one for today, or none where nothing is asked."""
    past = [one for one in asked if isinstance(one.need, _OF_THE_PAST) and one.customer is not None]
    answers: dict[AskedThen, int] = {}
    if past:
        rows = []
        for one in past:
            row = Asked(project, one.customer, one.need).row(one.at)
            rows.append((*row[1:], one.at))
        answers = {
            past[place - 1]: amount for place, amount in await fetch(_THEN, project, *columns(rows, 7))
        }
    present: dict[Asked, None] = {}
    for one in asked:
        if not isinstance(one.need, _OF_THE_PAST):
            present.update(dict.fromkeys(asked_for(project, one.customer, [one.need])))
    return FactsThen(answers, await gather(fetch, (), list(present), now), project)

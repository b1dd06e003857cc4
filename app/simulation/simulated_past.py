"""How a simulation changes customers' pasts: redemptions that are not what they were, for whoever asks later."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from app.engine.evaluation import Evaluation
from app.engine.facts import Need
from app.redemptions.needs import added_by
from app.redemptions.values import Redemption
from app.simulation.past_decision import Made


class _Bought(NamedTuple):
    """What customers' pasts show of one redemption: with codes of which campaigns, and what was paid."""

    campaigns: frozenset[UUID | None]
    paid: int


@dataclass(frozen=True, slots=True)
class _Changed:
    at: datetime
    currency: str
    then: _Bought | None
    now: _Bought | None


class SimulatedPast:
    """The redemptions of customers that the simulation grants and the past did not, or otherwise, or not at all."""

    def __init__(self) -> None:
        self._changed: dict[UUID, dict[UUID, _Changed]] = {}
        self._customers: dict[UUID, UUID] = {}

    def note(self, made: Made, evaluation: Evaluation) -> None:
        """What has become of an attempt in the simulation."""
        if made.customer_id is None:
            return
        then, now = _then(made), _now(evaluation)
        if then != now:
            changed = _Changed(made.created_at, made.currency, then, now)
            self._changed.setdefault(made.customer_id, {})[made.id] = changed
            self._customers[made.id] = made.customer_id

    def forget(self, redemption: UUID) -> None:
        """A redemption that was undone as a whole is in nobody's past."""
        customer = self._customers.pop(redemption, None)
        if customer is not None:
            del self._changed[customer][redemption]

    def told(self, customer: UUID | None, answers: Mapping[Need, int], at: datetime) -> Mapping[Need, int]:
        """What the answers, which are those of the past, are in the simulation."""
        changed = None if customer is None else self._changed.get(customer)
        if not changed:
            return answers
        return {
            need: amount + sum([_difference(need, one, at) for one in changed.values()])
            for need, amount in answers.items()
        }


def _then(made: Made) -> _Bought | None:
    if not isinstance(made, Redemption):
        return None
    levels = {level for code in made.vouchers for level in (code.campaign_id, code.main_campaign_id)}
    return _Bought(frozenset(levels), made.total)


def _now(evaluation: Evaluation) -> _Bought | None:
    if not evaluation.granted:
        return None
    used = [verdict for verdict in evaluation.verdicts if verdict.granted]
    levels = {level for verdict in used for level in (verdict.campaign, verdict.main)}
    return _Bought(frozenset(levels), evaluation.total)


def _difference(need: Need, changed: _Changed, at: datetime) -> int:
    then, now = changed.then, changed.now
    more = 0 if now is None else added_by(need, now.campaigns, changed.currency, now.paid, changed.at, at)
    less = 0 if then is None else added_by(need, then.campaigns, changed.currency, then.paid, changed.at, at)
    return more - less

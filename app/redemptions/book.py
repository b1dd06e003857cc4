"""The working book of a batch: requests are judged against it one by one, each seeing what those before it consumed."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from app.engine.cart import Cart
from app.engine.counter import Cap, CounterKey
from app.engine.evaluate import Evaluation, evaluate
from app.engine.facts import Balance, Facts, Need
from app.engine.occasion import NOWHERE, Occasion
from app.engine.offer import Presented
from app.engine.shopper import Shopper
from app.redemptions.needs import Asked, added_by


class Book:
    """All locked counters and balances, and the pasts of all customers that the rules of a batch ask about."""

    def __init__(
        self,
        used: dict[CounterKey, int],
        answers: dict[Asked, int],
        balances: dict[UUID, Balance],
        shoppers: Mapping[UUID, Shopper] | None = None,
    ) -> None:
        self.used = used
        self.changed: dict[CounterKey, UUID] = {}
        """The counters that moved, each with its project."""
        self._balances = balances
        self._shoppers = shoppers or {}
        self._pasts: dict[UUID, dict[Need, int]] = {}
        for asked, amount in answers.items():
            self._pasts.setdefault(asked.customer, {})[asked.need] = amount

    def judge(
        self,
        project: UUID,
        presented: Sequence[Presented],
        cart: Cart,
        customer: UUID | None,
        now: datetime,
        caps: Sequence[tuple[Cap, ...]] | None = None,
        occasion: Occasion = NOWHERE,
    ) -> Evaluation:
        """The engine's answer; what it grants is used up for whoever is judged next. `caps` as for `evaluate`."""
        past = {} if customer is None else self._pasts.get(customer, {})
        shopper = None if customer is None else self._shoppers.get(customer)
        facts = Facts(customer, past, self.used, self._balances, shopper)
        evaluation = evaluate(presented, cart, facts, now, occasion=occasion, caps=caps)
        if evaluation.granted:
            for key, amount in evaluation.counts.items():
                self.used[key] += amount
                self.changed[key] = project
            for verdict in evaluation.verdicts:
                if verdict.spent and verdict.voucher is not None:
                    unit, available = self._balances[verdict.voucher]
                    self._balances[verdict.voucher] = Balance(unit, available - verdict.spent)
            if past:
                self._remember(past, evaluation, now)
        return evaluation

    def _remember(self, past: dict[Need, int], evaluation: Evaluation, now: datetime) -> None:
        granted = [verdict for verdict in evaluation.verdicts if verdict.granted]
        campaigns = {verdict.campaign for verdict in granted} | {verdict.main for verdict in granted}
        for need in past:
            past[need] += added_by(need, campaigns, evaluation.currency, evaluation.total, now, now)

"""The working book of a batch: requests are judged against it one by one, each seeing what those before it consumed."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from app.customers.values import CustomerInput
from app.engine.cart import Cart
from app.engine.counter import Cap, CounterKey
from app.engine.evaluate import Evaluation, evaluate
from app.engine.facts import Balance, Card, Facts, Need
from app.engine.gift import Gift, GiftKind
from app.engine.kept_facts import KeptFacts, keep
from app.engine.occasion import NOWHERE, Occasion
from app.engine.offer import Presented
from app.engine.stacking import DEFAULT, Stacking
from app.redemptions.counters import Gathered
from app.redemptions.needs import added_by
from app.redemptions.profile import told_of


class Book:
    """All locked counters, balances and pools, and what the offers of a batch ask about its customers.

    Of each of the `pools` there are the ids of free codes.
    """

    def __init__(self, known: Gathered, pools: Mapping[UUID, list[UUID]] | None = None) -> None:
        self.used = known.used
        self.changed: dict[CounterKey, UUID] = {}
        """The counters that moved, each with its project."""
        self._balances = known.balances
        self._shoppers = known.shoppers
        self._cards = known.cards
        self._pools = pools or {}
        self._pasts: dict[UUID, dict[Need, int]] = {}
        for asked, amount in known.answers.items():
            if asked.customer is not None:
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
        stacking: Stacking = DEFAULT,
    ) -> Evaluation:
        """The engine's answer; what it grants is used up for whoever is judged next. `caps` as for `evaluate`."""
        past = {} if customer is None else self._pasts.get(customer, {})
        facts = self._facts(customer)
        evaluation = evaluate(presented, cart, facts, now, occasion=occasion, caps=caps, stacking=stacking)
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

    def facts_for(
        self,
        presented: Sequence[Presented],
        cart: Cart,
        customer: UUID | None,
        now: datetime,
        stacking: Stacking = DEFAULT,
    ) -> KeptFacts:
        """What the judgement of these codes rests on, to be kept with it; to be asked before `judge`."""
        return keep(presented, self._facts(customer), cart, now, stacking)

    def _facts(self, customer: UUID | None) -> Facts:
        past = {} if customer is None else self._pasts.get(customer, {})
        shopper = None if customer is None else self._shoppers.get(customer)
        cards = {} if customer is None else self._cards_of(customer)
        pools = {pool: len(codes) for pool, codes in self._pools.items()}
        return Facts(customer, past, self.used, self._balances, shopper, cards, pools)

    def _cards_of(self, customer: UUID) -> dict[UUID, Card]:
        """What the batch has put on the customer's cards so far, and paid from them, is in it."""
        known = self._cards.get(customer, {})
        return {campaign: self._as_it_is(card) for campaign, card in known.items()}

    def _as_it_is(self, card: Card) -> Card:
        balance = self._balances.get(card.voucher)
        return card if balance is None else Card(card.voucher, *balance)

    def hear(self, customer: UUID, given: CustomerInput) -> None:
        """Note what a request says of its customer, before it is judged: later ones of the batch are kept already."""
        if customer in self._shoppers:
            self._shoppers[customer] = told_of(self._shoppers[customer], given)

    def earn(self, gifts: Iterable[Gift]) -> None:
        """Credit and points that were put on cards, and may be paid with from now on."""
        for gift in gifts:
            if gift.voucher is None or gift.unit is None:
                continue
            before = self._balances.get(gift.voucher, Balance(gift.unit, 0))
            self._balances[gift.voucher] = Balance(gift.unit, before.available + gift.amount)

    def take_codes(self, gift: Gift) -> list[UUID]:
        """The ids of the codes that a granted gift takes out of its pool; nobody else gets them."""
        if gift.kind is not GiftKind.EXTERNAL_CODE:
            return []
        free = self._pools[gift.source]
        taken, free[:] = free[: gift.amount], free[gift.amount :]
        return taken

    def _remember(self, past: dict[Need, int], evaluation: Evaluation, now: datetime) -> None:
        granted = [verdict for verdict in evaluation.verdicts if verdict.granted]
        campaigns = {verdict.campaign for verdict in granted} | {verdict.main for verdict in granted}
        for need in past:
            past[need] += added_by(need, campaigns, evaluation.currency, evaluation.total, now, now)

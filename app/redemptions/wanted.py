"""What the requests of a batch want: locks on counters, balances and pools, and answers about their customers."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from app.engine.counter import Cap
from app.engine.facts import Card, CardOf, FreeCodes
from app.engine.offer import Presented
from app.redemptions.counters import Counter, past_of
from app.redemptions.needs import Asked, asked_for, depend_on_redemptions

_Named = tuple[UUID, UUID]  # something with its project


class Wanted:
    """Collected code by code. `cards` are asked for before anything is locked, `answers` when everything is."""

    def __init__(self) -> None:
        self.counters: dict[Counter, None] = {}
        self.balances: set[_Named] = set()
        self.pools: dict[_Named, int] = {}
        """How many codes are wanted of each pool at most."""
        self._cards: dict[Asked, None] = {}
        self._answers: dict[Asked, None] = {}

    def add(self, project: UUID, customer: UUID | None, code: Presented, caps: Iterable[Cap]) -> None:
        """What one code wants that is presented for the customer, with the caps that it counts against."""
        for key, _ in caps:
            self.counters[project, key] = None
        if code.voucher is not None and code.pays_from_balance:
            self.balances.add((project, code.voucher))
        needs = code.needs
        if not needs:
            return
        for one in asked_for(project, customer, needs):
            if isinstance(one.need, FreeCodes):
                pool = (project, one.need.pool)
                self.pools[pool] = self.pools.get(pool, 0) + 1
            elif isinstance(one.need, CardOf):
                self._cards[one] = None
            else:
                self._answers[one] = None
        if customer is not None and depend_on_redemptions(needs):
            self.counters[project, past_of(customer)] = None

    @property
    def cards(self) -> list[Asked]:
        """The customers' own cards."""
        return list(self._cards)

    def balances_of(self, cards: Mapping[UUID, Mapping[UUID, Card]]) -> list[_Named]:
        """The vouchers of the cards that were found for `cards`, each with its project."""
        projects = {one.customer: one.project for one in self._cards}
        return [
            (projects[customer], card.voucher) for customer, own in cards.items() for card in own.values()
        ]

    @property
    def answers(self) -> list[Asked]:
        """All else that is asked about customers."""
        return list(self._answers)

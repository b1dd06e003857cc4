"""What a simulation found: the figures, and how they add up attempt by attempt."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from app.engine import reason as codes
from app.engine.evaluation import Evaluation, Verdict
from app.engine.simulated_limits import LimitRun

MOST_EXAMPLES = 20
MOST_OVERLAPS = 20

# A code that is refused only for these would have been used, had there been more.
USED_UP = frozenset(
    {
        codes.VOUCHER_LIMIT_REACHED,
        codes.CUSTOMER_LIMIT_REACHED,
        codes.CAMPAIGN_LIMIT_REACHED,
        codes.MAIN_CAMPAIGN_LIMIT_REACHED,
        codes.VOUCHER_BUDGET_EXCEEDED,
        codes.CUSTOMER_BUDGET_EXCEEDED,
        codes.CAMPAIGN_BUDGET_EXCEEDED,
        codes.MAIN_CAMPAIGN_BUDGET_EXCEEDED,
    }
)


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody who had nothing then and would get something: in which attempt, and how much, in minor units."""

    attempt: UUID
    customer: UUID | None
    at: datetime
    discount: int
    currency: str


@dataclass(slots=True)
class Sums:
    """Amounts in minor units of one currency, less what came back within the period.

    `discount` is what the campaign costs, `order_value` the goods of the carts that it was used on; `_then` the same as
    it really was. `given` is the discount before anything came back, of `granted` attempts. `overlapping` is the part
    of it that went to carts with a discount of another campaign besides.
    """

    currency: str
    granted: int = 0
    given: int = 0
    discount: int = 0
    order_value: int = 0
    granted_then: int = 0
    discount_then: int = 0
    order_value_then: int = 0
    overlapping: int = 0

    @property
    def average(self) -> int:
        """The discount of an attempt that was granted, rounded down; 0 without one."""
        return self.given // self.granted if self.granted else 0


@dataclass(frozen=True, slots=True)
class Overlap:
    """How many of the attempts would have a discount of this other campaign, too."""

    campaign: UUID
    attempts: int


@dataclass(frozen=True, slots=True)
class Simulated:
    """All figures. `qualifying` attempts would be granted if no limit or budget were used up, `granted` ones are.

    `undone` of the granted came back as a whole within the period, or were holds that were never confirmed. `refusals`
    tells how many attempts have each reason. Somebody is new who had nothing then: `newly_granted` attempts, by
    `new_customers`; `newly_refused` are the attempts that had the campaign, and would not.
    """

    attempts: int
    qualifying: int
    granted: int
    undone: int
    granted_then: int
    newly_granted: int
    newly_refused: int
    new_customers: int
    newcomers: tuple[Newcomer, ...]
    refusals: tuple[tuple[str, int], ...]
    sums: tuple[Sums, ...]
    limits: tuple[LimitRun, ...]
    overlapping: int
    overlaps: tuple[Overlap, ...]


@dataclass(slots=True)
class Figures:
    """The figures while they add up; they take no more room for more attempts, but for customers who are new."""

    attempts: int = 0
    qualifying: int = 0
    granted: int = 0
    undone: int = 0
    granted_then: int = 0
    newly_granted: int = 0
    newly_refused: int = 0
    overlapping: int = 0
    _new_customers: set[UUID] = field(default_factory=set)
    _newcomers: list[Newcomer] = field(default_factory=list)
    _refusals: Counter[str] = field(default_factory=Counter)
    _sums: dict[str, Sums] = field(default_factory=dict)
    _overlaps: Counter[UUID] = field(default_factory=Counter)

    def enter(
        self,
        attempt: tuple[UUID, UUID | None, datetime],
        evaluation: Evaluation,
        own: Sequence[Verdict],
        then: Sequence[int | None],
        *,
        had: bool,
    ) -> None:
        """An attempt (its id, customer and time), and the verdicts of the codes it is about.

        `then` is what each of them took off, None where it was not used.
        """
        used = [verdict for verdict in own if evaluation.granted and verdict.granted]
        before = [off for off in then if off is not None]
        sums = self._sums.setdefault(evaluation.currency, Sums(evaluation.currency))
        self.attempts += 1
        if before:
            self.granted_then += 1
            sums.granted_then += 1
            sums.discount_then += sum(before)
            sums.order_value_then += evaluation.subtotal
        if not used:
            self._refuse(evaluation, own, is_loss=bool(before))
            return
        discount = sum([verdict.discount for verdict in used])
        self.qualifying += 1
        self.granted += 1
        sums.granted += 1
        sums.given += discount
        sums.discount += discount
        sums.order_value += evaluation.subtotal
        self._overlap(evaluation, used, sums, discount)
        if not had:
            self._welcome(Newcomer(*attempt, discount, evaluation.currency))

    def lose(self, currency: str, lost: Sums, *, is_whole: bool) -> None:
        """What came back, in the sums of its currency."""
        sums = self._sums[currency]
        sums.discount -= lost.discount
        sums.order_value -= lost.order_value
        sums.discount_then -= lost.discount_then
        sums.order_value_then -= lost.order_value_then
        self.undone += is_whole

    def summed_up(self, limits: tuple[LimitRun, ...]) -> Simulated:
        """All figures by now."""
        return Simulated(
            attempts=self.attempts,
            qualifying=self.qualifying,
            granted=self.granted,
            undone=self.undone,
            granted_then=self.granted_then,
            newly_granted=self.newly_granted,
            newly_refused=self.newly_refused,
            new_customers=len(self._new_customers),
            newcomers=tuple(self._newcomers),
            refusals=tuple(sorted(self._refusals.items(), key=lambda pair: (-pair[1], pair[0]))),
            sums=tuple([self._sums[currency] for currency in sorted(self._sums)]),
            limits=limits,
            overlapping=self.overlapping,
            overlaps=tuple(
                [
                    Overlap(*pair)
                    for pair in sorted(self._overlaps.items(), key=lambda pair: (-pair[1], pair[0]))
                ]
            )[:MOST_OVERLAPS],
        )

    def _refuse(self, evaluation: Evaluation, own: Sequence[Verdict], *, is_loss: bool) -> None:
        reasons = [reason for verdict in own for reason in verdict.reasons]
        # A sound code that came with a refused one is not used either: what stood against that one is the reason.
        named = {reason.code for reason in reasons or evaluation.reasons}
        self._refusals.update(named)
        self.qualifying += bool(named) and named <= USED_UP
        self.newly_refused += is_loss

    def _overlap(self, evaluation: Evaluation, used: Sequence[Verdict], sums: Sums, discount: int) -> None:
        own = {verdict.campaign for verdict in used}
        others = {
            verdict.campaign
            for verdict in evaluation.verdicts
            if verdict.granted and verdict.discount and verdict.campaign not in own
        }
        if others:
            self.overlapping += 1
            sums.overlapping += discount
            self._overlaps.update(campaign for campaign in others if campaign is not None)

    def _welcome(self, newcomer: Newcomer) -> None:
        self.newly_granted += 1
        if newcomer.customer is not None:
            self._new_customers.add(newcomer.customer)
        if len(self._newcomers) < MOST_EXAMPLES:
            self._newcomers.append(newcomer)

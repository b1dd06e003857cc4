"""Simulating: past attempts judged again in the order of time, while limits and budgets run down as they would have."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from app.engine.cart import Cart
from app.engine.counter import Cap, CounterKey, Measure
from app.engine.evaluate import evaluate
from app.engine.evaluation import Evaluation, Verdict
from app.engine.facts import POINTS, Facts
from app.engine.occasion import Occasion
from app.engine.offer import Presented
from app.engine.places import verdict_of_each
from app.engine.simulated import Figures, Simulated, Sums
from app.engine.simulated_limits import SimulatedLimits
from app.engine.stacking import Stacking


@dataclass(frozen=True, slots=True)
class Attempt:
    """An attempt of the past as it is judged again. `at` is when it was made and counts, `now` when it is judged.

    `own` are the places of the codes that the simulation is about. `then` is what each code took off in minor units,
    None where it was not used. `had` says whether the customer had what is now asked for.
    """

    id: UUID
    at: datetime
    now: datetime
    cart: Cart
    facts: Facts
    occasion: Occasion
    stacking: Stacking
    presented: tuple[Presented, ...]
    own: frozenset[int]
    then: tuple[int | None, ...]
    had: bool


@dataclass(frozen=True, slots=True)
class CodeReturned:
    """What has come back of one code by now: of its discount, and whether its use counts no more."""

    discount: int
    ends: bool


@dataclass(frozen=True, slots=True)
class Returned:
    """What has come back of a redemption by now, by voucher; `value` of its goods. `is_whole`: nothing of it stands."""

    of: UUID
    codes: Mapping[UUID, CodeReturned]
    value: int
    is_whole: bool


@dataclass(frozen=True, slots=True)
class Scale:
    """A sample of `part` out of `whole` attempts: what limits a whole campaign is that much tighter."""

    part: int = 1
    whole: int = 1

    def narrow(self, cap: Cap) -> Cap:
        """The cap for the sample; limits for each voucher and for each customer stay as they are."""
        if cap.key.scope != "campaign" or self.part == self.whole:
            return cap
        return Cap(cap.key, max(1, -(-cap.most * self.part // self.whole)))

    def count(self, key: CounterKey, used: int) -> int:
        """What was counted before the first attempt, for the sample."""
        return used * self.part // self.whole if key.scope == "campaign" else used


ALL_OF_THEM = Scale()


@dataclass(frozen=True, slots=True)
class _Code:
    """One granted code: what it counts, and what it took and spent, in the simulation and in the past."""

    voucher: UUID
    verdict: Verdict
    is_own: bool
    then: int | None


@dataclass(frozen=True, slots=True)
class _Standing:
    """A redemption of the simulation that may still come back."""

    codes: tuple[_Code, ...]
    currency: str
    subtotal: int
    own_then: Mapping[UUID, int]
    returned: Returned


class Simulation:
    """Attempts and returns go in, in the order of time; figures come out."""

    def __init__(self, scale: Scale = ALL_OF_THEM) -> None:
        self._scale = scale
        self._used: dict[CounterKey, int] = {}
        self._standing: dict[UUID, _Standing] = {}
        self._figures = Figures()
        self._limits = SimulatedLimits()

    def unknown(self, attempts: Iterable[Attempt]) -> list[CounterKey]:
        """The counters that the attempts need and nobody has told the start of."""
        keys = {key: None for one in attempts for caps in _caps(one) for key, _ in caps}
        return [key for key in keys if key not in self._used]

    def start(self, used: Mapping[CounterKey, int]) -> None:
        """How far counters had counted before the first attempt."""
        self._used.update({key: self._scale.count(key, amount) for key, amount in used.items()})

    def judge(self, attempt: Attempt) -> Evaluation:
        """The answer; what it grants is used up for those that come later. All its counters must be known."""
        limits = _caps(attempt)
        caps = [tuple([self._scale.narrow(cap) for cap in caps]) for caps in limits]
        evaluation = evaluate(
            attempt.presented,
            attempt.cart,
            replace(attempt.facts, used=self._used),
            attempt.now,
            occasion=attempt.occasion,
            counted_at=attempt.at,
            caps=caps,
            stacking=attempt.stacking,
        )
        if evaluation.granted:
            for key, amount in evaluation.counts.items():
                self._used[key] = self._used.get(key, 0) + amount
        verdicts = verdict_of_each(attempt.presented, evaluation, attempt.cart)
        own = sorted(attempt.own)
        if own:
            self._figures.enter(
                (attempt.id, attempt.facts.customer, attempt.at),
                evaluation,
                [verdicts[place] for place in own],
                [attempt.then[place] for place in own],
                had=attempt.had,
            )
        for place in own:
            code = attempt.presented[place]
            pairs = zip(limits[place], caps[place], strict=True)
            self._limits.see(code, pairs, verdicts[place].reasons, self._used, attempt.at)
        self._remember(attempt, evaluation, verdicts)
        return evaluation

    def give_back(self, returned: Returned) -> None:
        """What has come back of a redemption is free again, as far as the simulation has granted it."""
        before = self._standing.get(returned.of)
        if before is None:
            return
        after = replace(before, returned=returned)
        less = _counted(before)
        less.subtract(_counted(after))
        for key, amount in less.items():
            self._used[key] -= amount
        lost = Sums(
            before.currency,
            discount=_own_left(before) - _own_left(after),
            order_value=_value_left(before) - _value_left(after),
            discount_then=_then_left(before) - _then_left(after),
            order_value_then=_then_value_left(before) - _then_value_left(after),
        )
        is_whole = returned.is_whole and any(code.is_own for code in before.codes)
        if before.own_then or any(code.is_own for code in before.codes):
            self._figures.lose(before.currency, lost, is_whole=is_whole)
        if returned.is_whole:
            del self._standing[returned.of]
        else:
            self._standing[returned.of] = after

    def result(self) -> Simulated:
        """All figures by now."""
        return self._figures.summed_up(self._limits.told(self._scale.part, self._scale.whole))

    def _remember(self, attempt: Attempt, evaluation: Evaluation, verdicts: Sequence[Verdict]) -> None:
        codes = [
            _Code(code.voucher, verdict, place in attempt.own, attempt.then[place])
            for place, (code, verdict) in enumerate(zip(attempt.presented, verdicts, strict=True))
            if evaluation.granted and verdict.granted and code.voucher is not None
        ]
        own_then = {
            code.voucher: then
            for place, (code, then) in enumerate(zip(attempt.presented, attempt.then, strict=True))
            if place in attempt.own and then is not None and code.voucher is not None
        }
        if codes or own_then:
            self._standing[attempt.id] = _Standing(
                tuple(codes),
                evaluation.currency,
                evaluation.subtotal,
                own_then,
                Returned(attempt.id, {}, 0, is_whole=False),
            )


def _caps(attempt: Attempt) -> list[tuple[Cap, ...]]:
    customer, currency = attempt.facts.customer, attempt.cart.currency
    return [code.caps(customer, currency, attempt.at) for code in attempt.presented]


def _counted(standing: _Standing) -> Counter[CounterKey]:
    """What the redemption counts as it stands."""
    found: Counter[CounterKey] = Counter()
    for code in standing.codes:
        if _has_ended(standing, code):
            continue
        for key, _ in code.verdict.counts:
            if key.measure is Measure.ORDER_VALUE:
                found[key] = max(0, standing.subtotal - standing.returned.value)
            else:
                found[key] += _amount(standing, code, key.measure)
    return found


def _amount(standing: _Standing, code: _Code, measure: Measure) -> int:
    if measure is Measure.DISCOUNT:
        return _discount_left(standing, code)
    if measure is Measure.POINTS:
        spent = code.verdict.spent if code.verdict.spent_unit == POINTS else 0
        return spent - part(spent, *_progress(standing, code))
    return 1


def _has_ended(standing: _Standing, code: _Code) -> bool:
    returned = standing.returned.codes.get(code.voucher)
    return standing.returned.is_whole or (returned is not None and returned.ends)


def _discount_left(standing: _Standing, code: _Code) -> int:
    if _has_ended(standing, code):
        return 0
    return code.verdict.discount - part(code.verdict.discount, *_progress(standing, code))


def _progress(standing: _Standing, code: _Code) -> tuple[int, int]:
    """How much of how much has come back: of its discount then, or else of the goods."""
    returned = standing.returned.codes.get(code.voucher)
    if returned is not None and code.then:
        return returned.discount, code.then
    return standing.returned.value, standing.subtotal


def part(amount: int, done: int, whole: int) -> int:
    """The part of `amount` that goes with `done` of `whole`: rounded down, nothing with nothing, all with all."""
    if done <= 0:
        return 0
    return amount if done >= whole else amount * done // whole


def _own_left(standing: _Standing) -> int:
    return sum([_discount_left(standing, code) for code in standing.codes if code.is_own])


def _value_left(standing: _Standing) -> int:
    """The goods of a redemption that one of the codes was used for."""
    if standing.returned.is_whole or not any(code.is_own for code in standing.codes):
        return 0
    return max(0, standing.subtotal - standing.returned.value)


def _then_left(standing: _Standing) -> int:
    if standing.returned.is_whole:
        return 0
    back = standing.returned.codes
    return sum(
        [then - (back[code].discount if code in back else 0) for code, then in standing.own_then.items()]
    )


def _then_value_left(standing: _Standing) -> int:
    if standing.returned.is_whole or not standing.own_then:
        return 0
    return max(0, standing.subtotal - standing.returned.value)

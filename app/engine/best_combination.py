"""The best combination: which of the codes together are worth most for a cart, and what the others would have cost."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from app.engine.cart import Cart
from app.engine.combinations import MOST_TRIED, Combination, Tried
from app.engine.evaluate import evaluate
from app.engine.evaluation import Evaluation, Verdict
from app.engine.facts import Facts
from app.engine.left_out import drives_out, no_gain
from app.engine.looking import looks_at_the_rest
from app.engine.occasion import NOWHERE, Occasion
from app.engine.offer import Presented
from app.engine.order_value import added_value
from app.engine.reason import Reason
from app.engine.remembered_turns import Memory
from app.engine.running import Running
from app.engine.stacking import DEFAULT, Stacking
from app.engine.standing import repeated

MOST_EXACT = 12
MOST_ALTERNATIVES = 3


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A code that the best combination does not use, and why.

    `loss` is how much less the best combination with this code would take off, in minor units; None where there is no
    such combination, or where not all were tried. `is_refused` says that no combination can use it, for the reasons.
    """

    code: Presented
    reasons: tuple[Reason, ...]
    loss: int | None = None
    is_refused: bool = False


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another combination, in the order in which its codes count, and what it takes off in minor units."""

    codes: tuple[Presented, ...]
    discount: int


@dataclass(frozen=True, slots=True)
class BestCombination:
    """The codes worth most together, in the order in which they count; redeemed so, they give the `evaluation`.

    `is_exact` says that no other combination takes more off in that order: all were tried. `left_out` are the others,
    `alternatives` the next best combinations that differ from it by more than a code less.
    """

    codes: tuple[Presented, ...]
    evaluation: Evaluation
    left_out: tuple[LeftOut, ...]
    alternatives: tuple[Alternative, ...]
    is_exact: bool


def best_combination(
    presented: Sequence[Presented],
    cart: Cart,
    facts: Facts,
    now: datetime,
    *,
    occasion: Occasion = NOWHERE,
    stacking: Stacking = DEFAULT,
    is_enough: Callable[[], bool] = lambda: False,
) -> BestCombination:
    """The combination of codes that takes most off the cart: off lines and shipping, by added goods, from balances.

    Promotions that take part by themselves are in every combination, where the policy lets them. Codes count in the
    order of `in_order`: another order may take more off, but the answer is exact for the sets in this one. Up to 12
    codes that may be used all sets are tried; of more, those of the 12 best, and then single codes more, fewer or
    others. When `is_enough` says so, the best so far is only filled up. Of several that are worth the same it is the
    one that leaves most on the shopper's own balances, then the one of fewest codes, then the one whose codes are over
    soonest, then the first.
    """
    distinct, twice = _distinct(presented)
    start = Running.on(cart, facts, now, occasion, cart.subtotal)
    ordered = in_order(distinct, start, stacking)
    caps = [code.caps(facts.customer, cart.currency, now) for code in ordered]
    adds = [added_value(code, start) for code in ordered]
    looked = [looks_at_the_rest(code, own, start) for code, own in zip(ordered, caps, strict=True)]
    alone = [verdict for verdict, _ in looked]
    automatic = [place for place, code in enumerate(ordered) if code.is_automatic]
    choices = [
        place
        for place, code in enumerate(ordered)
        # What refuses a code without looking at the others refuses it in any company.
        if not code.is_automatic and (alone[place].granted or looked[place][1])
    ]
    memory = Memory(ordered, caps, adds, stacking, start)
    tried = Tried(memory, automatic, is_enough)
    is_exact = len(choices) <= MOST_EXACT and tried.all_of(choices)
    if not is_exact:
        ranked = sorted(choices, key=lambda place: (-alone[place].discount, place))
        tried.all_of(sorted(ranked[:MOST_EXACT]))
        tried.improve(ranked, MOST_TRIED)
    best = tried.best()
    chosen = tuple([ordered[place] for place in best.places])
    others = [code for code in distinct if code.is_automatic]
    evaluation = evaluate([*chosen, *others], cart, facts, now, occasion=occasion, stacking=stacking)
    told = _Told(tried, best, alone, is_exact=is_exact)
    left_out = [
        told.of(place, code)
        for place, code in enumerate(ordered)
        if not code.is_automatic and place not in best.places
    ]
    left_out += [LeftOut(code, (repeated(code.code),), is_refused=True) for code in twice]
    alternatives = tuple(
        [
            Alternative(tuple([ordered[place] for place in one.places]), one.discount)
            for one in tried.next_best(best, MOST_ALTERNATIVES)
        ]
    )
    return BestCombination(chosen, evaluation, tuple(left_out), alternatives, is_exact)


def in_order(presented: Sequence[Presented], start: Running, stacking: Stacking) -> list[Presented]:
    """The codes as combinations count them: lane by lane, promotions after codes, balances last.

    In a lane, codes that take less off a cart that is half paid come before those that do not: a percentage of the
    whole, then the amount. Balances that are over soonest pay first. Otherwise the order given stays, and always that
    of promotions: nobody can ask for them in another one.
    """
    half = [amount // 2 for amount in start.remaining]
    half_paid = replace(start, remaining=half, shipping=start.shipping // 2)

    def takes_a_share(code: Presented) -> bool:
        caps = code.caps(start.facts.customer, start.cart.currency, start.now)
        whole, rest = start.judge(code, caps), half_paid.judge(code, caps)
        return whole.granted and rest.granted and 0 < rest.discount < whole.discount

    def turn(code: Presented) -> tuple[object, ...]:
        if code.pays_from_balance:
            return True, 0, False, code.ends_at is None, code.ends_at or start.now
        lane = stacking.turn_of(code.offer)
        return False, lane, code.is_automatic, not code.is_automatic and not takes_a_share(code), start.now

    # Python's sort is stable: what is equal stays as it was given.
    return sorted(presented, key=turn)


@dataclass(slots=True)
class _Told:
    """What is told of codes that the best combination leaves out."""

    tried: Tried
    best: Combination
    alone: Sequence[Verdict]
    is_exact: bool

    def of(self, place: int, code: Presented) -> LeftOut:
        """The reasons why the code is not used, and what using it would cost."""
        if not self.tried.has(place) and not self.alone[place].granted:
            return LeftOut(code, self.alone[place].reasons, is_refused=True)
        best_with = self.tried.most_with(place)
        loss = None if best_with is None or not self.is_exact else self.best.discount - best_with
        return LeftOut(code, self._reasons(place), loss, is_refused=self.is_exact and best_with is None)

    def _reasons(self, place: int) -> tuple[Reason, ...]:
        places = sorted([*self.best.places, place])
        verdicts = self.tried.verdicts(places)
        if not verdicts[place].granted:
            return verdicts[place].reasons
        presented = self.tried.memory.presented
        driven_out = [presented[other] for other in self.best.places if not verdicts[other].granted]
        return (drives_out(driven_out),) if driven_out else (no_gain(),)


def _distinct(presented: Iterable[Presented]) -> tuple[list[Presented], list[Presented]]:
    """The codes, each once, and those that are given again."""
    seen: set[object] = set()
    once: list[Presented] = []
    again: list[Presented] = []
    for code in presented:
        name = code.code if code.voucher is None else code.voucher
        (again if name in seen else once).append(code)
        seen.add(name)
    return once, again

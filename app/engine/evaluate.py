"""Evaluate: codes, cart, facts and time in; the full answer out. Nothing here waits, writes or looks at a clock."""

from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

from app.engine.cart import Cart
from app.engine.counter import Cap
from app.engine.evaluation import Evaluation, Verdict
from app.engine.facts import Facts
from app.engine.occasion import NOWHERE, Occasion
from app.engine.offer import Presented
from app.engine.order_value import added_value, order_value
from app.engine.running import Running
from app.engine.stacking import DEFAULT, Stacking
from app.engine.standing import repeated
from app.engine.sum_up import refused, sum_up
from app.engine.turns import take_turns

__all__ = ["Evaluation", "Verdict", "added_value", "evaluate"]

Begin = Callable[[Cart, Facts, datetime, Occasion, int], Running]


def evaluate(
    presented: Sequence[Presented],
    cart: Cart,
    facts: Facts,
    now: datetime,
    *,
    occasion: Occasion = NOWHERE,
    counted_at: datetime | None = None,
    caps: Sequence[tuple[Cap, ...]] | None = None,
    stacking: Stacking = DEFAULT,
    on: Begin = Running.on,
) -> Evaluation:
    """Judge every code for this cart, in the order of the policy, each on what those before it left over.

    `now` must know its offset from UTC. A code of the same request uses up limits for those after it. Budgets of a
    period count in the one that `counted_at` falls into: now, unless a hold began earlier. `caps` are those of each
    code for this customer, currency and instant, if somebody has worked them out already. Cart promotions that take
    part by themselves come after the codes that were typed. `on` makes what the codes run on, for whoever wants to
    look over their shoulder.
    """
    if now.tzinfo is None:
        raise ValueError("now must know its offset from UTC")
    seen: set[UUID | str] = set()
    verdicts: dict[int, Verdict] = {}
    sound: dict[int, tuple[Cap, ...]] = {}
    for place, code in enumerate(presented):
        name = code.code if code.voucher is None else code.voucher
        if name in seen:
            verdicts[place] = refused(code, (repeated(code.code),), cart)
            continue
        seen.add(name)
        own = code.caps(facts.customer, cart.currency, counted_at or now) if caps is None else caps[place]
        sound[place] = own
    value = order_value(presented, cart, facts, now, occasion)
    verdicts.update(take_turns(presented, sound, stacking, lambda: on(cart, facts, now, occasion, value)))
    return sum_up([verdicts[place] for place in range(len(presented))], cart, stacking.on_refusal)

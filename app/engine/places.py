"""Places: which presented code each verdict of an answer is about; cart promotions that take no part have none."""

from collections.abc import Sequence

from app.engine.cart import Cart
from app.engine.evaluation import Evaluation, Verdict
from app.engine.offer import Presented
from app.engine.sum_up import refused


def places_of(presented: Sequence[Presented], evaluation: Evaluation) -> tuple[int, ...]:
    """The place among `presented` of each verdict, in the order of the verdicts."""
    found: list[int] = []
    place = 0
    for verdict in evaluation.verdicts:
        while (presented[place].code, presented[place].voucher) != (verdict.code, verdict.voucher):
            place += 1
        found.append(place)
        place += 1
    return tuple(found)


def verdict_of_each(presented: Sequence[Presented], evaluation: Evaluation, cart: Cart) -> list[Verdict]:
    """A verdict for each presented code; a promotion that takes no part is refused, for reasons that nobody told."""
    told = dict(zip(places_of(presented, evaluation), evaluation.verdicts, strict=True))
    return [told.get(place) or refused(code, (), cart) for place, code in enumerate(presented)]

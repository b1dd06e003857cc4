"""Closures: what looks into values, decides and goes through lists while an expression is evaluated."""

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import TypeAlias

from app.engine.cel.values import EXACT, Frame, NotEvaluated, no_such, plain, whole

Run: TypeAlias = Callable[[Frame], object]
Items: TypeAlias = Callable[[Frame], Iterator[object]]


def at(of: object, key: object) -> object:
    """What a map has under a key, or a list at a place. Raises NotEvaluated when there is no such thing."""
    if isinstance(of, dict) and isinstance(key, str):
        if key not in of:
            raise NotEvaluated(f"There is no {key}.")
        return plain(of[key])
    if isinstance(of, list | tuple) and isinstance(key, int) and not isinstance(key, bool):
        if not 0 <= key < len(of):
            raise NotEvaluated(f"There is no place {key}.")
        return plain(of[key])
    raise no_such("[]", of)


def has_key(of: object, key: str) -> bool:
    """`has()` of a map."""
    if not isinstance(of, dict):
        raise no_such("has", of)
    return key in of


def true(value: object) -> bool:
    """The value, which must be true or false."""
    if not isinstance(value, bool):
        raise no_such("A condition", value)
    return value


def negated(value: object) -> object:
    """The number or duration with the other sign."""
    if isinstance(value, Decimal):
        return EXACT.minus(value)
    if isinstance(value, timedelta):
        try:
            return -value
        except OverflowError:
            raise NotEvaluated("There is no such duration.") from None
    if isinstance(value, int) and not isinstance(value, bool):
        return whole(-value)
    raise no_such("-", value)


def either(left: Run, right: Run, decides: bool) -> Run:
    """`||` (`decides` is true) and `&&` (false): one side that decides is enough, whatever is wrong with the other."""

    def run(frame: Frame) -> bool:
        try:
            if true(left(frame)) is decides:
                return decides
        except NotEvaluated:
            if true(right(frame)) is decides:
                return decides
            raise
        return true(right(frame))

    return run


def items(over: Run, name: str, steps: int) -> Items:
    """Goes through a list, or the keys of a map, with each item as the variable `name`; each costs so many steps."""

    def run(frame: Frame) -> Iterator[object]:
        values = over(frame)
        if not isinstance(values, list | tuple | dict):
            raise no_such("A loop", values)
        for value in values:
            frame.charge(steps)
            item = frame.values[name] = plain(value)
            yield item

    return run


def _any(each: Items, asks: Sequence[Run], decides: bool) -> Run:
    ask = asks[0]

    def run(frame: Frame) -> bool:
        wrong: NotEvaluated | None = None
        for _ in each(frame):
            try:
                if true(ask(frame)) is decides:
                    return decides
            except NotEvaluated as error:
                wrong = error
        if wrong is not None:
            raise wrong
        return not decides

    return run


def _exists_one(each: Items, asks: Sequence[Run]) -> Run:
    return lambda frame: sum([true(asks[0](frame)) for _ in each(frame)]) == 1


def _filter(each: Items, asks: Sequence[Run]) -> Run:
    return lambda frame: [item for item in each(frame) if true(asks[0](frame))]


def _map(each: Items, asks: Sequence[Run]) -> Run:
    make = asks[-1]
    if len(asks) == 1:
        return lambda frame: [make(frame) for _ in each(frame)]
    return lambda frame: [make(frame) for _ in each(frame) if true(asks[0](frame))]


LOOPS: dict[str, Callable[[Items, Sequence[Run]], Run]] = {
    "all": lambda each, asks: _any(each, asks, decides=False),
    "exists": lambda each, asks: _any(each, asks, decides=True),
    "exists_one": _exists_one,
    "filter": _filter,
    "map": _map,
}

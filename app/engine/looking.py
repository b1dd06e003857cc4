"""Looking: whether a code's answer looks at what other codes leave over of the lines."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import SupportsIndex, overload

from app.engine.counter import Cap
from app.engine.evaluation import Verdict
from app.engine.facts import Situation
from app.engine.offer import Presented
from app.engine.running import Running
from app.engine.stacking import Base


def looks_at_the_rest(code: Presented, caps: tuple[Cap, ...], start: Running) -> tuple[Verdict, bool]:
    """The verdict on the code, and whether anybody looked at what is left of the lines to come to it.

    What refuses a code without looking there refuses it after any other codes as well.
    """
    watching = _Watching(start)
    verdict = watching.judge(code, caps)
    return verdict, watching.looked


class _Watching(Running):
    """A Running that notices who looks at what is left."""

    __slots__ = ("looked",)

    def __init__(self, of: Running) -> None:
        super().__init__(
            of.cart, of.facts, of.now, of.occasion, [*of.remaining], of.shipping, of.order_value, {}
        )
        self.looked = False

    def situation(self, code: Presented, base: Base = Base.RUNNING) -> Situation:
        """What the units look at, with a watch on what is left."""
        return replace(super().situation(code, base), remaining=_Watched(self.remaining, self))


class _Watched(tuple[int, ...]):
    """What is left of each line; it tells when somebody looks."""

    _by: _Watching

    def __new__(cls, amounts: Iterable[int], by: _Watching) -> "_Watched":
        made = super().__new__(cls, amounts)
        made._by = by
        return made

    def __iter__(self) -> Iterator[int]:
        self._by.looked = True
        return super().__iter__()

    @overload
    def __getitem__(self, place: SupportsIndex, /) -> int: ...
    @overload
    def __getitem__(self, place: slice, /) -> tuple[int, ...]: ...
    def __getitem__(self, place: SupportsIndex | slice, /) -> int | tuple[int, ...]:
        self._by.looked = True
        return super().__getitem__(place)

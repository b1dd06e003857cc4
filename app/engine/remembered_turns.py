"""Remembered turns: sets of codes that begin alike share what their first codes were told and left over."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from app.engine.counter import Cap
from app.engine.evaluation import Verdict
from app.engine.offer import Presented
from app.engine.running import Running
from app.engine.stacking import Base, Stacking
from app.engine.turns import take_turns


@dataclass(slots=True)
class _Step:
    """What is left after certain codes, and what others were told then."""

    left: Running
    told: dict[tuple[UUID | str, Base, bool], Verdict] = field(default_factory=dict)
    after: dict[UUID | None, "_Step"] = field(default_factory=dict)

    def next(self, taken: Verdict) -> "_Step":
        step = self.after.get(taken.voucher)
        if step is None:
            left = replace(self.left, remaining=[*self.left.remaining], used_here={**self.left.used_here})
            left.take(taken)
            step = self.after[taken.voucher] = _Step(left)
        return step


class _Walk(Running):
    """A Running that remembers: the same verdicts, but each is worked out once. It stands on one step after another."""

    __slots__ = ("_step",)

    def __init__(self, step: _Step) -> None:
        self.cart = step.left.cart  # all else of a Running lies in the step
        self._step = step

    def judge(
        self, code: Presented, caps: tuple[Cap, ...], base: Base = Base.RUNNING, *, as_first: bool = False
    ) -> Verdict:
        key = (code.voucher or code.code, base, as_first)
        verdict = self._step.told.get(key)
        if verdict is None:
            verdict = self._step.told[key] = self._step.left.judge(code, caps, base, as_first=as_first)
        return verdict

    def take(self, verdict: Verdict) -> None:
        self._step = self._step.next(verdict)


@dataclass(slots=True)
class Memory:
    """Turns of many sets of the same codes, on one cart and for one shopper. `presented` stand in the order of turns.

    `start` is the whole cart before the first code; what the codes may add to it is in `adds`, by place.
    """

    presented: Sequence[Presented]
    caps: Sequence[tuple[Cap, ...]]
    adds: Sequence[int]
    stacking: Stacking
    start: Running
    _roots: dict[int, _Step] = field(default_factory=dict)

    def turns(self, places: Sequence[int]) -> Mapping[int, Verdict]:
        """The verdicts by place, as `evaluate` comes to them for the codes at these places alone."""
        value = self.start.order_value + sum([self.adds[place] for place in places])
        root = self._roots.get(value)
        if root is None:
            root = self._roots[value] = _Step(replace(self.start, order_value=value))
        caps = {place: self.caps[place] for place in places}
        return take_turns(self.presented, caps, self.stacking, lambda: _Walk(root))

"""Turns: lane by lane, which of the codes are used; the others are left out, each with the reason."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from app.engine.counter import Cap
from app.engine.evaluation import Verdict
from app.engine.left_out import (
    lost_in_lane,
    no_effect,
    not_combinable,
    too_many_codes,
    too_many_exclusive,
    too_many_of_category,
)
from app.engine.offer import Presented
from app.engine.reason import Reason
from app.engine.running import Running
from app.engine.stacking import OTHERS, Compatibility, Lane, LaneMode, NoEffect, Stacking
from app.engine.sum_up import refused

Order = list[tuple[Lane, list[int]]]


def take_turns(
    presented: Sequence[Presented],
    caps: Mapping[int, tuple[Cap, ...]],
    stacking: Stacking,
    begin: Callable[[], Running],
) -> dict[int, Verdict]:
    """The verdicts of the codes at the places that have `caps`, by place.

    An exclusive code that can be used drives out all common ones, wherever it stands: so the common ones have their
    turn only when no exclusive code could have its own.
    """
    if stacking.is_plain:
        return _one_after_the_other(presented, caps, begin())
    order, paying = _order(presented, caps, stacking)
    exclusive = [
        place
        for _, places in order
        for place in places
        if _compatibility(presented[place], stacking) is Compatibility.EXCLUSIVE
    ]
    if not exclusive:
        return _Round(presented, caps, stacking, begin()).run(order, paying)
    verdicts = _Round(presented, caps, stacking, begin(), is_exclusive=True).run(order, paying)
    used = [presented[place] for place in exclusive if verdicts[place].granted]
    if not used:
        settled = {place: verdicts[place] for place in exclusive}
        return _Round(presented, caps, stacking, begin(), settled).run(order, paying)
    why = not_combinable(used, are_all=len(used) == len(exclusive))
    return {
        place: replace(verdict, reasons=(why,)) if verdict.skipped and not verdict.reasons else verdict
        for place, verdict in verdicts.items()
    }


def _one_after_the_other(
    presented: Sequence[Presented], caps: Mapping[int, tuple[Cap, ...]], running: Running
) -> dict[int, Verdict]:
    """The same for a policy that lets all combine, without its machinery: this is what most evaluations do."""

    def turn(place: int) -> tuple[bool, bool]:
        return presented[place].pays_from_balance, presented[place].is_automatic

    verdicts: dict[int, Verdict] = {}
    for place in caps if len(caps) == 1 else sorted(caps, key=turn):
        verdict = running.judge(presented[place], caps[place])
        if verdict.granted and verdict.is_automatic and not _gives(verdict):
            verdict = _skipped(presented[place], (no_effect(),), running)
        verdicts[place] = verdict
        if verdict.granted:
            running.take(verdict)
    return verdicts


def _order(
    presented: Sequence[Presented], places: Mapping[int, object], stacking: Stacking
) -> tuple[Order, list[int]]:
    """The lanes in their order with the places of their codes; and those of the codes that pay."""
    lanes: dict[int, list[int]] = {}
    paying: list[int] = []
    for automatic in (False, True):
        for place in places:
            code = presented[place]
            if code.is_automatic is not automatic:
                continue
            if code.pays_from_balance:
                paying.append(place)
            else:
                lanes.setdefault(stacking.turn_of(code.offer), []).append(place)
    return [(stacking.lane_at(turn), lanes[turn]) for turn in sorted(lanes)], paying


def _compatibility(code: Presented, stacking: Stacking) -> Compatibility:
    return stacking.compatibility_of(None if code.campaign is None else code.campaign.category)


@dataclass(slots=True)
class _Round:
    """All codes in their turns, once. In an `is_exclusive` round common ones are left out without a reason yet.

    `settled` are the verdicts of codes that have had their turn.
    """

    presented: Sequence[Presented]
    caps: Mapping[int, tuple[Cap, ...]]
    stacking: Stacking
    running: Running
    settled: Mapping[int, Verdict] = field(default_factory=dict)
    is_exclusive: bool = False
    used: list[Presented] = field(default_factory=list)

    def run(self, order: Order, paying: Sequence[int]) -> dict[int, Verdict]:
        """The verdicts by place."""
        verdicts: dict[int, Verdict] = dict(self.settled)
        for lane, places in order:
            waiting = [place for place in places if place not in self.settled]
            if lane.mode is LaneMode.COMPETE:
                verdicts.update(self._compete(lane, waiting))
                continue
            for place in waiting:
                verdict = verdicts[place] = self._judge(place, lane, self._in_the_way(place))
                if verdict.granted:
                    self._use(place, verdict)
        for place in paying:
            verdict = verdicts[place] = self._judge(place, OTHERS, None)
            if verdict.granted:
                self.running.take(verdict)
        return verdicts

    def _compete(self, lane: Lane, places: Sequence[int]) -> dict[int, Verdict]:
        """Of several that take the same off it is a typed one, and of these the oldest voucher."""
        verdicts = {place: self._judge(place, lane, self._in_the_way(place)) for place in places}
        granted = [place for place in places if verdicts[place].granted]
        if not granted:
            return verdicts

        def rank(place: int) -> tuple[int, bool, UUID | None]:
            return -verdicts[place].discount, self.presented[place].is_automatic, verdicts[place].voucher

        winner = min(granted, key=rank)
        most, currency = verdicts[winner].discount, self.running.cart.currency
        for place in granted:
            if place != winner:
                why = lost_in_lane(self.presented[winner], most, verdicts[place].discount, currency)
                verdicts[place] = _skipped(self.presented[place], (why,), self.running)
        self._use(winner, verdicts[winner])
        return verdicts

    def _judge(self, place: int, lane: Lane, why: tuple[Reason, ...] | None) -> Verdict:
        """What stands against the code itself comes first; then `why` it is left out, if it is."""
        code = self.presented[place]
        verdict = self.running.judge(code, self.caps[place], lane.base, as_first=why is not None)
        if not verdict.granted:
            return verdict
        if why is None and not _gives(verdict):
            # Nobody has asked for a promotion: one that gives nothing does not take part, whatever the policy says.
            skips = verdict.is_automatic or self.stacking.no_effect is NoEffect.SKIP
            why = (no_effect(),) if skips else None
        return verdict if why is None else _skipped(code, why, self.running)

    def _in_the_way(self, place: int) -> tuple[Reason, ...] | None:
        """Why there is no room for the code among those used already; None when there is."""
        if self.is_exclusive and self._is(place, Compatibility.COMMON):
            return ()
        stacking, category = self.stacking, _category(self.presented[place])
        if stacking.most_exclusive is not None and self._is(place, Compatibility.EXCLUSIVE):
            used = [code for code in self.used if _compatibility(code, stacking) is Compatibility.EXCLUSIVE]
            if len(used) >= stacking.most_exclusive:
                return (too_many_exclusive(stacking.most_exclusive, used),)
        if stacking.most_per_category is not None and category is not None:
            used = [code for code in self.used if _category(code) == category]
            if len(used) >= stacking.most_per_category:
                return (too_many_of_category(category, stacking.most_per_category, used),)
        typed = [code for code in self.used if not code.is_automatic]
        if len(typed) >= stacking.most_codes and not self.presented[place].is_automatic:
            return (too_many_codes(stacking.most_codes, typed),)
        return None

    def _is(self, place: int, compatibility: Compatibility) -> bool:
        return _compatibility(self.presented[place], self.stacking) is compatibility

    def _use(self, place: int, verdict: Verdict) -> None:
        self.running.take(verdict)
        self.used.append(self.presented[place])


def _gives(verdict: Verdict) -> bool:
    return bool(verdict.discount or verdict.added or verdict.gifts)


def _skipped(code: Presented, why: tuple[Reason, ...], running: Running) -> Verdict:
    return replace(refused(code, why, running.cart), skipped=True)


def _category(code: Presented) -> str | None:
    return None if code.campaign is None else code.campaign.category

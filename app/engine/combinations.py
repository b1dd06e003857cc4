"""Combinations: sets of codes tried on one cart, and which of them are worth most."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from app.engine.evaluation import Verdict
from app.engine.remembered_turns import Memory
from app.engine.stacking import MOST_CODES

MOST_TRIED = 1_000

_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Combination:
    """A set of codes that can be used together, by their places; amounts are minor units.

    `discount` is what is taken off altogether, with what promotions take off by themselves; `from_balances` the part
    of it that the shopper's own balances pay.
    """

    places: tuple[int, ...]
    discount: int
    from_balances: int


@dataclass(slots=True)
class Tried:
    """The combinations tried so far; the codes at the places `automatic` are in all of them.

    Whoever wants the answer says when `is_enough` was tried: nothing is looked at for its own sake then.
    """

    memory: Memory
    automatic: Sequence[int]
    is_enough: Callable[[], bool]
    _found: dict[tuple[int, ...], Combination | None] = field(default_factory=dict)
    _most_with: dict[int, int] = field(default_factory=dict)
    _places: set[int] = field(default_factory=set)

    def all_of(self, places: Sequence[int]) -> bool:
        """Try every set of the codes at these places, which are in order; false when it was enough before all were."""
        sets: list[tuple[int, ...]] = [()]
        for place in places:
            sets += [(*one, place) for one in sets]
        for one in sets:
            if one and self.is_enough():
                return False
            self._try(one)
        return True

    def improve(self, ranked: Sequence[int], most: int) -> None:
        """From the best on, add, leave out or exchange a code as long as that is better; `most` sets at most.

        The codes at the places `ranked` are added in this order first, in any case.
        """
        left = most
        best = self.best()
        for place in ranked[:left]:
            if place not in best.places:
                best = self._better(best, tuple(sorted([*best.places, place])))
                left -= 1
        is_better = True
        while is_better and left > 0:
            is_better = False
            for one in _neighbours(best.places, ranked):
                if one in self._found:
                    continue
                if self.is_enough():
                    return
                found = self._better(best, one)
                left -= 1
                if found is not best:
                    best, is_better = found, True
                    break
                if left <= 0:
                    break

    def _better(self, best: Combination, places: tuple[int, ...]) -> Combination:
        """The better one of the two."""
        self._try(places)
        found = self._found[places]
        return best if found is None else min(best, found, key=self._rank)

    def verdicts(self, places: Sequence[int]) -> Mapping[int, Verdict]:
        """What each code is told, promotions included, when these are used."""
        return self.memory.turns(sorted([*places, *self.automatic]))

    def best(self) -> Combination:
        """The best of all; using no code at all is always possible."""
        return min(self._usable(), key=self._rank)

    def next_best(self, best: Combination, most: int) -> list[Combination]:
        """The best others, of which none has, or lacks, merely some codes of another."""
        shown = [best]
        for one in sorted(self._usable(), key=self._rank):
            if len(shown) > most:
                break
            if not any(
                set(one.places) <= set(other.places) or set(one.places) >= set(other.places)
                for other in shown
            ):
                shown.append(one)
        return shown[1:]

    def has(self, place: int) -> bool:
        """Whether any set with this code was tried, whatever came of it."""
        return place in self._places

    def most_with(self, place: int) -> int | None:
        """The most that a combination with this code takes off, in minor units; None when there is none."""
        return self._most_with.get(place)

    def _usable(self) -> Iterable[Combination]:
        return [one for one in self._found.values() if one is not None]

    def _try(self, places: tuple[int, ...]) -> None:
        self._places.update(places)
        if len(places) > MOST_CODES:
            self._found[places] = None
            return
        verdicts = self.verdicts(places)
        if not all(verdicts[place].granted for place in places):
            self._found[places] = None
            return
        discount, paid, presented = 0, 0, self.memory.presented
        for place, verdict in verdicts.items():
            discount += verdict.discount
            if presented[place].pays_from_balance:
                paid += verdict.discount
        self._found[places] = Combination(places, discount, paid)
        for place in places:
            self._most_with[place] = max(discount, self._most_with.get(place, 0))

    def _rank(self, one: Combination) -> tuple[object, ...]:
        ends = [self.memory.presented[place].ends_at or _NEVER for place in one.places]
        return -one.discount, one.from_balances, len(one.places), sorted(ends), one.places


def _neighbours(places: tuple[int, ...], all_places: Sequence[int]) -> Iterable[tuple[int, ...]]:
    others = [place for place in all_places if place not in places]
    for place in others:
        yield tuple(sorted([*places, place]))
    for gone in places:
        rest = [place for place in places if place != gone]
        yield tuple(rest)
        for place in others:
            yield tuple(sorted([*rest, place]))

"""Nesting: rules made of rules: how deep, how many, and what they need together."""

from collections.abc import Iterator, Sequence

from app.engine.facts import Need
from app.engine.unit import Rule, UnitError

DEEPEST = 5
MOST_UNITS = 50


def check_nesting(inner: Sequence[Rule], path: str = "rules") -> None:
    """Raise UnitError when a rule around `inner` would hold no rule, too many, or too deeply nested ones."""
    if not inner:
        raise UnitError(path, "Must name at least one rule.")
    if 1 + max(depth(rule) for rule in inner) > DEEPEST:
        raise UnitError(path, f"May be nested {DEEPEST} deep at most.")
    if 1 + sum(size(rule) for rule in inner) > MOST_UNITS:
        raise UnitError(path, f"Must not be more than {MOST_UNITS} altogether.")


def depth(rule: Rule) -> int:
    """1 for a plain rule, one more for each rule around it."""
    return 1 + max((depth(inner) for inner in inside(rule)), default=0)


def size(rule: Rule) -> int:
    """How many rules there are, this one and all inside it."""
    return 1 + sum(size(inner) for inner in inside(rule))


def every(rule: Rule) -> Iterator[Rule]:
    """The rule and all rules inside it."""
    yield rule
    for inner in inside(rule):
        yield from every(inner)


def inside(rule: Rule) -> tuple[Rule, ...]:
    """The rules directly inside: whoever is made of rules calls them `rules`."""
    inner: tuple[Rule, ...] = getattr(rule, "rules", ())
    return inner


def needs_of(inner: Sequence[Rule]) -> frozenset[Need]:
    """All that the rules need together."""
    return frozenset[Need]().union(*(rule.needs for rule in inner))

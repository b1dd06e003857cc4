"""Rules about customers as SQL: one condition per kind of rule, true for whom the rule holds, else false, never null.

A condition is about the row `c` of customers. It says what the rule's own `refusals` says in memory for a customer that
is known; tests/segments/test_as_sql.py compares both over random rules and customers.
"""

from collections.abc import Sequence
from functools import singledispatch

from app.engine.rules.all_of import AllOf
from app.engine.rules.any_of import AnyOf
from app.engine.rules.first_purchase import EVER, FirstPurchase
from app.engine.rules.none_of import NoneOf
from app.engine.unit import Rule
from app.segments import past
from app.segments.asking import Asking


@singledispatch
def condition(rule: Rule, asking: Asking) -> str:
    """The rule as a condition on `c`; raises TypeError for a kind that segments are not made of."""
    raise TypeError(f"{type(rule).__name__} has no condition in SQL")


def is_for_segments(rule: Rule) -> bool:
    """Whether segments may be made of rules of this kind: those that are about the customer alone."""
    return condition.dispatch(type(rule)) is not condition.dispatch(object)


@condition.register
def _all_of(rule: AllOf, asking: Asking) -> str:
    return _joined(rule.rules, " AND ", asking)


@condition.register
def _any_of(rule: AnyOf, asking: Asking) -> str:
    return _joined(rule.rules, " OR ", asking)


@condition.register
def _none_of(rule: NoneOf, asking: Asking) -> str:
    return f"NOT {_joined(rule.rules, ' OR ', asking)}"


@condition.register
def _first_purchase(_rule: FirstPurchase, asking: Asking) -> str:
    return f"{past.redemptions(EVER, asking)} = 0"


def _joined(inner: Sequence[Rule], word: str, asking: Asking) -> str:
    return f"({word.join(condition(rule, asking) for rule in inner)})"

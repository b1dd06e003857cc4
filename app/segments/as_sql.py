"""Rules about customers as SQL: one condition per kind of rule, true for whom the rule holds, else false, never null.

A condition is about the row `c` of customers. It says what the rule's own `refusals` says in memory of a customer who
is known; tests/segments/test_as_sql.py compares both over random rules and customers.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from functools import singledispatch
from zoneinfo import ZoneInfo

from app.engine.rules.all_of import AllOf
from app.engine.rules.amount_spent import AmountSpent
from app.engine.rules.any_of import AnyOf
from app.engine.rules.birthday import Birthday
from app.engine.rules.custom_events import CustomEvents
from app.engine.rules.customer_attribute import CustomerAttribute, CustomerAttributes
from app.engine.rules.customer_metadata import CustomerMetadata
from app.engine.rules.first_purchase import FirstPurchase
from app.engine.rules.new_customer import NewCustomer
from app.engine.rules.none_of import NoneOf
from app.engine.rules.nth_order import NthOrder
from app.engine.rules.redemptions_made import RedemptionsMade
from app.engine.unit import Rule
from app.segments.asking import Asking
from app.segments.compare import compares
from app.segments.past import looked_up, looks_back

_ATTRIBUTES = {
    CustomerAttributes.NAME: "c.name",
    CustomerAttributes.EMAIL: "c.email",
    CustomerAttributes.SOURCE_ID: "c.source_id",
}


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
def _first_purchase(rule: FirstPurchase, asking: Asking) -> str:
    return _of_the_past(rule, ["found.amount = 0"], asking)


@condition.register
def _nth_order(rule: NthOrder, asking: Asking) -> str:
    # The next order has one more.
    tests = _from_to("found.amount + 1", rule.from_order, rule.to_order, asking)
    if rule.every is not None:
        tests.append(f"(found.amount + 1) % {asking.place(rule.every, 'bigint')} = 0")
    return _of_the_past(rule, tests, asking)


@condition.register
def _redemptions_made(rule: RedemptionsMade, asking: Asking) -> str:
    return _of_the_past(rule, _from_to("found.amount", rule.at_least, rule.at_most, asking), asking)


@condition.register
def _amount_spent(rule: AmountSpent, asking: Asking) -> str:
    least, most = rule.amount_at_least, rule.amount_at_most
    bounds = (None if least is None else least.minor, None if most is None else most.minor)
    return _of_the_past(rule, _from_to("found.amount", *bounds, asking), asking)


@condition.register
def _custom_events(rule: CustomEvents, asking: Asking) -> str:
    return _of_the_past(rule, _from_to("found.amount", rule.at_least, rule.at_most, asking), asking)


@condition.register
def _customer_attribute(rule: CustomerAttribute, asking: Asking) -> str:
    return compares(rule.comparison, f"to_jsonb({_ATTRIBUTES[rule.attribute]})", asking)


@condition.register
def _customer_metadata(rule: CustomerMetadata, asking: Asking) -> str:
    return compares(rule.comparison, f"c.metadata -> {asking.place(rule.key, 'text')}", asking)


@condition.register
def _birthday(rule: Birthday, asking: Asking) -> str:
    today = asking.now.astimezone(ZoneInfo(asking.zone)).date()
    # Whose birthday is celebrated today was `days_after` ago at most, or will be `days_before` from now.
    days = (today + timedelta(days=ahead) for ahead in range(-rule.days_after, rule.days_before + 1))
    celebrated = sorted({born for day in days for born in _born_on(day)})
    return f"coalesce(to_char(c.birthday, 'MMDD') = ANY ({asking.place(celebrated, 'text[]')}), false)"


@condition.register
def _new_customer(rule: NewCustomer, asking: Asking) -> str:
    return f"c.created_at >= {asking.place(asking.now - timedelta(days=rule.known_days), 'timestamptz')}"


def _joined(inner: Sequence[Rule], word: str, asking: Asking) -> str:
    # PostgreSQL stops at the first that decides: what looks into other tables comes last.
    conditions = sorted([condition(rule, asking) for rule in inner], key=looks_back)
    return f"({word.join(conditions)})"


def _of_the_past(rule: Rule, tests: Sequence[str], asking: Asking) -> str:
    """The tests on the answer to the rule's one need, which is looked up once for all of them."""
    [need] = rule.needs
    amount = looked_up(need, asking)
    return f"(SELECT {' AND '.join(tests)} FROM (SELECT {amount} AS amount OFFSET 0) AS found)"  # noqa: S608


def _from_to(amount: str, least: int | None, most: int | None, asking: Asking) -> list[str]:
    bounds = ((">=", least), ("<=", most))
    return [f"{amount} {sign} {asking.place(bound, 'bigint')}" for sign, bound in bounds if bound is not None]


def _born_on(day: date) -> list[str]:
    """The days, as MMDD, whose birthday that is: in most years also of those born on 29 February."""
    is_last_of_february = day.month == 2 and (day + timedelta(days=1)).month == 3
    return [f"{day:%m%d}", "0229"] if is_last_of_february else [f"{day:%m%d}"]

"""Rules and rewards across the border: read from the caller's input, shown to callers, written as input again."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any  # attributes of classes that kinds.py made have no narrower type
from uuid import UUID

from strawberry.utils.str_converters import to_camel_case

from app import ids
from app.engine.expression import LONGEST as LONGEST_EXPRESSION
from app.engine.json_data import JSONValue
from app.engine.money import Money as ExactMoney
from app.engine.nesting import DEEPEST, MOST_UNITS
from app.engine.parameter import Compound, Parameter, is_compound
from app.engine.shelf import Shelf, rewards, rules
from app.engine.unit import LONGEST_TEXT, MOST_ITEMS, UnitError
from app.engine.unit import Reward as EngineReward
from app.engine.unit import Rule as EngineRule
from app.problem import Problem, Problems
from graphql_schema.texts import check_text
from graphql_schema.types.kinds import (
    Reward,
    RewardInput,
    Rule,
    RuleInput,
    compound_types,
    reward_types,
    rule_types,
)
from graphql_schema.types.money import read_money, show_money
from graphql_schema.types.node import read_id, shown

Path = tuple[str, ...]

_SHELVES: dict[object, Shelf[Any]] = {EngineRule: rules, EngineReward: rewards}
# What the ids in parameters are ids of, as `says(of=...)` names it.
PREFIXES = {
    "segment": ids.SEGMENT,
    "campaign": ids.CAMPAIGN,
    "key": ids.API_KEY,
    "pool": ids.POOL,
}
_TYPES: dict[object, Mapping[str, Any]] = {EngineRule: rule_types, EngineReward: reward_types}


def read_rule(given: RuleInput, path: Path) -> EngineRule | Problems:
    """The engine's rule, or everything that is wrong with the one given.

    Codes: INVALID_PARAMETER (the rule refuses a value), INVALID_MONEY, INVALID_ID, INVALID_TEXT, TOO_LONG,
    TOO_MANY_ITEMS, NESTED_TOO_DEEP, TOO_MANY_RULES.
    """
    reading = _Reading()
    rule: EngineRule | None = reading.unit(rules, given, path)
    return Problems(tuple(reading.faults)) if rule is None else rule


def read_reward(given: RewardInput, path: Path) -> EngineReward | Problems:
    """The engine's reward, or everything that is wrong with the one given; codes as `read_rule`."""
    reading = _Reading()
    reward: EngineReward | None = reading.unit(rewards, given, path)
    return Problems(tuple(reading.faults)) if reward is None else reward


class _Reading:
    """One input being read: the faults so far, and how many units there were."""

    def __init__(self) -> None:
        self.faults: list[Problem] = []
        self.units = 0

    def unit(self, shelf: Shelf[Any], given: object, path: Path, depth: int = 1) -> Any:
        """The engine's unit, or None and at least one fault. (Any: a unit of that shelf.)"""
        self.units += 1
        if depth > DEEPEST:
            self._fault(path, "NESTED_TOO_DEEP", f"At most {DEEPEST} may be nested in each other.")
            return None
        if self.units > MOST_UNITS:
            if self.units == MOST_UNITS + 1:  # one sentence about it, not one for each of a thousand
                self._fault(
                    path, f"TOO_MANY_{shelf.name.upper()}", f"At most {MOST_UNITS} {shelf.name} altogether."
                )
            return None
        kind, some = next(
            (kind, some) for kind in shelf.by_kind if (some := getattr(given, kind)) is not None
        )
        return self._made(shelf.by_kind[kind], shelf.parameters(kind), some.value, (*path, kind), depth)

    def _made(
        self, make: Any, parameters: tuple[Parameter, ...], given: object, path: Path, depth: int
    ) -> Any:
        """What `make` makes of the parameters, or None and at least one fault. (Any: a unit or a compound.)"""
        faults_before = len(self.faults)
        values = {
            parameter.name: self._value(
                parameter, getattr(given, parameter.name), (*path, parameter.name), depth
            )
            for parameter in parameters
        }
        if len(self.faults) > faults_before or self.units > MOST_UNITS:
            return None
        try:
            return make(**values)
        except UnitError as refused:
            self._fault((*path, *_parts(refused.path)), "INVALID_PARAMETER", refused.message)
            return None

    def _value(self, parameter: Parameter, given: Any, path: Path, depth: int) -> object:
        if given is None or not parameter.many:
            return None if given is None else self._one(parameter, given, path, depth)
        if len(given) > MOST_ITEMS:
            self._fault(path, "TOO_MANY_ITEMS", f"At most {MOST_ITEMS} items fit here.")
            return ()
        return tuple(
            self._one(parameter, item, (*path, str(index)), depth) for index, item in enumerate(given)
        )

    def _one(self, parameter: Parameter, given: Any, path: Path, depth: int) -> object:
        if parameter.type is ExactMoney:
            money = read_money(given, path)
            if isinstance(money, Problem):
                self.faults.append(money)
            return money
        if parameter.type is UUID:
            found = read_id(_prefix(parameter), given, path)
            if isinstance(found, Problem):
                self.faults.append(found)
            return found
        if parameter.type is str:
            longest = LONGEST_EXPRESSION if parameter.unit == "CEL" else LONGEST_TEXT
            check_text(given, path, self.faults, longest)
        if parameter.type in _SHELVES:
            return self.unit(_SHELVES[parameter.type], given, path, depth + 1)
        if is_compound(parameter.type):
            return self._made(parameter.type, parameter.parts, given, path, depth)
        return given

    def _fault(self, path: Path, code: str, message: str) -> None:
        self.faults.append(Problem(path, code, message))


def show_rule(rule: EngineRule) -> Rule:
    """The engine's rule as callers see it."""
    shown: Rule = _show(rules, rule_types, rule)
    return shown


def show_reward(reward: EngineReward) -> Reward:
    """The engine's reward as callers see it."""
    shown: Reward = _show(rewards, reward_types, reward)
    return shown


def show_compound(value: Compound) -> Any:
    """A compound as callers see it, of the type that was made for its class."""
    return compound_types[type(value)](**_shown(value.parameters(), value))


def _show(shelf: Shelf[Any], types: Mapping[str, Any], unit: object) -> Any:
    kind = shelf.kind_of(unit)
    return types[kind](kind=kind, **_shown(shelf.parameters(kind), unit))


def _shown(parameters: tuple[Parameter, ...], value: object) -> dict[str, object]:
    return {
        parameter.name: _each(parameter, getattr(value, parameter.name), _show_one)
        for parameter in parameters
    }


def _show_one(parameter: Parameter, value: Any) -> object:
    if parameter.type is ExactMoney:
        return show_money(value)
    if parameter.type is UUID:
        return shown(_prefix(parameter), value)
    if parameter.type in _SHELVES:
        return _show(_SHELVES[parameter.type], _TYPES[parameter.type], value)
    if is_compound(parameter.type):
        return compound_types[parameter.type](**_shown(parameter.parts, value))
    return value


def as_input(shelf: Shelf[Any], unit: object) -> JSONValue:
    """The unit as a caller would send it in variables: the value of a RuleInput or RewardInput."""
    kind = shelf.kind_of(unit)
    return {to_camel_case(kind): _values_as_input(shelf.parameters(kind), unit)}


def _values_as_input(parameters: tuple[Parameter, ...], value: object) -> dict[str, JSONValue]:
    """The parameters that are not at their defaults."""
    return {
        to_camel_case(parameter.name): value_as_input(parameter, getattr(value, parameter.name))
        for parameter in parameters
        if parameter.required or getattr(value, parameter.name) != parameter.default
    }


def value_as_input(parameter: Parameter, value: object) -> JSONValue:
    """One parameter's value as a caller would send it in variables."""
    ready: JSONValue = _each(parameter, value, _one_as_input)
    return ready


def _one_as_input(parameter: Parameter, value: Any) -> JSONValue:
    if parameter.type is ExactMoney:
        return {"amount": str(value.amount), "currency": value.currency}
    if parameter.type is Decimal:
        return str(value)
    if parameter.type is UUID:
        return ids.show(_prefix(parameter), value)
    if parameter.type in _SHELVES:
        return as_input(_SHELVES[parameter.type], value)
    if is_compound(parameter.type):
        return _values_as_input(parameter.parts, value)
    plain: JSONValue = value
    return plain


def _each(parameter: Parameter, value: Any, make: Any) -> Any:
    """What `make` makes of the value, or of each in a list; nothing of None."""
    if value is None:
        return None
    return [make(parameter, item) for item in value] if parameter.many else make(parameter, value)


def _prefix(parameter: Parameter) -> str:
    return PREFIXES[parameter.of or ""]


def _parts(path: str) -> list[str]:
    """`rules[1].amount`, as the engine writes paths, in parts: rules, 1, amount."""
    return [part for part in re.split(r"[.\[\]]+", path) if part]

"""Every rule and reward on the engine's shelves as GraphQL: an output type, an input, members of union and @oneOf.

All of it is derived from the units themselves: the class gives the name, its sentence the description, its parameters
the fields. A new file on a shelf is in the schema without a line here, and so are the compounds (`Items`) and choices
among its parameters. The classes are made at import, so mypy sees only what the rest of the house needs to know: that
there are `Rule`, `RuleInput`, `Reward` and `RewardInput`.
"""

from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, Union
from uuid import UUID

import strawberry

import app.engine.rewards
import app.engine.rules  # noqa: F401  # both are imported because importing them fills the shelves
from app.engine.money import Money as ExactMoney
from app.engine.parameter import Choice, Compound, Parameter, is_compound
from app.engine.selection import Items as EngineItems
from app.engine.shelf import Shelf, rewards, rules
from app.engine.unit import Reward as EngineReward
from app.engine.unit import Rule as EngineRule
from app.engine.unit import Unit
from graphql_schema.enums import describe_enum
from graphql_schema.scalars import NoParameters
from graphql_schema.types.money import Money, MoneyInput

# Any, here and below: types that are made at run time have no narrower one, and mypy would let nobody put them
# between these brackets.
_LIST: Any = list
_MAYBE: Any = strawberry.Maybe

_PLAIN: dict[object, Any] = {Decimal: Decimal, int: int, str: str, UUID: strawberry.ID}
_SHOWN = _PLAIN | {
    ExactMoney: Money,
    EngineRule: Annotated["Rule", strawberry.lazy(__name__)],
    EngineReward: Annotated["Reward", strawberry.lazy(__name__)],
}
_TAKEN = _PLAIN | {
    ExactMoney: MoneyInput,
    EngineRule: Annotated["RuleInput", strawberry.lazy(__name__)],
    EngineReward: Annotated["RewardInput", strawberry.lazy(__name__)],
}


# By class, as they are met among the parameters of units.
compound_types: dict[type, Any] = {}
_compound_inputs: dict[type, Any] = {}


def shown_types(shelf: Shelf[Any]) -> dict[str, Any]:
    """The output type of every kind on the shelf."""
    return {kind: _shown_type(shelf.parameters(kind), cls) for kind, cls in sorted(shelf.by_kind.items())}


def _shown_type(parameters: tuple[Parameter, ...], cls: type[Unit]) -> Any:
    """The type of one kind. Its field `kind` is there because a type without parameters still needs a field."""
    kind = strawberry.field(description="The kind as the catalogue names it.")
    return _output(cls, parameters, kind=kind)


def _output(cls: type, parameters: tuple[Parameter, ...], **fields: Any) -> Any:
    annotations: dict[str, Any] = dict.fromkeys(fields, str)
    for parameter in parameters:
        annotations[parameter.name] = _annotation(parameter, _SHOWN)
        fields[parameter.name] = strawberry.field(description=parameter.description)
    return strawberry.type(_made(cls.__name__, annotations, fields), description=_sentence(cls))


def input_types(shelf: Shelf[Any]) -> dict[str, Any]:
    """The input of every kind on the shelf; raises TypeError for a default that a schema cannot show."""
    return {kind: _input_type(shelf.parameters(kind), cls) for kind, cls in sorted(shelf.by_kind.items())}


def _input_type(parameters: tuple[Parameter, ...], cls: type[Unit]) -> Any:
    """The input of one kind; `NoParameters` where there is nothing to put in, for GraphQL knows no empty input."""
    return _input(cls, parameters) if parameters else NoParameters


def _input(cls: type, parameters: tuple[Parameter, ...]) -> Any:
    annotations: dict[str, Any] = {}
    fields: dict[str, Any] = {}
    for parameter in parameters:
        annotations[parameter.name] = _annotation(parameter, _TAKEN)
        fields[parameter.name] = strawberry.field(
            description=parameter.description, **_default(parameter, cls)
        )
    return strawberry.input(_made(f"{cls.__name__}Input", annotations, fields), description=_sentence(cls))


def _annotation(parameter: Parameter, types: Mapping[object, Any]) -> Any:
    one = _one(parameter.type, types)
    whole = _LIST[one] if parameter.many else one
    return whole | None if parameter.optional else whole


def _one(kind: Any, types: Mapping[object, Any]) -> Any:
    if is_compound(kind):
        return _compound(kind, types)
    return types[kind] if kind in types else _enum(kind)


def _compound(cls: type[Compound], types: Mapping[object, Any]) -> Any:
    """The type or the input of a compound, made once for all who have it among their parameters."""
    made = compound_types if types is _SHOWN else _compound_inputs
    if cls not in made:
        make = _output if types is _SHOWN else _input
        made[cls] = make(cls, cls.parameters())
    return made[cls]


@cache
def _enum(choice: type[Choice]) -> Any:
    """The choice itself, made an enum of the schema."""
    describe_enum(choice, _sentence(choice), **{each.name: each.sentence for each in choice})
    return choice


def _default(parameter: Parameter, cls: type) -> dict[str, Any]:
    """The keyword of `strawberry.field` for the default."""
    if parameter.required:
        return {}
    default = parameter.default
    if default not in (None, ()) and parameter.type not in _PLAIN and not parameter.choices:
        raise TypeError(
            f"{cls.__name__}.{parameter.name}: a default is a plain value, a choice, a list of them or None"
        )
    if isinstance(default, tuple):
        return {"default_factory": lambda: list(default)}
    return {"default": default}


def _one_of(name: str, inputs: Mapping[str, Any], shelf: Shelf[Any], description: str) -> Any:
    annotations = {kind: _MAYBE[taken] for kind, taken in inputs.items()}
    fields = {kind: strawberry.field(description=_sentence(shelf.by_kind[kind])) for kind in inputs}
    return strawberry.input(_made(name, annotations, fields), one_of=True, description=description)


def _made(name: str, annotations: dict[str, Any], fields: dict[str, Any]) -> type:
    return type(name, (), {"__annotations__": annotations, "__module__": __name__, **fields})


def _sentence(cls: type) -> str:
    return (cls.__doc__ or "").strip()


rule_types = shown_types(rules)
rule_inputs = input_types(rules)
reward_types = shown_types(rewards)
reward_inputs = input_types(rewards)

if TYPE_CHECKING:

    class Rule:
        """A rule of any kind."""

    class RuleInput:
        """Exactly one kind of rule; its attributes are the kinds."""

    class Reward:
        """A reward of any kind."""

    class RewardInput:
        """Exactly one kind of reward; its attributes are the kinds."""

    class Items:
        """Certain items, as they stand in rules and rewards."""

else:
    Items = compound_types[EngineItems]
    Rule = Annotated[
        Union[tuple(rule_types.values())],  # noqa: UP007  # `|` takes no tuple
        strawberry.union(
            "Rule", description="A condition that must hold, of any kind in the rule catalogue."
        ),
    ]
    RuleInput = _one_of(
        "RuleInput", rule_inputs, rules, "A condition that must hold: exactly one kind of rule."
    )
    Reward = Annotated[
        Union[tuple(reward_types.values())],  # noqa: UP007  # as above
        strawberry.union("Reward", description="What is given, of any kind in the reward catalogue."),
    ]
    RewardInput = _one_of("RewardInput", reward_inputs, rewards, "What is given: exactly one kind of reward.")

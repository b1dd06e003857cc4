"""Stacking: a project's policy for several codes on one cart, shown and read from input."""

import strawberry

from app.engine.stacking import (
    DEFAULT,
    MOST_CODES,
    MOST_LANES,
    Base,
    LaneMode,
    NoEffect,
    OnRefusal,
)
from app.engine.stacking import Lane as EngineLane
from app.engine.stacking import Stacking as EngineStacking
from app.engine.unit import LONGEST_TEXT, MOST_ITEMS, UnitError
from app.problem import Problem, Problems
from graphql_schema.enums import describe_enum
from graphql_schema.texts import check_text

Path = tuple[str, ...]

describe_enum(
    LaneMode,
    "What happens among the codes of one lane.",
    COMBINE="All of them are used, one after the other.",
    COMPETE="Only the one is used that takes most off this cart when it is the lane's turn. Of codes that take the same"
    " a typed one is used rather than a promotion, and then the oldest.",
)
describe_enum(
    Base,
    "What the rules and rewards of a lane look at.",
    name="LaneBase",
    RUNNING="What the codes before have left of lines and shipping.",
    ORIGINAL="The cart as it was sent; more than is left of a line is never taken off it.",
)
describe_enum(
    OnRefusal,
    "What becomes of the other codes when one cannot be used.",
    ALL="They are used together or not at all.",
    PARTIAL="Those that can be used are; nothing happens when none can.",
)
describe_enum(
    NoEffect,
    "What becomes of a code that would take nothing off and give nothing.",
    GRANT="It is used, and counts as used.",
    SKIP="It is left out, and may be used another time.",
)


@strawberry.type(description="A group of offers that take their turn together.")
class Lane:
    name: str = strawberry.field(description="The `lane` of its offers.")
    mode: LaneMode = strawberry.field(description="What happens among its codes.")
    base: Base = strawberry.field(description="What its rules and rewards look at.")


@strawberry.type(
    description="The policy for several codes on one cart. Codes that pay from a balance are money: they pay last, and"
    " no lane, category or limit concerns them."
)
class Stacking:
    lanes: list[Lane] = strawberry.field(
        description="The lanes in the order of their turns; the codes of all others come after them, combined."
    )
    exclusive_categories: list[str] = strawberry.field(
        description="Campaigns of these categories go together with each other and with those that always combine; a"
        " code that can be used drives out all other ones."
    )
    always_combinable_categories: list[str] = strawberry.field(
        description="Campaigns of these categories go together with all others."
    )
    most_codes: int = strawberry.field(
        description="How many codes are used together at most; cart promotions, which have none, besides."
    )
    most_per_category: int | None = strawberry.field(
        description="How many of campaigns of one category; null for as many as there are."
    )
    most_exclusive: int | None = strawberry.field(
        description="How many of exclusive categories altogether; null for as many as there are."
    )
    on_refusal: OnRefusal = strawberry.field(
        description="What becomes of the other codes when one cannot be used."
    )
    no_effect: NoEffect = strawberry.field(
        description="What becomes of a code that would take nothing off and give nothing."
    )


@strawberry.input(description="A lane of the policy.")
class LaneInput:
    name: str = strawberry.field(description="The `lane` of its offers.")
    mode: LaneMode = strawberry.field(default=LaneMode.COMBINE, description="What happens among its codes.")
    base: Base = strawberry.field(default=Base.RUNNING, description="What its rules and rewards look at.")


@strawberry.input(
    description="The policy for several codes on one cart, as a whole: what is left out is as by default."
)
class StackingInput:
    lanes: list[LaneInput] = strawberry.field(
        default_factory=list,
        description="The lanes in the order of their turns, each named once;"
        f" {MOST_LANES} at most. The codes of all others come after them, combined.",
    )
    exclusive_categories: list[str] = strawberry.field(
        default_factory=list,
        description="Categories of campaigns that go together with each other and with those that always combine only.",
    )
    always_combinable_categories: list[str] = strawberry.field(
        default_factory=list, description="Categories of campaigns that go together with all others."
    )
    most_codes: int = strawberry.field(
        default=DEFAULT.most_codes,
        description=f"How many codes are used together at most, 1 to {MOST_CODES}; cart promotions, which have none,"
        " besides.",
    )
    most_per_category: int | None = strawberry.field(
        default=None, description="How many of campaigns of one category; null for as many as there are."
    )
    most_exclusive: int | None = strawberry.field(
        default=DEFAULT.most_exclusive,
        description="How many of exclusive categories altogether; null for as many as there are.",
    )
    on_refusal: OnRefusal = strawberry.field(
        default=OnRefusal.ALL, description="What becomes of the other codes when one cannot be used."
    )
    no_effect: NoEffect = strawberry.field(
        default=NoEffect.GRANT,
        description="What becomes of a code that would take nothing off and give nothing.",
    )


_SAID = {"exclusive": "exclusive_categories", "always": "always_combinable_categories"}


def show_stacking(policy: EngineStacking) -> Stacking:
    """The policy as callers see it."""
    return Stacking(
        lanes=[Lane(name=lane.name, mode=lane.mode, base=lane.base) for lane in policy.lanes],
        exclusive_categories=list(policy.exclusive),
        always_combinable_categories=list(policy.always),
        most_codes=policy.most_codes,
        most_per_category=policy.most_per_category,
        most_exclusive=policy.most_exclusive,
        on_refusal=policy.on_refusal,
        no_effect=policy.no_effect,
    )


def read_stacking(given: StackingInput, path: Path = ("stacking",)) -> EngineStacking | Problems:
    """The engine's policy, or what is wrong with the one given. Codes: INVALID_PARAMETER, and those of a text."""
    faults: list[Problem] = []
    for place, lane in enumerate(given.lanes[:MOST_LANES]):
        check_text(lane.name, (*path, "lanes", str(place), "name"), faults)
    for name in _SAID.values():
        for place, category in enumerate(getattr(given, name)[:MOST_ITEMS]):
            check_text(category, (*path, name, str(place)), faults, LONGEST_TEXT)
    if faults:
        return Problems(tuple(faults))
    try:
        return EngineStacking(
            tuple([EngineLane(lane.name, lane.mode, lane.base) for lane in given.lanes]),
            tuple(given.exclusive_categories),
            tuple(given.always_combinable_categories),
            given.most_codes,
            given.most_per_category,
            given.most_exclusive,
            given.on_refusal,
            given.no_effect,
        )
    except UnitError as refused:
        parts = refused.path.replace("[", ".").replace("]", "").split(".")
        first = _SAID.get(parts[0], parts[0])
        return Problems((Problem((*path, first, *parts[1:]), "INVALID_PARAMETER", refused.message),))

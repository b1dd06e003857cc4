"""The explanation of a verdict: the tree of conditions that was looked at, for those who may read everything."""

from collections.abc import Callable
from datetime import datetime

import strawberry

from app.engine.explain import Case, explain
from app.engine.explanation import Condition as EngineCondition
from app.engine.explanation import Explanation as EngineExplanation
from app.engine.explanation import Level
from graphql_schema.enums import describe_enum
from graphql_schema.types.kinds import Reward, Rule
from graphql_schema.types.money import Money, money
from graphql_schema.types.reason import Reason, ReasonValue, show_reason, show_value
from graphql_schema.types.units import show_reward, show_rule

describe_enum(
    Level,
    "Who imposes a condition.",
    name="ConditionLevel",
    REQUEST="The request itself: it names each code once.",
    VOUCHER="The code: its state, its time, its holder, its own limit, its balance.",
    CAMPAIGN="The code's own campaign, with the offer that it promises.",
    MAIN_CAMPAIGN="The main campaign above.",
    PROJECT="The project: its policy for several codes on one cart, and its segments.",
)


@strawberry.type(description="One condition that was looked at, and those that it is made of.")
class Condition:
    kind: str = strawberry.field(
        description='The kind of rule or reward as the catalogues name it; else what was looked at, such as "limit",'
        ' "budget" or "campaign.state".'
    )
    sentence: str = strawberry.field(description="What is wanted, in words.")
    level: Level = strawberry.field(description="Who imposes it.")
    passed: bool = strawberry.field(description="Whether it holds.")
    expected: ReasonValue | None = strawberry.field(description="What there should be, if that is a value.")
    actual: ReasonValue | None = strawberry.field(
        description="What there is, whether it holds or not: of a limit or budget what has been used of it."
    )
    reasons: list[Reason] = strawberry.field(
        description="Why it does not hold, with what is missing and what would mend it; empty when it holds."
    )
    rule: Rule | None = strawberry.field(description="The rule with its parameters, if it is one.")
    reward: Reward | None = strawberry.field(description="The reward with its parameters, if it is one.")
    conditions: list["Condition"] = strawberry.field(
        description="The conditions that it is made of: all, any or none of them must hold, as its kind says."
    )


@strawberry.type(description="Why a code was granted, refused or left out: every condition, holding or not.")
class Explanation:
    judged_at: datetime = strawberry.field(description="The instant for which it was judged.")
    offer_version: int | None = strawberry.field(
        description="The version of the campaign's offer that was judged; null where there is none."
    )
    conditions: list[Condition] = strawberry.field(
        description="All conditions; the code is granted when all of these hold. Their reasons are the verdict's."
    )
    discount_if_granted: Money | None = strawberry.field(
        description="What the reward takes off, or would take off if all else held; null where it cannot be given."
    )


class Explanations:
    """The explanations of one evaluation, worked out when the first of them is asked for."""

    def __init__(self, case: Case) -> None:
        self._case = case
        self._told: tuple[EngineExplanation, ...] | None = None

    def of(self, place: int) -> Callable[[], Explanation]:
        """What makes the explanation of the code at that place in the request."""

        def show() -> Explanation:
            if self._told is None:
                self._told = explain(self._case)
            return show_explanation(self._told[place])

        return show


def show_explanation(told: EngineExplanation) -> Explanation:
    """The engine's explanation as those see it who may read everything."""
    return Explanation(
        judged_at=told.now,
        offer_version=told.offer_version,
        conditions=[_show_condition(condition) for condition in told.conditions],
        discount_if_granted=None if told.gives is None else money(told.gives.discount, told.currency),
    )


def _show_condition(condition: EngineCondition) -> Condition:
    return Condition(
        kind=condition.kind,
        sentence=condition.sentence,
        level=condition.level,
        passed=condition.passed,
        expected=show_value(condition.expected),
        actual=show_value(condition.actual),
        reasons=[show_reason(reason) for reason in condition.reasons],
        rule=None if condition.rule is None else show_rule(condition.rule),
        reward=None if condition.reward is None else show_reward(condition.reward),
        conditions=[_show_condition(inner) for inner in condition.conditions],
    )

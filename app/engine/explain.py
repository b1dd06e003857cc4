"""Explaining: the evaluation once more, this time with every condition that was looked at, nested as offers nest them.

Nothing is judged differently: the codes run as they do in `evaluate`, somebody looks over their shoulder, and what a
condition says is what the very functions say that refuse codes. It takes several times as long, so it is done when
somebody asks.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from app.engine.cart import Cart
from app.engine.counter import Cap, CounterKey
from app.engine.evaluate import Begin, evaluate
from app.engine.evaluation import Evaluation, Verdict
from app.engine.explanation import Condition, Explanation, Level
from app.engine.facts import Facts, Membership, Situation
from app.engine.give import Given, give
from app.engine.kept_code import Decided
from app.engine.nesting import inside
from app.engine.occasion import NOWHERE, Occasion
from app.engine.offer import Offer, Presented
from app.engine.payment import refusals_of_payment
from app.engine.reason import BUDGETS_EXCEEDED, Reason, Value
from app.engine.running import Running, amount_counted
from app.engine.segment import Segment
from app.engine.shelf import rewards, rules
from app.engine.stacking import DEFAULT, Base, Stacking
from app.engine.unit import Rule
from app.engine.worldly import conditions_of_balance, conditions_of_counters, conditions_of_standing


@dataclass(frozen=True, slots=True)
class Case:
    """A case to be judged: all that an evaluation is made from, as the arguments of `evaluate`."""

    presented: Sequence[Presented]
    cart: Cart
    facts: Facts
    now: datetime
    occasion: Occasion = NOWHERE
    counted_at: datetime | None = None
    stacking: Stacking = DEFAULT

    def evaluated(self, on: Begin = Running.on) -> Evaluation:
        """The answer for all codes; `on` as `evaluate` takes it."""
        return evaluate(
            self.presented,
            self.cart,
            self.facts,
            self.now,
            occasion=self.occasion,
            counted_at=self.counted_at,
            stacking=self.stacking,
            on=on,
        )


def explain(case: Case) -> tuple[Explanation, ...]:
    """The explanation of each verdict, in order; a cart promotion that does not apply has neither."""
    judged: dict[UUID | str, _Judged] = {}

    def watch(cart: Cart, facts: Facts, now: datetime, occasion: Occasion, order_value: int) -> Running:
        running = _Watched.on(cart, facts, now, occasion, order_value)
        running.judged = judged
        return running

    evaluation = case.evaluated(watch)
    seen: set[UUID | str] = set()
    found: list[Explanation] = []
    left = iter(case.presented)
    for verdict in evaluation.verdicts:
        code = next(code for code in left if (code.code, code.voucher) == (verdict.code, verdict.voucher))
        name = code.voucher or code.code
        found.append(_explanation(code, verdict, None if name in seen else judged[name], case))
        seen.add(name)
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Judged:
    """What a code was judged on: what the codes before it had left over, and what they had used up."""

    situation: Situation
    left: tuple[int, ...]
    shipping_left: int
    base: Base
    caps: tuple[Cap, ...]
    used_here: Mapping[CounterKey, int]
    order_value: int


@dataclass(slots=True)
class _Watched(Running):
    """Runs as it always does, and keeps what each code was judged on; of a code that has two turns the last one."""

    judged: dict[UUID | str, _Judged] = field(default_factory=dict)

    def judge(
        self,
        code: Presented,
        caps: tuple[Cap, ...],
        base: Base = Base.RUNNING,
        *,
        as_first: bool = False,
    ) -> Verdict:
        """As always."""
        self.judged[code.voucher or code.code] = _Judged(
            self.situation(code, base),
            tuple(self.remaining),
            self.shipping,
            base,
            caps,
            {} if as_first else dict(self.used_here),
            self.order_value,
        )
        return Running.judge(self, code, caps, base, as_first=as_first)


def _explanation(code: Presented, verdict: Verdict, judged: _Judged | None, case: Case) -> Explanation:
    given: Given | None = None
    if code.voucher is None:
        conditions = [
            Condition("code", "There must be such a code.", Level.VOUCHER, verdict.reasons, actual=code.code)
        ]
    elif judged is None:
        conditions = [
            Condition(
                "code", "A request names a code once.", Level.REQUEST, verdict.reasons, actual=code.code
            )
        ]
    else:
        given = _given(code, judged)
        conditions = _conditions(code, verdict, judged, given)
    return Explanation(
        code=code.code,
        voucher=verdict.voucher,
        campaign=verdict.campaign,
        main=verdict.main,
        offer_version=verdict.offer_version,
        now=case.now,
        currency=case.cart.currency,
        granted=verdict.granted,
        skipped=verdict.skipped,
        conditions=tuple(conditions),
        gives=given,
    )


def _conditions(code: Presented, verdict: Verdict, judged: _Judged, given: Given | None) -> list[Condition]:
    """In the order in which the reasons of a verdict stand."""
    situation, offer = judged.situation, code.offer
    found = conditions_of_standing(code, situation.facts.customer, situation.now)
    # Only a code that nothing else is against is judged by how far it would take budgets.
    counts: dict[CounterKey, int] = {}
    if given is not None and all(why.code in BUDGETS_EXCEEDED for why in verdict.reasons):
        counts = {key: amount_counted(key.measure, given, judged.order_value) for key, _ in judged.caps}
    found += conditions_of_counters(code, judged.caps, counts, judged.used_here, situation)
    if offer is not None:
        found += _conditions_of_offer(code, offer, situation, given)
    if verdict.skipped:
        told = "It must get along with the codes and cart promotions beside it."
        found.append(Condition("stacking", told, Level.PROJECT, verdict.reasons))
    final = {(reason.code, reason.subject, reason.message): reason for reason in verdict.reasons}
    return [_as_told(condition, final) for condition in found]


def _conditions_of_offer(
    code: Presented, offer: Offer, situation: Situation, given: Given | None
) -> list[Condition]:
    found: list[Condition] = []
    if code.credits is not None or code.points is not None or offer.is_payment:
        reasons = refusals_of_payment(code, situation.facts, situation.cart.currency)
        found.append(conditions_of_balance(code, situation, reasons))
    reward = offer.reward
    found.append(
        Condition(
            rewards.kind_of(reward),
            rewards.sentence(reward),
            Level.CAMPAIGN,
            reward.refusals(situation),
            reward=reward,
        )
    )
    if offer.rule is None:
        return found
    if offer.after_discount:
        lowered = 0 if given is None else given.lowers_by
        return [*found, _condition_of_rule(offer.rule, replace(situation, own_discount=lowered))]
    return [_condition_of_rule(offer.rule, situation), *found]


def _condition_of_rule(rule: Rule, situation: Situation, level: Level = Level.CAMPAIGN) -> Condition:
    reasons = rule.refusals(situation)
    conditions = [_condition_of_rule(inner, situation, level) for inner in inside(rule)]
    conditions += [
        _condition_of_rule(inner, situation, Level.PROJECT) for inner in _of_segment(rule, situation)
    ]
    return Condition(
        rules.kind_of(rule),
        rules.sentence(rule),
        level,
        reasons,
        expected=_wanted(rule, reasons),
        actual=rule.actual(situation),
        rule=rule,
        conditions=tuple(conditions),
    )


def _wanted(rule: Rule, reasons: Sequence[Reason]) -> Value | None:
    """What the rule wants, whether it holds or not; of one that is made of rules these tell."""
    if len(reasons) == 1 and reasons[0].expected is not None:
        return reasons[0].expected
    return None if inside(rule) else rules.wanted(rule)


def _of_segment(rule: Rule, situation: Situation) -> tuple[Rule, ...]:
    """The rule of a live segment, where a rule is about being in one.

    Of a decision of the past only the outcome was kept: there is no rule to show.
    """
    if inside(rule):
        return ()
    asked = [situation.segments.get(need.segment) for need in rule.needs if isinstance(need, Membership)]
    found = [segment.rule for segment in asked if isinstance(segment, Segment)]
    return tuple([rule for rule in found if rule is not None and not isinstance(rule, Decided)])


def _given(code: Presented, judged: _Judged) -> Given | None:
    """What the reward gives, whatever else stands in the way."""
    if code.offer is None or code.offer.reward.refusals(judged.situation):
        return None
    if judged.base is Base.RUNNING:
        return give(code, code.offer.reward, judged.situation)
    return give(code, code.offer.reward, judged.situation, judged.left, judged.shipping_left)


def _as_told(condition: Condition, final: Mapping[tuple[str, str | None, str], Reason]) -> Condition:
    """With the reasons as the verdict tells them: some remedies come too late when all is seen together."""
    return replace(
        condition,
        reasons=tuple([final.get((why.code, why.subject, why.message), why) for why in condition.reasons]),
        conditions=tuple([_as_told(inner, final) for inner in condition.conditions]),
    )

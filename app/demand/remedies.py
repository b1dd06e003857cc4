"""Remedies: the deeds that would let such attempts pass from now on, as things stand now; none where none would.

Each is the smallest of its kind: a limit is raised by as many uses as were turned away, a budget by what those carts
cost, a minimum is lowered to the smallest cart of the group, what is over goes on for two weeks.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from app.campaigns.values import Campaign, CampaignChanges, CampaignState
from app.demand.values import Deed, Group, Obstacle, Remedy
from app.door import LARGEST_LIMIT
from app.engine import reason as codes
from app.engine.counter import Measure, Scope
from app.engine.money import LARGEST, Money
from app.engine.offer import Offer
from app.engine.rules.all_of import AllOf
from app.engine.rules.minimum_spend import MinimumSpend
from app.engine.unit import Rule
from app.vouchers.values import Voucher, VoucherChanges

LONGER = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class _Case:
    """A group, the campaign whose doing it is (its own or the main one), and the codes that were tried most often."""

    group: Group
    own: Campaign
    main: Campaign | None
    vouchers: tuple[Voucher, ...]
    now: datetime

    @property
    def obstacle(self) -> Obstacle:
        return self.group.obstacle

    @property
    def level(self) -> Campaign | None:
        """The campaign that the reason speaks of."""
        subject = self.obstacle.subject or ""
        return self.main if subject.startswith("main_campaign.") else self.own

    @property
    def is_of_voucher(self) -> bool:
        return (self.obstacle.subject or "").startswith("voucher.")


def remedies_for(
    group: Group, campaigns: Mapping[UUID, Campaign], vouchers: Mapping[UUID, Voucher], now: datetime
) -> tuple[Remedy, ...]:
    """What would mend it, one after the other; nothing if nobody can, or if somebody has already."""
    obstacle = group.obstacle
    own = None if obstacle.campaign is None else campaigns.get(obstacle.campaign)
    find = _REMEDIES.get(obstacle.reason)
    if own is None or find is None or own.state is CampaignState.ENDED:
        return ()
    main = None if obstacle.main is None else campaigns.get(obstacle.main)
    tried = tuple([vouchers[id_] for id_ in group.vouchers if id_ in vouchers])
    return find(_Case(group, own, main, tried, now))


def _expired(case: _Case) -> tuple[Remedy, ...]:
    until = case.now + LONGER
    if case.is_of_voucher:
        return tuple(
            _voucher(
                one, f"Let the code {one.code} be used for two more weeks.", VoucherChanges(expires_at=until)
            )
            for one in case.vouchers
            if one.expires_at is not None and one.expires_at <= case.now
        )
    level = case.level
    if level is None or level.state is CampaignState.ENDED:
        return ()
    if level.ends_at is None or level.ends_at > case.now:
        return ()
    return (
        _campaign(level, f'Let "{level.name}" go on for two more weeks.', CampaignChanges(ends_at=until)),
    )


def _not_started(case: _Case) -> tuple[Remedy, ...]:
    if case.is_of_voucher:
        return tuple(
            _voucher(one, f"Let the code {one.code} be used at once.", VoucherChanges(starts_at=None))
            for one in case.vouchers
            if one.starts_at is not None and one.starts_at > case.now
        )
    level = case.level
    if level is None or level.starts_at is None or level.starts_at <= case.now:
        return ()
    return (_campaign(level, f'Let "{level.name}" begin at once.', CampaignChanges(starts_at=None)),)


def _not_live(case: _Case) -> tuple[Remedy, ...]:
    level = case.level
    if level is None or level.state not in (CampaignState.DRAFT, CampaignState.PAUSED):
        return ()
    if level.ends_at is not None and level.ends_at <= case.now:
        return ()  # which launchCampaign refuses
    return (Remedy(f'Launch "{level.name}".', Deed.LAUNCH_CAMPAIGN, level.id),)


def _disabled(case: _Case) -> tuple[Remedy, ...]:
    return tuple(
        Remedy(f"Let the code {one.code} be used again.", Deed.ENABLE_VOUCHER, one.id)
        for one in case.vouchers
        if not one.enabled
    )


def _used_up(case: _Case) -> tuple[Remedy, ...]:
    """A limit is the offer's, the voucher's or the campaign's own, or a budget of redemptions."""
    most, more = case.obstacle.expected, case.group.attempts
    if most is None or most + more > LARGEST_LIMIT:
        return ()
    if case.obstacle.reason == codes.VOUCHER_LIMIT_REACHED:
        limit = None if case.own.offer is None else case.own.offer.limits.per_voucher
        raised = tuple(
            _voucher(
                one,
                f"Let the code {one.code} be used {more} more times.",
                VoucherChanges(max_redemptions=most + more),
            )
            for one in case.vouchers
            if (limit if one.max_redemptions is None else one.max_redemptions) == most
        )
        return raised or _raised(case, more, Scope.VOUCHER)
    level = case.level
    if level is None:
        return ()
    changes = CampaignChanges()
    if level.max_redemptions == most:
        changes = replace(changes, max_redemptions=most + more)
    if level.offer is not None and level.offer.limits.per_campaign == most:
        limits = replace(level.offer.limits, per_campaign=most + more)
        changes = replace(changes, offer=replace(level.offer, limits=limits))
    if changes == CampaignChanges():
        return _raised(case, more, Scope.CAMPAIGN)
    sentence = f'Let "{level.name}" be redeemed {more} more times.'
    return (_campaign(level, sentence, changes),)


def _customer_used_up(case: _Case) -> tuple[Remedy, ...]:
    offer, most = case.own.offer, case.obstacle.expected
    if offer is None or most is None or offer.limits.per_customer != most or most >= LARGEST_LIMIT:
        return _raised(case, case.group.attempts, Scope.CUSTOMER)
    limits = replace(offer.limits, per_customer=most + 1)
    sentence = f'Let each customer use "{case.own.name}" once more.'
    return (_campaign(case.own, sentence, CampaignChanges(offer=replace(offer, limits=limits))),)


def _budget(scope: Scope) -> Callable[[_Case], tuple[Remedy, ...]]:
    def raised(case: _Case) -> tuple[Remedy, ...]:
        currency = case.obstacle.currency
        # No discount is larger than the cart.
        return _raised(case, 0 if currency is None else case.group.value.get(currency, 0), scope)

    return raised


def _raised(case: _Case, more: int, scope: Scope) -> tuple[Remedy, ...]:
    """The budgets that the reason speaks of, raised by so much; of the first campaign that has them."""
    _, _, measure = (case.obstacle.subject or "").rpartition(".")
    most = case.obstacle.expected
    levels = (case.level,) if scope is Scope.CAMPAIGN else (case.own, case.main)
    for level in levels:
        if level is None or most is None or not 0 < most + more <= LARGEST or more <= 0:
            continue
        budgets = tuple(
            replace(one, most=most + more)
            if (one.per, one.most, one.currency) == (scope, most, case.obstacle.currency)
            and one.measure is Measure(measure.upper())
            else one
            for one in level.budgets
        )
        if budgets != level.budgets:
            by = str(more) if case.obstacle.currency is None else str(Money(more, case.obstacle.currency))
            sentence = f'Raise the budget of "{level.name}" by {by}.'
            raised = _campaign(level, sentence, CampaignChanges(budgets=budgets))
            return (replace(raised, can_be_simulated=scope is Scope.CAMPAIGN or level is case.own),)
    return ()


def _minimum(case: _Case) -> tuple[Remedy, ...]:
    offer, least, currency = case.own.offer, case.obstacle.least, case.obstacle.currency
    if offer is None or offer.rule is None or least is None or least < 1 or currency is None:
        return ()
    money = Money(least, currency)
    rule = _lowered(offer.rule, money)
    if rule == offer.rule:
        return ()
    lower: Offer = replace(offer, rule=rule)
    return (
        _campaign(
            case.own, f'Lower the minimum of "{case.own.name}" to {money}.', CampaignChanges(offer=lower)
        ),
    )


def _lowered(rule: Rule, least: Money) -> Rule:
    """The rule with every minimum that must hold in any case at `least`, unless it is no higher already."""
    if isinstance(rule, MinimumSpend):
        is_higher = rule.amount.currency == least.currency and rule.amount.minor > least.minor
        return replace(rule, amount=least) if is_higher else rule
    if isinstance(rule, AllOf):
        return replace(rule, rules=tuple([_lowered(one, least) for one in rule.rules]))
    return rule


def _campaign(campaign: Campaign, sentence: str, changes: CampaignChanges) -> Remedy:
    return Remedy(
        sentence, Deed.UPDATE_CAMPAIGN, campaign.id, changes, campaign.version, can_be_simulated=True
    )


def _voucher(voucher: Voucher, sentence: str, changes: VoucherChanges) -> Remedy:
    return Remedy(sentence, Deed.UPDATE_VOUCHER, voucher.id, changes)


_REMEDIES: Mapping[str, Callable[[_Case], tuple[Remedy, ...]]] = {
    codes.EXPIRED: _expired,
    codes.NOT_STARTED: _not_started,
    codes.CAMPAIGN_NOT_LIVE: _not_live,
    codes.CAMPAIGN_PAUSED: _not_live,
    codes.VOUCHER_DISABLED: _disabled,
    codes.VOUCHER_LIMIT_REACHED: _used_up,
    codes.CAMPAIGN_LIMIT_REACHED: _used_up,
    codes.MAIN_CAMPAIGN_LIMIT_REACHED: _used_up,
    codes.CUSTOMER_LIMIT_REACHED: _customer_used_up,
    codes.VOUCHER_BUDGET_EXCEEDED: _budget(Scope.VOUCHER),
    codes.CAMPAIGN_BUDGET_EXCEEDED: _budget(Scope.CAMPAIGN),
    codes.MAIN_CAMPAIGN_BUDGET_EXCEEDED: _budget(Scope.CAMPAIGN),
    codes.CUSTOMER_BUDGET_EXCEEDED: _budget(Scope.CUSTOMER),
    "MINIMUM_SPEND_NOT_REACHED": _minimum,
}

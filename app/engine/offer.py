"""The offer: what a campaign promises; and a code presented at the till with all that is known of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from app.engine.budget import Budget
from app.engine.counter import Cap, CounterKey, Scope
from app.engine.facts import Membership, Need, OwnDiscount
from app.engine.json_data import JSONValue, Reader
from app.engine.money import Money
from app.engine.period import window_of
from app.engine.reason import Reason
from app.engine.segment import Segment
from app.engine.shelf import Reference, rewards, rules
from app.engine.unit import NOTHING, Payment, Reward, Rule, UnitError

LONGEST_LANE = 64
_OWN_DISCOUNT = OwnDiscount()


@dataclass(frozen=True, slots=True)
class Limits:
    """How many redemptions there may be at most; None means as many as they come.

    `per_voucher` of one code, `per_customer` by one customer in the whole campaign, `per_campaign` altogether.
    """

    per_voucher: int | None = None
    per_customer: int | None = None
    per_campaign: int | None = None

    def __post_init__(self) -> None:
        for name in ("per_voucher", "per_customer", "per_campaign"):
            limit = getattr(self, name)
            if limit is not None and limit < 1:
                raise UnitError(name, "Must be 1 or more.")

    def to_json(self) -> dict[str, JSONValue]:
        """The limits as JSON; what is unlimited is left out."""
        pairs = (("per_voucher", self.per_voucher), ("per_customer", self.per_customer))
        data: dict[str, JSONValue] = {name: limit for name, limit in pairs if limit is not None}
        if self.per_campaign is not None:
            data["per_campaign"] = self.per_campaign
        return data

    @classmethod
    def from_json(cls, data: object, path: str = "") -> "Limits":
        """The limits that `to_json` wrote. Raises UnitError."""
        reader = Reader(data, path, UnitError)
        limits = [reader.optional_whole(name) for name in ("per_voucher", "per_customer", "per_campaign")]
        reader.done()
        try:
            return cls(*limits)
        except UnitError as wrong:
            raise wrong.under(path) from None


UNLIMITED = Limits()


@dataclass(frozen=True, slots=True)
class Offer:
    """What a campaign promises, as one version. No rule means that everybody may have the reward.

    `is_payment` says that the reward is paid from the voucher's own balance; `needs` is what must be looked up for rule
    and reward, `after_discount` that the rule is judged after the reward.

    Raises UnitError for a version below 1, rules nested too deep, or a lane without a name.
    """

    version: int
    rule: Rule | None
    reward: Reward
    limits: Limits = UNLIMITED
    lane: str = "default"
    # Worked out once: every code at the till is asked for it more than once.
    is_payment: bool = field(init=False, repr=False, compare=False)
    needs: frozenset[Need] = field(init=False, repr=False, compare=False)
    after_discount: bool = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.version < 1:
            raise UnitError("version", "Must be 1 or more.")
        if not 0 < len(self.lane) <= LONGEST_LANE:
            raise UnitError("lane", f"Must be 1 to {LONGEST_LANE} characters long.")
        needs = self.reward.needs | (NOTHING if self.rule is None else self.rule.needs)
        object.__setattr__(self, "is_payment", isinstance(self.reward, Payment))
        object.__setattr__(self, "needs", needs - {_OWN_DISCOUNT})
        object.__setattr__(self, "after_discount", _OWN_DISCOUNT in needs)

    @property
    def segments(self) -> frozenset[UUID]:
        """The segments that the rule asks about."""
        return frozenset([need.segment for need in self.needs if isinstance(need, Membership)])

    @property
    def references(self) -> tuple[Reference, ...]:
        """Every id that rule and reward name; the way to it begins with `rule` or `reward`."""
        named = () if self.rule is None else rules.references(self.rule)
        return (
            *(one._replace(path=("rule", *one.path)) for one in named),
            *(one._replace(path=("reward", *one.path)) for one in rewards.references(self.reward)),
        )

    def to_json(self) -> dict[str, JSONValue]:
        """The offer as versioned data."""
        return {
            "version": self.version,
            "rule": None if self.rule is None else rules.to_json(self.rule),
            "reward": rewards.to_json(self.reward),
            "limits": self.limits.to_json(),
            "lane": self.lane,
        }

    @classmethod
    def from_json(cls, data: object, path: str = "") -> "Offer":
        """The offer that `to_json` wrote. Raises UnitError with the path of what is wrong."""
        reader = Reader(data, path, UnitError)
        version = reader.whole("version")
        rule, reward = reader.left.pop("rule", None), reader.left.pop("reward", None)
        limits, lane = (
            reader.left.pop("limits", {}),
            reader.text("lane") if "lane" in reader.left else "default",
        )
        reader.done()
        try:
            return cls(
                version,
                None if rule is None else rules.from_json(rule, "rule"),
                rewards.from_json(reward, "reward"),
                Limits.from_json(limits, "limits"),
                lane,
            )
        except UnitError as wrong:
            raise wrong.under(path) from None


@dataclass(frozen=True, slots=True)
class CampaignStanding:
    """What must be known of a campaign at the till.

    `state` is DRAFT, LIVE, PAUSED or ENDED; it runs from `starts_at` up to, not including, `ends_at`; `zone` is its
    IANA time zone, on whose clock the periods of its budgets begin; `category` is what stacking asks for. `partner`
    says for whom it runs; nothing is judged by it.
    """

    id: UUID
    state: str
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    max_redemptions: int | None = None
    zone: str = "UTC"
    budgets: tuple[Budget, ...] = ()
    category: str | None = None
    partner: UUID | None = None


@dataclass(frozen=True, slots=True)
class Presented:
    """A code at the till with all that is known of it. `voucher` is None when there is no such code.

    `max_redemptions` is the voucher's own limit and overrides the offer's limit per voucher. It is valid from
    `starts_at` up to, not including, `expires_at`. `credits` or `points` is the most that shall be taken from its
    balance; None takes as much as fits. `segments` are those its rule asks about, as far as there are such.
    `is_automatic` says that nobody typed the code: the cart promotion takes part by itself, and `code` is its name.
    `against` are reasons that are known already: of a past decision, what nobody can look up any more.
    """

    code: str
    voucher: UUID | None = None
    enabled: bool = True
    holder: UUID | None = None
    starts_at: datetime | None = None
    expires_at: datetime | None = None
    max_redemptions: int | None = None
    campaign: CampaignStanding | None = None
    main: CampaignStanding | None = None
    offer: Offer | None = None
    credits: Money | None = None
    points: int | None = None
    segments: Mapping[UUID, Segment] = field(default_factory=dict)
    is_automatic: bool = False
    against: tuple[Reason, ...] = ()

    @property
    def needs(self) -> frozenset[Need]:
        """What must be looked up before this code can be judged; for a segment, all that the segment asks for."""
        if self.offer is None:
            return NOTHING
        needs = self.offer.needs
        if not any(isinstance(need, Membership) for need in needs):
            return needs
        own = {need for need in needs if not isinstance(need, Membership)}
        return frozenset(own.union(*(segment.needs for segment in self.segments.values())))

    @property
    def ends_at(self) -> datetime | None:
        """The instant from which it is over: by its own time or by that of its campaigns, whichever comes first."""
        levels = [level.ends_at for level in (self.campaign, self.main) if level is not None]
        return min([end for end in (self.expires_at, *levels) if end is not None], default=None)

    @property
    def pays_from_balance(self) -> bool:
        """Whether what is given is paid from the voucher's own balance."""
        return self.offer is not None and self.offer.is_payment

    @property
    def has_budgets(self) -> bool:
        """Whether its campaign, or the main one, has budgets."""
        return bool(
            (self.campaign is not None and self.campaign.budgets)
            or (self.main is not None and self.main.budgets)
        )

    def caps(self, customer: UUID | None, currency: str | None, at: datetime) -> tuple[Cap, ...]:
        """Each counter that limits or budgets need, with the most it may count to; none where nothing is limited.

        Periods are those that `at` falls into. Money is counted in `currency`, the cart's; without one only what is
        not money. What is limited per customer counts nothing without a customer.
        """
        if self.voucher is None:
            return ()
        limits = UNLIMITED if self.offer is None else self.offer.limits
        found: dict[CounterKey, int] = {}
        per_voucher = limits.per_voucher if self.max_redemptions is None else self.max_redemptions
        if per_voucher is not None:
            found[CounterKey("voucher", self.voucher)] = per_voucher
        campaign, main = self.campaign, self.main
        if campaign is not None:
            if limits.per_customer is not None and customer is not None:
                found[CounterKey("customer", campaign.id, customer)] = limits.per_customer
            # The campaign's own limit and its offer's are one counter; the tighter one rules.
            own = [most for most in (limits.per_campaign, campaign.max_redemptions) if most is not None]
            if own:
                found[CounterKey("campaign", campaign.id)] = min(own)
        if main is not None and main.max_redemptions is not None:
            found[CounterKey("campaign", main.id)] = main.max_redemptions
        for level in (campaign, main):
            if level is not None and level.budgets:
                self._add_budgets(found, level, customer, currency, at)
        return tuple([Cap(key, most) for key, most in found.items()])

    def _add_budgets(
        self,
        found: dict[CounterKey, int],
        level: CampaignStanding,
        customer: UUID | None,
        currency: str | None,
        at: datetime,
    ) -> None:
        for budget in level.budgets:
            if budget.measure.is_money and budget.currency != currency:
                continue
            if budget.per is Scope.CUSTOMER and customer is None:
                continue
            key = CounterKey(
                budget.per.value,
                self.voucher if budget.per is Scope.VOUCHER and self.voucher is not None else level.id,
                customer if budget.per is Scope.CUSTOMER else None,
                budget.measure,
                budget.currency,
                window_of(budget.period, at, level.zone),
            )
            found[key] = min(budget.most, found.get(key, budget.most))

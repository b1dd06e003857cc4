"""The offer: what a campaign promises; and a code presented at the till with all that is known of it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.engine.facts import CounterKey, Need
from app.engine.json_data import JSONValue, Reader
from app.engine.shelf import rewards, rules
from app.engine.unit import NOTHING, Reward, Rule, UnitError

LONGEST_LANE = 64


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

    Raises UnitError for a version below 1, rules nested too deep, or a lane without a name.
    """

    version: int
    rule: Rule | None
    reward: Reward
    limits: Limits = UNLIMITED
    lane: str = "default"

    def __post_init__(self) -> None:
        if self.version < 1:
            raise UnitError("version", "Must be 1 or more.")
        if not 0 < len(self.lane) <= LONGEST_LANE:
            raise UnitError("lane", f"Must be 1 to {LONGEST_LANE} characters long.")

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
    IANA time zone.
    """

    id: UUID
    state: str
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    max_redemptions: int | None = None
    zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Presented:
    """A code at the till with all that is known of it. `voucher` is None when there is no such code.

    `max_redemptions` is the voucher's own limit and overrides the offer's limit per voucher. It is valid from
    `starts_at` up to, not including, `expires_at`.
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

    @property
    def needs(self) -> frozenset[Need]:
        """What must be looked up before this code can be judged."""
        if self.offer is None or self.offer.rule is None:
            return NOTHING
        return self.offer.rule.needs

    def counters(self, customer: UUID | None) -> tuple[CounterKey, ...]:
        """The counters that this code's limits need; none where nothing is limited."""
        return tuple(key for key, _ in self.limited(customer))

    def limited(self, customer: UUID | None) -> tuple[tuple[CounterKey, int], ...]:
        """Each counter with the most it may count to. A limit per customer counts nothing without a customer."""
        if self.voucher is None:
            return ()
        limits = UNLIMITED if self.offer is None else self.offer.limits
        found: list[tuple[CounterKey, int]] = []
        per_voucher = limits.per_voucher if self.max_redemptions is None else self.max_redemptions
        if per_voucher is not None:
            found.append((CounterKey("voucher", self.voucher), per_voucher))
        if self.campaign is not None:
            if limits.per_customer is not None and customer is not None:
                found.append((CounterKey("customer", self.campaign.id, customer), limits.per_customer))
            # The campaign's own limit and its offer's are one counter; the tighter one rules.
            own = [most for most in (limits.per_campaign, self.campaign.max_redemptions) if most is not None]
            if own:
                found.append((CounterKey("campaign", self.campaign.id), min(own)))
        if self.main is not None and self.main.max_redemptions is not None:
            found.append((CounterKey("campaign", self.main.id), self.main.max_redemptions))
        return tuple(found)

"""A bazaar: by chance, but always the same, orders in three currencies come, are held, refused and returned."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

from app.database import execute
from app.engine.cart import Cart, Line
from app.engine.money import Money
from app.engine.offer import Limits, Offer
from app.engine.rewards.amount_off import AmountOff
from app.engine.rewards.percent_off import PercentOff
from app.engine.rules.first_purchase import FirstPurchase
from app.ids import new_id
from app.partners.draft import create_partner, update_partner
from app.partners.values import Partner, PartnerChanges
from app.problem import Problems
from app.redemptions.release import release
from app.redemptions.requests import Answer, CustomerRef
from app.redemptions.returns import Units
from app.redemptions.roll_back import roll_back
from app.redemptions.rollback import RollbackPolicy
from app.redemptions.till import Till
from app.redemptions.values import Redemption, RedemptionState
from tests.conftest import NOW
from tests.redemptions.holds import Clock, confirmed
from tests.redemptions.shop import a_caller, a_campaign, a_customer, a_voucher, asking

CODES = ("TEN", "TEN", "THIRD", "THIRD", "FIRST", "EURO", "NOBODY")
PRICES = {"EUR": (1500, 2333, 4799), "JPY": (151, 980, 12_345), "KWD": (12_345, 1_999, 7_001)}


@dataclass
class Bazaar:
    """One project's shop: what it may do next it decides by chance."""

    project: UUID
    till: Till
    clock: Clock
    chance: Random
    partners: list[UUID] = field(default_factory=list)
    campaigns: dict[str, UUID] = field(default_factory=dict)
    people: list[CustomerRef] = field(default_factory=list)
    open_orders: list[Redemption] = field(default_factory=list)

    async def furnish(self) -> None:
        """A main campaign with two others under it, two alone; two partners and two categories."""
        for name, rate in (("Paper", "7.5"), ("Radio", "12.3456")):
            made = await create_partner(self.project, name, Decimal(rate), self.clock.now)
            assert isinstance(made, Partner)
            self.partners.append(made.id)
        paper, radio = self.partners
        main = await a_campaign(self.project, "Main", is_main=True)
        ten, third = Offer(1, None, PercentOff(Decimal(10))), Offer(1, None, PercentOff(Decimal("33.33")))
        first = Offer(1, FirstPurchase(), PercentOff(Decimal(5)))
        euro = Offer(1, None, AmountOff(Money(100, "EUR")), Limits(per_customer=3))
        of_main: dict[str, Any] = {"main_id": main, "category": "spring"}
        self.campaigns = {
            "Main": main,
            "TEN": await a_campaign(self.project, "Ten", promise=ten, partner_id=paper, **of_main),
            "THIRD": await a_campaign(self.project, "Third", promise=third, partner_id=radio, **of_main),
            "FIRST": await a_campaign(self.project, "First", promise=first, category="welcome"),
            "EURO": await a_campaign(self.project, "Euro", promise=euro, partner_id=paper),
        }
        for code in ("TEN", "THIRD", "FIRST", "EURO"):
            await a_voucher(self.project, self.campaigns[code], code)
        self.people = [CustomerRef(id=await a_customer(self.project, f"customer {one}")) for one in range(6)]

    async def go_on(self, hours: float = 1.7) -> None:
        """One thing happens: an attempt; and sometimes an order ends, or a partner is promised something else."""
        self.clock.now += timedelta(hours=hours * self.chance.random())
        chance = self.chance
        point = chance.choice((None, None, "Gdynia"))
        answer = await self.till.redeem(
            asking(
                self.project,
                *dict.fromkeys(chance.choices(CODES, k=chance.choice((1, 1, 2, 3)))),
                caller=a_caller(self.project),
                redemption_point=point,
                channel=chance.choice(("web", "app")),
                cart=_cart(chance),
                customer=chance.choice((*self.people, None)),
                hold_for=chance.choice((None, None, None, timedelta(hours=5))),
            )
        )
        assert isinstance(answer, Answer), answer
        if isinstance(answer.outcome, Redemption):
            self.open_orders.append(answer.outcome)
        if self.open_orders and chance.random() < 0.5:
            await self._end(self.open_orders[chance.randrange(len(self.open_orders))])
        if chance.random() < 0.1:
            rate = Decimal(chance.randrange(200_000)) / 10_000
            changes = PartnerChanges(commission_rate=rate)
            await update_partner(self.project, chance.choice(self.partners), changes, None, self._later())

    async def _end(self, made: Redemption) -> None:
        """A hold is confirmed or released, unless its time is over; of a redemption some or all of it comes back."""
        chance, now = self.chance, self._later()
        if made.state is not RedemptionState.HELD:
            lines = None
            if chance.random() < 0.7:
                lines = [Units(chance.randrange(len(made.cart.lines)), 1)]
            policy = chance.choice(list(RollbackPolicy))
            await roll_back(
                self.project, made.id, now=now, lines=lines, policy=policy
            )  # there may be none left
            return
        self.open_orders.remove(made)
        if made.expires_at is not None and made.expires_at <= now:
            return
        if chance.random() < 0.3:
            assert not isinstance(await release(self.project, made.id, now=now), Problems)
            return
        answer = await confirmed(self.project, made.id, now)
        assert isinstance(answer, Answer)
        assert isinstance(answer.outcome, Redemption)
        self.open_orders.append(answer.outcome)

    def _later(self) -> datetime:
        self.clock.now += timedelta(minutes=7)
        return self.clock.now


def _cart(chance: Random) -> Cart:
    currency = chance.choice(sorted(PRICES))
    prices = chance.sample(PRICES[currency], chance.randint(1, 3))
    return Cart(currency, tuple(Line(chance.randint(1, 3), price) for price in prices), shipping=499)


async def in_zone(project: UUID, zone: str) -> UUID:
    """Another project, in that time zone."""
    made = new_id()
    await execute(
        "INSERT INTO projects (id, organisation_id, name, time_zone, currency, case_sensitive_codes, created_at)"
        " SELECT $1, organisation_id, $2, $2, 'EUR', false, $3 FROM projects WHERE id = $4",
        *(made, zone, NOW, project),
    )
    return made

"""The same shop twice: in the database, and for the naive till; and the comparison of all that both hold."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from app.database import execute, fetch, fetchrow
from app.engine import budget as real
from app.engine.counter import Measure, Scope
from app.engine.money import Money
from app.engine.offer import Limits, Offer
from app.engine.period import Period
from app.engine.rewards.amount_off import AmountOff
from app.engine.rewards.free_items import FreeItem, FreeItems
from app.engine.rewards.free_shipping import FreeShipping
from app.engine.rewards.gift_balance import GiftBalance
from app.engine.rules.minimum_spend import MinimumSpend
from app.engine.unit import Reward
from app.ids import new_id
from app.redemptions.usage import uses_of_budgets, uses_of_campaigns, uses_of_vouchers
from app.wallets.read import balances_by_ids
from tests.conftest import NOW
from tests.redemptions.naive_till import NaiveTill
from tests.redemptions.naive_values import Budget, Campaign, Cap, Code
from tests.redemptions.shop import a_campaign, a_customer, a_voucher
from tests.wallets.balances import added

CUSTOMERS = ("ada", "bob")
BALANCE = 60_00


@dataclass
class Shop:
    """The ids of everything, by its name; and the till that knows it by its names."""

    project: UUID
    naive: NaiveTill
    campaigns: dict[str, UUID]
    vouchers: dict[str, UUID]
    customers: dict[str, UUID]

    def name_of(self, id_: UUID) -> str:
        """The name of a campaign, code or customer."""
        [name] = [
            name
            for names in (self.campaigns, self.vouchers, self.customers)
            for name, known in names.items()
            if known == id_
        ]
        return name


def _promised() -> tuple[list[Campaign], list[Code]]:
    year = Campaign("Year", most=9, budgets=[Budget("DISCOUNT", "campaign", "DAY", 14_00)])
    each = Budget("REDEMPTIONS", "customer", "DAY", 2)
    may = Campaign("May", year, off=4_00, from_subtotal=20_00, per_customer=4)
    june = Campaign("June", year, off=2_50, most=5, budgets=[each])
    open_ = Campaign("Open", off=1_00, budgets=[Budget("ORDER_VALUE", "campaign", "WEEK", 100_00)])
    ship = Campaign("Ship", off=0, ships=True, budgets=[Budget("DISCOUNT", "customer", "WEEK", 8_00)])
    tea = Campaign("Tea", year, off=0, adds=3_50, budgets=[Budget("ORDER_VALUE", "campaign", "DAY", 70_00)])
    gift = Campaign("Gift", budgets=[Budget("DISCOUNT", "customer", "DAY", 30_00)])
    codes = [
        *(Code("MAY1", may, most=2), Code("MAY2", may)),
        *(Code("JUNE1", june), Code("JUNE2", june)),
        *(Code("OPEN1", open_), Code("OPEN2", open_, most=5)),
        Code("GIFT1", gift, balance=BALANCE),
        *(Code("SHIP1", ship), Code("TEA1", tea, most=6)),
    ]
    return [year, may, june, open_, gift, ship, tea], codes


def real_budgets(campaign: Campaign) -> tuple[real.Budget, ...]:
    """The campaign's budgets as the engine knows them."""
    return tuple(
        real.Budget(
            Measure(budget.measure),
            Scope(budget.per),
            Period(budget.period),
            budget.most,
            "EUR" if Measure(budget.measure).is_money else None,
        )
        for budget in campaign.budgets
    )


async def a_shop(project_of_the_same: UUID) -> Shop:
    """A shop in a new project, in the organisation of that one."""
    project = new_id()
    await execute(
        "INSERT INTO projects (id, organisation_id, name, time_zone, currency, case_sensitive_codes, created_at)"
        " SELECT $1, organisation_id, $3, 'Europe/Warsaw', 'EUR', false, $4 FROM projects WHERE id = $2",
        *(project, project_of_the_same, f"Shop {project.hex}", NOW),
    )
    campaigns, codes = _promised()
    shop = Shop(project, NaiveTill(codes), {}, {}, {})
    for campaign in campaigns:
        shop.campaigns[campaign.name] = await _made(shop, campaign)
    for code in codes:
        voucher = await a_voucher(
            project, shop.campaigns[code.campaign.name], code.name, max_redemptions=code.most
        )
        shop.vouchers[code.name] = voucher
        if code.balance:
            await added(project, voucher, code.balance)
    for customer in CUSTOMERS:
        shop.customers[customer] = await a_customer(project, customer)
    return shop


async def _made(shop: Shop, campaign: Campaign) -> UUID:
    budgets = real_budgets(campaign)
    if campaign.name == "Year":
        return await a_campaign(
            shop.project, "Year", is_main=True, max_redemptions=campaign.most, budgets=budgets
        )
    rule = MinimumSpend(Money(campaign.from_subtotal, "EUR")) if campaign.from_subtotal else None
    return await a_campaign(
        shop.project,
        campaign.name,
        promise=Offer(1, rule, _reward(campaign), Limits(per_customer=campaign.per_customer)),
        main_id=None if campaign.main is None else shop.campaigns[campaign.main.name],
        max_redemptions=campaign.most,
        budgets=budgets,
    )


def _reward(campaign: Campaign) -> Reward:
    """What the campaign's codes give."""
    if campaign.off is None:
        return GiftBalance()
    if campaign.ships:
        return FreeShipping()
    if campaign.adds:
        return FreeItems((FreeItem(Money(campaign.adds, "EUR"), product="tea"),))
    return AmountOff(Money(campaign.off, "EUR"))


async def assert_both_agree(shop: Shop, ids: list[UUID], now: datetime) -> None:
    """States, counters, what is left by all readers, balances and events; `ids` are those of the naive redemptions."""
    naive = shop.naive
    rows = await fetch("SELECT id, state FROM redemptions WHERE project_id = $1", shop.project)
    states = {row["id"]: row["state"] for row in rows}
    # A hold that is over is told apart only where somebody has come across it.
    forgotten = [
        redemption
        for id_, redemption in zip(ids, naive.redemptions, strict=True)
        if redemption.state == "EXPIRED" and states[id_] == "HELD"
    ]
    assert states == {
        id_: "HELD" if redemption in forgotten else redemption.state
        for id_, redemption in zip(ids, naive.redemptions, strict=True)
    }
    await _assert_what_is_left(shop, now)
    for redemption in forgotten:
        redemption.state = "HELD"
    await _assert_counters(shop, now)
    for redemption in forgotten:
        redemption.state = "EXPIRED"
    row = await fetchrow(
        "SELECT count(*) AS number FROM rejected_redemptions WHERE project_id = $1", shop.project
    )
    assert row is not None
    assert row["number"] == naive.rejected
    told = await fetch(
        "SELECT kind, count(*) AS number FROM events WHERE project_id = $1"
        " AND (kind LIKE 'REDEMPTION%' OR kind LIKE 'HOLD%') GROUP BY kind",
        shop.project,
    )
    expected = naive.events + Counter({"REDEMPTION_REJECTED": naive.rejected})
    assert {row["kind"]: row["number"] for row in told} == expected - Counter(HOLD_EXPIRED=len(forgotten))


async def _assert_counters(shop: Shop, now: datetime) -> None:
    """Every counter that is there says what adding up from nought says."""
    rows = await fetch("SELECT * FROM counters WHERE project_id = $1 AND scope <> 'past'", shop.project)
    for row in rows:
        at, ends = row["window_start"], row["window_end"]
        period = "EVER" if at is None else "DAY" if ends - at < timedelta(days=2) else "WEEK"
        customer = None if row["customer_id"] is None else shop.name_of(row["customer_id"])
        name = shop.name_of(row["subject_id"])
        cap = Cap("", name, row["measure"], customer, period, 0)
        assert (cap, row["used"]) == (cap, shop.naive.used(cap, at or now))


async def _assert_what_is_left(shop: Shop, now: datetime) -> None:
    """What readers say of uses, budgets and balances, holds that are over left out whether or not anybody saw it."""
    naive, project = shop.naive, shop.project
    of_vouchers = await uses_of_vouchers(project, shop.vouchers.values(), now)
    of_campaigns = await uses_of_campaigns(project, shop.campaigns.values(), now)
    of_budgets = await uses_of_budgets(project, shop.campaigns.values(), now)
    for code in naive.codes.values():
        use = of_vouchers[shop.vouchers[code.name]]
        assert (code.name, use.used + use.held) == (code.name, naive.uses_of(code.name, now))
        assert use.limit == code.most
    for campaign in {level for code in naive.codes.values() for level in code.campaign.levels}:
        id_ = shop.campaigns[campaign.name]
        use = of_campaigns[id_]
        assert (campaign.name, use.used + use.held) == (campaign.name, naive.uses_of(campaign.name, now))
        assert use.limit == campaign.most
        for budget, told in zip(campaign.budgets, of_budgets[id_], strict=True):
            cap = Cap("", campaign.name, budget.measure, None, budget.period, budget.most)
            used = None if budget.per == "customer" else naive.used(cap, now)
            assert (campaign.name, told.used) == (campaign.name, used)
    balances = await balances_by_ids(project, shop.vouchers.values(), now)
    assert {shop.name_of(voucher): (told.available, told.held) for voucher, told in balances.items()} == {
        code.name: (code.balance, naive.held_of(code))
        for code in naive.codes.values()
        if code.campaign.off is None
    }

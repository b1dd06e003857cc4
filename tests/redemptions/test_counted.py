"""What a redemption counts: each code once, money as it stands, the order once, nothing for what was given back."""

from dataclasses import replace
from uuid import UUID

from app.engine.budget import Budget
from app.engine.counter import Measure, Scope
from app.engine.offer import CampaignStanding, Presented
from app.engine.period import Period, window_of
from app.ids import new_id
from app.redemptions.counted import caps_of, counted
from app.redemptions.values import RedeemedVoucher, Redemption
from tests.conftest import NOW
from tests.redemptions.shop import CART

ONE, TWO, CAMPAIGN, MAIN, ADA = (UUID(int=number) for number in range(1, 6))
BUDGETS = (
    Budget(Measure.DISCOUNT, Scope.CAMPAIGN, Period.MONTH, 100_00, "EUR"),
    Budget(Measure.DISCOUNT, Scope.CAMPAIGN, Period.MONTH, 100_00, "PLN"),
    Budget(Measure.ORDER_VALUE, Scope.CUSTOMER, Period.EVER, 900_00, "EUR"),
    Budget(Measure.POINTS, Scope.VOUCHER, Period.DAY, 1_000),
)
MAIN_STANDING = CampaignStanding(MAIN, "ENDED", max_redemptions=9, zone="Asia/Tokyo", budgets=BUDGETS)


def presented(voucher: UUID) -> Presented:
    """A code of today, of a campaign that has ended."""
    campaign = CampaignStanding(CAMPAIGN, "ENDED")
    return Presented("CODE", voucher, max_redemptions=3, campaign=campaign, main=MAIN_STANDING)


def a_code(position: int, voucher: UUID, discount: int, **more: object) -> RedeemedVoucher:
    known = RedeemedVoucher(position, voucher, CAMPAIGN, MAIN, 1, "CODE", discount, (discount, 0))
    return replace(known, **more)  # type: ignore[arg-type]  # tests give what it takes


REDEMPTION = Redemption(
    id=new_id(),
    customer_id=ADA,
    currency="EUR",
    subtotal=100_00,
    shipping=500,
    discount=12_00,
    line_discounts=(12_00, 0),
    cart=CART,
    channel="web",
    redemption_point=None,
    key_id=new_id(),
    metadata={},
    created_at=NOW,
    vouchers=(a_code(0, ONE, 7_00, spent=70, spent_unit="points"), a_code(1, TWO, 5_00)),
)
VOUCHERS = {voucher: presented(voucher) for voucher in (ONE, TWO)}


def told(redemption: Redemption) -> dict[tuple[str, str, UUID], int]:
    """What is counted, by scope, measure and subject."""
    found = counted(redemption, caps_of(redemption, VOUCHERS))
    return {(key.scope, key.measure.value, key.subject): amount for key, amount in found.items() if amount}


def test_codes_count_one_each_money_sums_and_the_order_counts_once() -> None:
    assert told(REDEMPTION) == {
        ("voucher", "REDEMPTIONS", ONE): 1,
        ("voucher", "REDEMPTIONS", TWO): 1,
        ("campaign", "REDEMPTIONS", MAIN): 2,
        ("campaign", "DISCOUNT", MAIN): 12_00,
        ("customer", "ORDER_VALUE", MAIN): 100_00,
        ("voucher", "POINTS", ONE): 70,
    }


def test_what_came_back_counts_no_more() -> None:
    codes = (a_code(0, ONE, 7_00, spent=70, spent_unit="points", returned_spent=30, returned_discount=3_00),)
    some = replace(
        REDEMPTION, returned_subtotal=40_00, vouchers=(*codes, a_code(1, TWO, 5_00, given_back=True))
    )
    assert told(some) == {
        ("voucher", "REDEMPTIONS", ONE): 1,
        ("campaign", "REDEMPTIONS", MAIN): 1,
        ("campaign", "DISCOUNT", MAIN): 4_00,
        ("customer", "ORDER_VALUE", MAIN): 60_00,
        ("voucher", "POINTS", ONE): 40,
    }
    nobody = tuple([replace(code, given_back=True) for code in REDEMPTION.vouchers])
    assert told(replace(REDEMPTION, vouchers=nobody)) == {}


def test_it_counts_in_the_periods_in_which_it_was_redeemed() -> None:
    windows = {
        key.measure: key.window
        for keys in caps_of(REDEMPTION, VOUCHERS).values()
        for key in keys
        if key.window is not None
    }
    assert windows == {
        Measure.DISCOUNT: window_of(Period.MONTH, NOW, "Asia/Tokyo"),
        Measure.POINTS: window_of(Period.DAY, NOW, "Asia/Tokyo"),
    }


def test_codes_without_limits_count_nothing() -> None:
    free = {
        voucher: Presented("CODE", voucher, campaign=CampaignStanding(CAMPAIGN, "LIVE"))
        for voucher in (ONE, TWO)
    }
    assert counted(REDEMPTION, caps_of(REDEMPTION, free)) == {}
    assert counted(REDEMPTION, {}) == {}

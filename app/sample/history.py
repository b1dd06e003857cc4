"""What has happened in the sample shop during the last weeks: codes given out, purchases, and attempts that failed."""

from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.engine.cart import Cart
from app.sample.goods import basket
from app.sample.promotions import (
    CARD_CODE,
    EARLY_BIRD_CODE,
    GIFT_CODE,
    SHOES_CODE,
    SPRING_CODE,
    SUMMER_CODE,
)

TIME_ZONE = "Europe/Warsaw"
POINT = "Nowy Świat 12"


@dataclass(frozen=True, slots=True)
class Gift:
    """A code given to customer `number`: the generic `code`, or without one the next free welcome code."""

    number: int
    channel: str
    at: datetime
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """A try to redeem, by customer `customer`. A number among the codes is the welcome code of that customer.

    With `in_store` it happened at the shop's redemption point, by its merchant key. `returned_after` tells when
    the redemption was rolled back. `number` names the attempt, whatever day the shop is made.
    """

    at: datetime
    customer: int | None
    codes: tuple[str | int, ...]
    cart: Cart
    channel: str = "web"
    in_store: bool = False
    returned_after: timedelta | None = None
    number: int = 0


def gifts(now: datetime) -> tuple[Gift, ...]:
    """Who was given what: some by newsletter, some in the app."""
    sent, shown = now - timedelta(days=25), now - timedelta(days=21)
    return (
        *(Gift(number, "newsletter", sent + timedelta(seconds=number)) for number in range(6, 18)),
        *(Gift(number, "app", shown + timedelta(seconds=number)) for number in range(18, 22)),
        Gift(1, "birthday", shown - timedelta(hours=2), GIFT_CODE),
        Gift(1, "app", shown - timedelta(hours=1), CARD_CODE),
        *(
            Gift(number, "app", shown + timedelta(minutes=number), SUMMER_CODE)
            for number in (1, 2, 3, 22, 23)
        ),
    )


def attempts(now: datetime) -> tuple[Attempt, ...]:
    """All attempts, the oldest first."""
    made = (*_early_birds(now), *_purchases(now), *_failures(now))
    numbered = (replace(attempt, number=number) for number, attempt in enumerate(made, start=1))
    return tuple(sorted(numbered, key=lambda attempt: attempt.at))


def _early_birds(now: datetime) -> tuple[Attempt, ...]:
    """Five may have it; the sixth comes too late."""
    code = (EARLY_BIRD_CODE,)
    return tuple(
        Attempt(now - timedelta(days=28, hours=-7 * number), number, code, basket(sku, "BAG-TOTE"))
        for number, sku in enumerate(
            ("DRESS-COTTON", "SHOE-TRAIL", "SUN-ROUND", "SHOE-SANDAL", "TOWEL-STRIPE", "SHOE-CANVAS"), start=1
        )
    )


def _purchases(now: datetime) -> tuple[Attempt, ...]:
    saturday, friday = _last(6, now), _last(5, now)
    summer, shoes = (SUMMER_CODE,), (SHOES_CODE,)

    def ago(days: float) -> datetime:
        return now - timedelta(days=days)

    return (
        Attempt(ago(18), 9, (9,), basket("DRESS-COTTON"), "newsletter"),
        Attempt(ago(16), 14, (14, SUMMER_CODE), basket("SHOE-TRAIL", "TEE-LINEN", "TEE-LINEN")),
        Attempt(ago(12.4), 2, summer, basket("SUN-ROUND", "HAT-STRAW"), "app"),
        Attempt(ago(11), 18, (18,), basket("SHOE-SANDAL"), "app"),
        Attempt(
            ago(9.5), None, summer, basket("TOWEL-STRIPE", "TOWEL-STRIPE", "BOTTLE-STEEL"), in_store=True
        ),
        Attempt(
            ago(8.2), 8, summer, basket("DRESS-COTTON", "BAG-TOTE"), returned_after=timedelta(days=3, hours=2)
        ),
        Attempt(friday, 3, shoes, basket("SHOE-CANVAS", "BAG-TOTE")),
        Attempt(saturday, 7, shoes, basket("SHOE-TRAIL", shipping=0), in_store=True),
        Attempt(
            saturday + timedelta(hours=2), 4, (SHOES_CODE, SUMMER_CODE), basket("SHOE-SANDAL", "SUN-ROUND")
        ),
        Attempt(ago(0.4), 22, summer, basket("SHOE-TRAIL", "BOTTLE-STEEL")),
        Attempt(ago(0.1), 10, (10,), basket("SUN-ROUND", "BAG-TOTE"), "newsletter"),
    )


def _failures(now: datetime) -> tuple[Attempt, ...]:
    """An ended campaign, a code nobody minted, too small a cart, a friend's code, the wrong day and currency."""
    wednesday = _last(3, now)
    return (
        Attempt(now - timedelta(days=13), 3, (SPRING_CODE,), basket("DRESS-COTTON")),
        Attempt(now - timedelta(days=7), None, ("SUMMER20",), basket("SHOE-CANVAS", "HAT-STRAW")),
        Attempt(now - timedelta(days=4.5), 11, (SUMMER_CODE,), basket("HAT-STRAW"), "app"),
        Attempt(now - timedelta(days=2), 12, (13,), basket("DRESS-COTTON")),
        Attempt(wednesday, 6, (SHOES_CODE,), basket("SHOE-CANVAS", shipping=0), in_store=True),
        Attempt(now - timedelta(hours=6), 23, (SUMMER_CODE,), basket("SHOE-TRAIL", currency="USD"), "app"),
    )


def _last(weekday: int, now: datetime) -> datetime:
    """The last noon of this day of the week (1 Monday to 7 Sunday) before `now`, in the shop's time zone."""
    zone = ZoneInfo(TIME_ZONE)
    local = now.astimezone(zone)
    day = local.date() - timedelta(days=(local.isoweekday() - weekday) % 7)
    noon = datetime.combine(day, time(12), zone)
    return noon if noon < now else noon - timedelta(days=7)

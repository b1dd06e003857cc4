"""The root causes of refusals: every code of reasons stands in one table here, and of several the hardest speaks."""

from collections.abc import Mapping
from enum import StrEnum

from app.engine import left_out
from app.engine import reason as codes


class Cause(StrEnum):
    """Why an attempt was turned away. The hardest to mend come first: of several, the first is the root."""

    UNKNOWN_CODE = "UNKNOWN_CODE"
    WRONG_CUSTOMER = "WRONG_CUSTOMER"
    CAMPAIGN_OVER = "CAMPAIGN_OVER"
    CODE_EXPIRED = "CODE_EXPIRED"
    STOPPED = "STOPPED"
    NOT_YET_VALID = "NOT_YET_VALID"
    USED_UP = "USED_UP"
    BUDGET_SPENT = "BUDGET_SPENT"
    CUSTOMER_USED_UP = "CUSTOMER_USED_UP"
    NOTHING_LEFT = "NOTHING_LEFT"
    OTHER_CONDITION = "OTHER_CONDITION"
    WRONG_PLACE = "WRONG_PLACE"
    WRONG_MOMENT = "WRONG_MOMENT"
    WRONG_CART = "WRONG_CART"
    MINIMUM_FAR_AWAY = "MINIMUM_FAR_AWAY"
    MINIMUM_MISSED = "MINIMUM_MISSED"
    MINIMUM_NEARLY_REACHED = "MINIMUM_NEARLY_REACHED"
    DOES_NOT_STACK = "DOES_NOT_STACK"

    @property
    def rank(self) -> int:
        """The lower, the harder to mend."""
        return list(Cause).index(self)


def _each(cause: Cause, *names: str) -> dict[str, Cause]:
    return dict.fromkeys(names, cause)


# How far a minimum was missed is told by the figures: groups.sql makes three causes of MINIMUM_MISSED.
CAUSES: Mapping[str, Cause] = {
    **_each(Cause.UNKNOWN_CODE, codes.CODE_NOT_FOUND),
    **_each(
        Cause.WRONG_CUSTOMER,
        codes.HELD_BY_ANOTHER_CUSTOMER,
        codes.CUSTOMER_REQUIRED,
        "NOT_THE_HOLDER",
        "NOT_IN_SEGMENT",
        "CUSTOMER_ATTRIBUTE_DIFFERS",
        "CUSTOMER_METADATA_DIFFERS",
        "NOT_FIRST_PURCHASE",
        "NOT_NTH_ORDER",
        "NOT_A_NEW_CUSTOMER",
        "TOO_FEW_REDEMPTIONS",
        "TOO_MANY_REDEMPTIONS",
        "SPENT_TOO_LITTLE",
        "SPENT_TOO_MUCH",
        "TOO_FEW_CUSTOM_EVENTS",
        "TOO_MANY_CUSTOM_EVENTS",
        "NOT_BIRTHDAY",
        "BIRTHDAY_UNKNOWN",
        "NO_CARD",
    ),
    **_each(Cause.CAMPAIGN_OVER, codes.CAMPAIGN_ENDED),
    **_each(Cause.CODE_EXPIRED, codes.EXPIRED),
    **_each(Cause.STOPPED, codes.VOUCHER_DISABLED, codes.CAMPAIGN_PAUSED),
    **_each(Cause.NOT_YET_VALID, codes.NOT_STARTED, codes.CAMPAIGN_NOT_LIVE, codes.NO_OFFER),
    **_each(
        Cause.USED_UP,
        codes.VOUCHER_LIMIT_REACHED,
        codes.CAMPAIGN_LIMIT_REACHED,
        codes.MAIN_CAMPAIGN_LIMIT_REACHED,
    ),
    **_each(
        Cause.BUDGET_SPENT,
        codes.VOUCHER_BUDGET_EXCEEDED,
        codes.CAMPAIGN_BUDGET_EXCEEDED,
        codes.MAIN_CAMPAIGN_BUDGET_EXCEEDED,
    ),
    **_each(Cause.CUSTOMER_USED_UP, codes.CUSTOMER_LIMIT_REACHED, codes.CUSTOMER_BUDGET_EXCEEDED),
    **_each(
        Cause.NOTHING_LEFT,
        codes.BALANCE_EMPTY,
        codes.BALANCE_TOO_LOW,
        codes.NOT_A_BALANCE,
        "POINTS_TOO_FEW",
        "POOL_EMPTY",
    ),
    **_each(Cause.OTHER_CONDITION, "EXPRESSION_NOT_TRUE", "NO_ALTERNATIVE_HOLDS", "EXCLUDED"),
    **_each(
        Cause.WRONG_PLACE,
        "CHANNEL_DIFFERS",
        "REDEMPTION_POINT_DIFFERS",
        "REDEMPTION_METADATA_DIFFERS",
        "KEY_NOT_ACCEPTED",
        "DELIVERY_COUNTRY_DIFFERS",
        "DELIVERY_AREA_DIFFERS",
    ),
    **_each(
        Cause.WRONG_MOMENT,
        "OUTSIDE_TIME_WINDOW",
        "OUTSIDE_DATE_WINDOW",
        "OUTSIDE_CALENDAR_DAYS",
        "OUTSIDE_NTH_WEEKDAY",
        "OUTSIDE_RECURRING_WINDOW",
    ),
    **_each(
        Cause.WRONG_CART,
        codes.CURRENCY_MISMATCH,
        "CURRENCY_NOT_ACCEPTED",
        "CART_METADATA_DIFFERS",
        "PAYMENT_METHOD_DIFFERS",
        "PRODUCTS_MISSING",
        "ITEMS_MISSING",
        "ITEMS_NOT_ALLOWED",
        "CHEAPEST_ITEM_DIFFERS",
        "MOST_EXPENSIVE_ITEM_DIFFERS",
        "NOT_ENOUGH_ITEMS",
        "CART_TOO_LARGE",
        "ITEMS_QUANTITY_TOO_LOW",
        "ITEMS_QUANTITY_TOO_HIGH",
        "ITEMS_AMOUNT_TOO_HIGH",
        "MAXIMUM_SPEND_EXCEEDED",
        "RUNNING_SUBTOTAL_TOO_HIGH",
        "TOTAL_AFTER_DISCOUNT_TOO_HIGH",
    ),
    **_each(
        Cause.MINIMUM_MISSED,
        "MINIMUM_SPEND_NOT_REACHED",
        "RUNNING_SUBTOTAL_TOO_LOW",
        "TOTAL_AFTER_DISCOUNT_TOO_LOW",
        "ITEMS_AMOUNT_TOO_LOW",
    ),
    **_each(
        Cause.DOES_NOT_STACK,
        codes.DUPLICATE_CODE,
        left_out.LOST_IN_LANE,
        left_out.NOT_COMBINABLE,
        left_out.TOO_MANY_CODES,
        left_out.TOO_MANY_OF_CATEGORY,
        left_out.TOO_MANY_EXCLUSIVE,
        left_out.NO_EFFECT,
        left_out.NO_GAIN,
        left_out.DRIVES_OUT,
    ),
}

"""How much of a refusal a caller is told: a guesser must not learn which codes exist.

A storefront key lives in a browser, so anybody may be behind it. For a code that is unknown, somebody else's or used
up it gets one and the same reason, and so it does for one whose time has not come. What stays visible are remedies,
CURRENCY_MISMATCH and CUSTOMER_REQUIRED among them: they are heard only of codes that are usable otherwise.
A customer whose token came along sees the reasons of codes it may use itself, but neither the figures of the company's
budgets nor what it notes of its customers. Servers and merchants see everything.

What a storefront is told of each code of reasons stands in TOLD; of a code that is not there it is told nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from enum import Enum
from uuid import UUID

from app.engine import left_out
from app.engine import reason as codes_of
from app.engine.nesting import every
from app.engine.offer import Offer
from app.engine.reason import Reason
from app.engine.shelf import rewards, rules
from app.engine.ways import change_of, message_of, remedy_of
from app.projects.admit import Caller
from app.projects.values import KeyKind

CODE_NOT_USABLE = Reason("CODE_NOT_USABLE", "This code cannot be used.")


class Told(Enum):
    """What a storefront is told of a reason."""

    TO_ALL = "TO_ALL"
    """All of it: it is about the cart, the hour, the request, or the customer's own history."""
    PLAINLY = "PLAINLY"
    """That the offer is for other customers: how the company sorts them, and what it notes, is not for their eyes."""
    TO_CUSTOMERS = "TO_CUSTOMERS"
    """All of it, but only with a customer's token: to others it would prove that there is such a code."""
    WITHOUT_FIGURES = "WITHOUT_FIGURES"
    """With a token the sentence, without the figures: what the company spends is its own affair."""
    TO_NOBODY = "TO_NOBODY"
    """Nothing: which code exists, and whose it is, stays hidden from whoever has no proof of being its holder."""


def _each(told: Told, *codes: str) -> dict[str, Told]:
    return dict.fromkeys(codes, told)


TOLD: Mapping[str, Told] = {
    **_each(
        Told.TO_NOBODY,
        codes_of.CODE_NOT_FOUND,
        codes_of.HELD_BY_ANOTHER_CUSTOMER,
        codes_of.CAMPAIGN_NOT_LIVE,
        codes_of.NO_OFFER,
        "NOT_THE_HOLDER",
    ),
    **_each(
        Told.WITHOUT_FIGURES,
        codes_of.VOUCHER_BUDGET_EXCEEDED,  # a generic code's budget is as good as a campaign's
        codes_of.CAMPAIGN_BUDGET_EXCEEDED,
        codes_of.MAIN_CAMPAIGN_BUDGET_EXCEEDED,
    ),
    **_each(
        Told.TO_CUSTOMERS,
        codes_of.VOUCHER_DISABLED,
        codes_of.VOUCHER_LIMIT_REACHED,
        codes_of.CAMPAIGN_LIMIT_REACHED,
        codes_of.MAIN_CAMPAIGN_LIMIT_REACHED,
        codes_of.BALANCE_EMPTY,
        codes_of.CAMPAIGN_PAUSED,
        codes_of.CAMPAIGN_ENDED,
        codes_of.EXPIRED,
        codes_of.NOT_STARTED,
        "POOL_EMPTY",
    ),
    **_each(
        Told.PLAINLY,
        "NOT_IN_SEGMENT",
        "CUSTOMER_ATTRIBUTE_DIFFERS",
        "CUSTOMER_METADATA_DIFFERS",
        "TOO_FEW_CUSTOM_EVENTS",
        "TOO_MANY_CUSTOM_EVENTS",
    ),
    **_each(
        Told.TO_ALL,
        # the request, and the codes beside this one
        codes_of.DUPLICATE_CODE,
        codes_of.CURRENCY_MISMATCH,
        codes_of.NOT_A_BALANCE,
        codes_of.BALANCE_TOO_LOW,
        "POINTS_TOO_FEW",
        left_out.LOST_IN_LANE,
        left_out.NOT_COMBINABLE,
        left_out.TOO_MANY_CODES,
        left_out.TOO_MANY_OF_CATEGORY,
        left_out.TOO_MANY_EXCLUSIVE,
        left_out.NO_EFFECT,
        left_out.DRIVES_OUT,
        left_out.NO_GAIN,
        # who is buying
        codes_of.CUSTOMER_REQUIRED,
        codes_of.CUSTOMER_LIMIT_REACHED,
        codes_of.CUSTOMER_BUDGET_EXCEEDED,
        "NOT_FIRST_PURCHASE",
        "NOT_NTH_ORDER",
        "NOT_A_NEW_CUSTOMER",
        "TOO_FEW_REDEMPTIONS",
        "TOO_MANY_REDEMPTIONS",
        "SPENT_TOO_LITTLE",
        "SPENT_TOO_MUCH",
        "NOT_BIRTHDAY",
        "BIRTHDAY_UNKNOWN",
        "NO_CARD",
        # the cart
        "MINIMUM_SPEND_NOT_REACHED",
        "MAXIMUM_SPEND_EXCEEDED",
        "RUNNING_SUBTOTAL_TOO_LOW",
        "RUNNING_SUBTOTAL_TOO_HIGH",
        "TOTAL_AFTER_DISCOUNT_TOO_LOW",
        "TOTAL_AFTER_DISCOUNT_TOO_HIGH",
        "CURRENCY_NOT_ACCEPTED",
        "CART_METADATA_DIFFERS",
        "PAYMENT_METHOD_DIFFERS",
        "DELIVERY_COUNTRY_DIFFERS",
        "DELIVERY_AREA_DIFFERS",
        "PRODUCTS_MISSING",
        "ITEMS_MISSING",
        "ITEMS_NOT_ALLOWED",
        "CHEAPEST_ITEM_DIFFERS",
        "MOST_EXPENSIVE_ITEM_DIFFERS",
        "NOT_ENOUGH_ITEMS",
        "ITEMS_QUANTITY_TOO_LOW",
        "ITEMS_QUANTITY_TOO_HIGH",
        "ITEMS_AMOUNT_TOO_LOW",
        "ITEMS_AMOUNT_TOO_HIGH",
        "CART_TOO_LARGE",
        # where and when
        "CHANNEL_DIFFERS",
        "REDEMPTION_POINT_DIFFERS",
        "REDEMPTION_METADATA_DIFFERS",
        "KEY_NOT_ACCEPTED",
        "OUTSIDE_TIME_WINDOW",
        "OUTSIDE_DATE_WINDOW",
        "OUTSIDE_CALENDAR_DAYS",
        "OUTSIDE_NTH_WEEKDAY",
        "OUTSIDE_RECURRING_WINDOW",
        # rules made of rules
        "NO_ALTERNATIVE_HOLDS",
        "EXCLUDED",
        "EXPRESSION_NOT_TRUE",  # in the words of whoever wrote the expression
    ),
}
# Rules and rewards whose very parameters say how the company sorts its customers, what it notes of them, or what it
# reckons with: whoever is refused by them is not told either.
_NOT_FOR_SHOPPERS = frozenset(
    {"in_segment", "customer_attribute", "customer_metadata", "custom_events", "expression", "formula"}
)
_FROM_STRANGERS = frozenset({Told.TO_CUSTOMERS, Told.WITHOUT_FIGURES, Told.TO_NOBODY})
_FROM_CUSTOMERS = frozenset({Told.TO_NOBODY})
_FOR_OTHERS = "This offer is for certain customers, and this is not one of them."


def hidden_among(codes: Iterable[tuple[UUID | None, Sequence[Reason]]], caller: Caller) -> list[bool]:
    """Of which codes of one request this caller may learn nothing; each comes with its voucher and its reasons.

    A code that is given twice is as secret the second time: DUPLICATE_CODE would tell that there is such a code, and
    that two ways to write it are one.
    """
    if caller.kind is not KeyKind.STOREFRONT:
        return [False for _ in codes]
    secret = _FROM_STRANGERS if caller.customer is None else _FROM_CUSTOMERS
    secrets: set[UUID | None] = {None}
    answers = []
    for voucher, reasons in codes:
        is_hidden = voucher in secrets or any(_told(reason) in secret for reason in reasons)
        if is_hidden:
            secrets.add(voucher)
        answers.append(is_hidden)
    return answers


def may_see(caller: Caller, offer: Offer) -> bool:
    """Whether this caller may see what the offer is made of."""
    if caller.kind is not KeyKind.STOREFRONT:
        return True
    is_plain = offer.rule is None or not any(
        rules.kind_of(rule) in _NOT_FOR_SHOPPERS for rule in every(offer.rule)
    )
    return is_plain and rewards.kind_of(offer.reward) not in _NOT_FOR_SHOPPERS


def disclosed(reasons: Sequence[Reason], is_hidden: bool, caller: Caller) -> Sequence[Reason]:
    """The reasons as they may be shown: all, or CODE_NOT_USABLE alone."""
    if is_hidden:
        return (CODE_NOT_USABLE,)
    return [_for_shoppers(reason) for reason in reasons] if caller.kind is KeyKind.STOREFRONT else reasons


def _told(reason: Reason) -> Told:
    if reason.code == codes_of.CUSTOMER_REQUIRED and reason.subject == "voucher.holder":
        return Told.TO_NOBODY
    if reason.code == "EXCLUDED" and reason.subject == "customer":
        return Told.PLAINLY
    # In doubt nothing: a rule that is new, and that nobody has thought about here, gives nothing away.
    return TOLD.get(reason.code, Told.TO_NOBODY)


def _for_shoppers(reason: Reason) -> Reason:
    match _told(reason):
        case Told.WITHOUT_FIGURES:
            return replace(reason, expected=None, actual=None, missing=None)
        case Told.PLAINLY:
            return Reason(reason.code, _FOR_OTHERS, reason.subject)
        case Told.TO_NOBODY:  # one of several ways; alone it would have hidden the code
            return CODE_NOT_USABLE
    if not reason.alternatives:
        return reason
    # What is told of each way is told of all together, too.
    ways = tuple([tuple([_for_shoppers(each) for each in way]) for way in reason.alternatives])
    return replace(
        reason,
        message=message_of(ways),
        remedy=remedy_of(ways),
        change=change_of(ways),
        alternatives=ways,
    )

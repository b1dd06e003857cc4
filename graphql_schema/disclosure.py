"""How much of a refusal a caller is told: a guesser must not learn which codes exist.

A storefront key lives in a browser, so anybody may be behind it. For a code that is unknown, somebody else's or used
up it gets one and the same reason, and so it does for one whose time has not come. What stays visible are remedies,
CURRENCY_MISMATCH and CUSTOMER_REQUIRED among them: they are heard only of codes that are usable otherwise.
A customer whose token came along sees the reasons of codes it may use itself, but neither the figures of the company's
budgets nor what it notes of its customers. Servers and merchants see everything.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from uuid import UUID

from app.engine import reason as codes_of
from app.engine.reason import Reason
from app.engine.rules.customer_attribute import CUSTOMER_ATTRIBUTE_DIFFERS
from app.engine.rules.customer_metadata import CUSTOMER_METADATA_DIFFERS
from app.engine.rules.in_segment import NOT_IN_SEGMENT
from app.projects.admit import Caller
from app.projects.values import KeyKind

CODE_NOT_USABLE = Reason("CODE_NOT_USABLE", "This code cannot be used.")

# What the company spends is told by a word, without its figures; a generic code's budget is as good as a campaign's.
_COMPANYS_BUDGETS = frozenset(
    {
        codes_of.VOUCHER_BUDGET_EXCEEDED,
        codes_of.CAMPAIGN_BUDGET_EXCEEDED,
        codes_of.MAIN_CAMPAIGN_BUDGET_EXCEEDED,
    }
)
# What the company notes of its customers, and how it sorts them, is not for them to read.
_NOTES = frozenset({NOT_IN_SEGMENT, CUSTOMER_ATTRIBUTE_DIFFERS, CUSTOMER_METADATA_DIFFERS})
# Which code exists, and whose it is, stays hidden from whoever has no proof of being its holder.
_EXISTENCE = frozenset(
    {
        codes_of.CODE_NOT_FOUND,
        codes_of.HELD_BY_ANOTHER_CUSTOMER,
        codes_of.CAMPAIGN_NOT_LIVE,
        codes_of.NO_OFFER,
    }
)
_FROM_STRANGERS = (
    _EXISTENCE
    | _COMPANYS_BUDGETS
    | {
        codes_of.VOUCHER_DISABLED,
        codes_of.VOUCHER_LIMIT_REACHED,
        codes_of.CAMPAIGN_LIMIT_REACHED,
        codes_of.MAIN_CAMPAIGN_LIMIT_REACHED,
        codes_of.BALANCE_EMPTY,
        codes_of.CAMPAIGN_PAUSED,
        codes_of.CAMPAIGN_ENDED,
        codes_of.EXPIRED,
        codes_of.NOT_STARTED,
    }
)


def hidden_among(codes: Iterable[tuple[UUID | None, Sequence[Reason]]], caller: Caller) -> list[bool]:
    """Of which codes of one request this caller may learn nothing; each comes with its voucher and its reasons.

    A code that is given twice is as secret the second time: DUPLICATE_CODE would tell that there is such a code, and
    that two ways to write it are one.
    """
    if caller.kind is not KeyKind.STOREFRONT:
        return [False for _ in codes]
    secret = _FROM_STRANGERS if caller.customer is None else _EXISTENCE
    secrets: set[UUID | None] = {None}
    answers = []
    for voucher, reasons in codes:
        is_hidden = voucher in secrets or any(_tells(reason, secret) for reason in reasons)
        if is_hidden:
            secrets.add(voucher)
        answers.append(is_hidden)
    return answers


def disclosed(reasons: Sequence[Reason], is_hidden: bool, caller: Caller) -> Sequence[Reason]:
    """The reasons as they may be shown: all, or CODE_NOT_USABLE alone."""
    if is_hidden:
        return (CODE_NOT_USABLE,)
    return [_for_shoppers(reason) for reason in reasons] if caller.kind is KeyKind.STOREFRONT else reasons


def _for_shoppers(reason: Reason) -> Reason:
    if reason.code in _COMPANYS_BUDGETS or reason.code in _NOTES or _excludes_customers(reason):
        return replace(reason, expected=None, actual=None, missing=None)
    if not reason.alternatives:
        return reason
    ways = [tuple([_for_shoppers(each) for each in way]) for way in reason.alternatives]
    return replace(reason, alternatives=tuple(ways))


def _excludes_customers(reason: Reason) -> bool:
    return reason.code == "EXCLUDED" and reason.subject == "customer"


def _tells(reason: Reason, secret: frozenset[str]) -> bool:
    belongs_to_somebody = reason.code == codes_of.CUSTOMER_REQUIRED and reason.subject == "voucher.holder"
    return reason.code in secret or belongs_to_somebody

"""How much of a refusal a caller is told: a guesser must not learn which codes exist.

A storefront key lives in a browser, so anybody may be behind it. For a code that is unknown, somebody else's or used
up it gets one and the same reason. A customer whose token came along sees the reasons of codes it may use itself.
Servers and merchants see everything.
"""

from collections.abc import Sequence

from app.engine import reason as codes
from app.engine.evaluation import Verdict
from app.engine.reason import Reason
from app.projects.admit import Caller
from app.projects.values import KeyKind

CODE_NOT_USABLE = Reason("CODE_NOT_USABLE", "This code cannot be used.")

# Which code exists, and whose it is, stays hidden from whoever has no proof of being its holder.
_EXISTENCE = frozenset(
    {
        codes.CODE_NOT_FOUND,
        codes.HELD_BY_ANOTHER_CUSTOMER,
        codes.CAMPAIGN_NOT_LIVE,
        codes.NO_OFFER,
    }
)
_FROM_STRANGERS = _EXISTENCE | {
    codes.VOUCHER_DISABLED,
    codes.VOUCHER_LIMIT_REACHED,
    codes.CAMPAIGN_LIMIT_REACHED,
    codes.MAIN_CAMPAIGN_LIMIT_REACHED,
    codes.CAMPAIGN_PAUSED,
    codes.CAMPAIGN_ENDED,
    codes.EXPIRED,
}


def disclosed(reasons: Sequence[Reason], caller: Caller) -> tuple[Reason, ...]:
    """The reasons as this caller may see them: all, or CODE_NOT_USABLE alone."""
    if hides(reasons, caller):
        return (CODE_NOT_USABLE,)
    return tuple(reasons)


def hides(reasons: Sequence[Reason], caller: Caller) -> bool:
    """Whether these reasons would tell this caller that a code exists which it should not know of."""
    if caller.kind is not KeyKind.STOREFRONT:
        return False
    hidden = _FROM_STRANGERS if caller.customer is None else _EXISTENCE
    return any(
        reason.code in hidden
        or (reason.code == codes.CUSTOMER_REQUIRED and reason.subject == "voucher.holder")
        for reason in reasons
    )


def is_hidden(verdict: Verdict, caller: Caller) -> bool:
    """Whether the caller is told nothing of this code but CODE_NOT_USABLE."""
    return hides(verdict.reasons, caller)

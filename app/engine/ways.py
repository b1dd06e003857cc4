"""Ways: where any one of several would do: what stands in each of them, what would help, and the cheapest change."""

from collections.abc import Sequence

from app.engine.reason import Reason
from app.engine.remedy import Act, Change

# What costs nothing comes before what has to be given up, that before what has to be bought, and waiting comes last.
_CHEAPEST_FIRST = (
    Act.SIGN_IN,
    Act.CHOOSE,
    Act.LEAVE_OUT,
    Act.TAKE_LESS,
    Act.USE_CODE,
    Act.REMOVE_ITEMS,
    Act.REMOVE_AMOUNT,
    Act.ADD_AMOUNT,
    Act.ADD_ITEMS,
    Act.COME_AT,
)


def message_of(ways: Sequence[tuple[Reason, ...]]) -> str:
    """What stands in each way."""
    told = "; or: ".join(" ".join(reason.message for reason in way).rstrip(".") for way in ways)
    return f"One of {len(ways)} conditions must hold, and none does: {told}."


def remedy_of(ways: Sequence[tuple[Reason, ...]]) -> str | None:
    """What would help, way by way; a way helps only if everything in it can be mended."""
    told = [
        " ".join(dict.fromkeys(str(reason.remedy) for reason in way))
        for way in ways
        if all(reason.remedy for reason in way)
    ]
    return " Or: ".join(told) or None


def change_of(ways: Sequence[tuple[Reason, ...]]) -> Change | None:
    """The cheapest change that opens one of the ways by itself; None where each way takes several, or none helps.

    Of a way that could not be judged (no customer, other currency) nobody knows whether that would open it.
    """
    sure = [way for way in ways if not any(reason.undecided for reason in way)]
    changes = [way[0].change for way in sure if all(reason.change == way[0].change for reason in way)]
    return min((change for change in changes if change is not None), key=_price, default=None)


def _price(change: Change) -> tuple[int, float]:
    if change.at is not None:
        size = change.at.timestamp()
    elif change.amount is not None:
        size = change.amount.minor
    else:
        size = change.quantity or 0
    return _CHEAPEST_FIRST.index(change.act), size

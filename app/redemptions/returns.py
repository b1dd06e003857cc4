"""Returns: the units that come back, and why they cannot."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.engine.cart import MOST_LINES
from app.problem import Problem, Problems
from app.redemptions.values import Redemption, RedemptionState

MOST_ROLLBACKS = 100


@dataclass(frozen=True, slots=True)
class Units:
    """Units of one line of the cart that come back; `line` counts from 0."""

    line: int
    quantity: int


def units_left(redemption: Redemption) -> list[int]:
    """How many units of each line have not come back yet."""
    left = [line.quantity for line in redemption.cart.lines]
    for rollback in redemption.rollbacks:
        for one in rollback.lines:
            left[one.line] -= one.quantity
    return left


def units_returned(redemption: Redemption, returns: Sequence[Units] | None) -> list[int] | Problems:
    """How many units of each line come back: those named, or all that are left (None).

    Codes: NOT_REDEEMED, ALREADY_ROLLED_BACK, NOTHING_TO_RETURN, NO_SUCH_LINE, DUPLICATE_LINE, TOO_MANY_LINES,
    TOO_MANY_RETURNED, TOO_MANY_ROLLBACKS.
    """
    state = _problem_of_state(redemption)
    if state is not None:
        return Problems((state,))
    left = units_left(redemption)
    if returns is None:
        return left
    wrong = list_problems(returns) or _problems_of_lines(returns, left)
    if wrong:
        return Problems(wrong)
    quantities = {one.line: one.quantity for one in returns}
    back = [quantities.get(line, 0) for line in range(len(left))]
    # Every event of a redemption tells all its rollbacks.
    if back != left and len(redemption.rollbacks) + 1 >= MOST_ROLLBACKS:
        message = f"A redemption is rolled back in {MOST_ROLLBACKS} parts at most: return all that is left."
        return Problems.one("lines", "TOO_MANY_ROLLBACKS", message)
    return back


def list_problems(returns: Sequence[Units] | None) -> tuple[Problem, ...]:
    """What is wrong with the list whatever is in the cart. Codes: NOTHING_TO_RETURN, TOO_MANY_LINES."""
    if returns is None or 0 < len(returns) <= MOST_LINES:
        return ()
    if not returns:
        return (Problem(("lines",), "NOTHING_TO_RETURN", "Name a line, or leave the list out for all."),)
    return (Problem(("lines",), "TOO_MANY_LINES", f"Name at most {MOST_LINES} lines."),)


def _problem_of_state(redemption: Redemption) -> Problem | None:
    if redemption.state is RedemptionState.REDEEMED:
        return None
    if redemption.state is RedemptionState.ROLLED_BACK:
        when = redemption.rolled_back_at
        message = "It was rolled back." if when is None else f"It was rolled back at {when.isoformat()}."
        return Problem(("redemption",), "ALREADY_ROLLED_BACK", message)
    if redemption.state is RedemptionState.HELD:
        message = "It is only a hold: release it instead."
    else:
        message = "It was a hold that was never confirmed: there is nothing to give back."
    return Problem(("redemption",), "NOT_REDEEMED", message)


def _problems_of_lines(returns: Sequence[Units], left: Sequence[int]) -> tuple[Problem, ...]:
    found: list[Problem] = []
    seen: set[int] = set()
    for place, one in enumerate(returns):
        path = ("lines", str(place))
        if not 0 <= one.line < len(left):
            message = f"The cart has {len(left)} lines, counted from 0."
            found.append(Problem((*path, "line"), "NO_SUCH_LINE", message))
        elif one.line in seen:
            message = f"Line {one.line} is named more than once."
            found.append(Problem((*path, "line"), "DUPLICATE_LINE", message))
        elif one.quantity < 1:
            found.append(Problem((*path, "quantity"), "NOTHING_TO_RETURN", "Return 1 or more."))
        elif one.quantity > left[one.line]:
            message = f"Line {one.line} has {left[one.line]} left to return."
            found.append(Problem((*path, "quantity"), "TOO_MANY_RETURNED", message))
        seen.add(one.line)
    return tuple(found)

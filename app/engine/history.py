"""History: what the rules about a customer's past have in common: how far back they look, and between which limits."""

from datetime import timedelta

from app.engine.unit import UnitError

LONGEST_DAYS = 3_650  # ten years
MOST_TIMES = 1_000_000


def check_days(name: str, days: int | None) -> None:
    """Raise UnitError for a number of days, in the parameter called `name`, that nobody looks back."""
    if days is not None and not 1 <= days <= LONGEST_DAYS:
        raise UnitError(name, f"Must be from 1 to {LONGEST_DAYS}.")


def check_times(at_least: int | None, at_most: int | None) -> None:
    """Raise UnitError unless `at_least` and `at_most` let through some numbers and keep out others."""
    if at_least is None and at_most is None:
        raise UnitError("at_least", "Must be given, unless there is an upper limit.")
    for name, limit, lowest in (("at_least", at_least, 1), ("at_most", at_most, 0)):
        if limit is not None and not lowest <= limit <= MOST_TIMES:
            raise UnitError(name, f"Must be from {lowest} to {MOST_TIMES}.")
    if at_least is not None and at_most is not None and at_most < at_least:
        raise UnitError("at_most", "Must not be below the lower limit.")


def days_back(days: int | None) -> timedelta | None:
    """How old what counts may be; None: as old as it likes."""
    return None if days is None else timedelta(days=days)


def in_the_last(days: int | None) -> str:
    """The end of a sentence: ` in the last 30 days`; nothing where all counts."""
    if days is None:
        return ""
    return " in the last day" if days == 1 else f" in the last {days} days"


def times(number: int) -> str:
    """`never`, `once`, `5 times`."""
    return {0: "never", 1: "once"}.get(number, f"{number} times")

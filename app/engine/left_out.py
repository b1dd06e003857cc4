"""Left out: why a code that may be used is not, because of the others it came with."""

from collections.abc import Sequence

from app.engine.money import Money
from app.engine.offer import Presented
from app.engine.reason import Reason
from app.engine.remedy import Act, Change

LOST_IN_LANE = "LOST_IN_LANE"
NOT_COMBINABLE = "NOT_COMBINABLE"
TOO_MANY_CODES = "TOO_MANY_CODES"
TOO_MANY_OF_CATEGORY = "TOO_MANY_OF_CATEGORY"
TOO_MANY_EXCLUSIVE = "TOO_MANY_EXCLUSIVE"
NO_EFFECT = "NO_EFFECT"
NO_GAIN = "NO_GAIN"
DRIVES_OUT = "DRIVES_OUT"


def lost_in_lane(winner: Presented, most: int, own: int, currency: str) -> Reason:
    """Only one code of the lane is used, and another takes more off: `most` instead of `own` minor units."""
    best, less = Money(most, currency), Money(most - own, currency)
    named = _named(winner)
    # A promotion cannot be typed, and what takes as much off is no better.
    better = bool(less.minor) and not winner.is_automatic
    return Reason(
        LOST_IN_LANE,
        f"{named[0].upper()}{named[1:]} takes {f'{less} more' if less.minor else 'as much'} off, and the two"
        " cannot be combined.",
        subject="code",
        expected=best,
        actual=Money(own, currency),
        missing=less if less.minor else None,
        remedy=f"Use {named} instead: it takes {less} more off." if better else None,
        change=Change(Act.USE_CODE, less, code=winner.code) if better else None,
    )


def not_combinable(exclusive: Sequence[Presented], *, are_all: bool) -> Reason:
    """Codes of an exclusive category are used; `are_all` says that there are no others which could take their place."""
    names, typed = _in_words(exclusive), not any(code.is_automatic for code in exclusive)
    sure = typed and are_all and len(exclusive) == 1
    return Reason(
        NOT_COMBINABLE,
        f"This code cannot be combined with {names}.",
        subject="campaign.category",
        actual=tuple([code.code for code in exclusive]),
        remedy=f"Leave out {names}." if typed else None,
        change=Change(Act.LEAVE_OUT, code=exclusive[0].code) if sure else None,
    )


def too_many_codes(most: int, used: Sequence[Presented]) -> Reason:
    """As many codes are used as may be."""
    return _too_many(TOO_MANY_CODES, "codes", _plural(most, "code"), most, used)


def too_many_of_category(category: str, most: int, used: Sequence[Presented]) -> Reason:
    """As many codes of the category are used as may be."""
    return _too_many(
        TOO_MANY_OF_CATEGORY, "campaign.category", f"{_plural(most, 'code')} of {category}", most, used
    )


def too_many_exclusive(most: int, used: Sequence[Presented]) -> Reason:
    """As many codes of exclusive categories are used as may be."""
    return _too_many(
        TOO_MANY_EXCLUSIVE, "campaign.category", _plural(most, "code") + " of this kind", most, used
    )


def no_effect() -> Reason:
    """The code would be used up for nothing."""
    return Reason(NO_EFFECT, "This code would take nothing off, so it was not used up.", subject="code")


def no_gain() -> Reason:
    """The code could be used besides, but it takes no more off, or leaves less for the shopper's own balances."""
    return Reason(NO_GAIN, "With this code no more would be taken off.", subject="code")


def drives_out(others: Sequence[Presented]) -> Reason:
    """With this code, others that are worth more could not be used."""
    return Reason(
        DRIVES_OUT,
        f"With this code {_in_words(others)} could not be used.",
        subject="code",
        actual=tuple([code.code for code in others]),
    )


def _too_many(code: str, subject: str, words: str, most: int, used: Sequence[Presented]) -> Reason:
    typed = [one for one in used if not one.is_automatic]
    return Reason(
        code,
        f"Up to {words} can be used together.",
        subject=subject,
        expected=most,
        actual=most + 1,
        missing=None,
        remedy=f"Leave out {_in_words(typed, 'or')}." if typed else None,
    )


def _plural(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _named(code: Presented) -> str:
    return f"the promotion {code.code}" if code.is_automatic else f"the code {code.code}"


def _in_words(codes: Sequence[Presented], last: str = "and") -> str:
    names = [_named(code) for code in codes]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {last} {names[-1]}"

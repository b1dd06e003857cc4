"""Paying with a voucher's own balance: what stands in the way before the reward is even looked at."""

from app.engine import reason as codes
from app.engine.facts import POINTS, Balance, Facts
from app.engine.money import Money
from app.engine.offer import Presented
from app.engine.reason import Reason, Value, currency_mismatch
from app.engine.remedy import Act, Change
from app.engine.unit import Payment


def asked_of(presented: Presented) -> int | None:
    """The most that shall be taken from the balance: minor units or points; None takes as much as fits."""
    return presented.points if presented.credits is None else presented.credits.minor


def refusals_of_payment(presented: Presented, facts: Facts, currency: str) -> list[Reason]:
    """Why the balance cannot pay as asked, or that credits or points are asked of a code that has none."""
    reward = None if presented.offer is None else presented.offer.reward
    if not isinstance(reward, Payment):
        message = "This code has no balance to pay with."
        asked = (("code.credits", presented.credits), ("code.points", presented.points))
        return [_not_a_balance(subject, message) for subject, amount in asked if amount is not None]
    if reward.in_points and presented.credits is not None:
        return [_not_a_balance("code.credits", "This code holds points: say how many points to take.")]
    if not reward.in_points and presented.points is not None:
        return [_not_a_balance("code.points", "This code holds money: say how much credit to take.")]
    if presented.credits is not None and presented.credits.currency != currency:
        return [currency_mismatch(presented.credits.currency, currency)]
    return _refusals_of_balance(presented, _balance(presented, facts), currency, in_points=reward.in_points)


def available_to(presented: Presented, facts: Facts) -> int:
    """What the code's balance holds now."""
    balance = _balance(presented, facts)
    return 0 if balance is None else balance.available


def amount_in_words(amount: int, unit: str) -> str:
    """Minor units of a currency, or points, as people read them: 12.50 EUR, 1 point, 30 points."""
    if unit != POINTS:
        return str(Money(amount, unit))
    return "1 point" if amount == 1 else f"{amount} points"


def empty() -> Reason:
    """Nothing is left of the balance."""
    return Reason(codes.BALANCE_EMPTY, "Nothing is left on this code.", subject="voucher.balance")


def _refusals_of_balance(
    presented: Presented, balance: Balance | None, currency: str, *, in_points: bool
) -> list[Reason]:
    if balance is None or balance.available <= 0:
        return [empty()]
    if in_points != (balance.unit == POINTS):
        message = "The balance of this code is of another kind than its campaign pays with."
        return [_not_a_balance("voucher.balance", message)]
    if not in_points and balance.unit != currency:
        return [currency_mismatch(balance.unit, currency)]
    asked = asked_of(presented)
    if asked is None or asked <= balance.available:
        return []
    return [
        Reason(
            codes.BALANCE_TOO_LOW,
            "There is less left on this code than was asked for.",
            subject="voucher.balance",
            expected=balance_value(asked, balance.unit),
            actual=balance_value(balance.available, balance.unit),
            missing=balance_value(asked - balance.available, balance.unit),
            remedy=f"Take {amount_in_words(balance.available, balance.unit)} at most.",
            change=_take_less(balance),
        )
    ]


def _balance(presented: Presented, facts: Facts) -> Balance | None:
    return None if presented.voucher is None else facts.balances.get(presented.voucher)


def _not_a_balance(subject: str, message: str) -> Reason:
    # What the balance itself is not cannot be mended by asking otherwise.
    if not subject.startswith("code."):
        return Reason(codes.NOT_A_BALANCE, message, subject=subject)
    return Reason(
        codes.NOT_A_BALANCE,
        message,
        subject=subject,
        remedy=f"Leave the {subject.removeprefix('code.')} out.",
        change=Change(Act.LEAVE_OUT, path=subject),
    )


def _take_less(balance: Balance) -> Change:
    if balance.unit == POINTS:
        return Change(Act.TAKE_LESS, quantity=balance.available)
    return Change(Act.TAKE_LESS, Money(balance.available, balance.unit))


def balance_value(amount: int, unit: str) -> Value:
    """What a balance holds, as a value."""
    return amount if unit == POINTS else Money(amount, unit)

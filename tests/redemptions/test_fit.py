"""Fit: the state of a voucher for a visit, told by the reasons against it; what it is worth; when it is over."""

from dataclasses import replace
from datetime import timedelta

import pytest

from app.engine.cart import Cart
from app.engine.counter import Measure
from app.engine.facts import Balance, Facts
from app.engine.money import Money
from app.engine.occasion import Occasion
from app.engine.offer import Presented
from app.engine.rewards.gift_balance import GiftBalance
from app.engine.rules.calendar_days import CalendarDays
from app.engine.rules.maximum_spend import MaximumSpend
from app.engine.rules.minimum_spend import MinimumSpend
from app.engine.unit import Rule
from app.redemptions.fit import Standing, Visit, VoucherState, stand
from tests.engine.shop import ANNA, BRUNO, CAMPAIGN, MAIN, NOW, VOUCHER, cart, offer, presented, with_budget

LATER = NOW + timedelta(days=1)


def _stand(code: Presented, basket: Cart | None = None, facts: Facts | None = None) -> Standing:
    return stand(code, facts or Facts(ANNA), Visit(basket, NOW, Occasion("web")))


def _ruled(rule: Rule) -> Presented:
    return presented(offer=offer(rule))


@pytest.mark.parametrize(
    ("code", "state"),
    [
        (presented(), VoucherState.USABLE),
        (presented(enabled=False), VoucherState.BLOCKED),
        (presented(holder=BRUNO), VoucherState.BLOCKED),
        (presented(expires_at=NOW), VoucherState.EXPIRED),
        (presented(expires_at=NOW, enabled=False), VoucherState.EXPIRED),
        (presented(starts_at=LATER), VoucherState.NOT_YET),
        (presented(starts_at=LATER, enabled=False), VoucherState.BLOCKED),
        (presented(campaign=replace(CAMPAIGN, state="PAUSED")), VoucherState.BLOCKED),
        (presented(main=replace(MAIN, state="ENDED")), VoucherState.EXPIRED),
        (presented(campaign=replace(CAMPAIGN, state="DRAFT")), VoucherState.NOT_YET),
        (presented(offer=None), VoucherState.NOT_YET),
    ],
)
def test_what_lasts_is_told_with_and_without_a_cart(code: Presented, state: VoucherState) -> None:
    assert _stand(code).state is state
    assert _stand(code, cart(5000)).state is state


def test_without_a_cart_rules_do_not_speak() -> None:
    standing = _stand(_ruled(MinimumSpend(Money(9000, "EUR"))))
    assert standing == Standing(VOUCHER, VoucherState.USABLE, (), None, None)


def test_what_goods_can_mend_is_almost_there_and_tells_the_gap() -> None:
    standing = _stand(_ruled(MinimumSpend(Money(9000, "EUR"))), cart(5000))
    assert (standing.state, standing.worth) == (VoucherState.ALMOST, 0)
    assert standing.gap is not None
    assert (standing.gap.amount, standing.gap.steps) == (4000, 1)
    assert [reason.missing for reason in standing.reasons] == [Money(4000, "EUR")]


def test_what_the_calendar_alone_refuses_is_not_yet() -> None:
    standing = _stand(_ruled(CalendarDays(days=(1,))), cart(5000))
    assert (standing.state, standing.worth, standing.gap) == (VoucherState.NOT_YET, 0, None)


def test_a_lasting_reason_outweighs_what_the_shopper_could_mend() -> None:
    code = replace(_ruled(MinimumSpend(Money(9000, "EUR"))), enabled=False)
    standing = _stand(code, cart(5000))
    assert (standing.state, standing.gap) == (VoucherState.BLOCKED, None)
    assert [reason.code for reason in standing.reasons] == ["VOUCHER_DISABLED", "MINIMUM_SPEND_NOT_REACHED"]


def test_a_used_up_budget_is_used_and_one_that_does_not_cover_is_not() -> None:
    code = with_budget(Measure.DISCOUNT, 300)
    [(key, _)] = code.caps(ANNA, "EUR", NOW)
    assert _stand(code, cart(2000)).state is VoucherState.USABLE
    assert _stand(code, cart(2000), Facts(ANNA, used={key: 300})).state is VoucherState.USED
    assert _stand(code, cart(9000)).state in {VoucherState.BLOCKED, VoucherState.ALMOST}


def test_a_balance_is_worth_what_it_would_pay_and_an_empty_one_is_empty() -> None:
    gift = presented(offer=offer(reward=GiftBalance()))
    full = Facts(ANNA, balances={VOUCHER: Balance("EUR", 3000)})
    assert (_stand(gift, cart(2000), full).state, _stand(gift, cart(2000), full).worth) == (
        VoucherState.USABLE,
        2000,
    )
    assert _stand(gift, cart(5000), full).worth == 3000
    for basket in (None, cart(5000)):
        assert _stand(gift, basket).state is VoucherState.EMPTY


def test_an_own_hold_is_told_whatever_else_there_is_to_say() -> None:
    standing = stand(presented(enabled=False), Facts(ANNA), Visit(None, NOW), LATER)
    assert (standing.state, standing.held_until) == (VoucherState.HELD, LATER)


def test_too_much_in_the_cart_can_be_mended_too() -> None:
    standing = _stand(_ruled(MaximumSpend(Money(1000, "EUR"))), cart(5000))
    assert standing.state is VoucherState.ALMOST


def test_a_code_is_over_when_the_first_of_its_ends_comes() -> None:
    code = presented(expires_at=LATER + timedelta(days=2), main=replace(MAIN, ends_at=LATER))
    assert code.ends_at == LATER
    assert _stand(code).expires_at == LATER
    assert presented().ends_at is None


def test_a_code_that_there_is_not_stands_nowhere() -> None:
    with pytest.raises(ValueError, match="There is no code 'NOBODYS'"):
        _stand(Presented("NOBODYS"))

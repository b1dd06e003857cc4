"""Postings: what is taken, given back and expires; and the laws that hold after any sequence of deeds."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.ids import new_id
from app.wallets.postings import (
    Account,
    Bucket,
    Deed,
    Movement,
    Posting,
    Taking,
    available,
    expired,
    expiry,
    give_back,
    post,
    take,
)
from tests.conftest import NOW

PROJECT, VOUCHER = UUID(int=1), UUID(int=2)
A, B, C, D = (UUID(int=number) for number in (11, 12, 13, 14))


def _day(number: int) -> datetime:
    return NOW + timedelta(days=number)


def _bucket(id_: UUID, left: int, expires_on: int | None = None) -> Bucket:
    return Bucket(id_, PROJECT, VOUCHER, "EUR", left, None if expires_on is None else _day(expires_on))


def _move(amount: int, deed: Deed, unit: str = "EUR", buckets: tuple[Taking, ...] = ()) -> Movement:
    return Movement(PROJECT, VOUCHER, unit, amount, deed, buckets=buckets)


def _issue(amount: int, expires_on: int | None = None) -> Movement:
    expires_at = None if expires_on is None else _day(expires_on)
    return _move(amount, Deed.ISSUE)._replace(expires_at=expires_at)


# A never expires, B expires last, C soonest of those that live, D has expired.
BUCKETS = (_bucket(A, 100), _bucket(B, 50, 9), _bucket(C, 30, 3), _bucket(D, 7, 0))


def test_what_expires_soonest_is_taken_first_and_what_has_expired_gives_nothing() -> None:
    assert available(BUCKETS, NOW) == 180
    assert take(BUCKETS, 20, NOW) == [Taking(C, 20)]
    assert take(BUCKETS, 85, NOW) == [Taking(C, 30), Taking(B, 50), Taking(A, 5)]
    assert take(BUCKETS, 180, NOW) == [Taking(C, 30), Taking(B, 50), Taking(A, 100)]
    assert take(BUCKETS, 0, NOW) == []
    with pytest.raises(ValueError, match="less"):
        take(BUCKETS, 181, NOW)


def test_buckets_that_expire_together_are_taken_in_the_order_of_their_ids() -> None:
    assert take((_bucket(B, 5), _bucket(A, 5)), 6, NOW) == [Taking(A, 5), Taking(B, 1)]


def test_a_bucket_lives_until_its_moment_and_not_at_it() -> None:
    assert available([_bucket(A, 5, 1)], _day(1) - timedelta(microseconds=1)) == 5
    assert available([_bucket(A, 5, 1)], _day(1)) == 0
    assert expired([_bucket(A, 5, 1), _bucket(B, 0, 1), _bucket(C, 5, 2)], _day(1)) == [Taking(A, 5)]


def test_what_was_taken_last_goes_back_first() -> None:
    takings = take(BUCKETS, 85, NOW)
    assert give_back(takings, 5) == [Taking(A, 5)]
    assert give_back(takings, 56) == [Taking(A, 5), Taking(B, 50), Taking(C, 1)]
    assert give_back(takings, 85) == takings[::-1]
    with pytest.raises(ValueError, match="less"):
        give_back(takings, 86)


def test_an_amount_is_issued_into_the_bucket_that_expires_with_it_or_into_a_new_one() -> None:
    posted = post(
        {VOUCHER: [_bucket(A, 0), _bucket(B, 50, 9)]}, [_issue(5, 9), _issue(6), _issue(7, 8)], NOW, lambda: C
    )
    assert posted.buckets[VOUCHER] == [_bucket(A, 6), _bucket(B, 55, 9), _bucket(C, 7, 8)]
    assert posted.opened == {C}
    assert [(one.bucket, one.amount) for one in posted.postings] == [(B, 5), (A, 6), (C, 7)]


def test_movements_see_each_other() -> None:
    release = _move(30, Deed.RELEASE, buckets=(Taking(C, 30),))
    before = {VOUCHER: [_bucket(A, 10), _bucket(C, 0, 3)]}
    posted = post(before, [release, _move(35, Deed.SPEND), _move(5, Deed.HOLD)], NOW)
    assert posted.buckets[VOUCHER] == [_bucket(A, 0), _bucket(C, 0, 3)]
    assert [(one.bucket, one.amount, one.movement.deed) for one in posted.postings] == [
        (C, 30, Deed.RELEASE),
        (C, 30, Deed.SPEND),
        (A, 5, Deed.SPEND),
        (A, 5, Deed.HOLD),
    ]
    with pytest.raises(ValueError, match="less"):
        post(before, [_move(11, Deed.SPEND)], NOW)


def test_what_is_due_in_a_voucher_that_moves_expires_with_the_movement() -> None:
    posted = post({VOUCHER: BUCKETS, UUID(int=3): (_bucket(UUID(int=4), 9, 0),)}, [_move(5, Deed.SPEND)], NOW)
    assert [(one.bucket, one.amount, one.movement.deed) for one in posted.postings] == [
        (C, 5, Deed.SPEND),
        (D, 7, Deed.EXPIRE),
    ]
    assert posted.buckets[UUID(int=3)][0].amount_left == 9


def test_what_comes_back_too_late_expires_at_once() -> None:
    posted = post({VOUCHER: [_bucket(D, 0, 0)]}, [_move(5, Deed.REFUND, buckets=(Taking(D, 5),))], NOW)
    assert [(one.amount, one.movement.deed) for one in posted.postings] == [
        (5, Deed.REFUND),
        (5, Deed.EXPIRE),
    ]
    assert posted.buckets[VOUCHER] == [_bucket(D, 0, 0)]
    assert expiry(posted.buckets[VOUCHER], NOW) is None


@pytest.mark.parametrize(
    "movement",
    [
        _move(0, Deed.SPEND),
        _move(-1, Deed.ISSUE),
        _move(1, Deed.SPEND, unit="PLN"),
        _move(2, Deed.REFUND, buckets=(Taking(A, 1),)),
        _move(1, Deed.REFUND, buckets=(Taking(UUID(int=99), 1),)),
        _move(101, Deed.EXPIRE, buckets=(Taking(A, 101),)),
    ],
)
def test_a_movement_that_cannot_be_is_an_error(movement: Movement) -> None:
    with pytest.raises(ValueError, match=r"nothing|unit|sum|among|below"):
        post({VOUCHER: BUCKETS}, [movement], NOW)


def test_every_deed_but_a_confirmation_changes_the_balance_by_its_amount() -> None:
    assert {deed: deed.sign for deed in Deed} == {
        Deed.ISSUE: 1,
        Deed.RELEASE: 1,
        Deed.REFUND: 1,
        Deed.CONFIRM: 0,
        Deed.REMOVE: -1,
        Deed.SPEND: -1,
        Deed.HOLD: -1,
        Deed.EXPIRE: -1,
    }


class _Wallet:
    """A voucher, its buckets, its ledger, and what redemptions have of it; deeds come from Hypothesis."""

    def __init__(self) -> None:
        self.now = NOW
        self.buckets: list[Bucket] = []
        self.ledger: list[Posting] = []
        self.held: list[list[Taking]] = []
        self.spent: list[list[Taking]] = []

    def _post(self, movement: Movement) -> list[Taking]:
        posted = post({VOUCHER: self.buckets}, [movement], self.now)
        self.buckets = posted.buckets[VOUCHER]
        self.ledger += posted.postings
        return [Taking(one.bucket, one.amount) for one in posted.postings if one.movement == movement]

    def carry_out(self, deed: Deed, amount: int, day: int) -> None:
        """Do it as far as the wallet allows."""
        if deed is Deed.EXPIRE:
            self.now = max(self.now, _day(day))
        elif deed is Deed.ISSUE:
            self._post(_issue(amount, None if day == 0 else (self.now - NOW).days + day))
        elif deed in (Deed.SPEND, Deed.HOLD, Deed.REMOVE):
            amount = min(amount, available(self.buckets, self.now))
            if amount:
                taken = self._post(_move(amount, deed))
                {Deed.SPEND: self.spent, Deed.HOLD: self.held, Deed.REMOVE: []}[deed].append(taken)
        elif deed is Deed.CONFIRM and self.held:
            takings = self.held.pop()
            self._post(_move(_sum(takings), deed, buckets=tuple(takings)))
            self.spent.append(takings)
        elif deed is Deed.RELEASE and self.held:
            self._give_back(self.held, deed, amount)
        elif deed is Deed.REFUND and self.spent:
            self._give_back(self.spent, deed, amount)

    def _give_back(self, redemptions: list[list[Taking]], deed: Deed, amount: int) -> None:
        takings = redemptions.pop()
        back = give_back(takings, min(amount, _sum(takings)))
        self._post(_move(_sum(back), deed, buckets=tuple(back)))
        gone = dict(back)
        left = [Taking(bucket, part - gone.get(bucket, 0)) for bucket, part in takings]
        if _sum(left):
            redemptions.append([taking for taking in left if taking.amount])


def _sum(takings: Sequence[Taking]) -> int:
    return sum(taking.amount for taking in takings)


@given(
    st.lists(
        st.tuples(st.sampled_from(list(Deed)), st.integers(1, 60), st.integers(0, 12)),
        min_size=1,
        max_size=40,
    )
)
def test_after_any_deeds_accounts_sum_to_zero_and_every_bucket_equals_its_postings(
    deeds: list[tuple[Deed, int, int]],
) -> None:
    wallet = _Wallet()
    for deed, amount, day in deeds:
        wallet.carry_out(deed, amount, day)
        accounts: Counter[Account] = Counter()
        in_buckets: Counter[UUID] = Counter()
        for posting in wallet.ledger:
            how = posting.movement.deed
            accounts[how.debit] -= posting.amount
            accounts[how.credit] += posting.amount
            in_buckets[posting.bucket] += how.sign * posting.amount
            assert posting.amount > 0
        assert sum(accounts.values()) == 0
        assert all(accounts[account] >= 0 for account in Account if account is not Account.ISSUED)
        assert {bucket.id: bucket.amount_left for bucket in wallet.buckets} == in_buckets
        assert all(bucket.amount_left >= 0 for bucket in wallet.buckets)
        assert accounts[Account.BALANCE] == sum(bucket.amount_left for bucket in wallet.buckets)
        assert accounts[Account.HELD] == sum(map(_sum, wallet.held))
        assert accounts[Account.SPENT] == sum(map(_sum, wallet.spent))


@given(st.lists(st.integers(1, 50), min_size=1, max_size=6), st.data())
def test_refunds_in_any_parts_bring_every_bucket_back_to_where_it_was(
    amounts: list[int], data: st.DataObject
) -> None:
    before = [
        Bucket(new_id(), PROJECT, VOUCHER, "EUR", amount, _day(1 + place))
        for place, amount in enumerate(amounts)
    ]
    spent = data.draw(st.integers(1, sum(amounts)))
    posted = post({VOUCHER: before}, [_move(spent, Deed.SPEND)], NOW)
    takings = [Taking(one.bucket, one.amount) for one in posted.postings]
    buckets = posted.buckets[VOUCHER]
    while takings:
        part = data.draw(st.integers(1, _sum(takings)))
        back = give_back(takings, part)
        buckets = post({VOUCHER: buckets}, [_move(part, Deed.REFUND, buckets=tuple(back))], NOW).buckets[
            VOUCHER
        ]
        gone = dict(back)
        left = [Taking(bucket, amount - gone.get(bucket, 0)) for bucket, amount in takings]
        takings = [taking for taking in left if taking.amount]
    assert buckets == before

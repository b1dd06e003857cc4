"""The whole till as a machine that is driven at random, one request at a time, beside one that one can see through."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from app.engine.cart import Cart, Line
from app.engine.money import Money
from app.problem import Problems
from app.redemptions.confirm import confirm
from app.redemptions.release import release
from app.redemptions.requests import Answer, CustomerRef, Released, RolledBack
from app.redemptions.returns import Units
from app.redemptions.roll_back import roll_back
from app.redemptions.values import Redemption as Real
from app.redemptions.values import RejectedRedemption
from tests.redemptions.back_office import Asked, Office, codes_of
from tests.redemptions.naive_till import Redemption, Use
from tests.redemptions.shop import a_caller, asking

# Both carts of one line or two; the small one is too little for some codes.
CARTS = ((4_00, 6_00), (20_00, 10_00), (30_00,))
PICK = st.integers(0, 999)


class TillMachine(Office):
    """Every rule does the same thing to both tills and compares what they say; then both must hold the same."""

    @rule(
        names=st.lists(
            st.sampled_from(["MAY1", "MAY2", "JUNE1", "JUNE2", "OPEN1", "OPEN2", "GIFT1", "NOPE"]),
            min_size=1,
            max_size=3,
        ),
        cart=st.sampled_from(CARTS),
        customer=st.sampled_from(["ada", "bob", None]),
        take=st.sampled_from([None, None, 5_00, 90_00]),
        minutes=st.sampled_from([None, None, 30, 3000]),
    )
    def redeem_or_hold(
        self,
        names: list[str],
        cart: tuple[int, ...],
        customer: str | None,
        take: int | None,
        minutes: int | None,
    ) -> None:
        """A redemption, or a hold for so many minutes; `take` is the most that a gift shall pay."""
        self.naive.expire(self.now)
        takes = tuple(take if name == "GIFT1" else None for name in names)
        expected = self.naive.judge(list(zip(names, takes, strict=True)), cart, customer, self.now)
        expires_at = None if minutes is None else self.now + timedelta(minutes=minutes)
        request = asking(
            self.shop.project,
            *names,
            cart=a_cart(cart),
            customer=None if customer is None else CustomerRef(id=self.shop.customers[customer]),
            takes=tuple(None if most is None else Money(most, "EUR") for most in takes),
            hold_for=None if minutes is None else timedelta(minutes=minutes),
            idempotency_key=self.key(),
        )
        answer = self.run(self.till.redeem(request))
        assert isinstance(answer, Answer), answer
        uses = self.compare(answer, expected)
        if uses is not None:
            state = "REDEEMED" if minutes is None else "HELD"
            self.ids.append(answer.outcome.id)
            self.naive.enter(Redemption(customer, list(cart), uses, self.now, state, expires_at))
        self.remember(
            lambda: self.till.redeem(request),
            lambda: self.till.redeem(replace(request, channel="elsewhere")),
            answer.outcome.id,
        )

    def compare(self, answer: Answer, expected: list[tuple[int, set[str]]]) -> list[Use] | None:
        """The uses of what was granted; None for a refusal, whose reasons must be those expected, code by code."""
        told = answer.outcome
        if any(why for _, why in expected):
            assert isinstance(told, RejectedRedemption), (told, expected)
            assert [{reason.code for reason in code.reasons} for code in told.vouchers] == [
                why for _, why in expected
            ]
            self.naive.rejected += 1
            return None
        assert isinstance(told, Real), (told, expected)
        assert [code.discount for code in told.vouchers] == [off for off, _ in expected]
        assert [sum(code.line_discounts) for code in told.vouchers] == [off for off, _ in expected]
        assert all(part >= 0 for code in told.vouchers for part in code.line_discounts)
        return [
            Use(self.naive.codes[code.code], code.discount, list(code.line_discounts))
            for code in told.vouchers
        ]

    def remember(self, again: Asked, otherwise: Asked, answer: UUID) -> None:
        """A deed that was answered, and what it would be with other input under the same key."""
        self.asked.append((again, otherwise, answer))

    @precondition(lambda self: self.asked)
    @rule(pick=PICK)
    def ask_once_more(self, pick: int) -> None:
        """The same key and input get the same answer, and nothing happens."""
        again, _, answer = self.asked[pick % len(self.asked)]
        self.naive.expire(self.now)
        told = self.run(again())
        assert not isinstance(told, Problems), told
        assert told.replayed
        assert (told.outcome if isinstance(told, Answer) else told.redemption).id == answer

    @precondition(lambda self: self.asked)
    @rule(pick=PICK)
    def use_a_key_for_something_else(self, pick: int) -> None:
        _, otherwise, _ = self.asked[pick % len(self.asked)]
        self.naive.expire(self.now)
        assert codes_of(self.run(otherwise())) == ["IDEMPOTENCY_KEY_REUSED"]

    @precondition(lambda self: self.ids)
    @rule(pick=PICK, line=st.sampled_from([None, 0, 1]))
    def roll_back(self, pick: int, line: int | None) -> None:
        """All that is left, or one line."""
        place = pick % len(self.ids)
        redemption = self.naive.redemptions[place]
        left = [number for number, price in enumerate(redemption.lines) if price is not None]
        lines = left if line is None else [line]
        units = None if line is None else [Units(line, 1)]
        key = self.key()

        def again(reason: str | None = None) -> Any:
            return roll_back(
                self.shop.project,
                self.ids[place],
                now=self.now,
                lines=units,
                reason=reason,
                idempotency_key=key,
            )

        told = self.run(again())
        self.naive.expire(self.now)
        if redemption.state != "REDEEMED":
            undone = redemption.state == "ROLLED_BACK"
            assert codes_of(told) == ["ALREADY_ROLLED_BACK" if undone else "NOT_REDEEMED"]
        elif line is not None and line >= len(redemption.lines):
            assert codes_of(told) == ["NO_SUCH_LINE"]
        elif line is not None and line not in left:
            assert codes_of(told) == ["TOO_MANY_RETURNED"]
        else:
            assert isinstance(told, RolledBack), told
            back = [number for number in lines if number in left]
            value = sum(redemption.lines[number] or 0 for number in back)
            off = sum(use.by_line[number] for use in redemption.uses for number in back)
            assert told.rollback is not None
            assert (told.rollback.subtotal, told.rollback.discount) == (value, off)
            self.naive.give_back(redemption, back)
            self.remember(again, lambda: again("another reason"), self.ids[place])

    @precondition(lambda self: self.ids)
    @rule(pick=PICK, cart=st.sampled_from([None, None, *CARTS]))
    def confirm(self, pick: int, cart: tuple[int, ...] | None) -> None:
        """For the cart that it was made for, or for another one."""
        place = pick % len(self.ids)
        hold, caller, key = self.naive.redemptions[place], a_caller(self.shop.project), self.key()
        given = None if cart is None else a_cart(cart)
        at = self.now

        def again(**more: Any) -> Any:
            return confirm(caller, self.ids[place], now=at, cart=given, idempotency_key=key, **more)

        told = self.run(again())
        self.naive.expire(self.now)
        if hold.state != "HELD":
            assert codes_of(told) == [self.why_not(place)]
            return
        assert isinstance(told, Answer), told
        if cart is None or list(cart) == hold.lines:
            assert isinstance(told.outcome, Real)
            hold.state = "REDEEMED"
            self.naive.events["REDEMPTION_GRANTED"] += 1
        else:
            self.change(hold, cart, told)
        if hold.state == "REDEEMED":
            self.confirmed.add(self.ids[place])
        self.remember(again, lambda: again(metadata={"other": True}), told.outcome.id)

    def change(self, hold: Redemption, cart: tuple[int, ...], told: Answer) -> None:
        """A hold that is confirmed for another cart is judged anew where it stands, its own uses being free."""
        asked = [(use.code.name, use.off if use.paid and use.off else None) for use in hold.uses]
        expected = self.naive.judge(asked, cart, hold.customer, hold.created_at, besides=hold)
        uses = self.compare(told, expected)
        if uses is None:
            self.naive.end(hold, "RELEASED")
            return
        self.naive.swap(hold, list(cart), uses)

    @precondition(lambda self: self.ids)
    @rule(pick=PICK)
    def release(self, pick: int) -> None:
        place = pick % len(self.ids)
        hold, key = self.naive.redemptions[place], self.key()

        def again(reason: str | None = None) -> Any:
            return release(
                self.shop.project, self.ids[place], now=self.now, reason=reason, idempotency_key=key
            )

        told = self.run(again())
        self.naive.expire(self.now)
        if hold.state != "HELD":
            assert codes_of(told) == [self.why_not(place)]
            return
        assert isinstance(told, Released), told
        self.naive.end(hold, "RELEASED")
        self.remember(again, lambda: again("another reason"), self.ids[place])

    def why_not(self, place: int) -> str:
        """Why a redemption cannot be confirmed or released any more."""
        state = self.naive.redemptions[place].state
        if state in {"EXPIRED", "RELEASED"}:
            return f"HOLD_{state}"
        return "ALREADY_CONFIRMED" if self.ids[place] in self.confirmed else "NOT_A_HOLD"


def a_cart(prices: Sequence[int]) -> Cart:
    """A cart of single goods at these prices."""
    return Cart("EUR", tuple(Line(1, price) for price in prices))

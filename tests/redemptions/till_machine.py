"""The whole till as a machine that is driven at random, one request at a time, beside one that one can see through."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import rule

from app.engine.cart import Cart, Line
from app.engine.money import Money
from app.problem import Problems
from app.redemptions.confirm import confirm
from app.redemptions.rejected import RejectedRedemption
from app.redemptions.release import release
from app.redemptions.requests import Answer, CustomerRef, Released, RolledBack
from app.redemptions.returns import Units
from app.redemptions.roll_back import roll_back
from app.redemptions.values import Redemption as Real
from tests.redemptions.back_office import EDIT, Asked, Edit, Office, codes_of
from tests.redemptions.naive_values import SHIPPING, Redemption, Use
from tests.redemptions.shop import a_caller, asking

Prices = tuple[int, ...]  # of a cart's lines

# Carts of one line or two; the last one is too little for some codes.
CARTS: list[Prices] = [(20_00, 10_00), (30_00,), (10_00, 30_00), (4_00, 6_00)]
CODES = ["MAY1", "MAY2", "JUNE1", "JUNE2", "OPEN1", "OPEN2", "GIFT1", "SHIP1", "TEA1"]
DEEDS = [
    *("redeem", "hold", "hold", "redeem", "hold", "confirm", "confirm", "release", "roll back", "roll back"),
    *("again", "otherwise", "time", "edit", "edit", "edit"),
]
# Mostly such as may be granted: all else ends quickly.
CUSTOMER = st.sampled_from(["ada", "ada", "bob", "bob", None])
TAKE = st.sampled_from([None, None, 5_00, 90_00])
NAMES = st.one_of(
    *[st.lists(st.sampled_from(CODES), min_size=1, max_size=3, unique=True)] * 3,
    st.lists(st.sampled_from([*CODES, "NOPE"]), min_size=1, max_size=3),
)


class TillMachine(Office):
    """Every rule does the same thing to both tills and compares what they say; then both must hold the same."""

    @rule(
        deed=st.sampled_from(DEEDS),
        names=NAMES,
        cart=st.sampled_from(CARTS),
        customer=CUSTOMER,
        take=TAKE,
        minutes=st.sampled_from([30, 600, 7 * 24 * 60]),
        pick=st.integers(0, 999),
        line=st.sampled_from([None, 0, 1, 2]),
        other_cart=st.sampled_from([None, *CARTS, CARTS[-1]]),
        hours=st.sampled_from([0.25, 0.5, 5, 12, 30, 24 * 4]),
        edit=EDIT,
    )
    def something_happens(
        self,
        deed: str,
        names: list[str],
        cart: Prices,
        customer: str | None,
        take: int | None,
        minutes: int,
        pick: int,
        line: int | None,
        other_cart: Prices | None,
        hours: float,
        edit: Edit,
    ) -> None:
        """One rule, not one for each deed: Hypothesis would leave some of them out of each drive."""
        match deed:
            case "time":
                self.time_goes_by(hours)
            case "edit":
                self.look_after_the_shop(edit)
            case "confirm" if self.has_held:
                self.confirm(pick, other_cart)
            case "release" if self.has_held:
                self.release(pick)
            case "roll back" if self.ids:
                self.roll_back(pick, line)
            case "again" if self.asked:
                self.ask_once_more(pick)
            case "otherwise" if self.asked:
                self.use_a_key_for_something_else(pick)
            case _:
                self.present(names, cart, customer, take, minutes if deed == "hold" else None)

    def present(
        self,
        names: list[str],
        cart: Prices,
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
        uses = self.compare(answer, expected, cart)
        if uses is not None:
            state = "REDEEMED" if minutes is None else "HELD"
            self.ids.append(answer.outcome.id)
            lines = self.naive.bought(cart, uses)
            self.naive.enter(Redemption(customer, cart, lines, uses, self.now, state, expires_at))
        self.remember(
            lambda: self.till.redeem(request),
            lambda: self.till.redeem(replace(request, channel="elsewhere")),
            answer.outcome.id,
        )

    def compare(self, answer: Answer, expected: list[tuple[int, set[str]]], cart: Prices) -> list[Use] | None:
        """The uses of what was granted; None for a refusal, whose reasons must be those expected, code by code."""
        told = answer.outcome
        if any(why for _, why in expected):
            assert isinstance(told, RejectedRedemption), (told, expected)
            assert [{reason.code for reason in code.reasons} for code in told.vouchers] == [
                why for _, why in expected
            ]
            self.naive.rejected += 1
            for _, why in expected:
                self.happened.update(why)
            return None
        assert isinstance(told, Real), (told, expected)
        assert [code.discount for code in told.vouchers] == [off for off, _ in expected]
        assert [sum(code.line_discounts) + code.shipping_discount for code in told.vouchers] == [
            off for off, _ in expected
        ]
        assert all(part >= 0 for code in told.vouchers for part in code.line_discounts)
        uses = [
            Use(self.naive.codes[code.code], code.discount, list(code.line_discounts), code.shipping_discount)
            for code in told.vouchers
        ]
        for use in uses:
            assert use.shipping == (use.off if use.code.campaign.ships else 0)
            self.happened.update(["shipped"] if use.shipping else [])
            self.happened.update(["added"] if use.code.campaign.adds else [])
        assert [line.amount for line in told.cart.lines] == self.naive.bought(cart, uses)
        return uses

    def remember(self, again: Asked, otherwise: Asked, answer: UUID) -> None:
        """A deed that was answered, and what it would be with other input under the same key."""
        self.asked.append((again, otherwise, answer))

    def ask_once_more(self, pick: int) -> None:
        """The same key and input get the same answer, and nothing happens."""
        again, _, answer = self.asked[pick % len(self.asked)]
        self.naive.expire(self.now)
        told = self.run(again())
        assert not isinstance(told, Problems), told
        assert told.replayed
        assert (told.outcome if isinstance(told, Answer) else told.redemption).id == answer

    def use_a_key_for_something_else(self, pick: int) -> None:
        _, otherwise, _ = self.asked[pick % len(self.asked)]
        self.naive.expire(self.now)
        assert codes_of(self.run(otherwise())) == ["IDEMPOTENCY_KEY_REUSED"]

    def roll_back(self, pick: int, line: int | None) -> None:
        """All that is left, or one line."""
        place = self.picked(pick, "REDEEMED")
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
            if back == left:
                value, off = value + SHIPPING, off + sum(use.shipping for use in redemption.uses)
            assert told.rollback is not None
            assert (told.rollback.subtotal, told.rollback.discount) == (value, off)
            self.naive.give_back(redemption, back)
            self.happened[redemption.state] += 1
            self.remember(again, lambda: again("another reason"), self.ids[place])

    def confirm(self, pick: int, cart: Prices | None) -> None:
        """For the cart that it was made for, or for another one."""
        place = self.picked(pick, "HELD")
        hold, caller, key = self.naive.redemptions[place], a_caller(self.shop.project), self.key()
        given = None if cart is None else a_cart(cart)
        at = self.now

        def again(**more: Any) -> Any:
            return confirm(caller, self.ids[place], now=at, cart=given, idempotency_key=key, **more)

        told = self.run(again())
        self.naive.expire(self.now)
        if hold.state != "HELD":
            assert codes_of(told) == [self.why_not(place)]
            self.happened[f"refused: {self.why_not(place)}"] += 1
            return
        assert isinstance(told, Answer), told
        if cart is None or cart == hold.cart:
            assert isinstance(told.outcome, Real)
            hold.state = "REDEEMED"
            self.naive.events["REDEMPTION_GRANTED"] += 1
        else:
            self.change(hold, cart, told)
        if hold.state == "REDEEMED":
            self.confirmed.add(self.ids[place])
        self.remember(again, lambda: again(metadata={"other": True}), told.outcome.id)

    def change(self, hold: Redemption, cart: Prices, told: Answer) -> None:
        """A hold that is confirmed for another cart is judged anew where it stands, its own uses being free."""
        asked = [(use.code.name, use.off if use.paid and use.off else None) for use in hold.uses]
        expected = self.naive.judge(asked, cart, hold.customer, hold.created_at, besides=hold)
        uses = self.compare(told, expected, cart)
        if uses is None:
            self.naive.end(hold, "RELEASED")
            self.happened["change refused"] += 1
            return
        self.happened["change granted"] += 1
        self.naive.swap(hold, cart, uses)

    def release(self, pick: int) -> None:
        place = self.picked(pick, "HELD")
        hold, key = self.naive.redemptions[place], self.key()

        def again(reason: str | None = None) -> Any:
            return release(
                self.shop.project, self.ids[place], now=self.now, reason=reason, idempotency_key=key
            )

        told = self.run(again())
        self.naive.expire(self.now)
        if hold.state != "HELD":
            assert codes_of(told) == [self.why_not(place)]
            self.happened[f"refused: {self.why_not(place)}"] += 1
            return
        assert isinstance(told, Released), told
        self.naive.end(hold, "RELEASED")
        self.remember(again, lambda: again("another reason"), self.ids[place])

    @property
    def has_held(self) -> bool:
        """Whether there has been a hold."""
        return any(redemption.expires_at is not None for redemption in self.naive.redemptions)

    def picked(self, pick: int, state: str) -> int:
        """The place of a redemption: mostly of one in that state, if there is one."""
        places = [
            place for place, redemption in enumerate(self.naive.redemptions) if redemption.state == state
        ]
        if not places or pick % 5 == 0:
            return pick % len(self.ids)
        return places[pick % len(places)]

    def why_not(self, place: int) -> str:
        """Why a redemption cannot be confirmed or released any more."""
        state = self.naive.redemptions[place].state
        if state in {"EXPIRED", "RELEASED"}:
            return f"HOLD_{state}"
        return "ALREADY_CONFIRMED" if self.ids[place] in self.confirmed else "NOT_A_HOLD"


def a_cart(prices: Sequence[int]) -> Cart:
    """A cart of single goods at these prices, and what all carts cost to ship."""
    return Cart("EUR", tuple(Line(1, price) for price in prices), SHIPPING)

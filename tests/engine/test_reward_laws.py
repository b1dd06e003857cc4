"""Laws that every reward on the shelf obeys, tried on carts nobody would think of, after any other discounts."""

from dataclasses import replace
from uuid import UUID

from hypothesis import assume, event, given, settings
from hypothesis import strategies as st

from app.engine.cart import Cart, Line
from app.engine.evaluate import evaluate
from app.engine.evaluation import Evaluation
from app.engine.facts import POINTS, Balance, Facts, Situation
from app.engine.give import give
from app.engine.line_units import WhichFirst
from app.engine.money import Money
from app.engine.reason import Reason
from app.engine.rewards.amount_off_items import Spread
from app.engine.rewards.gift_balance import GiftBalance
from app.engine.shelf import rewards
from app.engine.unit import Reward
from tests.engine.any_reward import CASES, CURRENCY, DEMANDING, EASY, KINDS, LINES, PRODUCTS, cases, reward_in
from tests.engine.shop import NOW, offer, presented, situation

law = settings(max_examples=120)


def looked_at(cart: Cart, balance: int = 700) -> Situation:
    return replace(situation(cart), balance=balance)


def prices(cart: Cart) -> tuple[int, ...]:
    return tuple(line.amount for line in cart.lines)


def is_per_line(reward: Reward) -> bool:
    """Whether it makes a difference to it which units stand on one line."""
    spread = getattr(reward, "spread", None)
    return spread is Spread.EACH_LINE or getattr(reward, "up_to_per_line", None) is not None


def depends_on_order(reward: Reward) -> bool:
    """Whether the units that are meant are told by the order of the lines; or, of equal ones, on how many lines."""
    some = getattr(reward, "units_at_most", None) is not None
    return getattr(reward, "first", None) is WhichFirst.AS_LISTED or (some and is_per_line(reward))


@law
@given(CASES, st.data())
def test_nothing_falls_below_zero_and_the_order_of_the_lines_changes_no_total(
    case: tuple[Reward, Cart], data: st.DataObject
) -> None:
    reward, cart = case
    refusals = reward.refusals(looked_at(cart))
    # What is left of each line after other codes: any part of it.
    remaining = tuple(data.draw(st.just(most) | st.integers(0, most)) for most in prices(cart))
    order = data.draw(st.permutations(range(len(cart.lines))))
    turned = Cart(cart.currency, tuple(cart.lines[place] for place in order))
    turned = replace(turned, shipping=cart.shipping)
    codes = [reason.code for reason in refusals]
    assert [reason.code for reason in reward.refusals(looked_at(turned))] == codes
    event("refused" if refusals else "given")
    assume(not refusals)
    shipping = data.draw(st.integers(0, cart.shipping))
    then = replace(looked_at(cart), remaining=remaining, remaining_shipping=shipping)
    made = give(presented(), reward, then)
    assert len(made.lines) == len(remaining)
    assert all(0 <= part <= left for part, left in zip(made.lines, remaining, strict=True))
    assert 0 <= made.shipping <= shipping
    assert all(line.added_by == "SUMMER" for line in made.added)
    assert made.discount - made.lowers_by == sum(line.amount for line in made.added)
    if not depends_on_order(reward):
        after = replace(then, cart=turned, remaining=tuple(remaining[place] for place in order))
        again = give(presented(), reward, after)
        assert (sum(again.lines), again.shipping) == (sum(made.lines), made.shipping)
        assert again.added == made.added


@law
@given(
    CURRENCY.flatmap(
        lambda currency: st.tuples(
            st.lists(
                st.sampled_from(KINDS).flatmap(lambda kind: reward_in(currency, kind)),
                min_size=2,
                max_size=4,
            ),
            st.builds(Cart, st.just(currency), LINES, st.integers(0, 900)),
        )
    )
)
def test_several_codes_in_a_row_take_from_what_those_before_have_left(
    case: tuple[list[Reward], Cart],
) -> None:
    promised, cart = case
    codes = [presented(f"CODE{n}", n, offer=offer(reward=reward)) for n, reward in enumerate(promised, 1)]
    units = [cart.currency if isinstance(reward, GiftBalance) else POINTS for reward in promised]
    balances = {UUID(int=n): Balance(unit, 50) for n, unit in enumerate(units, 1)}
    facts = Facts(balances=balances)
    evaluation = evaluate(codes, cart, facts, NOW)
    event("granted" if evaluation.granted else "refused")
    left, shipping = list(prices(cart)), cart.shipping
    for verdict in evaluation.verdicts:
        own = verdict.line_discounts[: len(cart.lines)]
        worth = sum(line.amount for line in verdict.added)
        assert sum(own) + verdict.shipping_discount + worth == verdict.discount
        left = [most - part for most, part in zip(left, own, strict=True)]
        shipping -= verdict.shipping_discount
        assert min([*left, shipping]) >= 0
    assert evaluation.total == evaluation.subtotal + evaluation.shipping - evaluation.discount >= 0
    if evaluation.granted:
        assert evaluation.total == sum(left) + shipping
        assert_that_added_lines_are_free(evaluation, cart)


def assert_that_added_lines_are_free(evaluation: Evaluation, cart: Cart) -> None:
    """Each is borne by the code that added it, and by no other; the sums have them in them."""
    assert evaluation.subtotal == cart.subtotal + sum(line.amount for line in evaluation.added)
    assert sum(evaluation.line_discounts) + evaluation.shipping_discount == evaluation.discount
    for verdict in evaluation.verdicts:
        parts = verdict.line_discounts[len(cart.lines) :]
        assert parts == tuple(
            [line.amount if line.added_by == verdict.code else 0 for line in evaluation.added]
        )


@law
@given(CASES)
def test_a_line_of_many_is_worth_as_much_as_many_lines(case: tuple[Reward, Cart]) -> None:
    reward, cart = case
    assume(not reward.refusals(looked_at(cart)) and not is_per_line(reward))
    single = Cart(
        cart.currency, tuple(replace(line, quantity=1) for line in cart.lines for _ in range(line.quantity))
    )
    parts = reward.discount(looked_at(cart), prices(cart))
    singles = reward.discount(looked_at(single), prices(single))
    assert sum(singles) == sum(parts)


@law
@given(CASES)
def test_every_reward_survives_its_json_and_can_be_told(case: tuple[Reward, Cart]) -> None:
    reward, cart = case
    again = rewards.from_json(rewards.to_json(reward))
    assert again == reward
    assert hash(again) == hash(reward)
    assert rewards.phrase(again).startswith(rewards.kind_of(reward).replace("_", " "))
    for reason in reward.refusals(looked_at(cart)):
        assert reason.message.endswith(".")
        assert reason.remedy is None or reason.remedy.endswith(".")
        assert Reason.from_json(reason.to_json()) == reason


@law
@given(CASES)
def test_in_another_currency_no_reward_with_money_says_that_it_can_be_given(
    case: tuple[Reward, Cart],
) -> None:
    reward, cart = case
    assume("currency" in str(rewards.to_json(reward)))
    other = Cart("USD", cart.lines)
    assert [reason.code for reason in reward.refusals(looked_at(other))] == ["CURRENCY_MISMATCH"]


@law
@given(cases(sorted(EASY)))
def test_to_some_rewards_any_cart_is_good_enough(case: tuple[Reward, Cart]) -> None:
    reward, cart = case
    assert reward.refusals(looked_at(cart)) == ()


@law
@given(DEMANDING)
def test_doing_what_the_remedies_say_is_enough(case: tuple[Reward, Cart]) -> None:
    reward, cart = case
    reasons = reward.refusals(looked_at(cart))
    assume(reasons)
    added = list(cart.lines)
    for reason in reasons:
        assert reason.remedy is not None
        about = reason.remedy.partition(" from: ")[2].rstrip(".")
        product = next((name for name in PRODUCTS if name in about), "spoon")
        if reason.code == "NOT_ENOUGH_ITEMS":
            assert isinstance(reason.missing, int)
            added.append(Line(reason.missing, 5000, product=product))
        else:
            assert reason.code == "ITEMS_AMOUNT_TOO_LOW"
            assert isinstance(reason.missing, Money)
            added.append(Line(1, max(reason.missing.minor, 500), product=product))
    assert reward.refusals(looked_at(Cart(cart.currency, tuple(added)))) == ()

"""A random shop whose rules all ask about the customer: what validating says, redeeming does, step by step.

And what the rules are told is what the ledger holds, reckoned here by hand.
"""

import random
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest

from app.customers.values import CustomerInput
from app.database import execute, fetch, transaction
from app.engine.comparison import Comparison, Operator
from app.engine.evaluate import Evaluation
from app.engine.facts import Need, PastRedemptions, PastSpend
from app.engine.money import Money
from app.engine.reason import Reason
from app.engine.rules.amount_spent import AmountSpent
from app.engine.rules.any_of import AnyOf
from app.engine.rules.birthday import Birthday
from app.engine.rules.custom_events import CustomEvents
from app.engine.rules.customer_attribute import CustomerAttribute, CustomerAttributes
from app.engine.rules.customer_metadata import CustomerMetadata
from app.engine.rules.first_purchase import FirstPurchase
from app.engine.rules.in_segment import InSegment
from app.engine.rules.new_customer import NewCustomer
from app.engine.rules.none_of import NoneOf
from app.engine.rules.nth_order import NthOrder
from app.engine.rules.redemptions_made import RedemptionsMade
from app.engine.unit import Rule
from app.ids import new_id
from app.redemptions.counters import gather
from app.redemptions.needs import Asked
from app.redemptions.redeem import settle
from app.redemptions.requests import Answer, CustomerRef, RolledBack, ValidateRequest
from app.redemptions.returns import Units
from app.redemptions.roll_back import roll_back
from app.redemptions.ticket import Ticket, write_ticket
from app.redemptions.validate import validate
from app.redemptions.values import Redemption, RedemptionState
from tests.conftest import NOW
from tests.redemptions.shop import a_caller, a_campaign, a_voucher, asking, offer
from tests.segments.shop import a_segment, put

PEOPLE = ("ada", "bob", "cyd")
STEPS = 40


class Shop:
    """The shop, and all that it has sold."""

    def __init__(self, project: UUID, dice: random.Random, rules: list[Rule]) -> None:
        self.project, self.dice, self.rules = project, dice, rules
        self.now = NOW
        self.codes = [f"CODE{place}" for place in range(len(rules))]
        self.sold: dict[UUID, Redemption] = {}
        self.granted = 0

    async def open(self) -> None:
        for code, rule in zip(self.codes, self.rules, strict=True):
            campaign = await a_campaign(self.project, code, promise=offer(rule=rule))
            await a_voucher(self.project, campaign, code)

    def customer(self) -> CustomerInput | CustomerRef:
        """Somebody, with news of themselves or without."""
        who, dice = self.dice.choice(PEOPLE), self.dice
        told = {
            "birthday": dice.choice([None, date(1990, 6, 1), date(1992, 2, 29)]),
            "metadata": dice.choice([{}, {"tier": "gold"}, {"tier": ["iron", 7]}]),
            "email": dice.choice([None, f"{who}@shop.pl"]),
        }
        return CustomerInput(who, **{name: told[name] for name in told if dice.random() < 0.4})  # type: ignore[arg-type]  # each of its own type

    async def buy(self) -> None:
        """Ask what some codes are worth, then redeem or hold them at the same moment."""
        codes = tuple(self.dice.sample(self.codes, self.dice.choice([1, 1, 2])))
        caller, customer = a_caller(self.project), self.customer()
        hold_for = self.dice.choice([None, None, timedelta(hours=5)])
        request = asking(self.project, *codes, customer=customer, hold_for=hold_for)
        told = await validate(ValidateRequest(caller, codes, request.cart, customer), self.now)
        ticket = write_ticket(request)
        assert isinstance(told, Evaluation)
        assert isinstance(ticket, Ticket)
        async with transaction() as connection:
            [answer] = await settle(connection, [ticket], self.now, has_expired=True)
        assert isinstance(answer, Answer)
        outcome = answer.outcome
        assert told.granted is isinstance(outcome, Redemption), (codes, customer)
        if isinstance(outcome, Redemption):
            assert told.discount == outcome.discount
            self.sold[outcome.id] = outcome
            self.granted += 1
        else:
            assert [_said(one) for one in told.reasons] == [_said(one) for one in outcome.reasons]

    async def give_back(self) -> None:
        """Take a shirt, or all that is left, back of something that was redeemed."""
        redeemed = [one for one in self.sold.values() if one.state is RedemptionState.REDEEMED]
        if not redeemed:
            return
        one = self.dice.choice(redeemed)
        back = await roll_back(
            self.project, one.id, now=self.now, lines=self.dice.choice([None, [Units(0, 1)]])
        )
        if isinstance(back, RolledBack):
            self.sold[one.id] = back.redemption

    def reckoned(self, customer: UUID, need: Need) -> int:
        """What the answer to a need must be."""
        assert isinstance(need, PastRedemptions | PastSpend)
        since = datetime.min.replace(tzinfo=NOW.tzinfo) if need.within is None else self.now - need.within
        standing = [
            one
            for one in self.sold.values()
            if one.customer_id == customer
            and one.created_at >= since
            and (
                one.state is RedemptionState.REDEEMED
                or (
                    one.state is RedemptionState.HELD
                    and one.expires_at is not None
                    and one.expires_at > self.now
                )
            )
        ]
        if isinstance(need, PastRedemptions):
            return len(standing)
        paid = [one.total - one.returned_subtotal + one.returned_discount for one in standing]
        return sum(paid) if need.currency == "EUR" else 0


def _said(reason: Reason) -> tuple[object, ...]:
    return reason.code, reason.message, reason.expected, reason.actual


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_validating_says_what_redeeming_does_and_rules_are_told_what_the_ledger_holds(
    project: UUID, seed: int
) -> None:
    dice = random.Random(seed)  # noqa: S311 - a shop at random, the same every time
    friends, live = (
        await a_segment(project),
        await a_segment(project, "Spenders", AmountSpent(Money(25_000, "EUR"))),
    )
    days = timedelta(days=2)
    shop = Shop(
        project,
        dice,
        [
            FirstPurchase(),
            NthOrder(every=3),
            RedemptionsMade(1, 4, within_days=2),
            AmountSpent(amount_at_most=Money(30_000, "EUR"), within_days=2),
            InSegment(friends.id),
            NoneOf((InSegment(live.id),)),
            AnyOf((InSegment(live.id), CustomerMetadata("tier", Comparison(Operator.IS, ("gold",))))),
            CustomerMetadata("tier", Comparison(Operator.MORE_THAN, ("6",))),
            CustomerAttribute(CustomerAttributes.EMAIL, Comparison(Operator.ENDS_WITH, ("@shop.pl",))),
            Birthday(1, 2),
            NewCustomer(3),
            CustomEvents("visit", 1, 3, within_days=2),
        ],
    )
    await shop.open()
    for _ in range(STEPS):
        shop.now += timedelta(hours=dice.choice([0, 1, 7]))
        await dice.choice([shop.buy, shop.buy, shop.buy, shop.give_back])()
        known = {one.customer_id for one in shop.sold.values() if one.customer_id is not None}
        if known and dice.random() < 0.3:
            who = dice.choice(sorted(known))
            await execute(
                "INSERT INTO custom_events (id, project_id, customer_id, name, metadata, at, created_at)"
                " VALUES ($1, $2, $3, 'visit', '{}', $4, $4)",
                new_id(),
                project,
                who,
                shop.now,
            )
            await put(project, friends, [who])
    needs: list[Need] = [
        PastRedemptions(),
        PastRedemptions(within=days),
        PastSpend("EUR"),
        PastSpend("EUR", days),
    ]
    needs.append(PastSpend("JPY"))
    known = {one.customer_id for one in shop.sold.values() if one.customer_id is not None}
    asked = [Asked(project, one, need) for one in sorted(known) for need in needs]
    answers = (await gather(fetch, (), asked, shop.now)).answers
    assert answers == {
        one: shop.reckoned(one.customer, one.need) for one in asked if one.customer is not None
    }
    assert shop.granted >= 5, "a shop that sells nothing proves nothing"

"""Rules that ask about the customer: all of them at once, in one statement; validating says what redeeming will do."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any  # fields of requests, of whatever type they are
from uuid import UUID

from app.customers.recognise import recognise
from app.customers.values import CustomerInput
from app.database import execute, fetchval, transaction
from app.engine.cart import Cart, Line
from app.engine.comparison import Comparison, Operator
from app.engine.evaluate import Evaluation
from app.engine.money import Money
from app.engine.rules.all_of import AllOf
from app.engine.rules.amount_spent import AmountSpent
from app.engine.rules.any_of import AnyOf
from app.engine.rules.birthday import Birthday
from app.engine.rules.custom_events import CustomEvents
from app.engine.rules.customer_attribute import CustomerAttribute, CustomerAttributes
from app.engine.rules.customer_metadata import CustomerMetadata
from app.engine.rules.in_segment import InSegment
from app.engine.rules.minimum_spend import MinimumSpend
from app.engine.rules.new_customer import NewCustomer
from app.engine.rules.nth_order import NthOrder
from app.engine.rules.redemptions_made import RedemptionsMade
from app.engine.unit import Rule
from app.redemptions.confirm import confirm
from app.redemptions.requests import Answer, CustomerRef, RedeemRequest, RolledBack, ValidateRequest
from app.redemptions.returns import Units
from app.redemptions.roll_back import roll_back
from app.redemptions.rollback import RollbackPolicy
from app.redemptions.till import Till
from app.redemptions.validate import validate
from app.redemptions.values import Redemption
from app.segments.draft import update_segment
from app.segments.values import SegmentChanges
from tests.conftest import NOW, Statements
from tests.redemptions.shop import (
    CART,
    a_caller,
    a_campaign,
    a_customer,
    a_voucher,
    asking,
    offer,
    reasons,
    redemption,
    refusal,
    rush,
)
from tests.segments.shop import a_segment, put

GOLD = CustomerMetadata("tier", Comparison(Operator.IS, ("gold",)))
BIG = Cart("EUR", tuple(Line(1, 100 + place, sku=f"S{place}") for place in range(200)))
EURO = 100


async def _codes(project: UUID, rules: Sequence[Rule], name: str = "CODE") -> list[str]:
    """A code for each of the rules, in a campaign of its own."""
    codes = [f"{name}{place}" for place in range(len(rules))]
    for code, rule in zip(codes, rules, strict=True):
        await a_voucher(project, await a_campaign(project, code, promise=offer(1, rule=rule)), code)
    return codes


async def _told(project: UUID, *codes: str, **more: Any) -> Evaluation:
    answer = await validate(ValidateRequest(a_caller(project), codes, more.pop("cart", CART), **more), NOW)
    assert isinstance(answer, Evaluation), answer
    return answer


async def test_thirty_codes_that_ask_everything_take_the_statements_of_one(
    project: UUID, till: Till, statements: Statements
) -> None:
    vip = await a_segment(project, "VIP")
    regulars = await a_segment(project, "Regulars", RedemptionsMade(at_most=100, within_days=300))
    ada = await a_customer(project)
    await put(project, vip, [ada])
    everything: list[Rule] = []
    for place in range(30):
        days = 1 + place
        everything.append(
            AllOf(
                (
                    InSegment(vip.id),
                    InSegment(regulars.id),
                    NewCustomer(days),
                    NthOrder(1),
                    RedemptionsMade(at_most=9, within_days=days),
                    AmountSpent(amount_at_most=Money(9_999 * EURO, "EUR"), within_days=days),
                    CustomEvents(f"event {place}", at_most=0, within_days=days),
                    CustomerAttribute(CustomerAttributes.SOURCE_ID, Comparison(Operator.IS, ("ada",))),
                    CustomerMetadata(f"key {place}", Comparison(Operator.ABSENT)),
                )
            )
        )
    codes = await _codes(project, everything)
    who = CustomerRef(source_id="ada")
    with statements.counted() as sent:
        told = await _told(project, *codes, customer=who, cart=BIG)
    assert [verdict.granted for verdict in told.verdicts] == [True] * 30
    assert len(sent) == 2
    with statements.counted() as sent:
        redemption(await till.redeem(asking(project, codes[0], customer=who, cart=BIG)))
    few = len(sent)
    with statements.counted() as sent:
        made = redemption(await till.redeem(asking(project, *codes[1:], customer=who, cart=BIG)))
    assert (len(made.vouchers), len(sent)) == (29, few)


async def test_an_inline_customer_is_seen_as_redeeming_would_see_them(project: UUID, till: Till) -> None:
    born = date(NOW.year - 30, NOW.month, NOW.day)
    named = CustomerAttribute(CustomerAttributes.NAME, Comparison(Operator.EXISTS))
    codes = await _codes(project, [GOLD, named, Birthday(), NewCustomer(1)])
    kept = CustomerInput("ada", "Ada", metadata={"tier": "iron"})
    async with transaction() as connection:
        await recognise(connection, project, [kept], NOW - timedelta(days=5))
    told = (
        (CustomerInput("ada"), [False, True, False, False]),
        (CustomerInput("ada", metadata={"tier": "gold"}, birthday=born), [True, True, True, False]),
        (CustomerInput("ada", None), [True, False, True, False]),
        (CustomerInput("bob", metadata={"tier": "gold"}), [True, False, False, True]),
    )
    for customer, wanted in told:
        verdicts = [(await _told(project, code, customer=customer)).granted for code in codes]
        redeemed = [await till.redeem(asking(project, code, customer=customer)) for code in codes]
        outcomes = [isinstance(one, Answer) and isinstance(one.outcome, Redemption) for one in redeemed]
        assert verdicts[:3] == outcomes[:3] == wanted[:3]
        assert verdicts[3] is outcomes[3] is wanted[3]


async def test_a_customer_whom_nobody_knows_is_judged_by_the_source_id_alone(project: UUID) -> None:
    mine = CustomerAttribute(CustomerAttributes.SOURCE_ID, Comparison(Operator.IS, ("new",)))
    codes = await _codes(project, [mine, NewCustomer(1), NthOrder(1, 1), GOLD])
    told = await _told(project, *codes, customer=CustomerRef(source_id="new"))
    assert [verdict.granted for verdict in told.verdicts] == [True, True, True, False]
    assert await fetchval("SELECT count(*) FROM customers WHERE project_id = $1", project) == 0


async def test_requests_of_one_batch_see_what_those_before_them_bought(project: UUID, till: Till) -> None:
    # Each order comes to 104.99 euro; the third would be made by somebody who has spent 209.98.
    spent = AmountSpent(amount_at_most=Money(209 * EURO, "EUR"))
    [code] = await _codes(project, [spent])
    ada = CustomerRef(id=await a_customer(project))
    answers = await _at_once(till, [asking(project, code, customer=ada) for _ in range(3)])
    assert sorted(isinstance(one.outcome, Redemption) for one in answers) == [False, True, True]
    [no] = [one for one in answers if not isinstance(one.outcome, Redemption)]
    assert reasons(no) == ["SPENT_TOO_MUCH"]
    assert [reason.actual for reason in refusal(no).reasons] == [Money(20998, "EUR")]


async def test_a_hold_does_not_count_against_itself(project: UUID, till: Till) -> None:
    rules = (NthOrder(1, 1), AmountSpent(amount_at_most=Money(0, "EUR")), RedemptionsMade(at_most=0))
    [code] = await _codes(project, [AllOf(rules)])
    ada = CustomerRef(id=await a_customer(project))
    held = redemption(await till.redeem(asking(project, code, customer=ada, hold_for=timedelta(hours=1))))
    bigger = Cart("EUR", (*CART.lines, Line(1, 999)))
    answer = await confirm(a_caller(project), held.id, cart=bigger, now=NOW + timedelta(minutes=1))
    assert redemption(answer).subtotal == 10999
    assert reasons(await till.redeem(asking(project, code, customer=ada))) == [
        "NOT_NTH_ORDER",
        "SPENT_TOO_MUCH",
        "TOO_MANY_REDEMPTIONS",
    ]


async def test_only_rules_that_redeeming_changes_lock_the_past(project: UUID, till: Till) -> None:
    locked = "SELECT count(*) FROM counters WHERE project_id = $1 AND scope = 'past'"
    plain, past = await _codes(
        project, [CustomEvents("visit", at_most=0), AmountSpent(amount_at_most=Money(EURO, "EUR"))]
    )
    ada = CustomerRef(id=await a_customer(project))
    redemption(await till.redeem(asking(project, plain, customer=ada)))
    assert await fetchval(locked, project) == 0
    assert reasons(await till.redeem(asking(project, past, customer=ada))) == ["SPENT_TOO_MUCH"]
    assert await fetchval(locked, project) == 1


async def test_a_segment_is_judged_by_its_newest_rule_and_gone_holds_nobody(
    project: UUID, till: Till
) -> None:
    segment = await a_segment(project, "Regulars", NthOrder(1, 1))
    [code] = await _codes(project, [InSegment(segment.id)])
    ada = CustomerRef(id=await a_customer(project))
    redemption(await till.redeem(asking(project, code, customer=ada)))
    assert reasons(await till.redeem(asking(project, code, customer=ada))) == ["NOT_IN_SEGMENT"]
    await update_segment(project, segment.id, SegmentChanges(rule=NthOrder(2, 2)), None, NOW)
    assert (await _told(project, code, customer=ada)).granted
    redemption(await till.redeem(asking(project, code, customer=ada)))
    await execute("DELETE FROM segments WHERE id = $1", segment.id)
    told = await _told(project, code, customer=ada)
    assert [(reason.code, reason.expected) for reason in told.reasons] == [("NOT_IN_SEGMENT", None)]


async def test_a_return_does_not_forget_who_the_customer_was(project: UUID, till: Till) -> None:
    vip = await a_segment(project, "VIP")
    [code] = await _codes(project, [AnyOf((InSegment(vip.id), MinimumSpend(Money(80 * EURO, "EUR"))))])
    for name, stays in (("ada", True), ("bob", False)):
        who = await a_customer(project, name)
        if stays:
            await put(project, vip, [who])
        made = redemption(await till.redeem(asking(project, code, customer=CustomerRef(id=who))))
        await execute("DELETE FROM segment_members WHERE project_id = $1", project)
        # Without the shoes of 40 euro the cart is below 80, but Ada was a VIP whatever was in it.
        claw = RollbackPolicy.CLAW_BACK_IF_UNQUALIFIED
        done = await roll_back(project, made.id, now=NOW, lines=[Units(1, 1)], policy=claw)
        assert isinstance(done, RolledBack), done
        assert done.redemption.vouchers[0].given_back is not stays


async def test_without_a_customer_nothing_is_asked_and_everything_refused(
    project: UUID, statements: Statements
) -> None:
    codes = await _codes(project, [GOLD, Birthday(), NewCustomer(1), NthOrder(1)])
    with statements.counted() as sent:
        told = await _told(project, *codes)
    assert [reason.code for reason in told.reasons] == ["CUSTOMER_REQUIRED"] * 4
    assert len(sent) == 1


async def _at_once(till: Till, requests: Sequence[RedeemRequest]) -> list[Answer]:
    answers = await rush([till], requests)
    assert all(isinstance(answer, Answer) for answer in answers)
    return [answer for answer in answers if isinstance(answer, Answer)]

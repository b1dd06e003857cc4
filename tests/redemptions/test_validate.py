"""Validating: the same answer that redeeming would give, in as few statements as can be, and nothing moves."""

from uuid import UUID

from app.customers.values import CustomerInput
from app.engine.evaluate import Evaluation
from app.engine.offer import Offer
from app.engine.rewards.gift_balance import GiftBalance
from app.engine.rules.first_purchase import FirstPurchase
from app.ids import new_id
from app.problem import Problems
from app.projects.values import KeyKind
from app.redemptions.requests import CustomerRef, ValidateRequest
from app.redemptions.till import Till
from app.redemptions.validate import validate
from tests.conftest import NOW, Statements
from tests.redemptions.shop import (
    CART,
    Tally,
    a_caller,
    a_campaign,
    a_customer,
    a_voucher,
    asking,
    counters,
    offer,
    problems,
    redemption,
    tally,
)


async def _ask(project: UUID, *codes: str, customer: CustomerRef | CustomerInput | None = None) -> Evaluation:
    evaluation = await validate(ValidateRequest(a_caller(project), codes, CART, customer), NOW)
    assert isinstance(evaluation, Evaluation), evaluation
    return evaluation


async def test_a_code_is_worth_what_redeeming_it_gives_and_nothing_moves(project: UUID, till: Till) -> None:
    await a_voucher(project, await a_campaign(project, promise=offer(per_campaign=5)), "SUMMER")
    evaluation = await _ask(project, "summer", customer=CustomerInput("new"))
    assert (evaluation.granted, evaluation.discount, evaluation.total) == (True, 500, 10_000)
    assert await tally(project) == Tally(0, 0, 0, 0, 0)
    assert await counters(project) == {}
    made = redemption(await till.redeem(asking(project, "summer")))
    assert (made.discount, made.line_discounts) == (evaluation.discount, evaluation.line_discounts)


async def test_two_statements_serve_many_codes_with_limits_and_pasts(
    project: UUID, statements: Statements
) -> None:
    main = await a_campaign(project, "Year", is_main=True, max_redemptions=9)
    for name in ("A", "B", "C"):
        promise = offer(rule=FirstPurchase(), per_customer=1, per_campaign=5, per_voucher=1)
        await a_voucher(project, await a_campaign(project, name, promise=promise, main_id=main), name)
    await a_customer(project)
    with statements.counted() as sent:
        evaluation = await _ask(project, "A", "B", "C", "NONE", customer=CustomerRef(source_id="ada"))
    assert [verdict.granted for verdict in evaluation.verdicts] == [True, True, True, False]
    assert len(sent) == 2
    with statements.counted() as sent:
        await _ask(project, "NONE")
    assert len(sent) == 1


async def test_a_storefront_cannot_tell_by_the_statements_which_codes_exist(
    project: UUID, statements: Statements
) -> None:
    await a_voucher(project, await a_campaign(project), "PLAIN")
    await a_voucher(project, await a_campaign(project, "B"), "LIMITED", max_redemptions=1)
    gifts = await a_campaign(project, "C", promise=Offer(1, None, GiftBalance()))
    await a_voucher(project, gifts, "GIFT")
    anybody = a_caller(project, KeyKind.STOREFRONT)
    shopper = a_caller(project, KeyKind.STOREFRONT, customer=await a_customer(project))
    for caller in (anybody, shopper):
        asked = []
        for code in ("NONE", "PLAIN", "LIMITED", "GIFT"):
            with statements.counted() as sent:
                assert isinstance(await validate(ValidateRequest(caller, (code,), CART), NOW), Evaluation)
            asked.append(list(sent))
        assert len(asked[0]) == 2
        assert asked[0] == asked[1] == asked[2] == asked[3]


async def test_used_up_limits_and_pasts_are_told(project: UUID, till: Till) -> None:
    promise = offer(rule=FirstPurchase(), per_customer=1)
    await a_voucher(project, await a_campaign(project, promise=promise), "WELCOME", max_redemptions=1)
    ada = CustomerRef(id=await a_customer(project))
    redemption(await till.redeem(asking(project, "WELCOME", customer=ada)))
    told = await _ask(project, "WELCOME", customer=CustomerRef(source_id="ada"))
    assert [reason.code for reason in told.reasons] == [
        "VOUCHER_LIMIT_REACHED",
        "CUSTOMER_LIMIT_REACHED",
        "NOT_FIRST_PURCHASE",
    ]


async def test_a_customer_nobody_has_met_has_no_past(project: UUID) -> None:
    promise = offer(rule=FirstPurchase(), per_customer=1)
    await a_voucher(project, await a_campaign(project, promise=promise), "WELCOME")
    for customer in (CustomerInput("new"), CustomerRef(source_id="new"), CustomerRef(id=new_id())):
        assert (await _ask(project, "WELCOME", customer=customer)).granted
    assert [reason.code for reason in (await _ask(project, "WELCOME")).reasons] == ["CUSTOMER_REQUIRED"]


async def test_a_held_code_is_worth_nothing_to_others(project: UUID) -> None:
    ada = await a_customer(project)
    await a_voucher(project, await a_campaign(project), "ADAS", holder_id=ada)
    token = a_caller(project, KeyKind.STOREFRONT, customer=ada)
    own = await validate(ValidateRequest(token, ("ADAS",), CART), NOW)
    assert isinstance(own, Evaluation)
    assert own.granted
    told = await _ask(project, "ADAS", customer=CustomerInput("new"))
    assert [reason.code for reason in told.reasons] == ["HELD_BY_ANOTHER_CUSTOMER"]


async def test_another_projects_codes_do_not_exist(project: UUID, another_project: UUID) -> None:
    await a_voucher(project, await a_campaign(project), "SUMMER")
    assert [reason.code for reason in (await _ask(another_project, "SUMMER")).reasons] == ["CODE_NOT_FOUND"]


async def test_faulty_questions_are_not_asked(project: UUID, statements: Statements) -> None:
    with statements.counted() as sent:
        asked = ValidateRequest(a_caller(project), (), CART, CustomerRef(), promotions=False)
        answer = await validate(asked, NOW)
    assert isinstance(answer, Problems)
    assert problems(answer) == [("codes", "NO_CODES"), ("customer", "EXACTLY_ONE")]
    assert sent == []

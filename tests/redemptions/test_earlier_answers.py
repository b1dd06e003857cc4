"""Earlier answers: one key, one deed, one answer, however often it is asked for."""

from dataclasses import replace
from uuid import UUID

from app.customers.values import CustomerInput
from app.database import fetch
from app.problem import Problems
from app.redemptions.requests import Answer, CustomerRef
from app.redemptions.till import Till
from tests.redemptions.shop import (
    CART,
    Tally,
    a_campaign,
    a_voucher,
    asking,
    problems,
    redemption,
    rush,
    tally,
)


async def test_the_same_key_and_input_get_the_first_answer_again(project: UUID, till: Till) -> None:
    await a_voucher(project, await a_campaign(project), "SUMMER")
    for codes in (["SUMMER"], ["NONE"]):
        ask = asking(project, *codes, metadata={"b": 1, "a": 2}, idempotency_key=codes[0])
        first = await till.redeem(ask)
        again = await till.redeem(replace(ask, metadata={"a": 2, "b": 1}))
        assert isinstance(first, Answer)
        assert again == replace(first, replayed=True)
    assert await tally(project) == Tally(redemptions=1, rejected=1, uses=1, keys=2, events=2)


async def test_the_same_key_with_other_input_is_refused_and_changes_nothing(
    project: UUID, till: Till
) -> None:
    await a_voucher(project, await a_campaign(project), "SUMMER")
    ask = asking(project, "SUMMER", idempotency_key="order-1")
    redemption(await till.redeem(ask))
    for other in (
        replace(ask, codes=("OTHER",)),
        replace(ask, channel="web"),
        replace(ask, redemption_point="Kiosk"),
        replace(ask, metadata={"a": 1}),
        replace(ask, cart=replace(CART, shipping=0)),
        replace(ask, customer=CustomerInput("new")),
    ):
        assert problems(await till.redeem(other)) == [("idempotency_key", "IDEMPOTENCY_KEY_REUSED")]
    assert await tally(project) == Tally(redemptions=1, rejected=0, uses=1, keys=1, events=1)
    assert await fetch("SELECT FROM customers WHERE project_id = $1", project) == []


async def test_keys_of_two_projects_have_nothing_to_do_with_each_other(
    project: UUID, another_project: UUID, till: Till
) -> None:
    answers = [
        await till.redeem(asking(each, "NONE", idempotency_key="k")) for each in (project, another_project)
    ]
    assert [isinstance(answer, Answer) and answer.replayed for answer in answers] == [False, False]


async def test_equal_keys_in_one_batch_get_one_answer(project: UUID, till: Till) -> None:
    await a_voucher(project, await a_campaign(project), "SUMMER")
    ask = asking(project, "SUMMER", idempotency_key="k")
    first, second, other = await rush([till], [ask, ask, replace(ask, channel="web")])
    made = redemption(first)
    assert second == Answer(made, replayed=True)
    assert isinstance(other, Problems)
    assert problems(other) == [("idempotency_key", "IDEMPOTENCY_KEY_REUSED")]
    assert (await tally(project)).redemptions == 1


async def test_a_faulty_request_leaves_its_key_to_the_next_one_of_the_batch(
    project: UUID, till: Till
) -> None:
    await a_voucher(project, await a_campaign(project), "SUMMER")
    ask = asking(project, "SUMMER", idempotency_key="k")
    faulty = replace(ask, customer=CustomerRef(source_id="nobody"))
    batches = till.batches
    answers = await rush([till], [faulty, faulty, ask, ask, faulty])
    assert till.batches == batches + 1
    assert [problems(answers[place]) for place in (0, 1)] == [[("customer", "NOT_FOUND")]] * 2
    assert answers[3] == Answer(redemption(answers[2]), replayed=True)
    assert problems(answers[4]) == [("idempotency_key", "IDEMPOTENCY_KEY_REUSED")]
    assert await tally(project) == Tally(redemptions=1, rejected=0, uses=1, keys=1, events=1)

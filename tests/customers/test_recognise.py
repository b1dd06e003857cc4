"""Recognising: known customers are found, new ones made, only told fields change, and the log says what happened."""

import asyncio
import random
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from app.customers.read import by_source_ids, count_customers
from app.customers.recognise import recognise, upsert_customer
from app.customers.values import Customer, CustomerInput
from app.database import fetch, transaction
from app.ids import new_id
from app.problem import Problems
from tests.conftest import NOW, Statements

LATER = NOW + timedelta(hours=1)
ADA = CustomerInput("ada", name="Ada", email="ada@example.org", metadata={"tier": "gold"})


async def _kinds(project: UUID) -> list[str]:
    rows = await fetch("SELECT kind FROM events WHERE project_id = $1 ORDER BY position", project)
    return [row["kind"] for row in rows]


async def _recognise(project: UUID, *inputs: CustomerInput) -> dict[str, UUID]:
    async with transaction() as connection:
        return await recognise(connection, project, inputs, NOW)


async def _upsert(project: UUID, given: CustomerInput, now: Any = NOW) -> Customer:
    customer = await upsert_customer(project, given, now)
    assert isinstance(customer, Customer), customer
    return customer


async def test_a_new_customer_is_made_from_what_is_told(project: UUID) -> None:
    customer = await _upsert(project, ADA)
    assert customer == Customer(
        customer.id, "ada", "Ada", "ada@example.org", {"tier": "gold"}, created_at=NOW, updated_at=NOW
    )
    bare = await _upsert(project, CustomerInput("bob"))
    assert bare == Customer(bare.id, "bob", None, None, {}, created_at=NOW, updated_at=NOW)
    rows = await fetch("SELECT payload FROM events WHERE project_id = $1 ORDER BY position", project)
    assert [row["payload"] for row in rows] == [
        {"customer_id": customer.id.hex, "source_id": "ada"},
        {"customer_id": bare.id.hex, "source_id": "bob"},
    ]
    assert await _kinds(project) == ["CUSTOMER_CREATED", "CUSTOMER_CREATED"]


async def test_only_given_fields_are_overwritten(project: UUID) -> None:
    first = await _upsert(project, ADA)
    second = await _upsert(project, CustomerInput("ada", name="Ada L.", email=None), LATER)
    assert second == Customer(
        first.id, "ada", "Ada L.", None, {"tier": "gold"}, created_at=NOW, updated_at=LATER
    )
    assert await _kinds(project) == ["CUSTOMER_CREATED", "CUSTOMER_UPDATED"]


async def test_a_birthday_is_kept_until_it_is_told_otherwise(project: UUID) -> None:
    born = date(1992, 2, 29)
    first = await _upsert(project, CustomerInput("ada", birthday=born))
    assert first.birthday == born
    assert (await _upsert(project, CustomerInput("ada", name="Ada"), LATER)).birthday == born
    assert (await _upsert(project, CustomerInput("ada", birthday=None), LATER)).birthday is None
    told = [CustomerInput("ada", birthday=born), CustomerInput("ada", name="A."), CustomerInput("bob")]
    await _recognise(project, *told)
    found = await by_source_ids(project, ["ada", "bob"])
    assert [(one.name, one.birthday) for one in (found["ada"], found["bob"])] == [("A.", born), (None, None)]


async def test_telling_nothing_new_changes_nothing_and_logs_nothing(project: UUID) -> None:
    first = await _upsert(project, ADA)
    assert await _upsert(project, ADA, LATER) == first
    assert await _upsert(project, CustomerInput("ada"), LATER) == first
    assert await _kinds(project) == ["CUSTOMER_CREATED"]


async def test_a_batch_of_known_customers_costs_one_statement(project: UUID, statements: Statements) -> None:
    inputs = [CustomerInput(f"c-{n}", name=f"Customer {n}") for n in range(200)]
    made = await _recognise(project, *inputs)
    with statements.counted() as sent:
        assert await _recognise(project, *inputs) == made
    assert len(sent) == 1


async def test_a_mixed_batch_costs_five_statements_at_most(project: UUID, statements: Statements) -> None:
    await _recognise(project, *(CustomerInput(f"old-{n}") for n in range(50)))
    mixed = [CustomerInput(f"{word}-{n}", name="told") for word in ("old", "new") for n in range(50)]
    with statements.counted() as sent:
        ids = await _recognise(project, *mixed)
    assert len(sent) == 5
    assert set(ids) == {given.source_id for given in mixed}
    assert {customer.name for customer in (await by_source_ids(project, list(ids))).values()} == {"told"}
    kinds = await _kinds(project)
    assert kinds.count("CUSTOMER_CREATED") == 100
    assert kinds.count("CUSTOMER_UPDATED") == 50


async def test_of_two_inputs_for_one_customer_the_later_wins_field_by_field(project: UUID) -> None:
    ids = await _recognise(
        project,
        CustomerInput("eve", name="Eve", email="old@example.org"),
        CustomerInput("eve", email="new@x.org"),
    )
    customer = (await by_source_ids(project, ["eve"]))["eve"]
    assert (customer.id, customer.name, customer.email) == (ids["eve"], "Eve", "new@x.org")
    assert await _kinds(project) == ["CUSTOMER_CREATED"]


async def test_nobody_to_recognise_asks_nothing(project: UUID, statements: Statements) -> None:
    with statements.counted() as sent:
        assert await _recognise(project) == {}
    assert sent == []


async def test_what_is_recognised_vanishes_with_its_transaction(project: UUID) -> None:
    async def recognise_and_fail() -> None:
        async with transaction() as connection:
            await recognise(connection, project, [ADA], NOW)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await recognise_and_fail()
    assert await by_source_ids(project, ["ada"]) == {}
    assert await _kinds(project) == []


async def test_many_at_once_make_each_customer_once(project: UUID) -> None:
    answers = await asyncio.gather(*(_recognise(project, ADA, CustomerInput("bob")) for _ in range(12)))
    assert len({tuple(sorted(answer.items())) for answer in answers}) == 1
    assert await count_customers(project) == 2
    assert await _kinds(project) == ["CUSTOMER_CREATED", "CUSTOMER_CREATED"]


async def test_batches_that_change_the_same_customers_never_lock_each_other_up(project: UUID) -> None:
    sources = [f"c-{n:02}" for n in range(20)]
    dice = random.Random(7)  # noqa: S311 - an order, not a secret

    async def change(round_: int) -> None:
        shuffled = dice.sample(sources, len(sources))
        await _recognise(project, *(CustomerInput(source, name=f"round {round_}") for source in shuffled))

    await asyncio.gather(*(change(round_) for round_ in range(12)))
    customers = await by_source_ids(project, sources)
    assert len(customers) == 20
    assert len({customer.name for customer in customers.values()}) == 1


async def test_two_projects_know_different_customers_by_one_source_id(project: UUID) -> None:
    await _upsert(project, ADA)
    assert await by_source_ids(new_id(), ["ada"]) == {}


@pytest.mark.parametrize(
    ("given", "path", "code"),
    [
        (CustomerInput(""), "source_id", "REQUIRED"),
        (CustomerInput("  "), "source_id", "REQUIRED"),
        (CustomerInput("a" * 201), "source_id", "TOO_LONG"),
        (CustomerInput("a\0"), "source_id", "INVALID_TEXT"),
        (CustomerInput("a", name="n" * 201), "name", "TOO_LONG"),
        (CustomerInput("a", name="\ud800"), "name", "INVALID_TEXT"),
        (CustomerInput("a", email="e" * 255), "email", "TOO_LONG"),
        (CustomerInput("a", metadata={"k": "\0"}), "metadata", "INVALID_TEXT"),
        (CustomerInput("a", metadata={str(n): n for n in range(51)}), "metadata", "TOO_LONG"),
    ],
)
async def test_a_faulty_input_is_told_and_nobody_is_made(
    project: UUID, given: CustomerInput, path: str, code: str
) -> None:
    refused = await upsert_customer(project, given, NOW)
    assert isinstance(refused, Problems)
    assert [(problem.path, problem.code) for problem in refused.all] == [((path,), code)]
    assert await count_customers(project) == 0


def test_problems_stand_under_the_path_of_the_input() -> None:
    (problem,) = CustomerInput("").problems(("customer", "inline"))
    assert problem.path == ("customer", "inline", "source_id")

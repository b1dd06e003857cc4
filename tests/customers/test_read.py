"""Reading customers: found by both ids, listed, filtered, and never over the wall."""

from datetime import timedelta
from uuid import UUID

from app.customers.read import (
    CustomerFilter,
    CustomerSort,
    by_ids,
    by_source_ids,
    count_customers,
    customers_page,
)
from app.customers.recognise import upsert_customer
from app.customers.values import Customer, CustomerInput
from app.database.keyset import PageRequest
from app.ids import new_id
from tests.conftest import NOW


async def _three(project: UUID) -> list[Customer]:
    made = []
    for n, (source, name) in enumerate((("m", "Ada"), ("z", "adam"), ("a", "Bob"))):
        given = CustomerInput(source, name=name, email=f"{source}@example.org")
        customer = await upsert_customer(project, given, NOW + timedelta(days=n))
        assert isinstance(customer, Customer)
        made.append(customer)
    return made


async def test_customers_are_found_by_both_kinds_of_id(project: UUID) -> None:
    ada, adam, _ = await _three(project)
    assert await by_ids(project, [ada.id, new_id()]) == {ada.id: ada}
    assert await by_source_ids(project, ["z", "nobody", "\0", "\ud800"]) == {"z": adam}


async def test_customers_are_listed_in_each_order(project: UUID) -> None:
    ada, adam, bob = await _three(project)
    for order, expected in (
        (CustomerSort.NEWEST, (bob, adam, ada)),
        (CustomerSort.OLDEST, (ada, adam, bob)),
    ):
        first = await customers_page(project, PageRequest(2), sort=order)
        rest = await customers_page(project, PageRequest(2, after=first.cursors[-1]), sort=order)
        assert first.items + rest.items == expected
        assert (first.has_next, rest.has_next) == (True, False)


async def test_filters_narrow_the_list_and_its_count(project: UUID) -> None:
    ada, adam, bob = await _three(project)
    for only, expected in (
        (CustomerFilter(), [ada, adam, bob]),
        (CustomerFilter(name_prefix="ADA"), [ada, adam]),
        (CustomerFilter(name_prefix="%"), []),
        (CustomerFilter(name_prefix="\0"), []),
        (CustomerFilter(email="\ud800"), []),
        (CustomerFilter(email="a@example.org"), [bob]),
        (CustomerFilter(name_prefix="a", email="z@example.org"), [adam]),
    ):
        page = await customers_page(project, PageRequest(10), filter=only)
        assert {customer.id for customer in page.items} == {customer.id for customer in expected}
        assert await count_customers(project, only) == len(expected)


async def test_customers_of_another_project_are_not_there(project: UUID) -> None:
    ada, _, _ = await _three(project)
    stranger = new_id()
    assert await by_ids(stranger, [ada.id]) == {}
    assert await by_source_ids(stranger, ["m"]) == {}
    assert (await customers_page(stranger, PageRequest(5))).items == ()
    assert await count_customers(stranger) == 0

"""Reading publications."""

from typing import Any
from uuid import UUID

from app.database.keyset import PageRequest
from app.ids import new_id
from app.vouchers.read_publications import (
    PublicationFilter,
    PublicationParent,
    PublicationSort,
    count_publications,
    count_publications_of,
    publications_by_ids,
    publications_of,
    publications_page,
)
from app.vouchers.values import Publication, PublishOrder
from tests.conftest import Statements
from tests.vouchers.shop import a_campaign, a_customer, a_generic, a_project, a_voucher, published

ALL = PageRequest(100)


async def _publish(project: UUID, code: str, customer: UUID, channel: str = "x") -> Publication:
    order = PublishOrder(channel, code=code, metadata={"code": code})
    return (await published(project, order, customer)).publications[0]


async def test_publications_are_found_by_id(project: UUID) -> None:
    await a_generic(project, await a_campaign(project), "SUMMER")
    made = await _publish(project, "SUMMER", await a_customer(project))
    assert await publications_by_ids(project, [made.id, new_id()]) == {made.id: made}


async def test_a_page_shows_what_the_filter_lets_through(project: UUID) -> None:
    first, second = await a_campaign(project), await a_campaign(project)
    anna, boris = await a_customer(project), await a_customer(project)
    summer = await a_generic(project, first, "SUMMER")
    await a_voucher(project, second, "ONE")
    made = [
        await _publish(project, "SUMMER", anna, "poster"),
        await _publish(project, "SUMMER", boris),
        await _publish(project, "ONE", anna),
    ]

    async def places(**conditions: Any) -> list[int]:
        chosen = PublicationFilter(**conditions)
        page = await publications_page(project, ALL, chosen, PublicationSort.OLDEST)
        assert await count_publications(project, chosen) == len(page.items)
        return [made.index(one) for one in page.items]

    assert await places() == [0, 1, 2]
    assert await places(campaign=first) == [0, 1]
    assert await places(customer=anna) == [0, 2]
    assert await places(voucher=summer.id, customer=boris) == [1]
    assert await places(channel="poster") == [0]
    newest = await publications_page(project, PageRequest(2))
    assert newest.items == (made[2], made[1])
    older = await publications_page(project, PageRequest(2, after=newest.cursors[-1]))
    assert older.items == (made[0],)


async def test_each_parent_has_its_own_page_in_one_statement(project: UUID, statements: Statements) -> None:
    campaign = await a_campaign(project)
    summer, winter = (
        await a_generic(project, campaign, "SUMMER"),
        await a_generic(project, campaign, "WINTER"),
    )
    anna, boris = await a_customer(project), await a_customer(project)
    made = [
        await _publish(project, code, customer)
        for code, customer in (("SUMMER", anna), ("WINTER", anna), ("SUMMER", boris))
    ]
    expected: list[tuple[PublicationParent, dict[UUID, tuple[Publication, ...]]]] = [
        (PublicationParent.CUSTOMER, {anna: (made[1], made[0]), boris: (made[2],)}),
        (PublicationParent.VOUCHER, {summer.id: (made[2], made[0]), winter.id: (made[1],)}),
        (PublicationParent.CAMPAIGN, {campaign: (made[2], made[1], made[0])}),
    ]
    for kind, pages in expected:
        with statements.counted() as sent:
            found = await publications_of(kind, project, list(pages), ALL)
            counted = await count_publications_of(kind, project, list(pages))
        assert {parent: page.items for parent, page in found.items()} == pages
        assert counted == {parent: len(page) for parent, page in pages.items()}
        assert len(sent) == 2


async def test_nothing_of_another_project_is_ever_read(project: UUID) -> None:
    other = await a_project()
    campaign, customer = await a_campaign(other), await a_customer(other)
    voucher = await a_generic(other, campaign, "THEIRS")
    made = await _publish(other, "THEIRS", customer)
    assert await publications_by_ids(project, [made.id]) == {}
    assert (await publications_page(project, ALL)).items == ()
    for kind, parent in zip(PublicationParent, (customer, voucher.id, campaign), strict=True):
        assert (await publications_of(kind, project, [parent], ALL))[parent].items == ()
        assert await count_publications_of(kind, project, [parent]) == {parent: 0}

"""Reading vouchers."""

from typing import Any
from uuid import UUID

import pytest

from app.database.keyset import PageRequest
from app.ids import new_id
from app.vouchers.read import (
    VoucherFilter,
    VoucherSort,
    by_codes,
    by_ids,
    count_vouchers,
    count_vouchers_of_campaigns,
    vouchers_of_campaigns,
    vouchers_page,
)
from app.vouchers.stop import disable_voucher
from app.vouchers.values import MintOrder, PublishOrder, VoucherKind
from tests.conftest import Statements
from tests.vouchers.shop import (
    NOW,
    a_campaign,
    a_customer,
    a_generic,
    a_project,
    a_voucher,
    minted,
    published,
)

ALL = PageRequest(100)


async def test_vouchers_are_found_by_id_in_one_statement(project: UUID, statements: Statements) -> None:
    campaign = await a_campaign(project)
    made = [await a_voucher(project, campaign, code) for code in ("A1", "B2")]
    with statements.counted() as sent:
        found = await by_ids(project, [made[0].id, new_id(), made[1].id])
    assert found == {voucher.id: voucher for voucher in made}
    assert len(sent) == 1


async def test_vouchers_are_found_by_code_however_it_is_typed(project: UUID, statements: Statements) -> None:
    voucher = await a_voucher(project, await a_campaign(project), "SUMMER-24")
    with statements.counted() as sent:
        typed = ["summer24", "SUMMER 24\n", "SUMMER-25", "", "A\0", "\ud800", "x" * 10_000]
        found = await by_codes(project, typed, case_sensitive=False)
    assert found == {"summer24": voucher, "SUMMER 24\n": voucher}
    assert len(sent) == 1


async def test_case_counts_in_a_case_sensitive_project(database: dict[str, Any]) -> None:
    project = await a_project(case_sensitive_codes=True)
    await minted(project, await a_campaign(project), MintOrder(codes=("Summer", "SUMMER")))
    found = await by_codes(project, ["Sum-mer", "summer", "SUMMER"], case_sensitive=True)
    assert {typed: voucher.code for typed, voucher in found.items()} == {
        "Sum-mer": "Summer",
        "SUMMER": "SUMMER",
    }


async def _codes(project: UUID, **conditions: Any) -> list[str]:
    chosen = VoucherFilter(**conditions)
    page = await vouchers_page(project, ALL, chosen, VoucherSort.OLDEST)
    assert await count_vouchers(project, chosen) == len(page.items)
    return [voucher.code for voucher in page.items]


async def test_a_page_shows_what_the_filter_lets_through(project: UUID) -> None:
    first, second = await a_campaign(project), await a_campaign(project)
    customer = await a_customer(project)
    await a_generic(project, first, "GENERIC")
    stopped = await a_voucher(project, first, "STOPPED")
    await disable_voucher(project, stopped.id, NOW)
    await a_voucher(project, second, "HELD")
    await published(project, PublishOrder("x", code="HELD"), customer)
    await a_voucher(project, second, "FREE")
    assert await _codes(project) == ["GENERIC", "STOPPED", "HELD", "FREE"]
    assert await _codes(project, campaign=second) == ["HELD", "FREE"]
    assert await _codes(project, holder=customer) == ["HELD"]
    assert await _codes(project, kind=VoucherKind.UNIQUE) == ["STOPPED", "HELD", "FREE"]
    assert await _codes(project, enabled=False) == ["STOPPED"]
    assert await _codes(project, published=True) == ["HELD"]
    assert await _codes(project, campaign=second, published=False, enabled=True) == ["FREE"]


@pytest.mark.parametrize(
    ("sort", "codes"),
    [
        (VoucherSort.OLDEST, ["M", "A", "Z"]),
        (VoucherSort.NEWEST, ["Z", "A", "M"]),
        (VoucherSort.CODE, ["A", "M", "Z"]),
        (VoucherSort.CODE_DESCENDING, ["Z", "M", "A"]),
    ],
)
async def test_pages_follow_each_other_in_every_order(
    project: UUID, sort: VoucherSort, codes: list[str]
) -> None:
    campaign = await a_campaign(project)
    for code in ("M", "A", "Z"):
        await a_voucher(project, campaign, code)
    walked: list[str] = []
    after = None
    for place in range(3):
        page = await vouchers_page(project, PageRequest(1, after=after), sort=sort)
        walked += [voucher.code for voucher in page.items]
        assert page.has_next == (place < 2)
        after = page.cursors[-1]
    assert walked == codes


async def test_each_campaign_has_its_own_page_in_one_statement(project: UUID, statements: Statements) -> None:
    campaigns = [await a_campaign(project) for _ in range(3)]
    for campaign, count in zip(campaigns, (3, 1, 0), strict=True):
        await minted(project, campaign, MintOrder(count=count) if count else MintOrder(codes=("-",)))
    with statements.counted() as sent:
        found = await vouchers_of_campaigns(project, campaigns, PageRequest(2))
        counted = await count_vouchers_of_campaigns(project, campaigns)
    assert len(sent) == 2
    assert [len(found[campaign].items) for campaign in campaigns] == [2, 1, 0]
    assert [found[campaign].has_next for campaign in campaigns] == [True, False, False]
    assert {voucher.campaign_id for voucher in found[campaigns[0]].items} == {campaigns[0]}
    assert [counted[campaign] for campaign in campaigns] == [3, 1, 0]


async def test_nothing_of_another_project_is_ever_read(project: UUID) -> None:
    other = await a_project()
    campaign, holder = await a_campaign(other), await a_customer(other)
    voucher = await a_voucher(other, campaign, "THEIRS")
    await published(other, PublishOrder("x", code="THEIRS"), holder)
    assert await by_ids(project, [voucher.id]) == {}
    assert await by_codes(project, ["THEIRS"], False) == {}
    assert await _codes(project) == await _codes(project, campaign=campaign) == []
    assert (await vouchers_of_campaigns(project, [campaign], ALL))[campaign].items == ()
    assert await count_vouchers_of_campaigns(project, [campaign]) == {campaign: 0}

"""Publishing: an order is answered once, and a refusal leaves no trace."""

import asyncio
from uuid import UUID

import pytest

from app.database import Connection, execute, fetch
from app.ids import new_id
from app.problem import Problems
from app.vouchers.publish import publish
from app.vouchers.read import by_ids
from app.vouchers.values import MintOrder, Published, PublishOrder
from tests.vouchers.shop import (
    NOW,
    a_campaign,
    a_customer,
    a_project,
    a_voucher,
    codes_of,
    events_of,
    everything,
    minted,
    published,
)


async def test_a_named_code_gets_a_holder_a_record_and_an_event(project: UUID) -> None:
    campaign, customer, key = await a_campaign(project), await a_customer(project), new_id()
    voucher = await a_voucher(project, campaign, "FOR-YOU")
    order = PublishOrder("letter", code="for you", source_id="s-1", metadata={"page": 2})
    answer = await publish(project, order, customer, key, NOW)
    assert isinstance(answer, Published)
    assert answer.replayed is False
    (made,) = answer.publications
    assert (made.campaign_id, made.voucher_id, made.customer_id) == (campaign, voucher.id, customer)
    assert (made.channel, made.source_id, made.metadata) == ("letter", "s-1", {"page": 2})
    assert (made.created_at, made.created_by) == (NOW, key)
    held = (await by_ids(project, [voucher.id]))[voucher.id]
    assert (held.holder_id, held.published_at) == (customer, NOW)
    payload = {
        "publication": made.id.hex,
        "voucher": voucher.id.hex,
        "code": "FOR-YOU",
        "campaign": campaign.hex,
        "customer": customer.hex,
        "channel": "letter",
        "source_id": "s-1",
    }
    assert (await events_of(project))[1:] == [("VOUCHER_PUBLISHED", payload)]


async def test_a_code_its_customer_holds_already_is_answered_with_the_first_publication(
    project: UUID,
) -> None:
    campaign, customer = await a_campaign(project), await a_customer(project)
    await a_voucher(project, campaign, "MINE")
    first = await published(project, PublishOrder("letter", code="MINE"), customer)
    before = await everything(project)
    again = await published(project, PublishOrder("e-mail", code="mine", source_id="s-2"), customer)
    assert again == Published(first.publications, replayed=True)
    assert await everything(project) == before


async def test_an_order_repeated_with_its_source_id_gets_the_first_answer(project: UUID) -> None:
    campaign, customer = await a_campaign(project), await a_customer(project)
    await minted(project, campaign, MintOrder(count=5))
    order = PublishOrder("x", campaign=campaign, count=3, source_id="s-1", metadata={"b": 1, "a": 2})
    first = await published(project, order, customer)
    before = await everything(project)
    # Even when the campaign has ended meanwhile: the answer is about what happened then.
    await execute("UPDATE campaigns SET state = 'ENDED' WHERE id = $1", campaign)
    again = PublishOrder("x", campaign=campaign, count=3, source_id="s-1", metadata={"a": 2, "b": 1})
    assert await published(project, again, customer) == Published(first.publications, replayed=True)
    assert await everything(project) == before


async def test_a_source_id_used_for_something_else_is_refused(project: UUID) -> None:
    campaign, customer = await a_campaign(project), await a_customer(project)
    await minted(project, campaign, MintOrder(count=9))
    await published(project, PublishOrder("x", campaign=campaign, source_id="s-1"), customer)
    before = await everything(project)
    other_customer = await a_customer(project)
    others: list[tuple[PublishOrder, UUID]] = [
        (PublishOrder("x", campaign=campaign, source_id="s-1"), other_customer),
        (PublishOrder("y", campaign=campaign, source_id="s-1"), customer),
        (PublishOrder("x", campaign=campaign, count=2, source_id="s-1"), customer),
        (PublishOrder("x", campaign=campaign, source_id="s-1", metadata={"a": 1}), customer),
        (PublishOrder("x", campaign=await a_campaign(project), source_id="s-1"), customer),
        (PublishOrder("x", code="ANY", source_id="s-1"), customer),
    ]
    for order, receiver in others:
        assert codes_of(await publish(project, order, receiver, None, NOW)) == ["SOURCE_ID_REUSED"]
    after = await everything(project)
    assert (after[0], after[1], after[3]) == (before[0], before[1], before[3])


async def test_the_same_order_sent_ten_times_at_once_is_published_once(project: UUID) -> None:
    campaign, customer = await a_campaign(project), await a_customer(project)
    await minted(project, campaign, MintOrder(count=50))
    order = PublishOrder("x", campaign=campaign, count=4, source_id="s-1")
    answers = await asyncio.gather(*(published(project, order, customer) for _ in range(10)))
    assert sorted(answer.replayed for answer in answers) == [False] + [True] * 9
    assert all(answer.publications == answers[0].publications for answer in answers)
    assert len(await fetch("SELECT FROM publications WHERE project_id = $1", project)) == 4
    held = await fetch("SELECT FROM vouchers WHERE project_id = $1 AND holder_id = $2", project, customer)
    assert len(held) == 4


async def test_a_source_id_belongs_to_its_project(project: UUID) -> None:
    other = await a_project()
    for one in (project, other):
        campaign = await a_campaign(one)
        await minted(one, campaign, MintOrder(count=1))
        order = PublishOrder("x", campaign=campaign, source_id="s-1")
        assert (await published(one, order, await a_customer(one))).replayed is False


async def test_a_customer_made_on_the_way_is_kept_with_the_publication(project: UUID) -> None:
    await a_voucher(project, await a_campaign(project), "WELCOME")

    async def join(_connection: Connection) -> UUID:
        return await a_customer(project)

    answer = await publish(project, PublishOrder("x", code="WELCOME"), join, None, NOW)
    assert isinstance(answer, Published)
    rows = await fetch("SELECT id FROM customers WHERE project_id = $1", project)
    assert [row["id"] for row in rows] == [answer.publications[0].customer_id]


async def test_a_refused_order_leaves_no_customer_behind(project: UUID) -> None:
    async def join(_connection: Connection) -> UUID:
        return await a_customer(project)

    before = await everything(project)
    answer = await publish(project, PublishOrder("x", code="NO-SUCH"), join, None, NOW)
    assert codes_of(answer) == ["CODE_NOT_FOUND"]
    assert await everything(project) == before


async def test_a_customer_that_cannot_be_made_stops_the_order(project: UUID) -> None:
    await a_voucher(project, await a_campaign(project), "WELCOME")
    before = await everything(project)
    refused = Problems.one("customer.email", "TOO_LONG", "No.")

    async def refuse(_connection: Connection) -> Problems:
        await a_customer(project)
        return refused

    assert await publish(project, PublishOrder("x", code="WELCOME"), refuse, None, NOW) == refused
    assert await everything(project) == before


@pytest.mark.parametrize(
    ("order", "codes"),
    [
        (PublishOrder("x"), ["CODE_OR_CAMPAIGN"]),
        (PublishOrder("x", code="A", campaign=UUID(int=1)), ["CODE_OR_CAMPAIGN"]),
        (PublishOrder("x", code="A", count=2), ["OUT_OF_RANGE"]),
        (PublishOrder("x", campaign=UUID(int=1), count=0), ["OUT_OF_RANGE"]),
        (PublishOrder("x", campaign=UUID(int=1), count=101), ["OUT_OF_RANGE"]),
        (PublishOrder("", code="A"), ["REQUIRED"]),
        (PublishOrder("x" * 101, code="A"), ["TOO_LONG"]),
        (PublishOrder("x", code="A\0"), ["INVALID_TEXT"]),
        (PublishOrder("x", code="\ud800", source_id="s"), ["INVALID_TEXT"]),
        (PublishOrder("x", code="A", source_id=""), ["REQUIRED"]),
        (PublishOrder("x", code="A", source_id="\0"), ["INVALID_TEXT"]),
        (PublishOrder("x", code="A", metadata={"a": "\0"}), ["INVALID_TEXT"]),
        (PublishOrder("x", code="- -"), ["CODE_NOT_FOUND"]),
        (PublishOrder("x", code="A" * 65), ["TOO_LONG"]),
        (PublishOrder("x", campaign=UUID(int=1)), ["NOT_FOUND"]),
    ],
)
async def test_a_faulty_order_is_told_and_nothing_moves(
    project: UUID, order: PublishOrder, codes: list[str]
) -> None:
    customer = await a_customer(project)
    before = await everything(project)
    assert codes_of(await publish(project, order, customer, None, NOW)) == codes
    assert await everything(project) == before


async def test_nothing_of_another_project_can_be_given_or_received(project: UUID) -> None:
    other = await a_project()
    foreign_campaign, foreigner = await a_campaign(other), await a_customer(other)
    await a_voucher(other, foreign_campaign, "THEIRS")
    customer = await a_customer(project)
    await a_voucher(project, await a_campaign(project), "OURS")
    before = await everything(other), await everything(project)
    tried: list[tuple[PublishOrder, UUID, str]] = [
        (PublishOrder("x", code="THEIRS"), customer, "CODE_NOT_FOUND"),
        (PublishOrder("x", campaign=foreign_campaign), customer, "NOT_FOUND"),
        (PublishOrder("x", code="OURS"), foreigner, "NOT_FOUND"),
        (PublishOrder("x", code="OURS"), new_id(), "NOT_FOUND"),
    ]
    for order, receiver, code in tried:
        assert codes_of(await publish(project, order, receiver, None, NOW)) == [code]
    assert (await everything(other), await everything(project)) == before

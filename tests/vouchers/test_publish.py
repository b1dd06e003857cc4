"""Publishing: a code goes to one customer, an order is answered once, and a refusal leaves no trace."""

import asyncio
from typing import Any
from uuid import UUID

import pytest

from app.database import Connection, execute, fetch
from app.ids import new_id
from app.problem import Problems
from app.vouchers.publish import publish
from app.vouchers.read import by_ids
from app.vouchers.stop import disable_voucher
from app.vouchers.values import MintOrder, Published, PublishOrder
from tests.vouchers.shop import (
    NOW,
    TOMORROW,
    YESTERDAY,
    a_campaign,
    a_customer,
    a_generic,
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


async def test_the_next_free_codes_are_given_oldest_first(project: UUID) -> None:
    campaign, customer = await a_campaign(project), await a_customer(project)
    made = [await a_voucher(project, campaign, f"C{number}") for number in range(5)]
    await disable_voucher(project, made[0].id, NOW)
    await published(project, PublishOrder("x", code="C2"), await a_customer(project))
    answer = await published(project, PublishOrder("x", campaign=campaign, count=2), customer)
    assert [one.voucher_id for one in answer.publications] == [made[1].id, made[3].id]
    held = await by_ids(project, [voucher.id for voucher in made])
    assert [held[voucher.id].holder_id == customer for voucher in made] == [False, True, False, True, False]


async def test_expired_and_generic_codes_are_not_free(project: UUID) -> None:
    campaign = await a_campaign(project)
    await a_generic(project, campaign, "EVERYBODY")
    await a_voucher(project, campaign, "OVER", expires_at=NOW)
    last = await a_voucher(project, campaign, "LASTS", expires_at=TOMORROW)
    answer = await published(project, PublishOrder("x", campaign=campaign), await a_customer(project))
    assert [one.voucher_id for one in answer.publications] == [last.id]


async def test_too_few_free_codes_are_told_and_none_is_given(project: UUID) -> None:
    campaign, customer = await a_campaign(project), await a_customer(project)
    await minted(project, campaign, MintOrder(count=3))
    before = await everything(project)
    answer = await publish(project, PublishOrder("x", campaign=campaign, count=4), customer, None, NOW)
    assert codes_of(answer) == ["NO_FREE_CODES"]
    assert isinstance(answer, Problems)
    assert answer.all[0].message == "The campaign has 3 free codes left, 4 were asked for."
    assert await everything(project) == before


async def test_twenty_publishers_at_once_give_a_hundred_codes_once_each(project: UUID) -> None:
    campaign = await a_campaign(project)
    await minted(project, campaign, MintOrder(count=100))
    customers = [await a_customer(project) for _ in range(20)]

    async def publish_all(customer: UUID) -> list[UUID]:
        given: list[UUID] = []
        while True:
            answer = await publish(project, PublishOrder("x", campaign=campaign), customer, None, NOW)
            if isinstance(answer, Problems):
                assert codes_of(answer) == ["NO_FREE_CODES"]
                return given
            given += [one.voucher_id for one in answer.publications]

    given = await asyncio.gather(*map(publish_all, customers))
    everyone = [voucher for vouchers in given for voucher in vouchers]
    assert len(everyone) == len(set(everyone)) == 100
    held = await by_ids(project, everyone)
    for customer, vouchers in zip(customers, given, strict=True):
        assert {held[voucher].holder_id for voucher in vouchers} <= {customer}
    kinds = [kind for kind, _ in await events_of(project)]
    assert kinds.count("VOUCHER_PUBLISHED") == 100


async def test_publishers_who_want_several_leave_fewer_than_one_of_them_wants(project: UUID) -> None:
    campaign = await a_campaign(project)
    await minted(project, campaign, MintOrder(count=100))
    customers = [await a_customer(project) for _ in range(20)]
    order = PublishOrder("x", campaign=campaign, count=7)
    answers = await asyncio.gather(*(publish(project, order, customer, None, NOW) for customer in customers))
    given = [
        one.voucher_id for answer in answers if isinstance(answer, Published) for one in answer.publications
    ]
    assert len(given) == len(set(given)) == 98
    refused = {answer.all[0].message for answer in answers if isinstance(answer, Problems)}
    assert refused == {"The campaign has 2 free codes left, 7 were asked for."}


async def test_one_code_wanted_by_twenty_customers_goes_to_one(project: UUID) -> None:
    await a_voucher(project, await a_campaign(project), "ONLY-ONE")
    customers = [await a_customer(project) for _ in range(20)]
    order = PublishOrder("x", code="ONLY-ONE")
    answers = await asyncio.gather(*(publish(project, order, customer, None, NOW) for customer in customers))
    winners = [answer for answer in answers if isinstance(answer, Published)]
    assert len(winners) == 1
    refused = [codes_of(answer) for answer in answers if isinstance(answer, Problems)]
    assert refused == [["CODE_HELD_BY_ANOTHER_CUSTOMER"]] * 19
    assert len(await fetch("SELECT FROM publications WHERE project_id = $1", project)) == 1


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


async def test_a_generic_code_is_given_to_any_number_of_customers(project: UUID) -> None:
    voucher = await a_generic(project, await a_campaign(project), "SUMMER")
    customers = [await a_customer(project) for _ in range(3)]
    order = PublishOrder("poster", code="SUMMER")
    answers = await asyncio.gather(
        *(published(project, order, customer) for customer in [*customers, customers[0]])
    )
    assert [answer.replayed for answer in answers] == [False] * 4
    assert [answer.publications[0].customer_id for answer in answers] == [*customers, customers[0]]
    assert await by_ids(project, [voucher.id]) == {voucher.id: voucher}


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


@pytest.mark.parametrize("state", ["DRAFT", "LIVE", "PAUSED"])
async def test_codes_may_be_given_out_until_the_campaign_ends(project: UUID, state: str) -> None:
    await a_voucher(project, await a_campaign(project, state, ends_at=TOMORROW), "EARLY")
    answer = await published(project, PublishOrder("x", code="EARLY"), await a_customer(project))
    assert answer.replayed is False


@pytest.mark.parametrize("ended", [{"state": "ENDED"}, {"ends_at": NOW}, {"ends_at": YESTERDAY}])
async def test_an_ended_campaign_gives_nothing(project: UUID, ended: dict[str, Any]) -> None:
    campaign, customer = await a_campaign(project), await a_customer(project)
    await a_voucher(project, campaign, "LATE")
    for column, value in ended.items():
        await execute(f"UPDATE campaigns SET {column} = $2 WHERE id = $1", campaign, value)
    before = await everything(project)
    for order in (PublishOrder("x", code="LATE"), PublishOrder("x", campaign=campaign)):
        assert codes_of(await publish(project, order, customer, None, NOW)) == ["CAMPAIGN_ENDED"]
    assert await everything(project) == before


async def test_disabled_and_expired_codes_are_not_given(project: UUID) -> None:
    campaign, customer = await a_campaign(project), await a_customer(project)
    stopped = await a_voucher(project, campaign, "STOPPED")
    await disable_voucher(project, stopped.id, NOW)
    await a_voucher(project, campaign, "OVER", expires_at=NOW)
    before = await everything(project)
    for code, problem in (("STOPPED", "VOUCHER_DISABLED"), ("OVER", "EXPIRED")):
        answer = await publish(project, PublishOrder("x", code=code), customer, None, NOW)
        assert codes_of(answer) == [problem]
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
        (PublishOrder("x", code="A" * 65), ["CODE_NOT_FOUND"]),
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

"""Giving: which codes a customer gets, and that no code ever goes to two."""

import asyncio
from typing import Any
from uuid import UUID

import pytest

from app.database import execute, fetch
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
    a_voucher,
    codes_of,
    events_of,
    everything,
    minted,
    published,
    redeemed,
)


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


async def test_a_code_that_was_redeemed_without_a_holder_is_not_free(project: UUID) -> None:
    campaign, customer = await a_campaign(project), await a_customer(project)
    await redeemed(project, await a_voucher(project, campaign, "FLYER"))
    rolled_back = await a_voucher(project, campaign, "RETURNED")
    await redeemed(project, rolled_back, rolled_back=True)
    answer = await published(project, PublishOrder("x", campaign=campaign), customer)
    assert [one.voucher_id for one in answer.publications] == [rolled_back.id]
    before = await everything(project)
    none_left = await publish(project, PublishOrder("x", campaign=campaign), customer, None, NOW)
    assert codes_of(none_left) == ["NO_FREE_CODES"]
    assert await everything(project) == before


async def test_a_named_code_that_is_used_up_is_not_given(project: UUID) -> None:
    campaign, customer = await a_campaign(project), await a_customer(project)
    promised = await a_campaign(project, offer={"limits": {"per_voucher": 1}})
    await redeemed(project, await a_voucher(project, campaign, "OWN-LIMIT", max_redemptions=1))
    await redeemed(project, await a_voucher(project, promised, "LIMIT-OF-OFFER"))
    before = await everything(project)
    for code in ("OWN-LIMIT", "LIMIT-OF-OFFER"):
        answer = await publish(project, PublishOrder("x", code=code), customer, None, NOW)
        assert codes_of(answer) == ["CODE_USED_UP"]
    assert await everything(project) == before


async def test_a_named_code_with_uses_left_is_given_and_its_holder_hears_so_again_when_they_are_gone(
    project: UUID,
) -> None:
    campaign, customer = await a_campaign(project), await a_customer(project)
    await redeemed(project, await a_voucher(project, campaign, "UNLIMITED"))
    twice = await a_voucher(project, campaign, "TWICE", max_redemptions=2)
    await redeemed(project, twice)
    await redeemed(project, twice, rolled_back=True)
    for code in ("UNLIMITED", "TWICE"):
        assert not (await published(project, PublishOrder("x", code=code), customer)).replayed
    await redeemed(project, twice)
    assert (await published(project, PublishOrder("x", code="TWICE"), customer)).replayed


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

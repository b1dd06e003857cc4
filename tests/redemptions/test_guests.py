"""Guests who log in later: who somebody is says the source id, and never an e-mail address."""

from uuid import UUID

import pytest

from app.customers.values import CustomerInput
from app.redemptions.till import Till
from tests.redemptions.shop import (
    a_campaign,
    a_voucher,
    asking,
    assert_counters_equal_ledger,
    counters,
    offer,
    reasons,
    redemption,
)

ADDRESS = "anna@example.com"


def named(source_id: str) -> CustomerInput:
    return CustomerInput(source_id, email=ADDRESS)


@pytest.fixture
async def once(project: UUID) -> UUID:
    """A project with the code ONCE: once for each customer."""
    await a_voucher(project, await a_campaign(project, promise=offer(per_customer=1)), "ONCE")
    return project


async def test_a_guest_who_keeps_the_id_after_logging_in_has_used_the_code(once: UUID, till: Till) -> None:
    guest = redemption(await till.redeem(asking(once, "once", customer=named("of anna@"))))
    again = await till.redeem(asking(once, "once", customer=named("of anna@"), idempotency_key="later"))
    assert reasons(again) == ["CUSTOMER_LIMIT_REACHED"]
    assert [(who, used) for (_, _, who), used in (await counters(once)).items()] == [(guest.customer_id, 1)]
    await assert_counters_equal_ledger(once)


async def test_a_guest_of_another_id_is_another_customer_whatever_the_address(once: UUID, till: Till) -> None:
    guest = redemption(await till.redeem(asking(once, "once", customer=named("guest-8731"))))
    member = redemption(
        await till.redeem(asking(once, "once", customer=named("kalina-1003"), idempotency_key="later"))
    )
    assert guest.customer_id != member.customer_id
    by_customer = {who: used for (_, _, who), used in (await counters(once)).items()}
    assert by_customer == {guest.customer_id: 1, member.customer_id: 1}
    await assert_counters_equal_ledger(once)


async def test_a_guest_without_a_name_is_asked_for_one(once: UUID, till: Till) -> None:
    assert reasons(await till.redeem(asking(once, "once"))) == ["CUSTOMER_REQUIRED"]
    assert await counters(once) == {}

"""Idempotency keys: their ids, and how old ones are forgotten."""

from datetime import timedelta
from uuid import UUID

from app.database import execute, fetchval
from app.idempotency import REDEEM, ROLL_BACK, forget_old_keys, key_id
from app.ids import new_id
from app.projects.values import KeyKind
from app.redemptions.requests import Answer
from app.redemptions.till import Till
from tests.conftest import NOW
from tests.redemptions.shop import a_caller, a_campaign, a_customer, a_voucher, asking, granted


def test_project_deed_and_key_name_a_row() -> None:
    project = UUID(int=1)
    ids = {key_id(project, REDEEM, "k"), key_id(project, ROLL_BACK, "k"), key_id(project, REDEEM, "l")}
    assert len(ids | {key_id(UUID(int=2), REDEEM, "k")}) == 4
    assert key_id(project, REDEEM, "k") == UUID("e71b8177-95af-884a-5493-9ae8dc55d569")


async def test_a_shopper_cannot_use_up_a_key_of_the_shop(project: UUID, till: Till) -> None:
    shopper = a_caller(project, KeyKind.STOREFRONT, customer=await a_customer(project))
    guessed = await till.redeem(asking(project, "NONE", caller=shopper, idempotency_key="order 1001"))
    await a_voucher(project, await a_campaign(project), "SUMMER")
    ordered = await till.redeem(asking(project, "SUMMER", idempotency_key="order 1001"))
    assert [isinstance(one, Answer) and one.replayed for one in (guessed, ordered)] == [False, False]
    assert len(granted([ordered])) == 1


async def test_two_redemption_points_with_one_receipt_number_both_redeem(project: UUID, till: Till) -> None:
    await a_voucher(project, await a_campaign(project), "SUMMER")
    answers = []
    for point in ("Kiosk", "Shop", "Shop"):
        merchant = a_caller(project, KeyKind.MERCHANT, redemption_point=point)
        answers.append(
            await till.redeem(asking(project, "SUMMER", caller=merchant, idempotency_key="receipt 1"))
        )
    assert [isinstance(one, Answer) and one.replayed for one in answers] == [False, False, True]
    assert [one.redemption_point for one in granted(answers)] == ["Kiosk", "Shop"]


async def test_the_servers_of_a_project_share_their_keys(project: UUID, till: Till) -> None:
    await a_voucher(project, await a_campaign(project), "SUMMER")
    answers = [
        await till.redeem(
            asking(project, "SUMMER", caller=a_caller(project, key=new_id()), idempotency_key="order 1")
        )
        for _ in range(2)
    ]
    assert [isinstance(one, Answer) and one.replayed for one in answers] == [False, True]


async def test_old_keys_are_forgotten_and_young_ones_stay(project: UUID, till: Till) -> None:
    for days in (29, 31, 45):
        await till.redeem(asking(project, "NONE", idempotency_key=f"{days} days"))
        await execute(
            "UPDATE idempotency_keys SET created_at = $3 WHERE project_id = $1 AND key = $2",
            project,
            f"{days} days",
            NOW - timedelta(days=days),
        )
    assert await forget_old_keys(NOW) >= 2
    kept = "SELECT array_agg(key) FROM idempotency_keys WHERE project_id = $1"
    assert await fetchval(kept, project) == ["29 days"]
    again = [await till.redeem(asking(project, "NONE", idempotency_key=f"{days} days")) for days in (29, 31)]
    assert [isinstance(one, Answer) and one.replayed for one in again] == [True, False]

"""Stopping a code and letting it go again."""

from uuid import UUID

from app.ids import new_id
from app.vouchers.read import by_ids
from app.vouchers.stop import disable_voucher, enable_voucher
from app.vouchers.values import Voucher
from tests.vouchers.shop import NOW, a_campaign, a_project, a_voucher, codes_of, events_of, everything


async def test_a_stopped_code_is_disabled_at_once_and_told_in_the_log(project: UUID) -> None:
    campaign = await a_campaign(project)
    voucher = await a_voucher(project, campaign, "STOP-ME")
    answer = await disable_voucher(project, voucher.id, NOW)
    assert isinstance(answer, Voucher)
    assert answer.enabled is False
    assert await by_ids(project, [voucher.id]) == {voucher.id: answer}
    payload = {"voucher": voucher.id.hex, "campaign": campaign.hex, "code": "STOP-ME", "holder": None}
    assert (await events_of(project))[1:] == [("VOUCHER_DISABLED", payload)]


async def test_stopping_twice_is_fine_and_told_once(project: UUID) -> None:
    voucher = await a_voucher(project, await a_campaign(project), "STOP-ME")
    first = await disable_voucher(project, voucher.id, NOW)
    before = await everything(project)
    assert await disable_voucher(project, voucher.id, NOW) == first
    assert await everything(project) == before


async def test_an_enabled_code_is_as_it_was_before(project: UUID) -> None:
    voucher = await a_voucher(project, await a_campaign(project), "STOP-ME")
    assert await enable_voucher(project, voucher.id, NOW) == voucher
    await disable_voucher(project, voucher.id, NOW)
    assert await enable_voucher(project, voucher.id, NOW) == voucher
    assert [kind for kind, _ in await events_of(project)] == [
        "VOUCHERS_MINTED",
        "VOUCHER_DISABLED",
        "VOUCHER_ENABLED",
    ]


async def test_an_unknown_voucher_is_not_found(project: UUID) -> None:
    assert codes_of(await disable_voucher(project, new_id(), NOW)) == ["NOT_FOUND"]
    assert codes_of(await enable_voucher(project, new_id(), NOW)) == ["NOT_FOUND"]


async def test_another_projects_voucher_is_not_found_and_stays(project: UUID) -> None:
    other = await a_project()
    foreign = await a_voucher(other, await a_campaign(other), "THEIRS")
    before = await everything(other)
    assert codes_of(await disable_voucher(project, foreign.id, NOW)) == ["NOT_FOUND"]
    assert codes_of(await enable_voucher(project, foreign.id, NOW)) == ["NOT_FOUND"]
    assert await everything(other) == before
    assert await events_of(project) == []

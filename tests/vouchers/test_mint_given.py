"""Minting given codes: every code gets its own answer."""

import asyncio
from uuid import UUID

from app.vouchers.mint import mint
from app.vouchers.read import by_codes
from app.vouchers.values import CodeOutcome, CodeResult, Minted, MintOrder, VoucherKind
from tests.vouchers.shop import NOW, a_campaign, a_generic, a_project, events_of, everything, minted

CREATED, TAKEN, INVALID = CodeOutcome.CREATED, CodeOutcome.CODE_TAKEN, CodeOutcome.INVALID_CODE


async def test_every_given_code_has_an_answer_and_a_bad_one_spoils_no_other(project: UUID) -> None:
    campaign = await a_campaign(project)
    await minted(project, campaign, MintOrder(codes=("TAKEN",)))
    codes = ("one", " TWO ", "t-a-k-e-n", "ONE", "---", "A\0B", "\ud800", "A" * 65, "")
    answer = await minted(project, campaign, MintOrder(codes=codes))
    found = await by_codes(project, ["one", "two"], False)
    assert answer == Minted(
        count=2,
        asked=9,
        results=(
            CodeResult("one", CREATED, found["one"].id),
            CodeResult(" TWO ", CREATED, found["two"].id),
            CodeResult("t-a-k-e-n", TAKEN),
            CodeResult("ONE", TAKEN),
            *(CodeResult(code, INVALID) for code in codes[4:]),
        ),
    )
    assert (found["one"].code, found["two"].code) == ("one", "TWO")
    payload = {"campaign": campaign.hex, "kind": "UNIQUE", "count": 2}
    assert (await events_of(project))[1:] == [("VOUCHERS_MINTED", payload)]


async def test_an_order_of_which_nothing_is_new_moves_nothing(project: UUID) -> None:
    campaign = await a_campaign(project)
    await minted(project, campaign, MintOrder(codes=("TAKEN",)))
    before = await everything(project)
    answer = await minted(project, campaign, MintOrder(codes=("TAKEN", "")))
    assert answer == Minted(0, 2, (CodeResult("TAKEN", TAKEN), CodeResult("", INVALID)))
    assert await everything(project) == before


async def test_a_generic_code_is_minted_by_its_name(project: UUID) -> None:
    voucher = await a_generic(project, await a_campaign(project), "SUMMER")
    assert (voucher.code, voucher.kind, voucher.holder_id) == ("SUMMER", VoucherKind.GENERIC, None)


async def test_a_code_is_unique_in_its_project_and_free_in_others(project: UUID) -> None:
    other = await a_project()
    first, second = await a_campaign(project), await a_campaign(project)
    order = MintOrder(codes=("SUMMER",))
    assert (await minted(project, first, order)).count == 1
    assert (await minted(project, second, order)).count == 0
    assert (await minted(other, await a_campaign(other), order)).count == 1


async def test_imports_of_the_same_codes_in_any_order_make_each_once(project: UUID) -> None:
    campaign = await a_campaign(project)
    codes = tuple(f"C{number}" for number in range(200))
    orders = [MintOrder(codes=codes), MintOrder(codes=codes[::-1])] * 5
    answers = await asyncio.gather(*(mint(project, campaign, order, NOW) for order in orders))
    assert sum(answer.count for answer in answers if isinstance(answer, Minted)) == 200
    assert len(await by_codes(project, codes, False)) == 200

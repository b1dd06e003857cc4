"""Combining codes of a project: those given, or a wallet, in few statements; redeeming them gives what was told."""

from decimal import Decimal
from uuid import UUID

from app.campaigns.values import CampaignKind
from app.engine.best_combination import BestCombination
from app.engine.offer import Offer
from app.engine.rewards.percent_off import PercentOff
from app.engine.rules.first_purchase import FirstPurchase
from app.redemptions.combine import combine_codes, combine_wallet
from app.redemptions.fit import Visit
from app.redemptions.requests import CustomerRef
from app.redemptions.till import Till
from tests.conftest import NOW, Statements
from tests.redemptions.shop import (
    CART,
    a_caller,
    a_campaign,
    a_customer,
    a_voucher,
    asking,
    offer,
    problems,
    redemption,
)

VISIT = Visit(CART, NOW)  # 100.00 EUR
ADA = CustomerRef(source_id="ada")
TENTH = Offer(1, None, PercentOff(Decimal(10)))


async def _best(project: UUID, *codes: str, customer: CustomerRef | None = None) -> BestCombination:
    found = await combine_codes(a_caller(project), codes, (), customer, VISIT)
    assert isinstance(found, BestCombination), found
    return found


def _names(best: BestCombination) -> list[str]:
    return [code.code for code in best.codes]


async def test_redeeming_the_codes_of_the_answer_gives_just_what_it_says(project: UUID, till: Till) -> None:
    await a_voucher(project, await a_campaign(project, "Five"), "FIVE")
    await a_voucher(project, await a_campaign(project, "Tenth", promise=TENTH), "TENTH")
    await a_campaign(project, "Sale", promise=offer(200), kind=CampaignKind.CART_PROMOTION)
    best = await _best(project, "five", "tenth", "nobodys")
    assert (_names(best), best.evaluation.discount) == (["tenth", "five"], 1700)
    assert [(one.code.code, one.is_refused) for one in best.left_out] == [("nobodys", True)]
    done = redemption(await till.redeem(asking(project, *_names(best))))
    assert (done.discount, done.line_discounts) == (1700, best.evaluation.line_discounts)
    assert [one.discount for one in done.vouchers] == [1000, 500, 200]


async def test_a_wallet_is_combined_for_its_customer(project: UUID, till: Till) -> None:
    ada = await a_customer(project)
    first = await a_campaign(project, "First", promise=offer(700, FirstPurchase()))
    await a_voucher(project, first, "FIRST", holder_id=ada, published_at=NOW)
    await a_voucher(project, await a_campaign(project), "FIVE", holder_id=ada, published_at=NOW)
    before = await combine_wallet(project, ADA, VISIT)
    assert (sorted(_names(before)), before.evaluation.discount) == (["FIRST", "FIVE"], 1200)
    done = redemption(await till.redeem(asking(project, *_names(before), customer=ADA)))
    assert done.discount == 1200
    after = await combine_wallet(project, CustomerRef(id=ada), VISIT)
    assert (_names(after), after.evaluation.discount) == (["FIVE"], 500)
    assert [(one.code.code, one.is_refused) for one in after.left_out] == [("FIRST", True)]


async def test_nobodys_wallet_is_what_promotions_give(project: UUID, another_project: UUID) -> None:
    await a_campaign(project, "Sale", promise=offer(200), kind=CampaignKind.CART_PROMOTION)
    for who in (None, CustomerRef(source_id="eve")):
        best = await combine_wallet(project, who, VISIT)
        assert (best.codes, best.evaluation.discount) == ((), 200)
        assert (await combine_wallet(another_project, who, VISIT)).evaluation.discount == 0


async def test_few_statements_serve_five_vouchers_as_well_as_sixty(
    project: UUID, statements: Statements
) -> None:
    ada = await a_customer(project)
    for number in range(60):
        promise = offer(number + 1, FirstPurchase(), per_customer=1)
        campaign = await a_campaign(project, f"C{number}", promise=promise)
        await a_voucher(project, campaign, f"O{number}", holder_id=ada, published_at=NOW)
        if number in (4, 59):
            with statements.counted() as sent:
                best = await combine_wallet(project, ADA, VISIT)
            assert (len(sent), best.is_exact) == (3, number == 4)
            # No more than 30 codes can be redeemed at once; those of most worth are.
            assert best.evaluation.discount == sum(range(max(1, number - 28), number + 2))
            with statements.counted() as sent:
                given = await _best(project, *[f"O{n}" for n in range(min(number + 1, 30))], customer=ADA)
            assert (len(sent), len(given.codes)) == (2, min(number + 1, 30))


async def test_a_faulty_question_is_refused_with_its_place(project: UUID) -> None:
    caller = a_caller(project)
    assert problems(await combine_codes(caller, [], (), None, VISIT)) == [("codes", "NO_CODES")]
    many = await combine_codes(caller, ["A"] * 31, (), None, VISIT)
    assert problems(many) == [("codes", "TOO_MANY_CODES")]
    assert problems(await combine_codes(caller, ["A"], (0,), None, VISIT)) == [
        ("codes.0.points", "OUT_OF_RANGE")
    ]

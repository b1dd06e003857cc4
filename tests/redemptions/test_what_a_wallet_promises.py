"""What a wallet promises is kept: worths are what redeeming grants, the best combination is redeemed to the cent.

Each example is one random shop, built several times over behind walls of its own: in one of them the wallet is asked,
in each of the others one voucher is redeemed.
"""

from dataclasses import dataclass, replace
from datetime import timedelta
from random import Random
from uuid import UUID

import pytest

from app.campaigns.values import CampaignKind
from app.engine.budget import Budget
from app.engine.cart import Cart, Line
from app.engine.counter import Measure, Scope
from app.engine.json_data import JSONValue
from app.engine.offer import Limits, Offer
from app.engine.period import Period
from app.engine.reason import Reason
from app.engine.shelf import Shelf, rewards, rules
from app.engine.stacking import Base, Lane, LaneMode, NoEffect, OnRefusal, Stacking
from app.engine.unit import Payment, Reward, Rule
from app.problem import Problems
from app.redemptions.combine import combine_wallet
from app.redemptions.fit import Visit
from app.redemptions.requests import Answer, CustomerRef, RedeemRequest
from app.redemptions.standing import judge_vouchers
from app.redemptions.ticket import occasion_of
from app.redemptions.till import Till
from app.redemptions.values import Redemption
from tests.conftest import NOW
from tests.redemptions.shop import a_caller, a_campaign, a_customer, a_voucher, asking, redemption
from tests.vouchers.shop import a_project
from tests.wallets.balances import added

ADA = CustomerRef(source_id="ada")
LANES = ("first", "second", "default")


def _kind(shelf: Shelf[Rule] | Shelf[Reward], random: Random) -> dict[str, JSONValue]:
    """A unit as its own example tells it; of those that need no other thing of the project."""
    kinds = [kind for kind in sorted(shelf.by_kind) if all(one.of is None for one in shelf.parameters(kind))]
    return {**shelf.by_kind[random.choice(kinds)].example}


def _rule(random: Random) -> Rule | None:
    return None if random.random() < 0.6 else rules.from_json(_kind(rules, random), "rule")


def _reward(random: Random) -> Reward:
    return rewards.from_json(_kind(rewards, random), "reward")


def _cart(random: Random) -> Cart:
    lines = tuple(
        Line(
            random.randint(1, 4),
            random.randint(0, 9_000),
            sku=random.choice(["MUG", "TEA", None]),
            product=random.choice(["mug", "tea", "cup"]),
            categories=random.choice([(), ("shoes",), ("sale", "tea")]),
        )
        for _ in range(random.randint(0, 5))
    )
    return Cart("EUR", lines, random.choice([0, 490, 1_200]), country=random.choice([None, "DE"]))


def _policy(random: Random) -> Stacking:
    if random.random() < 0.5:
        return Stacking()
    lane = Lane("first", random.choice(list(LaneMode)), random.choice(list(Base)))
    return Stacking(
        lanes=(lane, Lane("second")),
        exclusive=random.choice([(), ("vip",)]),
        most_codes=random.choice([1, 2, 30]),
        on_refusal=random.choice(list(OnRefusal)),
        no_effect=random.choice(list(NoEffect)),
    )


@dataclass(frozen=True)
class Shop:
    """A project with ADA's vouchers, in the order in which they were made, and with the same seed always the same."""

    project: UUID
    ada: UUID
    vouchers: dict[str, UUID]
    visit: Visit

    def request(self, *codes: str) -> RedeemRequest:
        """ADA with these codes at the till."""
        caller = replace(a_caller(self.project), stacking=self.visit.stacking)
        assert self.visit.cart is not None
        return asking(self.project, *codes, caller=caller, cart=self.visit.cart, customer=ADA, channel="web")


async def _a_shop(seed: int, till: Till) -> Shop:
    random = Random(seed)  # noqa: S311  # the same shop each time it is built
    project = await a_project()
    ada, vouchers = await a_customer(project), {}
    for number in range(5):
        vouchers[f"V{number}"] = await _a_code(project, ada, number, random)
    if random.random() < 0.6:
        promise = Offer(1, _rule(random), rewards.from_json({"kind": "free_shipping"}, "reward"))
        kind = CampaignKind.CART_PROMOTION
        await a_campaign(project, "Sale", promise=promise, kind=kind, category=random.choice([None, "vip"]))
    caller, cart, policy = a_caller(project), _cart(random), _policy(random)
    shop = Shop(project, ada, vouchers, Visit(cart, NOW, occasion_of(caller, "web", None, {}), policy))
    for code in random.sample(sorted(vouchers), 2):  # what ADA has bought before
        await till.redeem(replace(shop.request(code), promotions=False))
    return shop


async def _a_code(project: UUID, ada: UUID, number: int, random: Random) -> UUID:
    limit = random.choice([None, None, 1, 2])
    budget = Budget(
        random.choice([Measure.DISCOUNT, Measure.ORDER_VALUE]),
        random.choice([Scope.CAMPAIGN, Scope.CUSTOMER]),
        random.choice(list(Period)),
        random.randint(100, 20_000),
        "EUR",
    )
    reward = _reward(random)
    promise = Offer(1, _rule(random), reward, Limits(per_customer=limit), random.choice(LANES))
    campaign = await a_campaign(
        project,
        f"C{number}",
        promise=promise,
        budgets=random.choice([(), (), (budget,)]),
        category=random.choice([None, "vip"]),
    )
    ends = random.choice([*[None] * 6, NOW + timedelta(days=1), NOW])
    voucher = await a_voucher(
        project, campaign, f"V{number}", holder_id=ada, published_at=NOW, expires_at=ends
    )
    if isinstance(reward, Payment):
        unit, amount = ("points" if reward.in_points else "EUR"), random.choice([0, 500, 50_000])
        if amount:
            await added(project, voucher, amount, None, unit)
    return voucher


def _granted(answer: Answer | Problems, voucher: UUID) -> tuple[int, tuple[Reason, ...]]:
    """What the till took off by this voucher, and why not more."""
    assert isinstance(answer, Answer), answer
    outcome = answer.outcome
    if isinstance(outcome, Redemption):
        off = {used.voucher_id: used.discount for used in outcome.vouchers}
        left = [one.reasons for one in outcome.skipped if one.voucher_id == voucher]
        return off.get(voucher, 0), left[0] if left else ()
    [refused] = outcome.vouchers
    return 0, refused.reasons


@pytest.mark.parametrize("seed", range(12))
async def test_each_worth_is_what_redeeming_the_voucher_then_grants(
    project: UUID, till: Till, seed: int
) -> None:
    shop = await _a_shop(seed, till)
    held = [(shop.ada, voucher) for voucher in shop.vouchers.values()]
    standings = await judge_vouchers(shop.project, held, shop.visit)
    for code, voucher in shop.vouchers.items():
        told = standings[shop.ada, voucher]
        other = await _a_shop(seed, till)
        off, reasons = _granted(await till.redeem(other.request(code)), other.vouchers[code])
        assert (code, told.worth) == (code, off)
        assert [reason.code for reason in told.reasons] == [reason.code for reason in reasons]
        assert (told.state.value == "USABLE") == (not reasons)


@pytest.mark.parametrize("seed", range(100, 116))
async def test_the_best_combination_is_redeemed_for_just_what_it_says(
    project: UUID, till: Till, seed: int
) -> None:
    shop = await _a_shop(seed, till)
    best = await combine_wallet(shop.project, ADA, shop.visit)
    assert best.is_exact
    if best.codes:
        done = redemption(await till.redeem(shop.request(*[code.code for code in best.codes])))
        assert (done.discount, done.total) == (best.evaluation.discount, best.evaluation.total)
        assert done.line_discounts == best.evaluation.line_discounts
        assert done.skipped == ()

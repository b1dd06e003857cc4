"""docs/stacking.md: each row of its table of examples is what the engine makes of it."""

import json
import re
from dataclasses import replace
from decimal import Decimal
from uuid import UUID

import pytest

from app.engine.money import Money
from app.engine.offer import Presented
from app.engine.rewards.amount_off import AmountOff
from app.engine.rewards.free_shipping import FreeShipping
from app.engine.rewards.percent_off import PercentOff
from app.engine.rules.minimum_spend import MinimumSpend
from app.engine.stacking import Stacking
from app.engine.unit import Reward, Rule
from tests.docs.sample_shop import ROOT
from tests.engine.shop import CAMPAIGN, cart, eur, judge, offer, presented

PAGE = (ROOT / "docs" / "stacking.md").read_text()
ROWS = re.findall(r"^\| `(\{.*?\})` \| ([A-Z ]+) \| (.*?) ?\| (.*?) ?\|$", PAGE, re.MULTILINE)
IN_ENGINE = {"exclusiveCategories": "exclusive", "alwaysCombinableCategories": "always"}


def a_code(
    number: int, reward: Reward, lane: str = "default", category: str | None = None, rule: Rule | None = None
) -> Presented:
    campaign = replace(CAMPAIGN, id=UUID(int=100 + number), category=category)
    return presented("", number, campaign=campaign, offer=offer(rule, reward, lane=lane))


CODES = {
    "FIVE": a_code(11, AmountOff(eur("5")), lane="codes"),
    "TEN": a_code(12, PercentOff(Decimal(10)), lane="sale"),
    "TWENTY": a_code(13, PercentOff(Decimal(20)), lane="sale"),
    "VIP": a_code(14, PercentOff(Decimal(30)), category="vip"),
    "DROP": a_code(15, FreeShipping(), category="delivery"),
    "ALL": a_code(16, PercentOff(Decimal(100))),
    "DEAR": a_code(17, PercentOff(Decimal(10)), rule=MinimumSpend(eur("1000"))),
}


def policy_of(given: dict[str, object]) -> Stacking:
    """The policy as the API spells it."""
    names = {name: re.sub(r"[A-Z]", lambda letter: f"_{letter[0].lower()}", name) for name in given}
    return Stacking.from_json({IN_ENGINE.get(name, names[name]): value for name, value in given.items()})


def test_there_are_examples() -> None:
    assert len(ROWS) == 11


@pytest.mark.parametrize(("policy", "sent", "taken", "left"), ROWS)
def test_each_example_is_true(policy: str, sent: str, taken: str, left: str) -> None:
    codes = [replace(CODES[name], code=name) for name in sent.split()]
    found = judge(*codes, basket=cart(10_000, shipping=500), stacking=policy_of(json.loads(policy)))
    used = [verdict for verdict in found.verdicts if verdict.granted and found.granted]
    assert ", ".join(f"{one.code} {Money(one.discount, 'EUR').amount}" for one in used) == taken
    told = [(verdict.code, reason.code) for verdict in found.verdicts for reason in verdict.reasons]
    assert ", ".join(f"{code} {reason}" for code, reason in told) == left

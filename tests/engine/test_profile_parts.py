"""Parts of a profile: each rule says what it looks at, and nothing else of the customer is kept."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from app.engine.cart import Cart, Line
from app.engine.facts import Facts
from app.engine.kept_facts import keep
from app.engine.money import Money
from app.engine.offer import CampaignStanding, Offer, Presented
from app.engine.profile_parts import EVERYTHING, only, parts_of
from app.engine.rewards.amount_off import AmountOff
from app.engine.rules.all_of import AllOf
from app.engine.rules.any_of import AnyOf
from app.engine.rules.first_purchase import FirstPurchase
from app.engine.shelf import rules
from app.engine.shopper import Shopper
from app.engine.unit import Rule

NOW = datetime(2026, 6, 1, tzinfo=UTC)
SHOPPER = Shopper("ada", "Ada", "a@example.com", date(1990, 2, 28), {"tier": "gold", "shoes": 41}, NOW)


def a_rule(**data: object) -> Rule:
    return rules.from_json(data, "rule")


BIRTHDAY = a_rule(kind="birthday", days_before=3)
TIER = a_rule(kind="customer_metadata", key="tier", comparison={"operator": "IS", "values": ["gold"]})
EMAIL = a_rule(
    kind="customer_attribute", attribute="EMAIL", comparison={"operator": "ENDS_WITH", "values": [".com"]}
)
EXPRESSION = a_rule(kind="expression", expression="customer.metadata.shoes > 40")


@pytest.mark.parametrize(
    ("rule", "parts"),
    [
        (FirstPurchase(), set()),
        (BIRTHDAY, {"birthday"}),
        (TIER, {"metadata.tier"}),
        (EMAIL, {"email"}),
        (a_rule(kind="new_customer", known_days=30), {"known_since"}),
        (AllOf((BIRTHDAY, AnyOf((TIER, FirstPurchase())))), {"birthday", "metadata.tier"}),
        (EXPRESSION, EVERYTHING),
    ],
)
def test_a_rule_looks_at_what_it_says(rule: Rule, parts: set[str]) -> None:
    assert parts_of(rule) == parts


def test_nothing_but_the_parts_is_kept() -> None:
    assert only(SHOPPER, frozenset({"birthday"})) == Shopper("", birthday=date(1990, 2, 28))
    assert only(SHOPPER, frozenset({"metadata.tier"})) == Shopper("", metadata={"tier": "gold"})
    assert only(SHOPPER, EVERYTHING) == SHOPPER


def test_a_decision_keeps_what_its_rules_looked_at() -> None:
    code = Presented(
        "CODE",
        UUID(int=1),
        campaign=CampaignStanding(UUID(int=2), "LIVE"),
        offer=Offer(1, AllOf((EMAIL, TIER)), AmountOff(Money(100, "EUR"))),
    )
    kept = keep([code], Facts(UUID(int=3), shopper=SHOPPER), Cart("EUR", (Line(1, 500),)), NOW)
    assert kept.to_json() == {
        "shopper": {"source_id": "", "email": "a@example.com", "metadata": {"tier": "gold"}}
    }

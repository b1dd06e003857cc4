"""Laws that every rule about the customer obeys, tried on people nobody would think of."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any  # values of metadata are JSON
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from app.engine.comparison import NUMBERS, TEXTS, TIMES, Comparison, Operator
from app.engine.facts import Facts, Listed, Membership, Need, Situation
from app.engine.reason import Reason, undecided
from app.engine.rules.amount_spent import AmountSpent
from app.engine.rules.any_of import AnyOf
from app.engine.rules.birthday import Birthday
from app.engine.rules.custom_events import CustomEvents
from app.engine.rules.customer_attribute import CustomerAttribute, CustomerAttributes
from app.engine.rules.customer_metadata import CustomerMetadata
from app.engine.rules.first_purchase import FirstPurchase
from app.engine.rules.holder_only import HolderOnly
from app.engine.rules.in_segment import InSegment
from app.engine.rules.new_customer import NewCustomer
from app.engine.rules.none_of import NoneOf
from app.engine.rules.nth_order import NthOrder
from app.engine.rules.redemptions_made import RedemptionsMade
from app.engine.segment import Segment
from app.engine.shelf import rules
from app.engine.shopper import Shopper
from app.engine.unit import Rule
from tests.engine.shop import ANNA, BRUNO, cart
from tests.engine.test_rule_laws import MOMENTS, MONEY, ZONES

law = settings(max_examples=150)

TEXTS_THERE = st.sampled_from(["gold", "iron", "old", "5", "2026-05-17", "2026-05-17T09:30:00Z"])
COMPARISONS = st.one_of(
    st.builds(
        Comparison, st.sampled_from(sorted(TEXTS)), st.lists(TEXTS_THERE, min_size=1, max_size=3).map(tuple)
    ),
    st.builds(Comparison, st.sampled_from(sorted(NUMBERS)), st.sampled_from([("5",), ("-0.5",)])),
    st.builds(
        Comparison, st.sampled_from(sorted(TIMES)), st.sampled_from([("2026-05-17",), ("2026-05-17T12:00Z",)])
    ),
    st.builds(Comparison, st.sampled_from([Operator.EXISTS, Operator.ABSENT])),
)
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.floats(-9, 9) | TEXTS_THERE | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner, max_size=2),
    max_leaves=6,
)
DAYS = st.none() | st.integers(1, 60)
TIMES_LEAST, TIMES_MOST = st.integers(1, 5), st.integers(0, 5)
VIP, FRIENDS, GONE = UUID(int=1), UUID(int=2), UUID(int=3)
SEGMENTS = {VIP: Segment(VIP, "VIP"), FRIENDS: Segment(FRIENDS, "Friends", FirstPurchase())}

RULES: st.SearchStrategy[Rule] = st.one_of(
    st.builds(InSegment, st.sampled_from([VIP, FRIENDS, GONE])),
    st.builds(NewCustomer, st.integers(1, 60)),
    st.builds(NthOrder, st.integers(1, 4), st.none() | st.integers(8, 9), st.none() | st.integers(1, 4)),
    st.builds(RedemptionsMade, TIMES_LEAST, within_days=DAYS, campaign=st.none() | st.just(VIP)),
    st.builds(RedemptionsMade, at_most=TIMES_MOST, within_days=DAYS),
    st.builds(AmountSpent, MONEY, within_days=DAYS),
    st.builds(AmountSpent, amount_at_most=MONEY, within_days=DAYS),
    st.builds(CustomEvents, st.sampled_from(["visit", "review"]), TIMES_LEAST, within_days=DAYS),
    st.builds(CustomEvents, st.just("visit"), at_most=TIMES_MOST, within_days=DAYS),
    st.builds(CustomerAttribute, st.sampled_from(CustomerAttributes), COMPARISONS),
    st.builds(CustomerMetadata, st.sampled_from(["tier", "visits"]), COMPARISONS),
    st.builds(Birthday, st.integers(0, 180), st.integers(0, 180)),
    st.just(HolderOnly()),
)
SHOPPERS = st.builds(
    Shopper,
    st.sampled_from(["gold", "anna"]),
    st.none() | TEXTS_THERE,
    st.none() | TEXTS_THERE,
    st.none() | st.dates(date(1950, 1, 1), date(2020, 12, 31)),
    st.dictionaries(st.sampled_from(["tier", "visits"]), VALUES),
)


@st.composite
def situations(draw: st.DrawFn, rule: Rule) -> Situation:
    """A customer whom the rule can be asked about, or nobody."""
    now = draw(MOMENTS)
    answers: dict[Need, int] = {need: draw(st.integers(0, 12_000)) for need in rule.needs}
    if any(isinstance(need, Membership) for need in rule.needs):
        answers |= {need: draw(st.integers(0, 2)) for need in (*SEGMENTS[FRIENDS].needs, Listed(VIP))}
    known = draw(st.none() | st.integers(0, 90).map(lambda days: now - timedelta(days=days)))
    shopper = replace(draw(SHOPPERS), known_since=known)
    customer = draw(st.sampled_from([ANNA, ANNA, ANNA, None]))
    facts = Facts(customer, answers, shopper=None if customer is None else shopper)
    holder = draw(st.sampled_from([None, ANNA, BRUNO]))
    return Situation(cart(2090), facts, now, draw(ZONES), holder=holder, segments=SEGMENTS)


@law
@given(st.data(), RULES)
def test_either_a_rule_holds_or_none_of_it_does_unless_nobody_is_there(
    data: st.DataObject, rule: Rule
) -> None:
    situation = data.draw(situations(rule))
    reasons, against = rule.refusals(situation), NoneOf((rule,)).refusals(situation)
    assert undecided(reasons) is (situation.facts.customer is None)
    if undecided(reasons):
        assert [reason.code for reason in reasons] == ["CUSTOMER_REQUIRED"]
        assert against == reasons
        assert rule.actual(situation) is None
    else:
        assert (reasons == ()) is (against != ())


@law
@given(RULES)
def test_every_rule_survives_its_json_and_can_be_told(rule: Rule) -> None:
    again = rules.from_json(rules.to_json(rule))
    assert again == rule
    assert hash(again) == hash(rule)
    assert rules.phrase(again).startswith(rules.kind_of(rule).replace("_", " "))


@law
@given(st.data(), RULES)
def test_every_reason_is_a_sentence_that_survives_its_json(data: st.DataObject, rule: Rule) -> None:
    for reason in AnyOf((rule,)).refusals(data.draw(situations(rule))):
        assert reason.message.endswith(".")
        assert reason.remedy is None or reason.remedy.endswith(".")
        assert (reason.change is None) or reason.remedy is not None
        assert Reason.from_json(reason.to_json()) == reason


@law
@given(st.data(), RULES)
def test_no_reason_tells_what_the_company_notes_or_how_to_reach_the_customer(
    data: st.DataObject, rule: Rule
) -> None:
    situation = data.draw(situations(rule))
    secret = Shopper("SECRET", "SECRET", "SECRET", None, {"tier": "SECRET", "visits": "SECRET"})
    told = replace(situation, facts=replace(situation.facts, shopper=secret))
    assert "SECRET" not in str([reason.to_json() for reason in rule.refusals(told)])

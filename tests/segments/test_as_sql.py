"""Two interpreters, one meaning: what a rule says of a customer in memory is what its condition says in SQL."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.database import execute, fetch
from app.engine.comparison import NUMBER, NUMBERS, TEXTS, Comparison, Operator, numbers_in
from app.engine.metadata import texts_of
from app.engine.rules.all_of import AllOf
from app.engine.rules.any_of import AnyOf
from app.engine.rules.custom_events import CustomEvents
from app.engine.rules.customer_metadata import CustomerMetadata
from app.engine.rules.in_segment import InSegment
from app.engine.rules.none_of import NoneOf
from app.engine.rules.redemptions_made import RedemptionsMade
from app.engine.segment import Segment
from app.engine.shelf import rules
from app.engine.unit import Family, Rule
from app.ids import new_id
from app.redemptions.membership import Place, why_not_in
from app.segments.as_sql import condition, is_for_segments
from app.segments.asking import Asking
from tests.conftest import NOW
from tests.segments.population import JSON_VALUES, populate
from tests.segments.trees import COMPARISONS, EVERY_COMPARISON, LEAVES, MOMENTS, TREES

ZONE = "Europe/Warsaw"
ANYTHING = {"suppress_health_check": list(HealthCheck), "database": None}


async def in_sql(project: UUID, rule: Rule, now: datetime = NOW, zone: str = ZONE) -> set[UUID]:
    """For whom of the whole population the rule holds, by one statement."""
    values: list[object] = [project]
    holds = condition(rule, Asking(values, now, zone))
    rows = await fetch(f"SELECT c.id, {holds} AS holds FROM customers c WHERE c.project_id = $1", *values)
    assert {type(row["holds"]) for row in rows} <= {bool}, "a condition is never null"
    return {row["id"] for row in rows if row["holds"]}


async def in_memory(
    project: UUID, people: Sequence[UUID], rule: Rule, now: datetime = NOW, zone: str = ZONE
) -> set[UUID]:
    """For whom the rule holds, with the facts that the till gathers."""
    segment = Segment(new_id(), "Live", rule)
    found = await why_not_in(Place(project, zone, "EUR"), [(person, segment) for person in people], now)
    return {person for (person, _), reasons in found.items() if not reasons}


@pytest_asyncio.fixture
async def people(project: UUID) -> AsyncIterator[list[UUID]]:
    """A hundred random customers. Their holds, in whose carts there is nothing, are left to no sweeper."""
    yield await populate(project, 100, seed=project.int)
    await execute(
        "UPDATE redemptions SET state = 'RELEASED' WHERE project_id = $1 AND state = 'HELD'", project
    )


@settings(max_examples=250, **ANYTHING)
@given(rule=TREES, now=MOMENTS)
async def test_any_tree_of_rules_means_the_same_in_memory_and_in_sql(
    project: UUID, people: list[UUID], rule: Rule, now: datetime
) -> None:
    assert await in_sql(project, rule, now) == await in_memory(project, people, rule, now)


@settings(max_examples=250, **ANYTHING)
@given(rule=LEAVES)
async def test_any_single_rule_means_the_same_in_memory_and_in_sql(
    project: UUID, people: list[UUID], rule: Rule
) -> None:
    assert await in_sql(project, rule) == await in_memory(project, people, rule)


_TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=4)
_NUMBERS = st.integers(-(2**63), 2**63) | st.floats(allow_nan=False, allow_infinity=False)
_INSTANTS = st.builds(
    "{}-{}-{}{}".format,
    st.sampled_from(["0000", "0001", "1900", "2000", "2023", "2024", "2100", "9999"]),
    st.sampled_from(["00", "01", "02", "04", "09", "12", "13"]),
    st.sampled_from(["00", "01", "28", "29", "30", "31", "32"]),
    st.sampled_from(
        [
            "",
            "T00:00Z",
            "T23:59+14:59",
            "T24:00Z",
            "T12:60Z",
            "T12:00:59.5-14:00",
            "T12:00:60Z",
            "T12:00+15:00",
        ]
    ),
)
_SCALARS = st.none() | st.booleans() | _NUMBERS | _TEXTS | _INSTANTS
_JSON = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXTS, inner, max_size=2),
    max_leaves=6,
)


@st.composite
def _compared(draw: st.DrawFn) -> tuple[list[Any], Comparison]:
    """Values, and a comparison that is as likely as not about one of them."""
    values = draw(st.lists(_JSON, min_size=1, max_size=6))
    texts = sorted({text for value in values for text in texts_of(value) if 0 < len(text) <= 255})
    if texts and draw(st.booleans()):
        text = draw(st.sampled_from(texts))
        part = text[draw(st.integers(0, len(text) - 1)) :] if draw(st.booleans()) else text
        return values, Comparison(draw(st.sampled_from(sorted(TEXTS))), (part,))
    numbers = sorted(
        {str(one) for value in values for one in numbers_in(value) if NUMBER.fullmatch(f"{one:f}")}
    )
    if numbers and draw(st.booleans()):
        bound = f"{Decimal(draw(st.sampled_from(numbers))):f}"
        return values, Comparison(draw(st.sampled_from(sorted(NUMBERS))), (bound,))
    return values, draw(COMPARISONS)


async def _noted(project: UUID, values: Sequence[Any]) -> list[UUID]:
    """Customers of whom these values are noted, and nobody else."""
    await execute("DELETE FROM customers WHERE project_id = $1", project)
    people = [new_id() for _ in values]
    await execute(
        "INSERT INTO customers (id, project_id, source_id, metadata, created_at, updated_at)"
        " SELECT new.id, $1, new.id::text, new.metadata, $4, $4"
        " FROM unnest($2::uuid[], $3::jsonb[]) AS new (id, metadata)",
        project,
        people,
        [{"key": value} for value in values],
        NOW,
    )
    return people


async def test_every_example_is_compared_the_same_in_memory_and_in_sql(project: UUID) -> None:
    people = await _noted(project, JSON_VALUES)
    for comparison in EVERY_COMPARISON:
        rule = CustomerMetadata("key", comparison)
        differ = await in_sql(project, rule) ^ await in_memory(project, people, rule)
        assert [JSON_VALUES[people.index(person)] for person in differ] == [], comparison


@settings(max_examples=400, **ANYTHING)
@given(compared=_compared())
async def test_any_json_is_compared_the_same_in_memory_and_in_sql(
    project: UUID, compared: tuple[list[Any], Comparison]
) -> None:
    values, comparison = compared
    people = await _noted(project, values)
    rule = CustomerMetadata("key", comparison)
    assert await in_sql(project, rule) == await in_memory(project, people, rule)


def test_what_looks_into_other_tables_is_asked_last() -> None:
    past, events = RedemptionsMade(at_least=2), CustomEvents("came", at_least=1)
    own = CustomerMetadata("tier", Comparison(Operator.IS, ("gold",)))
    for rule in (
        AllOf((past, events, own)),
        AnyOf((past, NoneOf((events,)), own)),
        NoneOf((events, past, own)),
    ):
        told = condition(rule, Asking([], NOW, ZONE))
        assert told.index("c.metadata") < min(
            told.index("FROM redemptions"), told.index("FROM custom_events")
        )


def test_every_rule_about_customers_has_a_condition_in_sql_and_no_other_rule_has() -> None:
    kinds = {kind: cls.family for kind, cls in rules.by_kind.items()}
    for_segments = {
        kind for kind in kinds if is_for_segments(rules.from_json(dict(rules.by_kind[kind].example)))
    }
    about_customers = {kind for kind, family in kinds.items() if family is Family.CUSTOMER}
    assert for_segments == about_customers - {"in_segment"} | {"all_of", "any_of", "none_of"}


def test_a_rule_without_a_condition_is_said_to_have_none() -> None:
    with pytest.raises(TypeError, match="InSegment has no condition in SQL"):
        condition(InSegment(new_id()), Asking([], NOW, ZONE))

"""updateSegment: given fields change, versions guard, and what an offer asks follows at once."""

import pytest

from app import ids
from app.engine.rules.in_segment import InSegment
from app.engine.rules.none_of import NoneOf
from tests.graphql_schema.asking import a_caller, ask
from tests.graphql_schema.shop import everything, faults, reasons_of, redeem, shown
from tests.redemptions.shop import a_campaign, a_voucher, offer
from tests.segments.shop import NEWCOMERS, a_segment

pytestmark = pytest.mark.usefixtures("till")

UPDATE = """mutation ($input: UpdateSegmentInput!) { updateSegment(input: $input) {
  segment { name description version rule { __typename } } userErrors { path code message }
} }"""


async def test_only_given_fields_change(project):
    caller, made = await a_caller(project), await a_segment(project, "Newcomers", NEWCOMERS)
    for ref in ({"name": "Newcomers"}, {"id": shown(ids.SEGMENT, made.id)}):
        changed = (await ask(caller, UPDATE, input={"segment": ref, "description": "of today"}))[
            "updateSegment"
        ]
        assert changed == {
            "segment": {
                "name": "Newcomers",
                "description": "of today",
                "version": 2,
                "rule": {"__typename": "FirstPurchase"},
            },
            "userErrors": [],
        }
    given = {"segment": {"name": "Newcomers"}, "expectedVersion": 2, "name": "All", "rule": {"birthday": {}}}
    renamed = (await ask(caller, UPDATE, input=given))["updateSegment"]["segment"]
    assert renamed == {
        "name": "All",
        "description": "of today",
        "version": 3,
        "rule": {"__typename": "Birthday"},
    }


async def test_offers_follow_the_new_rule_at_once(project):
    caller, made = await a_caller(project), await a_segment(project, "Old hands", NoneOf((NEWCOMERS,)))
    await a_voucher(project, await a_campaign(project, promise=offer(rule=InSegment(made.id))), "SUMMER")
    ada = {"customer": {"upsert": {"sourceId": "ada"}}}
    assert reasons_of((await redeem(caller, "SUMMER", key="1", **ada))["result"]) == ["NOT_IN_SEGMENT"]
    given = {"segment": {"name": "Old hands"}, "rule": {"firstPurchase": {}}}
    assert (await ask(caller, UPDATE, input=given))["updateSegment"]["userErrors"] == []
    assert (await redeem(caller, "SUMMER", key="2", **ada))["result"]["__typename"] == "Redemption"


@pytest.mark.parametrize(
    ("given", "path", "code"),
    [
        ({"segment": {"name": "Nobody"}}, "segment", "NOT_FOUND"),
        ({"segment": {"id": ids.show(ids.SEGMENT, ids.new_id())}, "name": "x"}, "segment", "NOT_FOUND"),
        ({"segment": {"id": "camp_1"}}, "segment.id", "INVALID_ID"),
        (
            {"segment": {"name": "Friends"}, "expectedVersion": 3, "name": "x"},
            "expectedVersion",
            "VERSION_CONFLICT",
        ),
        ({"segment": {"name": "Friends"}, "name": "Newcomers"}, "name", "NAME_TAKEN"),
        ({"segment": {"name": "Friends"}, "rule": {"firstPurchase": {}}}, "rule", "SEGMENT_IS_A_LIST"),
        (
            {"segment": {"name": "Newcomers"}, "rule": {"holderOnly": {}}},
            "rule.holderOnly",
            "NOT_ABOUT_CUSTOMERS",
        ),
        (
            {"segment": {"name": "Newcomers"}, "rule": {"birthday": {"daysBefore": 181}}},
            "rule.birthday.daysBefore",
            "INVALID_PARAMETER",
        ),
    ],
)
async def test_what_is_wrong_is_told_and_nothing_changes(project, given, path, code):
    caller = await a_caller(project)
    await a_segment(project)
    await a_segment(project, "Newcomers", NEWCOMERS)
    before = await everything(project)
    refused = (await ask(caller, UPDATE, input=given))["updateSegment"]
    assert (refused["segment"], faults(refused)) == (None, [(path, code)])
    assert await everything(project) == before

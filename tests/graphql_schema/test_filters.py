"""Refs in filters: which thing is meant, at what price, and what is meant by nothing."""

import pytest
from strawberry import Some

from app import ids
from app.database import execute
from graphql_schema.errors import Refusal
from graphql_schema.filters import NOTHING, needed_campaign_ref, only_campaign, only_customer, only_voucher
from graphql_schema.types.campaign_ref import CampaignRef
from graphql_schema.types.customer_input import CustomerRef
from graphql_schema.types.voucher_ref import VoucherRef
from tests.graphql_schema.asking import a_caller
from tests.graphql_schema.shop import shown
from tests.redemptions.shop import a_campaign, a_customer, a_voucher


def by_id(kind, prefix, id_):
    return kind(**{"id": Some(shown(prefix, id_)), OTHER[kind]: None})


def by_other(kind, text):
    return kind(**{"id": None, OTHER[kind]: Some(text)})


OTHER = {CampaignRef: "name", CustomerRef: "source_id", VoucherRef: "code"}
READERS = [
    (only_campaign, CampaignRef, ids.CAMPAIGN, "Summer"),
    (only_customer, CustomerRef, ids.CUSTOMER, "ada"),
    (only_voucher, VoucherRef, ids.VOUCHER, "sum-mer"),
]


@pytest.fixture
async def shop(project) -> dict:
    """A campaign, a customer and a voucher, by the kinds of refs that name them."""
    campaign = await a_campaign(project)
    return {
        CampaignRef: campaign,
        CustomerRef: await a_customer(project),
        VoucherRef: await a_voucher(project, campaign, "SUMMER"),
    }


@pytest.mark.parametrize(("only", "kind", "prefix", "text"), READERS)
async def test_an_id_costs_nothing_and_anything_else_one_statement(
    project, shop, statements, only, kind, prefix, text
):
    caller = await a_caller(project)
    for ref, meant, cost in (
        (None, None, 0),
        (by_id(kind, prefix, shop[kind]), shop[kind], 0),
        (by_other(kind, text), shop[kind], 1),
        (by_other(kind, "nothing"), NOTHING, 1),
    ):
        with statements.counted() as sent:
            assert await only(ref, caller) == meant
        assert len(sent) == cost, (ref, sent)


@pytest.mark.parametrize(("only", "kind", "prefix", "text"), READERS)
async def test_what_another_project_has_is_nothing(another_project, shop, only, kind, prefix, text):
    assert await only(by_other(kind, text), await a_caller(another_project)) == NOTHING


@pytest.mark.parametrize(("only", "kind", "prefix", "text"), READERS)
async def test_an_id_of_another_kind_is_refused(project, only, kind, prefix, text):
    caller = await a_caller(project)
    for id_ in (shown(ids.REDEMPTION, ids.new_id()), text, ""):
        with pytest.raises(Refusal) as refused:
            await only(kind(**{"id": Some(id_), OTHER[kind]: None}), caller)
        expected = ("BAD_USER_INPUT", f"An id that starts with {prefix}_ is expected here.")
        assert (refused.value.code, refused.value.message) == expected


async def test_where_case_counts_a_code_is_found_as_it_is_written(project):
    await execute("UPDATE projects SET case_sensitive_codes = true WHERE id = $1", project)
    voucher = await a_voucher(project, await a_campaign(project), "Summer", code_key="Summer")
    caller = await a_caller(project)
    assert await only_voucher(by_other(VoucherRef, "Sum-mer"), caller) == voucher
    assert await only_voucher(by_other(VoucherRef, "SUMMER"), caller) == NOTHING


def test_a_campaign_is_looked_up_by_id_or_by_name():
    id_ = ids.new_id()
    assert needed_campaign_ref(by_id(CampaignRef, ids.CAMPAIGN, id_)) == id_
    assert needed_campaign_ref(by_other(CampaignRef, "Summer")) == "Summer"

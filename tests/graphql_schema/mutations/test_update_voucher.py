"""updateVoucher, disableVoucher, enableVoucher: one code is changed, or stopped at once."""

import pytest

from app import ids
from app.ids import new_id
from app.projects.values import KeyKind
from tests.graphql_schema.asking import a_caller, ask, refusal
from tests.graphql_schema.shop import everything, faults, reasons_of, shown, validate
from tests.redemptions.shop import a_campaign, a_voucher

FIELDS = (
    "voucher { code enabled startsAt expiresAt maxRedemptions metadata } userErrors { path code message }"
)
UPDATE = f"mutation ($input: UpdateVoucherInput!) {{ updateVoucher(input: $input) {{ {FIELDS} }} }}"
SWITCH = """mutation ($input: SwitchVoucherInput!) {{ {name}(input: $input) {{ {fields} }} }}"""
SUMMER = {"code": "summer"}
EXPIRES = {"expiresAt": "2026-07-01T00:00:00Z"}


async def update(caller, voucher=SUMMER, **changes):
    return (await ask(caller, UPDATE, input={"voucher": voucher, **changes}))["updateVoucher"]


async def switch(caller, name: str, voucher=SUMMER):
    return (await ask(caller, SWITCH.format(name=name, fields=FIELDS), input={"voucher": voucher}))[name]


@pytest.mark.parametrize("by", ["id", "code"])
async def test_a_voucher_found_by_id_or_code_is_changed(project, by):
    voucher = await a_voucher(project, await a_campaign(project), "SUMMER")
    ref = {"id": shown(ids.VOUCHER, voucher)} if by == "id" else SUMMER
    changes = {"startsAt": "2026-06-01T00:00:00Z", **EXPIRES, "maxRedemptions": 3, "metadata": {"a": [1]}}
    assert await update(await a_caller(project), ref, **changes) == {
        "voucher": {"code": "SUMMER", "enabled": True, **changes},
        "userErrors": [],
    }


async def test_what_is_left_out_stays_and_null_empties(project):
    await a_voucher(project, await a_campaign(project), "SUMMER", max_redemptions=5)
    caller = await a_caller(project)
    kept = (await update(caller, **EXPIRES))["voucher"]
    assert (kept["expiresAt"], kept["maxRedemptions"]) == ("2026-07-01T00:00:00Z", 5)
    assert (await update(caller, metadata={"a": 1}))["voucher"]["metadata"] == {"a": 1}
    emptied = (await update(caller, expiresAt=None, maxRedemptions=None, metadata=None))["voucher"]
    assert (emptied["expiresAt"], emptied["maxRedemptions"], emptied["metadata"]) == (None, None, {})


@pytest.mark.parametrize(
    ("given", "path", "code"),
    [
        ({"voucher": {"id": "SUMMER"}}, "voucher.id", "INVALID_ID"),
        ({"voucher": {"id": shown(ids.CAMPAIGN, new_id())}}, "voucher.id", "INVALID_ID"),
        ({"voucher": {"id": shown(ids.VOUCHER, new_id())}}, "voucher", "NOT_FOUND"),
        ({"voucher": {"code": "NOSUCH"}}, "voucher", "NOT_FOUND"),
        ({"voucher": {"code": "\0"}}, "voucher", "NOT_FOUND"),
        ({"voucher": {"code": "\ud800"}}, "voucher", "NOT_FOUND"),
        ({"maxRedemptions": 0}, "maxRedemptions", "OUT_OF_RANGE"),
        ({"startsAt": "2026-07-01T00:00:00Z", **EXPIRES}, "expiresAt", "DATES_REVERSED"),
        ({"metadata": {"a": "\0"}}, "metadata", "INVALID_TEXT"),
        ({"metadata": {str(n): n for n in range(51)}}, "metadata", "TOO_LONG"),
    ],
)
async def test_faulty_changes_change_nothing(project, given, path, code):
    await a_voucher(project, await a_campaign(project), "SUMMER")
    caller = await a_caller(project)
    before = await everything(project)
    answer = await update(caller, **{"voucher": SUMMER, "maxRedemptions": 7, **given})
    assert (answer["voucher"], faults(answer)) == (None, [(path, code)])
    assert await everything(project) == before


async def test_a_disabled_code_is_refused_at_once_and_an_enabled_one_granted(project):
    await a_voucher(project, await a_campaign(project), "SUMMER")
    caller = await a_caller(project)
    stopped = await switch(caller, "disableVoucher")
    assert (stopped["voucher"]["enabled"], stopped["userErrors"]) == (False, [])
    [verdict] = (await validate(caller, "SUMMER"))["evaluation"]["verdicts"]
    assert reasons_of(verdict) == ["VOUCHER_DISABLED"]
    before = await everything(project)
    assert await switch(caller, "disableVoucher") == stopped
    assert await everything(project) == before
    assert (await switch(caller, "enableVoucher"))["voucher"]["enabled"] is True
    assert (await validate(caller, "SUMMER"))["evaluation"]["granted"] is True


@pytest.mark.parametrize("name", ["disableVoucher", "enableVoucher"])
async def test_what_is_not_there_cannot_be_switched(project, another_project, name):
    theirs = await a_voucher(another_project, await a_campaign(another_project), "SUMMER")
    caller = await a_caller(project)
    before = await everything(another_project)
    for ref, path, code in (
        (SUMMER, "voucher", "NOT_FOUND"),
        ({"id": shown(ids.VOUCHER, theirs)}, "voucher", "NOT_FOUND"),
        ({"id": "SUMMER"}, "voucher.id", "INVALID_ID"),
    ):
        answer = await switch(caller, name, ref)
        assert (answer["voucher"], faults(answer)) == (None, [(path, code)])
    assert await everything(another_project) == before


@pytest.mark.parametrize("kind", [KeyKind.MERCHANT, KeyKind.STOREFRONT])
async def test_only_who_manages_changes_vouchers(project, kind):
    await a_voucher(project, await a_campaign(project), "SUMMER")
    caller = await a_caller(project, kind)
    before = await everything(project)
    for document in (
        UPDATE,
        *(SWITCH.format(name=f"{n}Voucher", fields=FIELDS) for n in ("disable", "enable")),
    ):
        assert (await refusal(caller, document, input={"voucher": SUMMER}))[0] == "FORBIDDEN"
    assert await everything(project) == before

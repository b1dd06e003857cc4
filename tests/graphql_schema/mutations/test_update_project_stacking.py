"""updateProjectStacking: the policy for several codes is read, kept, shown, and holds at once."""

import pytest

from tests.graphql_schema.asking import a_caller, a_shopper, ask
from tests.graphql_schema.shop import a_request, faults, redeem, validate
from tests.redemptions.shop import a_campaign, a_customer, a_voucher, offer

POLICY = """stacking {
  lanes { name mode base } exclusiveCategories alwaysCombinableCategories
  mostCodes mostPerCategory mostExclusive onRefusal noEffect
}"""
UPDATE = f"""mutation ($input: UpdateProjectStackingInput!) {{
  updateProjectStacking(input: $input) {{
    project {{ id {POLICY} }} userErrors {{ path code message }}
  }}
}}"""
VIEWER = f"{{ viewer {{ project {{ {POLICY} }} }} }}"
PLAIN = {
    "lanes": [],
    "exclusiveCategories": [],
    "alwaysCombinableCategories": [],
    "mostCodes": 30,
    "mostPerCategory": None,
    "mostExclusive": 1,
    "onRefusal": "ALL",
    "noEffect": "GRANT",
}
FULL = {
    "lanes": [
        {"name": "sale", "mode": "COMPETE", "base": "ORIGINAL"},
        {"name": "codes", "mode": "COMBINE", "base": "RUNNING"},
    ],
    "exclusiveCategories": ["vip"],
    "alwaysCombinableCategories": ["delivery", "partners"],
    "mostCodes": 4,
    "mostPerCategory": 2,
    "mostExclusive": None,
    "onRefusal": "PARTIAL",
    "noEffect": "SKIP",
}


async def update(caller, stacking):
    return (await ask(caller, UPDATE, input={"stacking": stacking}))["updateProjectStacking"]


async def test_a_policy_is_kept_and_shown_as_it_was_given(project):
    caller = await a_caller(project)
    assert (await ask(caller, VIEWER))["viewer"]["project"]["stacking"] == PLAIN
    answer = await update(caller, FULL)
    assert (answer["project"]["stacking"], answer["userErrors"]) == (FULL, [])
    assert (await ask(caller, VIEWER))["viewer"]["project"]["stacking"] == FULL
    assert (await update(caller, {}))["project"]["stacking"] == PLAIN


@pytest.mark.usefixtures("till")
async def test_a_new_policy_holds_for_the_next_request_and_tells_what_was_left_out(project):
    for code, off in (("TEN", 1000), ("FIVE", 500)):
        await a_voucher(project, await a_campaign(project, code, promise=offer(off)), code)
    caller = await a_caller(project)
    assert (await validate(caller, "TEN", "FIVE"))["evaluation"]["discount"]["amount"] == "15.00"
    await update(caller, {"lanes": [{"name": "default", "mode": "COMPETE"}]})
    evaluation = (await validate(await again(project), "FIVE", "TEN"))["evaluation"]
    assert evaluation["discount"]["amount"] == "10.00"
    answer = await redeem(await again(project), "FIVE", "TEN", key="order 2")
    redemption = answer["result"]["id"]
    shown = await ask(
        caller,
        "query ($id: ID!) { redemption(id: $id) { vouchers { code } skipped { code reasons { code } } } }",
        id=redemption,
    )
    assert shown["redemption"] == {
        "vouchers": [{"code": "TEN"}],
        "skipped": [{"code": "FIVE", "reasons": [{"code": "LOST_IN_LANE"}]}],
    }


async def again(project):
    """A caller as the next request has it: callers are admitted anew each time."""
    return await a_caller(project)


@pytest.mark.parametrize(
    ("given", "path", "code"),
    [
        ({"lanes": [{"name": ""}]}, "stacking.lanes.0.name", "INVALID_PARAMETER"),
        ({"lanes": [{"name": "a"}, {"name": "a"}]}, "stacking.lanes.1.name", "INVALID_PARAMETER"),
        ({"lanes": [{"name": "a\0"}]}, "stacking.lanes.0.name", "INVALID_TEXT"),
        ({"exclusiveCategories": ["a", "a"]}, "stacking.exclusiveCategories.1", "INVALID_PARAMETER"),
        (
            {"exclusiveCategories": ["a"], "alwaysCombinableCategories": ["a"]},
            "stacking.alwaysCombinableCategories.0",
            "INVALID_PARAMETER",
        ),
        (
            {"alwaysCombinableCategories": ["x" * 256]},
            "stacking.alwaysCombinableCategories.0",
            "TOO_LONG",
        ),
        ({"mostCodes": 31}, "stacking.mostCodes", "INVALID_PARAMETER"),
        ({"mostPerCategory": 0}, "stacking.mostPerCategory", "INVALID_PARAMETER"),
        ({"mostExclusive": -1}, "stacking.mostExclusive", "INVALID_PARAMETER"),
    ],
)
async def test_a_faulty_policy_is_told_and_changes_nothing(project, given, path, code):
    caller = await a_caller(project)
    answer = await update(caller, given)
    assert (answer["project"], faults(answer)) == (None, [(path, code)])
    assert (await ask(caller, VIEWER))["viewer"]["project"]["stacking"] == PLAIN


@pytest.mark.usefixtures("till")
async def test_a_shopper_learns_nothing_of_a_strangers_code_that_was_left_out(project):
    campaign = await a_campaign(project)
    await a_voucher(project, campaign, "SUMMER")
    await a_voucher(project, campaign, "THEIRS", holder_id=await a_customer(project, "bob"))
    await update(await a_caller(project), {"onRefusal": "PARTIAL"})
    shopper = await a_shopper(project, await a_customer(project, "ada"))
    document = """mutation ($input: RedeemVouchersInput!) { redeemVouchers(input: $input) { result {
      ... on Redemption { skipped { code voucher { id } campaign { id } reasons { code message } } }
    } } }"""
    given = a_request("THEIRS", "SUMMER", "NOPE", idempotencyKey="order 1")
    answer = (await ask(shopper, document, input=given))["redeemVouchers"]["result"]
    nothing = {
        "voucher": None,
        "campaign": None,
        "reasons": [{"code": "CODE_NOT_USABLE", "message": "This code cannot be used."}],
    }
    assert answer["skipped"] == [{"code": "THEIRS", **nothing}, {"code": "NOPE", **nothing}]

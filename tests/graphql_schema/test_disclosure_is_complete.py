"""Nothing leaks by being new: of every code of reasons is said what storefronts are told; in doubt it is nothing."""

from dataclasses import replace
from uuid import UUID

import pytest

from app.engine.reason import Reason
from app.engine.remedy import Act, Change
from app.projects.admit import Caller
from app.projects.values import KeyKind
from graphql_schema.disclosure import CODE_NOT_USABLE, TOLD, Told, disclosed, hidden_among
from tests.docs.test_errors import documented

VOUCHER = UUID(int=1)
STRANGER = Caller(
    UUID(int=2), "Shop", "UTC", "EUR", False, UUID(int=3), KeyKind.STOREFRONT, "", None, None, False
)
CUSTOMER = replace(STRANGER, customer=UUID(int=4))
SERVER, MERCHANT = replace(STRANGER, kind=KeyKind.SERVER), replace(STRANGER, kind=KeyKind.MERCHANT)


def a_reason(code: str, subject: str | None = None) -> Reason:
    """A reason with everything in it that could give something away."""
    change = Change(Act.CHOOSE, path="SECRET", values=("SECRET",))
    return Reason(code, "SECRET.", subject, "SECRET", 7, 7, "SECRET.", change=change)


def told(reason: Reason, caller: Caller) -> list[Reason]:
    [is_hidden] = hidden_among([(VOUCHER, [reason])], caller)
    return list(disclosed([reason], is_hidden, caller))


def test_every_code_that_is_explained_says_what_a_storefront_is_told_of_it() -> None:
    assert set(TOLD) == documented("Reasons") - {CODE_NOT_USABLE.code}


@pytest.mark.parametrize("code", [*TOLD, "BRAND_NEW"])
def test_servers_and_merchants_are_told_everything(code: str) -> None:
    for caller in (SERVER, MERCHANT):
        assert told(a_reason(code), caller) == [a_reason(code)]


@pytest.mark.parametrize("code", [code for code, what in TOLD.items() if what is Told.TO_ALL])
def test_what_is_about_the_cart_or_the_hour_is_told_to_all(code: str) -> None:
    for caller in (STRANGER, CUSTOMER):
        assert told(a_reason(code), caller) == [a_reason(code)]


@pytest.mark.parametrize("code", [code for code, what in TOLD.items() if what is Told.TO_CUSTOMERS])
def test_what_proves_a_code_is_told_to_customers_only(code: str) -> None:
    assert told(a_reason(code), STRANGER) == [CODE_NOT_USABLE]
    assert told(a_reason(code), CUSTOMER) == [a_reason(code)]


@pytest.mark.parametrize("code", [code for code, what in TOLD.items() if what is Told.WITHOUT_FIGURES])
def test_figures_of_the_company_are_told_to_nobody_outside(code: str) -> None:
    assert told(a_reason(code), STRANGER) == [CODE_NOT_USABLE]
    [shown] = told(a_reason(code), CUSTOMER)
    assert (shown.code, shown.expected, shown.actual, shown.missing) == (code, None, None, None)


@pytest.mark.parametrize("code", [code for code, what in TOLD.items() if what is Told.PLAINLY])
def test_how_the_company_sorts_its_customers_is_told_to_none_of_them(code: str) -> None:
    for caller in (STRANGER, CUSTOMER):
        [shown] = told(a_reason(code), caller)
        assert (shown.code, "SECRET" in str(shown.to_json())) == (code, False)
    assert "SECRET" not in str(told(a_reason("EXCLUDED", "customer"), CUSTOMER)[0].to_json())


@pytest.mark.parametrize(
    "code", [*[code for code, what in TOLD.items() if what is Told.TO_NOBODY], "BRAND_NEW"]
)
def test_what_nobody_has_thought_about_is_told_to_nobody(code: str) -> None:
    for caller in (STRANGER, CUSTOMER):
        assert told(a_reason(code), caller) == [CODE_NOT_USABLE]


def test_one_of_several_ways_tells_no_more_than_it_would_alone() -> None:
    open_way = Reason("MINIMUM_SPEND_NOT_REACHED", "More.", remedy="Add.", change=Change(Act.SIGN_IN))
    closed = a_reason("TOO_FEW_CUSTOM_EVENTS"), a_reason("BRAND_NEW")
    several = replace(
        a_reason("NO_ALTERNATIVE_HOLDS"), alternatives=((open_way,), (closed[0],), (closed[1],))
    )
    [shown] = told(several, CUSTOMER)
    assert "SECRET" not in str({**shown.to_json(), "expected": None})
    assert (shown.remedy, shown.change) == ("Add.", Change(Act.SIGN_IN))
    assert [way[0].code for way in shown.alternatives] == [
        "MINIMUM_SPEND_NOT_REACHED",
        "TOO_FEW_CUSTOM_EVENTS",
        "CODE_NOT_USABLE",
    ]


def test_a_holders_code_is_no_code_at_all_to_others() -> None:
    assert told(a_reason("CUSTOMER_REQUIRED", "voucher.holder"), STRANGER) == [CODE_NOT_USABLE]
    assert told(a_reason("CUSTOMER_REQUIRED", "customer"), STRANGER) != [CODE_NOT_USABLE]

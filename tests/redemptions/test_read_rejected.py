"""Lists of rejected redemptions."""

from uuid import UUID

from app.database.keyset import PageRequest
from app.redemptions.lists import AttemptSort
from app.redemptions.read_rejected import (
    RejectedFilter,
    by_ids,
    count_rejected,
    count_rejected_of_campaigns,
    count_rejected_of_customers,
    count_rejected_of_vouchers,
    rejected_of_campaigns,
    rejected_of_customers,
    rejected_of_vouchers,
    rejected_page,
)
from app.redemptions.rejected import RejectedRedemption
from app.redemptions.requests import CustomerRef
from app.redemptions.till import Till
from tests.conftest import Statements
from tests.redemptions.shop import a_campaign, a_customer, a_voucher, asking, refusal

FIRST_TEN = PageRequest(10)


async def _three(project: UUID, till: Till) -> tuple[list[RejectedRedemption], dict[str, UUID]]:
    """A stopped code twice in one attempt, two codes of which one is unknown, and an unknown one alone."""
    ids = {"main": await a_campaign(project, "Year", is_main=True)}
    ids["campaign"] = await a_campaign(project, main_id=ids["main"])
    ids["voucher"] = await a_voucher(project, ids["campaign"], "STOPPED", enabled=False)
    ids["ada"] = await a_customer(project)
    ada = CustomerRef(id=ids["ada"])
    asks = [
        asking(project, "STOPPED", "stop-ped"),
        asking(project, "STOPPED", "Typo", customer=ada, channel="web"),
        asking(project, "Typo", customer=ada, redemption_point="Kiosk"),
    ]
    return [refusal(await till.redeem(ask)) for ask in asks], ids


async def test_every_list_names_each_attempt_once(project: UUID, till: Till, statements: Statements) -> None:
    made, ids = await _three(project, till)
    with statements.counted() as sent:
        of_campaigns = await rejected_of_campaigns(project, [ids["main"], ids["campaign"]], FIRST_TEN)
        of_vouchers = await rejected_of_vouchers(project, [ids["voucher"]], FIRST_TEN)
        of_customers = await rejected_of_customers(project, [ids["ada"]], FIRST_TEN)
    assert len(sent) == 3
    first_two, last_two = (made[1], made[0]), (made[2], made[1])
    assert [page.items for page in of_campaigns.values()] == [first_two, first_two]
    assert of_vouchers[ids["voucher"]].items == first_two
    assert of_customers[ids["ada"]].items == last_two
    assert await count_rejected_of_campaigns(project, [ids["main"]]) == {ids["main"]: 2}
    assert await count_rejected_of_vouchers(project, [ids["voucher"]]) == {ids["voucher"]: 2}
    assert await count_rejected_of_customers(project, [ids["ada"]]) == {ids["ada"]: 2}
    assert await by_ids(project, [one.id for one in made]) == {one.id: one for one in made}


async def test_every_filter_lets_through_what_it_says(project: UUID, till: Till) -> None:
    made, ids = await _three(project, till)
    for filter_, expected in (
        (RejectedFilter(), [0, 1, 2]),
        (RejectedFilter(reason="CODE_NOT_FOUND"), [1, 2]),
        (RejectedFilter(reason="DUPLICATE_CODE"), [0]),
        (RejectedFilter(reason="CODE_NOT_FOUND", channel="web"), [1]),
        (RejectedFilter(campaign=ids["main"]), [0, 1]),
        (RejectedFilter(voucher=ids["voucher"], customer=ids["ada"]), [1]),
        (RejectedFilter(redemption_point="Kiosk"), [2]),
        (RejectedFilter(reason="\0"), []),
    ):
        page = await rejected_page(project, FIRST_TEN, filter_, AttemptSort.OLDEST)
        assert list(page.items) == [made[place] for place in expected], filter_
        assert await count_rejected(project, filter_) == len(expected), filter_


async def test_another_project_sees_nothing(project: UUID, another_project: UUID, till: Till) -> None:
    made, ids = await _three(project, till)
    assert await by_ids(another_project, [one.id for one in made]) == {}
    assert (await rejected_page(another_project, FIRST_TEN)).items == ()
    assert (await rejected_page(another_project, FIRST_TEN, RejectedFilter(campaign=ids["main"]))).items == ()

"""Lists of redemptions: of a project, of campaigns, of vouchers, of customers; one statement each."""

from datetime import timedelta
from uuid import UUID

import pytest

from app.database import execute
from app.database.keyset import CursorError, PageRequest
from app.ids import new_id
from app.redemptions.lists import AttemptSort
from app.redemptions.read import (
    RedemptionFilter,
    by_ids,
    count_redemptions,
    count_redemptions_of_campaigns,
    count_redemptions_of_customers,
    count_redemptions_of_vouchers,
    redemptions_of_campaigns,
    redemptions_of_customers,
    redemptions_of_vouchers,
    redemptions_page,
)
from app.redemptions.requests import CustomerRef
from app.redemptions.roll_back import roll_back
from app.redemptions.till import Till
from app.redemptions.values import Redemption, RedemptionState
from tests.conftest import NOW, Statements
from tests.redemptions.shop import a_campaign, a_customer, a_voucher, asking, redemption

FIRST_TEN = PageRequest(10)


class Ledger:
    """Six redemptions: two campaigns under a main one, one by itself; ada and bob; the fourth was rolled back."""

    def __init__(self, project: UUID) -> None:
        self.project = project
        self.made: list[Redemption] = []
        self.campaigns: dict[str, UUID] = {}
        self.vouchers: dict[str, UUID] = {}
        self.customers: dict[str, UUID] = {}

    async def fill(self, till: Till) -> "Ledger":
        project = self.project
        self.campaigns["main"] = main = await a_campaign(project, "Year", is_main=True)
        for name, under in (("A", main), ("B", main), ("C", None)):
            self.campaigns[name] = await a_campaign(project, name, main_id=under)
            for code in (f"{name}1", f"{name}2"):
                self.vouchers[code] = await a_voucher(project, self.campaigns[name], code)
        for name in ("ada", "bob"):
            self.customers[name] = await a_customer(project, name)
        for codes, who, channel in (
            (["A1"], "ada", "web"),
            (["A1", "A2"], "bob", "web"),
            (["B1", "A1"], "ada", "shop"),
            (["B1"], "ada", "shop"),
            (["C1"], None, "web"),
            (["C1", "C2", "B2"], "bob", "app"),
        ):
            customer = None if who is None else CustomerRef(id=self.customers[who])
            point = "Kiosk" if channel == "shop" else None
            ask = asking(project, *codes, customer=customer, channel=channel, redemption_point=point)
            self.made.append(redemption(await till.redeem(ask)))
        await roll_back(project, self.made[3].id, now=NOW)
        return self

    def places(self, items: tuple[Redemption, ...]) -> list[int]:
        """The redemptions as numbers, in the order they were made."""
        ids = [one.id for one in self.made]
        return [ids.index(item.id) for item in items]


@pytest.fixture
async def ledger(project: UUID, till: Till) -> Ledger:
    """The ledger, filled."""
    return await Ledger(project).fill(till)


async def test_the_newest_come_first_unless_asked_otherwise(ledger: Ledger) -> None:
    page = await redemptions_page(ledger.project, FIRST_TEN)
    assert ledger.places(page.items) == [5, 4, 3, 2, 1, 0]
    page = await redemptions_page(ledger.project, FIRST_TEN, sort=AttemptSort.OLDEST)
    assert ledger.places(page.items) == [0, 1, 2, 3, 4, 5]


async def test_pages_follow_each_other_without_gap(ledger: Ledger) -> None:
    first = await redemptions_page(ledger.project, PageRequest(4))
    rest = await redemptions_page(ledger.project, PageRequest(4, after=first.cursors[-1]))
    assert (ledger.places(first.items), ledger.places(rest.items)) == ([5, 4, 3, 2], [1, 0])
    assert (first.has_next, rest.has_next, rest.has_previous) == (True, False, True)
    with pytest.raises(CursorError):
        await redemptions_page(
            ledger.project, PageRequest(4, after=first.cursors[-1]), sort=AttemptSort.OLDEST
        )


async def test_lists_of_campaigns_name_each_redemption_once_and_a_main_one_has_its_subs(
    ledger: Ledger, statements: Statements
) -> None:
    asked = {ledger.campaigns[name]: name for name in ("main", "A", "B", "C")}
    with statements.counted() as sent:
        found = await redemptions_of_campaigns(ledger.project, list(asked), FIRST_TEN)
    assert len(sent) == 1
    expected = {"main": [5, 3, 2, 1, 0], "A": [2, 1, 0], "B": [5, 3, 2], "C": [5, 4]}
    assert {asked[id_]: ledger.places(page.items) for id_, page in found.items()} == expected
    counted = await count_redemptions_of_campaigns(ledger.project, list(asked))
    assert {asked[id_]: number for id_, number in counted.items()} == {
        name: len(places) for name, places in expected.items()
    }
    second = await redemptions_of_campaigns(
        ledger.project, list(asked), PageRequest(2, after=found[ledger.campaigns["main"]].cursors[1])
    )
    assert ledger.places(second[ledger.campaigns["main"]].items) == [2, 1]


async def test_lists_of_vouchers_and_customers_are_one_statement_each(
    ledger: Ledger, statements: Statements
) -> None:
    vouchers = {ledger.vouchers[code]: code for code in ("A1", "C2")}
    customers = {ledger.customers[name]: name for name in ("ada", "bob")}
    with statements.counted() as sent:
        of_vouchers = await redemptions_of_vouchers(ledger.project, list(vouchers), FIRST_TEN)
        of_customers = await redemptions_of_customers(ledger.project, list(customers), FIRST_TEN)
    assert len(sent) == 2
    assert {vouchers[id_]: ledger.places(page.items) for id_, page in of_vouchers.items()} == {
        "A1": [2, 1, 0],
        "C2": [5],
    }
    assert {customers[id_]: ledger.places(page.items) for id_, page in of_customers.items()} == {
        "ada": [3, 2, 0],
        "bob": [5, 1],
    }
    assert list((await count_redemptions_of_vouchers(ledger.project, list(vouchers))).values()) == [3, 1]
    assert list((await count_redemptions_of_customers(ledger.project, list(customers))).values()) == [3, 2]


async def test_every_filter_lets_through_what_it_says(ledger: Ledger) -> None:
    await execute(
        "UPDATE redemptions SET created_at = $2 WHERE id = $1", ledger.made[0].id, NOW - timedelta(days=1)
    )
    for filter_, expected in (
        (RedemptionFilter(campaign=ledger.campaigns["A"]), [2, 1, 0]),
        (RedemptionFilter(campaign=ledger.campaigns["main"], channel="shop"), [3, 2]),
        (RedemptionFilter(customer=ledger.customers["bob"]), [5, 1]),
        (RedemptionFilter(customer=ledger.customers["bob"], campaign=ledger.campaigns["A"]), [1]),
        (RedemptionFilter(voucher=ledger.vouchers["A1"], customer=ledger.customers["ada"]), [2, 0]),
        (RedemptionFilter(voucher=ledger.vouchers["A1"], campaign=ledger.campaigns["B"]), [2]),
        (RedemptionFilter(channel="web"), [4, 1, 0]),
        (RedemptionFilter(redemption_point="Kiosk"), [3, 2]),
        (RedemptionFilter(states=(RedemptionState.ROLLED_BACK,)), [3]),
        (RedemptionFilter(states=(RedemptionState.REDEEMED,), channel="shop"), [2]),
        (RedemptionFilter(created_from=NOW), [5, 4, 3, 2, 1]),
        (RedemptionFilter(created_before=NOW), [0]),
        (RedemptionFilter(channel="\0"), []),
        (RedemptionFilter(campaign=new_id()), []),
    ):
        page = await redemptions_page(ledger.project, FIRST_TEN, filter_)
        assert ledger.places(page.items) == expected, filter_
        assert await count_redemptions(ledger.project, filter_) == len(expected), filter_


async def test_another_project_sees_nothing(ledger: Ledger, another_project: UUID) -> None:
    ids = [one.id for one in ledger.made]
    assert await by_ids(another_project, ids) == {}
    assert (await redemptions_page(another_project, FIRST_TEN)).items == ()
    own = list(ledger.campaigns.values())
    assert not any(
        page.items for page in (await redemptions_of_campaigns(another_project, own, FIRST_TEN)).values()
    )
    filter_ = RedemptionFilter(voucher=ledger.vouchers["A1"])
    assert (await redemptions_page(another_project, FIRST_TEN, filter_)).items == ()


async def test_many_are_read_by_id_in_one_statement_with_their_codes(
    ledger: Ledger, statements: Statements
) -> None:
    with statements.counted() as sent:
        found = await by_ids(ledger.project, [*(one.id for one in ledger.made), new_id()])
    assert len(sent) == 1
    assert len(found) == 6
    assert found[ledger.made[5].id] == ledger.made[5]

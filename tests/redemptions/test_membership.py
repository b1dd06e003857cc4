"""Membership: who is in which segments, told with the reasons against it, in one statement for all of them."""

from uuid import UUID

from app.engine.rules.any_of import AnyOf
from app.engine.rules.birthday import Birthday
from app.engine.rules.first_purchase import FirstPurchase
from app.engine.rules.redemptions_made import RedemptionsMade
from app.engine.segment import Segment
from app.ids import new_id
from app.redemptions.membership import Place, why_not_in
from app.redemptions.requests import CustomerRef
from app.redemptions.till import Till
from app.segments.members import add_members
from app.segments.values import MembersChanged
from tests.conftest import NOW, Statements
from tests.redemptions.shop import a_campaign, a_customer, a_voucher, asking, redemption
from tests.segments.shop import a_segment

NEWCOMERS = Segment(new_id(), "Newcomers", FirstPurchase())
REGULARS = Segment(new_id(), "Regulars", RedemptionsMade(at_least=3))
CELEBRATING = Segment(new_id(), "Celebrating", AnyOf((Birthday(), RedemptionsMade(at_least=2))))


def _place(project: UUID) -> Place:
    return Place(project, "Europe/Warsaw", "EUR")


async def test_a_live_segment_tells_its_own_reasons(project: UUID, till: Till) -> None:
    ada, bob = await a_customer(project, "ada"), await a_customer(project, "bob")
    await a_voucher(project, await a_campaign(project), "TEN")
    redemption(await till.redeem(asking(project, "TEN", customer=CustomerRef(id=bob))))
    wanted = [(who, segment) for who in (ada, bob) for segment in (NEWCOMERS, REGULARS, CELEBRATING)]
    found = await why_not_in(_place(project), wanted, NOW)
    assert {pair: [reason.code for reason in reasons] for pair, reasons in found.items()} == {
        (ada, NEWCOMERS.id): [],
        (ada, REGULARS.id): ["TOO_FEW_REDEMPTIONS"],
        (ada, CELEBRATING.id): ["NO_ALTERNATIVE_HOLDS"],
        (bob, NEWCOMERS.id): ["NOT_FIRST_PURCHASE"],
        (bob, REGULARS.id): ["TOO_FEW_REDEMPTIONS"],
        (bob, CELEBRATING.id): ["NO_ALTERNATIVE_HOLDS"],
    }
    [missing] = found[bob, REGULARS.id]
    assert (missing.expected, missing.actual, missing.missing) == (3, 1, 2)


async def test_a_list_says_who_is_not_on_it(project: UUID) -> None:
    ada, bob = await a_customer(project, "ada"), await a_customer(project, "bob")
    friends = await a_segment(project)
    assert isinstance(await add_members(project, friends.id, [ada], NOW), MembersChanged)
    found = await why_not_in(_place(project), [(ada, friends.judged), (bob, friends.judged)], NOW)
    assert found[ada, friends.id] == ()
    assert [reason.code for reason in found[bob, friends.id]] == ["NOT_IN_SEGMENT"]


async def test_any_number_of_customers_and_segments_cost_one_statement(
    project: UUID, statements: Statements
) -> None:
    people = [await a_customer(project, f"c-{n}") for n in range(8)]
    lists = [Segment(new_id(), f"List {n}") for n in range(8)]
    for size in (1, 8):
        pairs = [(who, segment) for who in people[:size] for segment in (NEWCOMERS, REGULARS, *lists[:size])]
        with statements.counted() as sent:
            assert len(await why_not_in(_place(project), pairs, NOW)) == size * (size + 2)
        assert len(sent) == 1
    with statements.counted() as sent:
        assert await why_not_in(_place(project), [], NOW) == {}
    assert sent == []


async def test_a_birthday_is_one_on_the_projects_calendar(project: UUID) -> None:
    ada = await a_customer(project, "ada")
    celebrating = Segment(new_id(), "Today", Birthday())
    found = await why_not_in(_place(project), [(ada, celebrating)], NOW)
    assert [reason.code for reason in found[ada, celebrating.id]] == ["BIRTHDAY_UNKNOWN"]

"""From events to increments: what counts once, for whom, and what of it."""

from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from app.events.kinds import EventKind
from app.events.log import Event
from app.reports.increments import TOTAL, Increments, Known, Mark, needs_of
from app.reports.values import Grain, Measure, Subject
from tests.reports.told import (
    ADA,
    ALONE,
    EVE,
    MAIN,
    OTHER_PARTNER,
    OTHER_SUB,
    PARTNER,
    PROJECT,
    SUB,
    code,
    event,
    granted,
    promised,
    redemption,
    refused,
    returned,
    rolled_back,
)

WARSAW = {PROJECT: ZoneInfo("Europe/Warsaw")}
PARTNERS = {(PROJECT, PARTNER.hex): Decimal("7.5"), (PROJECT, OTHER_PARTNER.hex): Decimal(10)}


def counted(*events: Event, known: Known | None = None) -> Increments:
    increments = Increments(known or Known(WARSAW))
    for one in events:
        increments.count(one)
    return increments


def figures(increments: Increments, mark: Mark, grain: Grain = Grain.DAY) -> dict[str, int]:
    """What has been counted for a subject, of what is not 0."""
    found: dict[str, int] = {}
    for place, numbers in increments.figures.items():
        if place.grain is grain and (place.kind, place.subject) == mark:
            for measure in Measure:
                if numbers[measure]:
                    found[measure.name] = found.get(measure.name, 0) + numbers[measure]
    return found


def campaign(one: UUID) -> Mark:
    return Subject.CAMPAIGN, one.hex


def main(one: UUID) -> Mark:
    return Subject.MAIN_CAMPAIGN, one.hex


def partner(one: UUID) -> Mark:
    return Subject.PARTNER, one.hex


def test_an_order_counts_once_for_a_main_campaign_however_many_of_its_codes_it_had() -> None:
    order = redemption(code(SUB, 500, MAIN), code(OTHER_SUB, 300, MAIN), code(ALONE, 200))
    increments = counted(granted(order))
    whole = {"REDEMPTIONS": 1, "ORDER_VALUE": 10_000}
    assert figures(increments, TOTAL) == {**whole, "DISCOUNT": 1_000}
    assert figures(increments, campaign(SUB)) == {**whole, "DISCOUNT": 500}
    assert figures(increments, campaign(OTHER_SUB)) == {**whole, "DISCOUNT": 300}
    assert figures(increments, main(MAIN)) == {**whole, "DISCOUNT": 800}
    assert (
        figures(increments, main(ALONE)) == figures(increments, campaign(ALONE)) == {**whole, "DISCOUNT": 200}
    )
    assert figures(increments, campaign(MAIN)) == {}


def test_partner_category_and_reward_are_those_that_the_codes_were_judged_with() -> None:
    order = redemption(
        code(SUB, 500, partner_id=PARTNER, category="spring", reward="AMOUNT_OFF"),
        code(ALONE, 100, category="spring", reward="PERCENT_OFF"),
    )
    increments = counted(granted(order))
    whole = {"REDEMPTIONS": 1, "ORDER_VALUE": 10_000}
    assert figures(increments, (Subject.CATEGORY, "spring")) == {**whole, "DISCOUNT": 600}
    assert figures(increments, (Subject.REWARD, "AMOUNT_OFF")) == {**whole, "DISCOUNT": 500}
    assert figures(increments, (Subject.REWARD, "PERCENT_OFF")) == {**whole, "DISCOUNT": 100}
    assert figures(increments, partner(PARTNER)) == {**whole, "DISCOUNT": 500}


def test_events_from_before_codes_kept_these_count_without_them() -> None:
    old = granted(redemption(code(ALONE, 200)))
    for told in old.payload["vouchers"]:
        del told["partner_id"], told["category"], told["reward"]
    increments = counted(old)
    assert {place.kind for place in increments.figures} == {
        Subject.TOTAL,
        Subject.CAMPAIGN,
        Subject.MAIN_CAMPAIGN,
    }


def test_minute_hour_and_day_are_those_of_the_project_s_zone() -> None:
    at = datetime(2026, 6, 1, 22, 31, 7, tzinfo=UTC)  # in Warsaw it is the next day already
    increments = counted(granted(redemption(code(ALONE, 200)), at))
    assert {(place.grain, place.start) for place in increments.figures} == {
        (Grain.MINUTE, datetime(2026, 6, 1, 22, 31, tzinfo=UTC)),
        (Grain.HOUR, datetime(2026, 6, 1, 22, 0, tzinfo=UTC)),
        (Grain.DAY, datetime(2026, 6, 1, 22, 0, tzinfo=UTC)),
    }


def test_channels_points_and_currencies_are_kept_apart() -> None:
    increments = counted(
        granted(redemption(code(ALONE, 200))),
        granted(redemption(code(ALONE, 200), currency="JPY")),
        granted(redemption(code(ALONE, 200), channel="till", redemption_point="Gdynia")),
    )
    days = {place for place in increments.figures if place.grain is Grain.DAY and place.kind is Subject.TOTAL}
    assert {(place.currency, place.channel, place.redemption_point) for place in days} == {
        ("EUR", "shop", ""),
        ("JPY", "shop", ""),
        ("EUR", "till", "Gdynia"),
    }


def test_what_comes_back_counts_when_it_comes_back_and_shipping_is_no_order_value() -> None:
    order = redemption(code(SUB, 500, MAIN), code(ALONE, 300))
    some = returned(order, 1_000, 50, 30)
    rest = returned(some, 9_000, 450, 200, shipping=(0, 70), shipping_cost=499)
    part = counted(rolled_back(some))
    assert figures(part, TOTAL) == {"RETURNED_ORDER_VALUE": 1_000, "RETURNED_DISCOUNT": 80}
    assert figures(part, main(MAIN)) == {"RETURNED_ORDER_VALUE": 1_000, "RETURNED_DISCOUNT": 50}
    last = counted(rolled_back(rest))
    assert figures(last, TOTAL) == {"RETURNED_ORDER_VALUE": 9_000, "RETURNED_DISCOUNT": 720, "ROLLBACKS": 1}
    assert figures(last, campaign(ALONE)) == {
        "RETURNED_ORDER_VALUE": 9_000,
        "RETURNED_DISCOUNT": 270,
        "ROLLBACKS": 1,
    }


def test_a_rollback_from_before_there_were_parts_was_one_of_everything() -> None:
    old = rolled_back(returned(redemption(code(ALONE, 300)), 10_000, 300))
    for name in ("rollbacks", "returned_subtotal", "returned_discount", "state"):
        del old.payload[name]
    assert figures(counted(old), TOTAL) == {
        "RETURNED_ORDER_VALUE": 10_000,
        "RETURNED_DISCOUNT": 300,
        "ROLLBACKS": 1,
    }


def test_a_refused_attempt_counts_for_those_whose_codes_had_a_reason() -> None:
    increments = counted(
        refused(
            (SUB, MAIN, ("EXPIRED", "MINIMUM_NOT_REACHED")),
            (ALONE, None, ()),
            (None, None, ("UNKNOWN_CODE",)),
        )
    )
    lost = {"REJECTED": 1, "AT_STAKE": 10_000}
    assert (
        figures(increments, TOTAL)
        == figures(increments, main(MAIN))
        == figures(increments, campaign(SUB))
        == lost
    )
    assert figures(increments, campaign(ALONE)) == {}
    by_day = {
        (place.kind, place.subject, reason): numbers
        for (place, reason), numbers in increments.reasons.items()
        if place.grain is Grain.DAY
    }
    assert by_day == {
        (*TOTAL, "EXPIRED"): (1, 10_000),
        (*TOTAL, "MINIMUM_NOT_REACHED"): (1, 10_000),
        (*TOTAL, "UNKNOWN_CODE"): (1, 10_000),
        (*campaign(SUB), "EXPIRED"): (1, 10_000),
        (*campaign(SUB), "MINIMUM_NOT_REACHED"): (1, 10_000),
        (*main(MAIN), "EXPIRED"): (1, 10_000),
        (*main(MAIN), "MINIMUM_NOT_REACHED"): (1, 10_000),
    }


def test_a_customer_is_new_once_and_a_guest_never() -> None:
    known = Known(WARSAW, customers={(PROJECT, EVE)})
    increments = counted(
        granted(redemption(code(ALONE, 100), customer_id=ADA)),
        granted(redemption(code(SUB, 100, MAIN), customer_id=ADA)),
        granted(redemption(code(SUB, 100, MAIN), customer_id=EVE)),
        granted(redemption(code(SUB, 100, MAIN))),
        known=known,
    )
    assert figures(increments, TOTAL)["NEW_CUSTOMERS"] == 1
    assert figures(increments, campaign(ALONE))["NEW_CUSTOMERS"] == 1
    assert "NEW_CUSTOMERS" not in figures(increments, campaign(SUB))
    assert [one.customer for one in increments.buyers] == [ADA, ADA, EVE]
    assert list(increments.new_customers) == [(PROJECT, ADA)]
    assert increments.buyers[1].subjects == {
        Subject.TOTAL: ("",),
        Subject.CAMPAIGN: (SUB.hex,),
        Subject.MAIN_CAMPAIGN: (MAIN.hex,),
    }


def test_commission_is_on_the_order_once_at_the_rate_of_its_time() -> None:
    order = redemption(code(SUB, 500, partner_id=PARTNER), code(ALONE, 1, partner_id=PARTNER), subtotal=3_330)
    increments = counted(
        promised(PARTNER, "7.5"),
        granted(order),  # 249.75
        promised(PARTNER, "20"),
        granted(redemption(code(ALONE, 1, partner_id=PARTNER), subtotal=10)),
    )
    assert figures(increments, partner(PARTNER))["COMMISSION"] == 250 + 2
    assert figures(increments, TOTAL)["COMMISSION"] == 252
    assert "COMMISSION" not in figures(increments, campaign(SUB))
    assert increments.new_rates == {(PROJECT, PARTNER.hex): Decimal(20)}


def test_what_is_taken_back_leaves_exactly_the_rate_on_what_stands() -> None:
    order = redemption(
        code(SUB, 500, partner_id=PARTNER), code(ALONE, 5, partner_id=OTHER_PARTNER), subtotal=3_330
    )
    known = Known(WARSAW, rates=dict(PARTNERS))
    first = returned(order, 7, 1, 0)
    second = returned(first, 1_111, 100, 1)
    owed = []
    increments = Increments(known)
    for one in (granted(order), rolled_back(first), rolled_back(second)):
        increments.count(one)
        owed.append(figures(increments, partner(PARTNER)).get("COMMISSION", 0))
    assert owed == [250, 249, 166]  # 7.5 % of 3330, 3323 and 2212, half to even
    increments.count(rolled_back(returned(second, 2_212, 399, 4)))
    assert "COMMISSION" not in figures(increments, partner(PARTNER))
    assert "COMMISSION" not in figures(increments, TOTAL)


def test_without_a_partner_or_a_rate_nothing_is_owed() -> None:
    increments = counted(granted(redemption(code(SUB, 500, partner_id=PARTNER), code(ALONE, 5))))
    assert "COMMISSION" not in figures(increments, TOTAL)
    assert list(increments.new_promises.values()) == [{PARTNER.hex: Decimal(0)}]


def test_validations_are_counted_in_their_minute_orders_for_all_and_codes_for_their_subjects() -> None:
    nothing = dict.fromkeys(
        ("campaign_id", "main_campaign_id", "partner_id", "category", "reward", "channel")
    )
    row = {**nothing, "minute": "2026-05-30T22:31:00+00:00", "redemption_point": None, "currency": "EUR"}
    codes = {**row, "of": "CODE", "campaign_id": SUB.hex, "main_campaign_id": MAIN.hex, "category": "spring"}
    counts = [{**row, "of": "ORDER", "granted": 3, "rejected": 1}, {**codes, "granted": 4, "rejected": 0}]
    unknown = {**row, "of": "CODE", "granted": 0, "rejected": 2}
    increments = counted(event(EventKind.VALIDATIONS_COUNTED, {"counts": [*counts, unknown]}))
    assert figures(increments, TOTAL) == {"VALIDATIONS_GRANTED": 3, "VALIDATIONS_REJECTED": 1}
    for mark in (campaign(SUB), main(MAIN), (Subject.CATEGORY, "spring")):
        assert figures(increments, mark) == {"VALIDATIONS_GRANTED": 4}
    assert {(place.start, place.channel) for place in increments.figures if place.grain is Grain.MINUTE} == {
        (datetime(2026, 5, 30, 22, 31, tzinfo=UTC), "")
    }


def test_what_must_be_known_before() -> None:
    order = redemption(code(SUB, 500, partner_id=PARTNER), customer_id=ADA)
    back = returned(order, 1_000, 50)
    needs = needs_of([granted(order), rolled_back(back), refused((None, None, ("UNKNOWN_CODE",)))])
    assert needs.projects == {PROJECT}
    assert needs.customers == {(PROJECT, ADA)}
    assert needs.partners == {(PROJECT, PARTNER.hex)}
    assert needs.redemptions == {(PROJECT, order.id)}

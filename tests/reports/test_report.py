"""Reports: whatever is asked, the answer is what plain SQL over the ledger adds up to."""

from bisect import bisect_right
from collections import Counter, defaultdict
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from app.events.projection import projected
from app.reports.periods import Comparison, Interval
from app.reports.projection import NAME
from app.reports.question import GroupBy, Only, Question, ReportError, Top
from app.reports.report import Report, Series, report
from app.reports.values import Measure, Subject
from tests.conftest import NOW, Statements
from tests.redemptions.holds import Clock, a_till_by
from tests.reports import by_ledger
from tests.reports.bazaar import Bazaar, in_zone
from tests.reports.kept_up import keep_up

LEDGER = {measure.name.lower(): measure for measure in Measure if measure is not Measure.COMMISSION}
KINDS = {
    GroupBy.CAMPAIGN: Subject.CAMPAIGN,
    GroupBy.MAIN_CAMPAIGN: Subject.MAIN_CAMPAIGN,
    GroupBy.PARTNER: Subject.PARTNER,
    GroupBy.CATEGORY: Subject.CATEGORY,
    GroupBy.REWARD: Subject.REWARD,
}
Told = dict[
    tuple[str, str], dict[tuple[bool, int], Counter[str]]
]  # by (name, currency), by (is earlier, step)


async def a_bazaar(project: UUID, zone: str, seed: int, attempts: int = 70) -> Bazaar:
    """A shop in that zone, all of whose past is in the figures."""
    clock = Clock()
    async with a_till_by(clock) as till:
        bazaar = Bazaar(await in_zone(project, zone), till, clock, Random(seed))  # noqa: S311 - always the same
        await bazaar.furnish()
        for _ in range(attempts):
            await bazaar.go_on()
    await keep_up(bazaar.project)
    return bazaar


def a_question(bazaar: Bazaar, zone: str, chance: Random) -> tuple[Question, Subject, set[str] | None]:
    """Any question that can be answered, and about whom it is."""
    start = NOW + timedelta(hours=chance.uniform(-20, 60))
    interval = chance.choice(list(Interval))
    longest = {
        Interval.MINUTE: 3,
        Interval.HOUR: 30,
        Interval.DAY: 240,
        Interval.WEEK: 600,
        Interval.MONTH: 1500,
    }
    group_by = chance.choice([by for by in GroupBy if by is not GroupBy.REASON])
    kind, subjects, only = KINDS.get(group_by, Subject.TOTAL), None, Only()
    if chance.random() < 0.5 and (group_by not in KINDS or group_by is GroupBy.CAMPAIGN):
        main, sub = bazaar.campaigns["Main"], bazaar.campaigns["TEN"]
        campaign = chance.choice((main, sub))
        only = Only(campaign=campaign)
        if group_by is GroupBy.CAMPAIGN:
            subjects = {campaign.hex} | (
                {bazaar.campaigns[one].hex for one in ("TEN", "THIRD")} if campaign == main else set()
            )
        else:
            kind, subjects = Subject.MAIN_CAMPAIGN if campaign == main else Subject.CAMPAIGN, {campaign.hex}
    elif chance.random() < 0.5 and group_by not in KINDS:
        kind, subjects, only = chance.choice(
            (
                (Subject.PARTNER, {bazaar.partners[0].hex}, Only(partner=bazaar.partners[0])),
                (Subject.CATEGORY, {"spring"}, Only(category="spring")),
                (Subject.REWARD, {"percent_off"}, Only(reward="percent_off")),
            )
        )
    more = {
        "channel": chance.choice((None, None, "web")),
        "redemption_point": chance.choice((None, None, "Gdynia")),
        "currency": chance.choice((None, None, "JPY")),
    }
    question = Question(
        bazaar.project,
        ZoneInfo(zone),
        start,
        start + timedelta(hours=chance.uniform(0.1, longest[interval])),
        interval,
        group_by,
        Only(only.campaign, only.partner, only.category, only.reward, **more),
        chance.choice((None, *Comparison)),
    )
    return question, kind, subjects


def covered(key: by_ledger.Key, question: Question) -> bool:
    """Whether a row of the ledger's is asked for by where it happened."""
    _, _, _, currency, channel, point, *_ = key
    only = question.only
    wanted = zip(
        (only.currency, only.channel, only.redemption_point), (currency, channel, point), strict=True
    )
    return all(asked in {None, found} for asked, found in wanted)


def steps(start: datetime, answer: Report) -> list[tuple[bool, int]]:
    """In which intervals of the present and the earlier period an instant lies."""
    found = []
    for is_earlier, one in ((False, answer.period), (True, answer.earlier)):
        if one is not None and one.bounds[0] <= start < one.bounds[-1]:
            found.append((is_earlier, bisect_right(one.bounds, start) - 1))
    return found


def named(key: by_ledger.Key, question: Question) -> str:
    """The group of a row."""
    _, _, subject, _, channel, point, *_ = key
    if question.group_by in KINDS:
        return str(subject)
    return str({GroupBy.CHANNEL: channel, GroupBy.REDEMPTION_POINT: point}.get(question.group_by, ""))


def numbers(answer: Report) -> Told:
    """What a report says, of what is not 0."""
    found: Told = {}
    for group in answer.groups:
        mine = found.setdefault((group.name, group.currency), {})
        for is_earlier, series in ((False, group.present), (True, group.earlier)):
            for step, stretch in enumerate(() if series is None else series.intervals):
                if told := Counter(
                    {name: stretch.figures[at] for name, at in LEDGER.items() if stretch.figures[at]}
                ):
                    mine[is_earlier, step] = told
    return found


def adds_up(series: Series) -> bool:
    parts = [stretch.figures for stretch in series.intervals]
    return series.total.figures == [sum(part) for part in zip(*parts, strict=True)]


@pytest.mark.parametrize(("zone", "seed"), [("Europe/Warsaw", 11), ("Asia/Kolkata", 12)])
async def test_any_question_is_answered_as_the_ledger_adds_up(project: UUID, zone: str, seed: int) -> None:
    bazaar = await a_bazaar(project, zone, seed)
    ledger = {
        grain: await by_ledger.figures(bazaar.project, zone, grain) for grain in ("minute", "hour", "day")
    }
    chance, answered = Random(seed), 0  # noqa: S311 - as above
    for _ in range(60):
        question, kind, subjects = a_question(bazaar, zone, chance)
        answer = await report(question)
        expected: dict[tuple[str, str], dict[tuple[bool, int], Counter[str]]] = defaultdict(
            lambda: defaultdict(Counter)
        )
        for key, told in ledger[question.interval.grain.name.lower()].items():
            if key[0] == kind and covered(key, question) and (subjects is None or key[2] in subjects):
                for step in steps(key[1], answer):
                    expected[named(key, question), key[3]][step].update(told)
        assert numbers(answer) == expected
        assert all(adds_up(group.present) for group in answer.groups)
        answered += bool(expected)
    assert answered > 30


def whole(bazaar: Bazaar, zone: str, **more: Any) -> Question:
    """Everything that happened in the bazaar."""
    only = Only(**{name: more.pop(name) for name in list(more) if name in Only.__dataclass_fields__})
    start = NOW - timedelta(days=1)
    return Question(bazaar.project, ZoneInfo(zone), start, bazaar.clock.now, only=only, **more)


async def test_a_report_costs_five_statements_and_unique_customers_are_counted(
    project: UUID, statements: Statements
) -> None:
    zone = "Asia/Kolkata"
    bazaar = await a_bazaar(project, zone, 13)
    ledger = await by_ledger.buyers(bazaar.project, zone)
    question = whole(
        bazaar,
        zone,
        campaign=bazaar.campaigns["Main"],
        group_by=GroupBy.CAMPAIGN,
        compared=Comparison.PREVIOUS_PERIOD,
        buyers=True,
    )
    with statements.counted() as sent:
        answer = await report(question)
    assert len(sent) == 5
    told = {
        (Subject.CAMPAIGN, start, group.name, group.currency): stretch.buyers
        for group in answer.groups
        for start, stretch in zip(answer.period.bounds, group.present.intervals, strict=False)
        if stretch.buyers
    }
    of_main = {bazaar.campaigns[one].hex for one in ("TEN", "THIRD")}
    assert told == {
        key: count for key, count in ledger.items() if key[0] == Subject.CAMPAIGN and key[2] in of_main
    }
    for group in answer.groups:
        by_day = [stretch.buyers or 0 for stretch in group.present.intervals]
        assert max(by_day) <= (group.present.total.buyers or 0) <= min(6, sum(by_day))
    without = await report(whole(bazaar, zone))
    assert {group.present.total.buyers for group in without.groups} == {None}


async def test_commission_by_partner_and_attempts_by_reason(project: UUID) -> None:
    zone = "Europe/Warsaw"
    bazaar = await a_bazaar(project, zone, 16)
    by_partner = await report(whole(bazaar, zone, group_by=GroupBy.PARTNER))
    owed = {
        (group.name, group.currency): group.present.total.figures[Measure.COMMISSION]
        for group in by_partner.groups
    }
    assert {key: amount for key, amount in owed.items() if amount} == await by_ledger.owed(bazaar.project)
    reasons: Counter[tuple[str, str]] = Counter()
    for key, (count, _) in (await by_ledger.reasons(bazaar.project, zone, "day")).items():
        if key[0] == Subject.TOTAL:
            reasons[key[6], key[3]] += count
    by_reason = await report(whole(bazaar, zone, group_by=GroupBy.REASON))
    assert {
        (group.name, group.currency): group.present.total.figures[Measure.REJECTED]
        for group in by_reason.groups
    } == reasons


async def test_what_a_report_tells_is_the_log_up_to_its_cursor(project: UUID) -> None:
    bazaar = await a_bazaar(project, "UTC", 17, attempts=2)
    assert (await report(whole(bazaar, "UTC"))).cursor == await projected(NAME)


async def test_the_first_groups_of_each_currency_are_those_with_most(project: UUID) -> None:
    bazaar = await a_bazaar(project, "Europe/Warsaw", 14, attempts=40)
    every = await report(whole(bazaar, "Europe/Warsaw", group_by=GroupBy.CAMPAIGN, top=Top.REDEMPTIONS))
    first = await report(
        whole(bazaar, "Europe/Warsaw", group_by=GroupBy.CAMPAIGN, top=Top.REDEMPTIONS, first=1)
    )
    most: dict[str, int] = {}
    for group in every.groups:
        count = group.present.total.figures[Measure.REDEMPTIONS]
        assert count <= most.setdefault(group.currency, count)
    assert {
        group.currency: group.present.total.figures[Measure.REDEMPTIONS] for group in first.groups
    } == most


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"campaign": "TEN", "partner": True}, "not by several of these together"),
        ({"partner": True, "category": "spring"}, "not by several of these together"),
        (
            {"partner": True, "group_by": GroupBy.CAMPAIGN},
            "PARTNER, CHANNEL, REDEMPTION_POINT or REASON only",
        ),
        ({"campaign": "Main", "group_by": GroupBy.PARTNER}, "CAMPAIGN, MAIN_CAMPAIGN, CHANNEL"),
        ({"campaign": "TEN", "group_by": GroupBy.MAIN_CAMPAIGN}, "Only a main campaign"),
        ({"first": 0}, "1 to 100 groups"),
        ({"first": 101}, "1 to 100 groups"),
        ({"interval": Interval.MINUTE, "group_by": GroupBy.CHANNEL}, "at most 200 points"),
        ({"end": NOW - timedelta(days=3)}, "must end later"),
    ],
)
async def test_what_the_figures_cannot_answer_exactly_is_refused(
    project: UUID, more: dict[str, Any], why: str
) -> None:
    bazaar = await a_bazaar(project, "UTC", 15, attempts=3)
    asked = dict(more)
    if "campaign" in asked:
        asked["campaign"] = bazaar.campaigns[asked["campaign"]]
    if "partner" in asked:
        asked["partner"] = bazaar.partners[0]
    end = asked.pop("end", None)
    question = whole(bazaar, "UTC", **asked)
    if end is not None:
        question = Question(question.project, question.zone, question.start, end)
    with pytest.raises(ReportError, match=why):
        await report(question)


@pytest.mark.parametrize("word", ["category", "reward", "channel", "redemption_point"])
async def test_a_word_that_can_be_kept_nowhere_finds_nothing(project: UUID, word: str) -> None:
    only = Only(**{word: "\0"})  # type: ignore[arg-type]  # all four are texts
    day = (NOW, NOW + timedelta(days=1))
    asked = Question(project, ZoneInfo("UTC"), *day, only=only, buyers=True)
    assert (await report(asked)).groups == ()

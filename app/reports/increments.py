"""From events to increments of figures: pure. What must be known of earlier events is given, what is new is kept."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple  # payloads of events are JSON
from uuid import UUID
from zoneinfo import ZoneInfo

from app.events.kinds import EventKind
from app.events.log import Event
from app.reports.calendar import starts
from app.reports.commission import commission
from app.reports.taken_back import TakenBack, taken_back
from app.reports.values import Figures, Grain, Measure, Place, Subject, no_figures

Mark = tuple[Subject, str]  # one subject of an order
TOTAL: Mark = (Subject.TOTAL, "")
_InMinute = tuple[UUID, datetime, Subject, str, str, str, str]  # a Place, by the minute only

_OWED = frozenset({Subject.TOTAL, Subject.PARTNER})
_PARTNERS = frozenset({EventKind.PARTNER_CREATED, EventKind.PARTNER_UPDATED})


class ReasonPlace(NamedTuple):
    """Where a reason of rejected attempts is counted."""

    place: Place
    reason: str


@dataclass(frozen=True, slots=True)
class Buyer:
    """A customer's redemption, in the minute `at`, with all that it counts for; subjects as in Place."""

    project: UUID
    at: datetime
    redemption: UUID
    customer: UUID
    currency: str
    channel: str
    redemption_point: str
    subjects: Mapping[Subject, tuple[str, ...]]


@dataclass(slots=True)
class Known:
    """What earlier events have taught, as far as the events to come need it. Rates are percent of the order value."""

    zones: Mapping[UUID, ZoneInfo]
    customers: set[tuple[UUID, UUID]] = field(default_factory=set)  # (project, customer) that have redeemed
    rates: dict[tuple[UUID, str], Decimal] = field(default_factory=dict)  # of partners
    promised: dict[tuple[UUID, UUID], dict[str, Decimal]] = field(
        default_factory=dict
    )  # with each redemption


@dataclass(frozen=True, slots=True)
class Needs:
    """What must be known before events are counted."""

    projects: set[UUID]
    customers: set[tuple[UUID, UUID]]
    partners: set[tuple[UUID, str]]
    redemptions: set[tuple[UUID, UUID]]  # that are rolled back


def needs_of(events: Iterable[Event]) -> Needs:
    """What the events ask for."""
    needs = Needs(set(), set(), set(), set())
    for event in events:
        needs.projects.add(event.project)
        payload = event.payload
        if event.kind is EventKind.REDEMPTION_ROLLED_BACK:
            needs.redemptions.add((event.project, UUID(payload["id"])))
        elif event.kind is EventKind.REDEMPTION_GRANTED:
            if payload["customer_id"] is not None:
                needs.customers.add((event.project, UUID(payload["customer_id"])))
            for code in payload["vouchers"]:
                if code.get("partner_id") is not None:
                    needs.partners.add((event.project, code["partner_id"]))
    return needs


class Increments:
    """What events add to the tables, event by event, in the order of the log."""

    def __init__(self, known: Known) -> None:
        self._figures: dict[_InMinute, Figures] = {}
        self._reasons: dict[tuple[_InMinute, str], list[int]] = {}
        self.buyers: list[Buyer] = []
        self.new_customers: dict[tuple[UUID, UUID], datetime] = {}
        self.new_rates: dict[tuple[UUID, str], Decimal] = {}
        self.new_promises: dict[tuple[UUID, UUID], dict[str, Decimal]] = {}
        self._known = known

    @property
    def figures(self) -> dict[Place, Figures]:
        """What is to be added to figures. Events of a page are of few minutes, so hours and days are made of these."""
        found: dict[Place, Figures] = {}
        for key, numbers in self._figures.items():
            for place in self._places(key):
                so_far = found.setdefault(place, no_figures())
                found[place] = [a + b for a, b in zip(so_far, numbers, strict=True)]
        return found

    @property
    def reasons(self) -> dict[ReasonPlace, tuple[int, int]]:
        """What is to be added to the figures of reasons: attempts, and what was at stake."""
        found: dict[ReasonPlace, tuple[int, int]] = {}
        for (key, reason), (attempts, at_stake) in self._reasons.items():
            for place in self._places(key):
                so_far = found.get(ReasonPlace(place, reason), (0, 0))
                found[ReasonPlace(place, reason)] = (so_far[0] + attempts, so_far[1] + at_stake)
        return found

    def count(self, event: Event) -> None:
        """Add one event."""
        if event.kind is EventKind.REDEMPTION_GRANTED:
            self._granted(event)
        elif event.kind is EventKind.REDEMPTION_REJECTED:
            self._rejected(event)
        elif event.kind is EventKind.REDEMPTION_ROLLED_BACK:
            self._rolled_back(event)
        elif event.kind is EventKind.VALIDATIONS_COUNTED:
            self._validated(event)
        elif event.kind in _PARTNERS:
            partner = (event.project, event.payload["partner_id"])
            rate = Decimal(event.payload["commission_rate"])
            self._known.rates[partner] = self.new_rates[partner] = rate

    def _granted(self, event: Event) -> None:
        order = event.payload
        off = {
            mark: sum(code["discount"] for code in codes)
            for mark, codes in _by_mark(order["vouchers"]).items()
        }
        owed = self._promise(event, [subject for kind, subject in off if kind is Subject.PARTNER])
        is_new = self._meet(event, off)
        for mark, discount in off.items():
            more = no_figures()
            more[Measure.REDEMPTIONS] = 1
            more[Measure.ORDER_VALUE] = order["subtotal"]
            more[Measure.DISCOUNT] = discount
            more[Measure.NEW_CUSTOMERS] = is_new
            if mark[0] in _OWED:
                rates = owed.items() if mark == TOTAL else [(mark[1], owed[mark[1]])]
                more[Measure.COMMISSION] = sum(commission(order["subtotal"], rate) for _, rate in rates)
            self._add(event.project, event.at, event.payload, mark, more)

    def _promise(self, event: Event, partners: list[str]) -> dict[str, Decimal]:
        """The rates of the order's partners: they hold for it whatever they are told later."""
        rates = {one: self._known.rates.get((event.project, one), Decimal(0)) for one in partners}
        if rates:
            order = (event.project, UUID(event.payload["id"]))
            self._known.promised[order] = self.new_promises[order] = rates
        return rates

    def _meet(self, event: Event, marks: Iterable[Mark]) -> int:
        """Note who has redeemed; 1 if it is the first time."""
        order = event.payload
        if order["customer_id"] is None:
            return 0
        who = (event.project, UUID(order["customer_id"]))
        subjects: dict[Subject, tuple[str, ...]] = {}
        for kind, subject in marks:
            subjects[kind] = (*subjects.get(kind, ()), subject)
        minute = event.at.replace(second=0, microsecond=0)
        self.buyers.append(
            Buyer(
                event.project,
                minute,
                UUID(order["id"]),
                who[1],
                order["currency"],
                order["channel"],
                order["redemption_point"] or "",
                subjects,
            )
        )
        if who in self._known.customers:
            return 0
        self._known.customers.add(who)
        self.new_customers[who] = event.at
        return 1

    def _rolled_back(self, event: Event) -> None:
        order, back = event.payload, taken_back(event.payload)
        places = {id(code): place for place, code in enumerate(order["vouchers"])}
        rates = self._known.promised.get((event.project, UUID(order["id"])), {})
        for mark, codes in _by_mark(order["vouchers"]).items():
            more = no_figures()
            more[Measure.RETURNED_ORDER_VALUE] = back.order_value
            more[Measure.RETURNED_DISCOUNT] = sum(back.discounts[places[id(code)]] for code in codes)
            more[Measure.ROLLBACKS] = back.is_whole
            if mark[0] in _OWED:
                owed = rates.values() if mark == TOTAL else [rates.get(mark[1], Decimal(0))]
                more[Measure.COMMISSION] = sum(_owed_less(order["subtotal"], back, rate) for rate in owed)
            self._add(event.project, event.at, event.payload, mark, more)

    def _rejected(self, event: Event) -> None:
        attempt = event.payload
        refused = [code for code in attempt["vouchers"] if code["reasons"]]
        marks = _by_mark(refused)
        marks[TOTAL] = refused
        for mark, codes in marks.items():
            more = no_figures()
            more[Measure.REJECTED] = 1
            more[Measure.AT_STAKE] = attempt["subtotal"]
            reasons = {reason["code"] for code in codes for reason in code["reasons"]}
            key = self._add(event.project, event.at, attempt, mark, more)
            for reason in reasons:
                counted = self._reasons.setdefault((key, reason), [0, 0])
                counted[0] += 1
                counted[1] += attempt["subtotal"]

    def _validated(self, event: Event) -> None:
        """Orders count for the whole project, the codes that were typed for them each for its own subjects."""
        for counted in event.payload["counts"]:
            at = datetime.fromisoformat(counted["minute"])
            marks = (
                [TOTAL] if counted["of"] == "ORDER" else [mark for mark in _marks(counted) if mark != TOTAL]
            )
            for mark in marks:
                more = no_figures()
                more[Measure.VALIDATIONS_GRANTED] = counted["granted"]
                more[Measure.VALIDATIONS_REJECTED] = counted["rejected"]
                self._add(event.project, at, counted, mark, more)

    def _add(
        self, project: UUID, at: datetime, told: Mapping[str, Any], mark: Mark, more: Figures
    ) -> _InMinute:
        """Add to the minute of `at`, where it was told to have happened; `more` is given away."""
        minute = at.replace(second=0, microsecond=0)
        key = (
            project,
            minute,
            *mark,
            told["currency"],
            told["channel"] or "",
            told["redemption_point"] or "",
        )
        so_far = self._figures.get(key)
        if so_far is None:
            self._figures[key] = more
        else:
            for measure, number in enumerate(more):
                if number:
                    so_far[measure] += number
        return key

    def _places(self, key: _InMinute) -> Iterator[Place]:
        """The minute, the hour and the day."""
        project, minute, kind, subject, currency, channel, point = key
        for grain, start in zip(Grain, starts(minute, self._known.zones[project]), strict=True):
            yield Place(project, grain, start, kind, subject, currency, channel, point)


def _owed_less(subtotal: int, back: TakenBack, rate: Decimal) -> int:
    """By how much the commission on what still stands has changed; never more than 0."""
    standing = subtotal - back.returned_before
    return commission(standing - back.order_value, rate) - commission(standing, rate)


def _by_mark(codes: Iterable[Mapping[str, Any]]) -> dict[Mark, list[Mapping[str, Any]]]:
    """The subjects of an order, each with its own codes; TOTAL has all."""
    found: dict[Mark, list[Mapping[str, Any]]] = {}
    for code in codes:
        for mark in _marks(code):
            found.setdefault(mark, []).append(code)
    return found


def _marks(code: Mapping[str, Any]) -> Iterable[Mark]:
    yield TOTAL
    if code["campaign_id"] is not None:
        yield Subject.CAMPAIGN, code["campaign_id"]
        yield Subject.MAIN_CAMPAIGN, code["main_campaign_id"] or code["campaign_id"]
    # Events from before codes kept these have none of them.
    for kind, name in (
        (Subject.PARTNER, "partner_id"),
        (Subject.CATEGORY, "category"),
        (Subject.REWARD, "reward"),
    ):
        if code.get(name) is not None:
            yield kind, code[name]

"""The figures of a report as callers see them: numbers, money in the group's currency, and what they say together."""

from decimal import Decimal

import strawberry

from app.reports.question import GroupBy
from app.reports.ratios import conversion, roi, success_rate
from app.reports.report import Stretch
from app.reports.values import Measure
from graphql_schema.types.money import Money, money

_OF_REASONS = frozenset({Measure.REJECTED, Measure.AT_STAKE})
_OWED_BY = frozenset({GroupBy.NONE, GroupBy.PARTNER, GroupBy.CHANNEL, GroupBy.REDEMPTION_POINT})


def kept_by(group_by: GroupBy, is_about_partners: bool) -> frozenset[Measure]:
    """Which measures there are: of reasons two, and commission of partners and of everything only."""
    if group_by is GroupBy.REASON:
        return _OF_REASONS
    owed = group_by in _OWED_BY and is_about_partners
    return frozenset(Measure) if owed else frozenset(Measure) - {Measure.COMMISSION}


@strawberry.type(
    description="What was counted in a stretch of time, in one currency. An order counts once for a group and with its"
    " whole value, however many of the group's codes it had; what comes back counts when it comes back. Null is what"
    " is not kept for this division: by REASON all but attempts and their value, commission but for partners."
)
class ReportFigures:
    stretch: strawberry.Private[Stretch]
    unit: strawberry.Private[str]
    kept: strawberry.Private[frozenset[Measure]]

    def _number(self, measure: Measure) -> int | None:
        return self.stretch.figures[measure] if measure in self.kept else None

    def _money(self, measure: Measure, *less: Measure) -> Money | None:
        if measure not in self.kept:
            return None
        figures = self.stretch.figures
        return money(figures[measure] - sum(figures[one] for one in less), self.unit)

    def _counts(self) -> bool:
        return Measure.REDEMPTIONS in self.kept

    @strawberry.field(description="Orders that were redeemed, or whose hold was confirmed.")
    def redemptions(self) -> int | None:
        return self._number(Measure.REDEMPTIONS)

    @strawberry.field(description="What those orders came to before any discount, without shipping.")
    def order_value(self) -> Money | None:
        return self._money(Measure.ORDER_VALUE)

    @strawberry.field(description="What the group's own codes took off.")
    def discount(self) -> Money | None:
        return self._money(Measure.DISCOUNT)

    @strawberry.field(description="Order value that came back, whenever it had been granted.")
    def returned_order_value(self) -> Money | None:
        return self._money(Measure.RETURNED_ORDER_VALUE)

    @strawberry.field(description="Discount that was taken back, whenever it had been granted.")
    def returned_discount(self) -> Money | None:
        return self._money(Measure.RETURNED_DISCOUNT)

    @strawberry.field(description="Order value less what came back.")
    def net_order_value(self) -> Money | None:
        return self._money(Measure.ORDER_VALUE, Measure.RETURNED_ORDER_VALUE)

    @strawberry.field(description="Discount less what was taken back: what the codes cost.")
    def net_discount(self) -> Money | None:
        return self._money(Measure.DISCOUNT, Measure.RETURNED_DISCOUNT)

    @strawberry.field(description="Orders that were undone as a whole.")
    def rollbacks(self) -> int | None:
        return self._number(Measure.ROLLBACKS)

    @strawberry.field(description="Attempts that were refused because of a code of the group.")
    def rejected_redemptions(self) -> int:
        return self.stretch.figures[Measure.REJECTED]

    @strawberry.field(description="What the orders of those attempts came to, each once: what was at stake.")
    def value_at_stake(self) -> Money:
        return money(self.stretch.figures[Measure.AT_STAKE], self.unit)

    @strawberry.field(
        description="Validations that found all well: orders where the report is about the whole project, else codes."
    )
    def validations_granted(self) -> int | None:
        return self._number(Measure.VALIDATIONS_GRANTED)

    @strawberry.field(description="Validations that found a reason against it, counted alike.")
    def validations_rejected(self) -> int | None:
        return self._number(Measure.VALIDATIONS_REJECTED)

    @strawberry.field(description="Customers whose first redemption in the project this was.")
    def new_customers(self) -> int | None:
        return self._number(Measure.NEW_CUSTOMERS)

    @strawberry.field(
        description="How many customers redeemed, each counted once in the stretch of time; null unless the report was"
        " asked for with `countCustomers`."
    )
    def unique_customers(self) -> int | None:
        return self.stretch.buyers

    @strawberry.field(
        description="What partners are owed: their rates when it was redeemed, of the order value, rounded half to even"
        " for each order. What is taken back leaves exactly the rate on what still stands."
    )
    def commission(self) -> Money | None:
        return self._money(Measure.COMMISSION)

    @strawberry.field(
        description="Return on discount: net order value for each unit of net discount. Null without a discount."
    )
    def roi(self) -> Decimal | None:
        return roi(self.stretch.figures) if self._counts() else None

    @strawberry.field(
        description="Redemptions for each granted validation; more than 1 where some redeem without asking first."
    )
    def conversion(self) -> Decimal | None:
        return conversion(self.stretch.figures) if self._counts() else None

    @strawberry.field(
        description="Redemptions among all attempts to redeem, 0 to 1. Null without an attempt."
    )
    def success_rate(self) -> Decimal | None:
        return success_rate(self.stretch.figures) if self._counts() else None

"""The back office of the machine: time goes by, limits and balances change; and both tills must hold the same."""

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant

from app.campaigns.draft import update_campaign
from app.campaigns.values import Campaign, CampaignChanges
from app.problem import Problems
from app.redemptions.audit import audit
from app.redemptions.till import Till
from app.wallets.adjust import Adjustment, adjust_balance
from app.wallets.values import Adjusted
from tests.conftest import NOW
from tests.redemptions.holds import Clock, expire
from tests.redemptions.naive_shop import Shop, a_shop, assert_both_agree, real_budgets
from tests.redemptions.naive_till import NaiveTill
from tests.redemptions.naive_values import Cap
from tests.redemptions.shop import KEY

T = TypeVar("T")
Asked = Callable[[], Any]
Edit = int | str | tuple[str, int | None] | None
# Nothing, money for the gift, the main campaign's budget, or a limit.
EDIT: st.SearchStrategy[Edit] = st.one_of(
    st.none(),
    st.sampled_from([10_00, -5_00, -40_00]),
    st.sampled_from(["5.00", "14.00", "30.00"]),
    st.tuples(st.sampled_from(["Year", "June"]), st.sampled_from([None, 1, 3, 6, 12])),
)


class Office(RuleBasedStateMachine):
    """What belongs to no customer. Both tills are driven by one clock."""

    loop: asyncio.AbstractEventLoop
    organisation_of: UUID
    till: Till
    clock: Clock
    happened: Counter[str]  # in all drives

    def run(self, deed: Coroutine[Any, Any, T]) -> T:
        """Do it on the loop of the tests, whose connections it needs."""
        return asyncio.run_coroutine_threadsafe(deed, self.loop).result(60)

    @initialize()
    def open(self) -> None:
        self.clock.now = NOW
        self.shop: Shop = self.run(a_shop(self.organisation_of))
        self.naive: NaiveTill = self.shop.naive
        self.ids: list[UUID] = []  # of the redemptions of the naive till, in its order
        self.confirmed: set[UUID] = set()
        self.asked: list[tuple[Asked, Asked, UUID]] = []  # a deed, the same with other input, and its answer
        self.numbers = 0

    @property
    def now(self) -> datetime:
        return self.clock.now

    def key(self) -> str:
        self.numbers += 1
        return f"key {self.numbers}"

    def time_goes_by(self, hours: float) -> None:
        self.clock.now += timedelta(hours=hours)
        self.naive.expire(self.now)

    def look_after_the_shop(self, edit: Edit) -> None:
        """Somebody looks for holds that are over, and perhaps changes the gift's money or a limit."""
        self.run(expire(self.shop.project, self.now))
        if isinstance(edit, int):
            self.adjust(edit)
        elif isinstance(edit, str):
            self.edit_the_budget(int(Decimal(edit) * 100))
        elif edit is not None:
            self.edit_a_limit(*edit)

    def adjust(self, amount: int) -> None:
        """Money is put on the gift, or taken from it; never more than there is."""
        gift = self.naive.codes["GIFT1"]
        told = self.run(
            adjust_balance(
                self.shop.project, self.shop.vouchers["GIFT1"], Adjustment(amount, "EUR"), self.now
            )
        )
        if gift.balance + amount < 0:
            assert codes_of(told) == ["BALANCE_TOO_LOW"]
            self.happened["balance kept"] += 1
        else:
            assert isinstance(told, Adjusted), told
            gift.balance += amount

    def edit_a_limit(self, name: str, most: int | None) -> None:
        """A limit of a campaign goes, comes back or moves, but never below its use."""
        [campaign] = {
            level
            for code in self.naive.codes.values()
            for level in code.campaign.levels
            if level.name == name
        }
        told = self.run(
            update_campaign(
                *(self.shop.project, self.shop.campaigns[name], CampaignChanges(max_redemptions=most)),
                *(None, KEY, self.now),
            )
        )
        used = self.naive.uses_of(name, self.now)
        if most is not None and most != campaign.most and most < used:
            assert codes_of(told) == ["LIMIT_BELOW_USE"]
            self.happened["limit kept"] += 1
        else:
            assert isinstance(told, Campaign), told
            campaign.most = most

    def edit_the_budget(self, most: int) -> None:
        """The main campaign's discount of a day moves, but never below what was given today."""
        [year] = {code.campaign.main for code in self.naive.codes.values() if code.campaign.main is not None}
        [before] = year.budgets
        year.budgets = [before._replace(most=most)]
        told = self.run(
            update_campaign(
                *(self.shop.project, self.shop.campaigns["Year"]),
                *(CampaignChanges(budgets=real_budgets(year)), None, KEY, self.now),
            )
        )
        used = self.naive.used(Cap("", "Year", before.measure, None, before.period, most), self.now)
        if most != before.most and most < used:
            assert codes_of(told) == ["LIMIT_BELOW_USE"]
            self.happened["budget kept"] += 1
            year.budgets = [before]
        else:
            assert isinstance(told, Campaign), told

    @invariant()
    def both_hold_the_same(self) -> None:
        self.happened["steps"] += 1
        self.run(assert_both_agree(self.shop, self.ids, self.now))

    def teardown(self) -> None:
        if hasattr(self, "shop"):
            self.happened.update(self.naive.events)
            assert self.run(audit(self.shop.project)).drift == 0


def codes_of(answer: object) -> list[str]:
    """The codes of what is wrong, which something must be."""
    assert isinstance(answer, Problems), answer
    return [problem.code for problem in answer.all]

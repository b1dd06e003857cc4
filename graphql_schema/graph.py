"""The graph: how each thing leads to others, as loaders of one operation, bound to the caller's project."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from enum import Enum
from functools import cached_property, partial
from typing import TypeVar
from uuid import UUID

from aiodataloader import DataLoader

from app.campaigns import read as campaigns
from app.campaigns.read import CampaignSort
from app.campaigns.values import Campaign as CampaignValue
from app.customers import read as customers
from app.customers import read_custom_events as custom_events
from app.customers.read_custom_events import CustomEvent as CustomEventValue
from app.database.keyset import Page, PageRequest
from app.jobs import read as jobs
from app.pools import read as pools
from app.pools.values import Stock
from app.projects import read as projects
from app.projects.admit import Caller
from app.projects.values import Project as ProjectValue
from app.redemptions import read as redemptions
from app.redemptions import read_rejected as rejected
from app.redemptions import usage
from app.redemptions.lists import AttemptSort
from app.redemptions.rejected import RejectedRedemption as RejectedRedemptionValue
from app.redemptions.usage import BudgetUse, Usage
from app.redemptions.values import Redemption as RedemptionValue
from app.vouchers import read as vouchers
from app.vouchers import read_publications as publications
from app.vouchers.read import VoucherSort
from app.vouchers.read_publications import PublicationParent
from app.vouchers.values import Publication as PublicationValue
from app.vouchers.values import Voucher as VoucherValue
from app.wallets import read as wallets
from app.wallets.values import Entry
from graphql_schema.customer_figures import CustomerFigures
from graphql_schema.loaders import PageLoader, by_key
from graphql_schema.partners import Partners
from graphql_schema.segments import Segments
from graphql_schema.sorting import TimeOrder
from graphql_schema.types.api_key import ApiKey, show_api_key
from graphql_schema.types.balance import Balance, show_balance
from graphql_schema.types.campaign import Campaign, show_campaign
from graphql_schema.types.custom_event import CustomEvent, show_custom_event
from graphql_schema.types.customer import Customer, show_customer
from graphql_schema.types.job import Job, show_job
from graphql_schema.types.pool import Pool, show_pool
from graphql_schema.types.posting import Posting, show_posting
from graphql_schema.types.project import Project, show_project
from graphql_schema.types.publication import Publication, show_publication
from graphql_schema.types.redemption import Redemption, show_redemption
from graphql_schema.types.rejected_redemption import RejectedRedemption, show_rejected_redemption
from graphql_schema.types.voucher import Voucher, show_voucher
from graphql_schema.wallets import Wallets

Value = TypeVar("Value")
Shown = TypeVar("Shown")


class Graph:
    """Every loader of one operation. Never kept longer, so nothing in it grows stale."""

    def __init__(self, caller: Caller, now: Callable[[], datetime]) -> None:
        self._caller = caller
        self._project = caller.project
        self._now = now

    @cached_property
    def campaigns(self) -> DataLoader[UUID, Campaign | None]:
        return by_key(partial(campaigns.by_ids, self._project), show_campaign)

    @cached_property
    def customers(self) -> DataLoader[UUID, Customer | None]:
        return by_key(partial(customers.by_ids, self._project), show_customer)

    @cached_property
    def vouchers(self) -> DataLoader[UUID, Voucher | None]:
        return by_key(partial(vouchers.by_ids, self._project), show_voucher)

    @cached_property
    def publications(self) -> DataLoader[UUID, Publication | None]:
        return by_key(partial(publications.publications_by_ids, self._project), show_publication)

    @cached_property
    def redemptions(self) -> DataLoader[UUID, Redemption | None]:
        return by_key(partial(redemptions.by_ids, self._project), show_redemption)

    @cached_property
    def rejected_redemptions(self) -> DataLoader[UUID, RejectedRedemption | None]:
        return by_key(partial(rejected.by_ids, self._project), self.show_rejected)

    @cached_property
    def api_keys(self) -> DataLoader[UUID, ApiKey | None]:
        return by_key(partial(projects.keys_by_ids, self._project), show_api_key)

    @cached_property
    def pools(self) -> DataLoader[UUID, Pool | None]:
        return by_key(partial(pools.by_ids, self._project), show_pool)

    @cached_property
    def jobs(self) -> DataLoader[UUID, Job | None]:
        return by_key(partial(jobs.by_ids, self._project), show_job)

    @cached_property
    def stock_of_pool(self) -> DataLoader[UUID, Stock | None]:
        return by_key(partial(pools.stock_of, self._project), _as_it_is)

    @cached_property
    def codes_given(self) -> DataLoader[UUID, Mapping[UUID, tuple[str, ...]] | None]:
        return by_key(partial(pools.codes_given, self._project), _as_it_is)

    @cached_property
    def projects(self) -> DataLoader[UUID, Project | None]:
        return by_key(self._own_project, show_project)

    @cached_property
    def balances(self) -> DataLoader[UUID, Balance | None]:
        return by_key(lambda ids: wallets.balances_by_ids(self._project, ids, self._now()), show_balance)

    @cached_property
    def usage_of_voucher(self) -> DataLoader[UUID, Usage | None]:
        return by_key(lambda ids: usage.uses_of_vouchers(self._project, ids, self._now()), _as_it_is)

    @cached_property
    def usage_of_campaign(self) -> DataLoader[UUID, Usage | None]:
        return by_key(lambda ids: usage.uses_of_campaigns(self._project, ids, self._now()), _as_it_is)

    @cached_property
    def usage_of_budgets(self) -> DataLoader[UUID, tuple[BudgetUse, ...] | None]:
        return by_key(lambda ids: usage.uses_of_budgets(self._project, ids, self._now()), _as_it_is)

    async def campaign(self, id_: UUID) -> Campaign:
        """The campaign of a voucher, redemption or publication: always there."""
        return _there(await self.campaigns.load(id_))

    async def customer(self, id_: UUID) -> Customer:
        """The customer of a publication or wallet: always there."""
        return _there(await self.customers.load(id_))

    async def voucher(self, id_: UUID) -> Voucher:
        """The voucher of a redemption, holding or publication: always there."""
        return _there(await self.vouchers.load(id_))

    def show_rejected(self, attempt: RejectedRedemptionValue) -> RejectedRedemption:
        """A refused attempt as this caller may see it."""
        return show_rejected_redemption(attempt, self._caller)

    @cached_property
    def campaigns_of_main(self) -> PageLoader[CampaignValue, Campaign]:
        return self._list(
            campaigns.subcampaigns_of, campaigns.count_subcampaigns_of, CampaignSort, show_campaign
        )

    @cached_property
    def vouchers_of_campaign(self) -> PageLoader[VoucherValue, Voucher]:
        return self._list(
            vouchers.vouchers_of_campaigns, vouchers.count_vouchers_of_campaigns, VoucherSort, show_voucher
        )

    @cached_property
    def custom_events_of_customer(self) -> PageLoader[CustomEventValue, CustomEvent]:
        return self._list(
            custom_events.custom_events_of,
            custom_events.count_custom_events_of,
            custom_events.CustomEventSort,
            show_custom_event,
        )

    @cached_property
    def publications_of_campaign(self) -> PageLoader[PublicationValue, Publication]:
        return self._publications(PublicationParent.CAMPAIGN)

    @cached_property
    def publications_of_customer(self) -> PageLoader[PublicationValue, Publication]:
        return self._publications(PublicationParent.CUSTOMER)

    @cached_property
    def publications_of_voucher(self) -> PageLoader[PublicationValue, Publication]:
        return self._publications(PublicationParent.VOUCHER)

    @cached_property
    def postings_of_voucher(self) -> PageLoader[Entry, Posting]:
        return self._list(wallets.postings_of, wallets.count_postings_of, wallets.PostingSort, show_posting)

    @cached_property
    def redemptions_of_campaign(self) -> PageLoader[RedemptionValue, Redemption]:
        return self._list(
            redemptions.redemptions_of_campaigns,
            redemptions.count_redemptions_of_campaigns,
            AttemptSort,
            show_redemption,
        )

    @cached_property
    def redemptions_of_customer(self) -> PageLoader[RedemptionValue, Redemption]:
        return self._list(
            redemptions.redemptions_of_customers,
            redemptions.count_redemptions_of_customers,
            AttemptSort,
            show_redemption,
        )

    @cached_property
    def redemptions_of_voucher(self) -> PageLoader[RedemptionValue, Redemption]:
        return self._list(
            redemptions.redemptions_of_vouchers,
            redemptions.count_redemptions_of_vouchers,
            AttemptSort,
            show_redemption,
        )

    @cached_property
    def rejected_of_campaign(self) -> PageLoader[RejectedRedemptionValue, RejectedRedemption]:
        return self._list(
            rejected.rejected_of_campaigns,
            rejected.count_rejected_of_campaigns,
            AttemptSort,
            self.show_rejected,
        )

    @cached_property
    def rejected_of_customer(self) -> PageLoader[RejectedRedemptionValue, RejectedRedemption]:
        return self._list(
            rejected.rejected_of_customers,
            rejected.count_rejected_of_customers,
            AttemptSort,
            self.show_rejected,
        )

    @cached_property
    def rejected_of_voucher(self) -> PageLoader[RejectedRedemptionValue, RejectedRedemption]:
        return self._list(
            rejected.rejected_of_vouchers,
            rejected.count_rejected_of_vouchers,
            AttemptSort,
            self.show_rejected,
        )

    @cached_property
    def customer_figures(self) -> CustomerFigures:
        """What customers ordered, and what happened to them."""
        return CustomerFigures(self._caller)

    @cached_property
    def partners(self) -> Partners:
        """For whom campaigns run."""
        return Partners(self._project)

    @cached_property
    def segments(self) -> Segments:
        """Segments, and who is in them."""
        return Segments(self._caller, self._now)

    @cached_property
    def wallets(self) -> Wallets:
        """Wallets page by page."""
        return Wallets(self._caller, self._now)

    async def _own_project(self, wanted: Sequence[UUID]) -> dict[UUID, ProjectValue]:
        """The caller's project; there is no way to another one."""
        own = await projects.project_by_id(self._project) if self._project in wanted else None
        return {} if own is None else {own.id: own}

    def _publications(self, kind: PublicationParent) -> PageLoader[PublicationValue, Publication]:
        return self._list(
            partial(publications.publications_of, kind),
            partial(publications.count_publications_of, kind),
            publications.PublicationSort,
            show_publication,
        )

    def _list(
        self,
        load: Callable[..., Awaitable[Mapping[UUID, Page[Value]]]],
        count: Callable[[UUID, Sequence[UUID]], Awaitable[Mapping[UUID, int]]],
        sorts: type[Enum],
        show: Callable[[Value], Shown],
    ) -> PageLoader[Value, Shown]:
        """A list that a room reads in bulk: `load(project, parents, request, sort=…)`, `count(project, parents)`."""

        def load_pages(
            parents: Sequence[UUID], request: PageRequest, order: TimeOrder
        ) -> Awaitable[Mapping[UUID, Page[Value]]]:
            return load(self._project, parents, request, sort=sorts[order.value])

        return PageLoader(load_pages, partial(count, self._project), show)


def _there(found: Shown | None) -> Shown:
    if found is None:
        raise LookupError("a reference inside the project leads to nothing")
    return found


def _as_it_is(found: Value) -> Value:
    return found

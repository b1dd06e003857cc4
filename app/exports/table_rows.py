"""Rows of tables of state: vouchers and customers as they stand, in the order of their ids."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from uuid import UUID

from app import ids
from app.customers.read import CustomerSort, count_customers, customers_page
from app.customers.read import by_ids as customers_by_ids
from app.customers.values import Customer
from app.database import fetch
from app.database.keyset import Page, PageRequest
from app.engine.money import CURRENCIES, amount_of
from app.exports.values import ExportFilter, What
from app.exports.write import Cell, Row, own
from app.vouchers.read import VoucherFilter, VoucherSort, count_vouchers, vouchers_page
from app.vouchers.values import Voucher
from app.wallets.read import balances_of
from app.wallets.values import Balance

COLUMNS: Mapping[What, tuple[str, ...]] = {
    What.VOUCHERS: (
        *("id", "code", "kind", "enabled", "campaign_id", "holder_id", "holder_source_id", "published_at"),
        *("starts_at", "expires_at", "max_redemptions", "balance_unit", "balance", "created_at", "metadata"),
    ),
    What.CUSTOMERS: (
        *("id", "source_id", "name", "email", "birthday", "created_at", "updated_at", "metadata"),
    ),
}


async def count(project: UUID, what: What, asked: ExportFilter) -> int:
    """How many rows of the table are looked at, as it stands."""
    if what is What.CUSTOMERS:
        return await count_customers(project)
    return await count_vouchers(project, _vouchers(asked))


async def page(
    project: UUID, what: What, asked: ExportFilter, after: str | None, limit: int
) -> Page[Voucher] | Page[Customer]:
    """The next things of the table, behind a cursor of its list."""
    request = PageRequest(limit, after)
    if what is What.CUSTOMERS:
        return await customers_page(project, request, sort=CustomerSort.OLDEST)
    return await vouchers_page(project, request, _vouchers(asked), VoucherSort.OLDEST)


def accepts(asked: ExportFilter, item: Voucher | Customer) -> bool:
    """Whether the row is wanted."""
    return (asked.since is None or item.created_at >= asked.since) and (
        asked.before is None or item.created_at < asked.before
    )


async def rows_of(project: UUID, items: Sequence[Voucher | Customer]) -> list[Row]:
    """The rows of vouchers or customers, in their order; two statements, or none."""
    customers = [item for item in items if isinstance(item, Customer)]
    if customers:
        return [_customer(customer) for customer in customers]
    vouchers = [item for item in items if isinstance(item, Voucher)]
    if not vouchers:
        return []
    holders = {voucher.holder_id for voucher in vouchers if voucher.holder_id is not None}
    known = await customers_by_ids(project, sorted(holders)) if holders else {}
    wanted = [(project, voucher.id) for voucher in vouchers]
    balances = await balances_of(fetch, wanted, datetime.now(UTC))
    return [_voucher(voucher, known, balances.get(voucher.id)) for voucher in vouchers]


def _vouchers(asked: ExportFilter) -> VoucherFilter:
    return VoucherFilter(campaign=asked.campaign, holder=asked.customer)


def _voucher(voucher: Voucher, holders: Mapping[UUID, Customer], balance: Balance | None) -> Row:
    holder = None if voucher.holder_id is None else holders.get(voucher.holder_id)
    return {
        "id": ids.show(ids.VOUCHER, voucher.id),
        "code": own(voucher.code),
        "kind": voucher.kind.value,
        "enabled": voucher.enabled,
        "campaign_id": ids.show(ids.CAMPAIGN, voucher.campaign_id),
        "holder_id": None if voucher.holder_id is None else ids.show(ids.CUSTOMER, voucher.holder_id),
        "holder_source_id": None if holder is None else own(holder.source_id),
        "published_at": voucher.published_at,
        "starts_at": voucher.starts_at,
        "expires_at": voucher.expires_at,
        "max_redemptions": voucher.max_redemptions,
        "balance_unit": None if balance is None else balance.unit,
        "balance": None if balance is None else _worth(balance),
        "created_at": voucher.created_at,
        "metadata": voucher.metadata,
    }


def _worth(balance: Balance) -> Cell:
    """An amount of money, or whole points."""
    if balance.unit in CURRENCIES:
        return amount_of(balance.available, balance.unit)
    return balance.available


def _customer(customer: Customer) -> Row:
    return {
        "id": ids.show(ids.CUSTOMER, customer.id),
        "source_id": own(customer.source_id),
        "name": own(customer.name),
        "email": own(customer.email),
        "birthday": customer.birthday,
        "created_at": customer.created_at,
        "updated_at": customer.updated_at,
        "metadata": customer.metadata,
    }

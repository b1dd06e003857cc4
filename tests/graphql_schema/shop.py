"""What the tests of codes at the till share: a cart, requests, and a look at all that a project has."""

from typing import Any
from uuid import UUID

from app import ids
from app.database import fetch, fetchrow
from app.projects.admit import Caller
from tests.graphql_schema.asking import ask

REASONS = """reasons {
  code message subject remedy expected { text count } actual { text count } missing { text money { amount } }
}"""
VALIDATE = (
    """mutation ($input: ValidateVouchersInput!) { validateVouchers(input: $input) {
  evaluation {
    granted discount { amount currency } total { amount currency } subtotal { amount } shipping { amount }
    cart { lines { amount { amount } discount { amount } } }
    verdicts { code granted discount { amount currency } voucher { code } campaign { name } """
    + REASONS
    + """ }
  }
  userErrors { path code message }
} }"""
)
REDEEM = (
    """mutation ($input: RedeemVouchersInput!) { redeemVouchers(input: $input) {
  replayed
  result {
    __typename
    ... on Redemption {
      id discount { amount currency } total { amount currency } channel redemptionPoint metadata rolledBackAt
      vouchers { code discount { amount } offerVersion }
    }
    ... on RejectedRedemption { id codes { code """
    + REASONS
    + """ } reasons { code } }
  }
  userErrors { path code message }
} }"""
)


def money(amount: str, currency: str = "EUR") -> dict[str, str]:
    """Money as the API shows it."""
    return {"amount": amount, "currency": currency}


def a_cart(*prices: str, currency: str = "EUR", **more: Any) -> dict[str, Any]:
    """A cart with a line of one unit for each price."""
    return {"currency": currency, "lines": [{"unitPrice": price} for price in prices or ("100",)], **more}


def a_request(*codes: str, **more: Any) -> dict[str, Any]:
    """The input for codes on a cart of 100 euro."""
    return {"codes": [{"code": code} for code in codes], "cart": a_cart(), **more}


async def validate(caller: Caller, *codes: str, **more: Any) -> Any:
    """What validateVouchers answers."""
    return (await ask(caller, VALIDATE, input=a_request(*codes, **more)))["validateVouchers"]


async def redeem(caller: Caller, *codes: str, key: str = "order 1", **more: Any) -> Any:
    """What redeemVouchers answers."""
    given = a_request(*codes, idempotencyKey=key, **more)
    return (await ask(caller, REDEEM, input=given))["redeemVouchers"]


def faults(payload: Any) -> list[tuple[str, str]]:
    """Dotted path below `input` and code of each user error of a payload."""
    found = []
    for fault in payload["userErrors"]:
        assert fault["path"][0] == "input"
        assert fault["message"].endswith("."), fault
        found.append((".".join(fault["path"][1:]), fault["code"]))
    return found


def reasons_of(answer: Any) -> list[str]:
    """The codes of the reasons of a verdict or a refused attempt."""
    return [reason["code"] for reason in answer["reasons"]]


def shown(prefix: str, id_: UUID | str) -> str:
    """The id as callers see it."""
    return ids.show(prefix, UUID(str(id_)))


async def everything(project: UUID) -> dict[str, tuple[int, str]]:
    """Number and fingerprint of the rows that each table holds of the project."""
    tables = await fetch(
        "SELECT table_name::text AS name FROM information_schema.columns"
        " WHERE table_schema = 'public' AND column_name = 'project_id' ORDER BY 1"
    )
    parts = [
        f"SELECT '{table['name']}' AS name, count(*) AS rows,"
        f" md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) AS fingerprint"
        f" FROM {table['name']} t WHERE project_id = $1"
        for table in tables
    ]
    rows = await fetch(" UNION ALL ".join(parts), project)
    project_row = await fetchrow("SELECT md5(p::text) AS fingerprint FROM projects p WHERE id = $1", project)
    assert project_row is not None
    return {row["name"]: (row["rows"], row["fingerprint"]) for row in rows} | {
        "projects": (1, project_row["fingerprint"])
    }

"""Admission: from credentials to a Caller, or to the reason why not. Looked up anew for every request."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

import asyncpg

from app.engine.stacking import DEFAULT, Stacking, stacking_of
from app.projects.look_up import Asked, look_up
from app.projects.secret import hash_of, looks_like_secret
from app.projects.tokens import TokenClaims, TokenSigner
from app.projects.values import KeyKind


class Permission(StrEnum):
    """Something a caller may be allowed to do."""

    READ = "READ"
    """See everything in the project."""
    MANAGE = "MANAGE"
    """Create, change, launch, mint, publish, roll back; adjust balances, audit; make customers, keys and tokens."""
    VALIDATE = "VALIDATE"
    REDEEM = "REDEEM"
    """Redeem codes; hold them, confirm and release what is held."""
    READ_OWN_REDEMPTIONS = "READ_OWN_REDEMPTIONS"
    """See the redemptions and rejected redemptions of its own redemption point, and roll them back."""
    READ_OWN_WALLET = "READ_OWN_WALLET"
    """See the wallet of the customer in its token."""


_ALLOWED = {
    KeyKind.SERVER: frozenset(Permission),
    KeyKind.MERCHANT: frozenset({Permission.VALIDATE, Permission.REDEEM, Permission.READ_OWN_REDEMPTIONS}),
    KeyKind.STOREFRONT: frozenset({Permission.VALIDATE}),
}
_ALLOWED_WITH_TOKEN = frozenset({Permission.VALIDATE, Permission.REDEEM, Permission.READ_OWN_WALLET})


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is asking. `customer` is set when a storefront key came with a customer token.

    `stacking` is the project's policy for several codes on one cart. A customer token ends at `token_ends_at`, and
    with the key that made it.
    """

    project: UUID
    project_name: str
    time_zone: str
    currency: str
    case_sensitive_codes: bool
    key: UUID
    kind: KeyKind
    key_name: str
    redemption_point: str | None
    customer: UUID | None
    creates_projects: bool
    stacking: Stacking = DEFAULT
    token_maker: UUID | None = None
    token_ends_at: datetime | None = None

    @property
    def permissions(self) -> frozenset[Permission]:
        """All that this caller may do."""
        return _ALLOWED[self.kind] if self.customer is None else _ALLOWED_WITH_TOKEN

    def may(self, permission: Permission) -> bool:
        """Whether this caller may do it."""
        return permission in self.permissions


@dataclass(frozen=True, slots=True)
class NotAdmitted:
    """Why there is no caller.

    `code` is UNAUTHENTICATED, KEY_REVOKED, KEY_EXPIRED, ORIGIN_NOT_ALLOWED, CUSTOMER_TOKEN_INVALID or
    CUSTOMER_TOKEN_EXPIRED.
    """

    code: str
    message: str


async def admit(
    authorization: str | None,
    customer_token: str | None,
    origin: str | None,
    now: datetime,
    signer: TokenSigner,
) -> Caller | NotAdmitted:
    """The caller that an `Authorization` header (with a customer token, with an `Origin`) speaks for.

    Nothing is remembered between two calls, so a revoked key is refused from the next request on.
    """
    if authorization is None:
        return NotAdmitted("UNAUTHENTICATED", "Send a key: Authorization: Bearer tear_…")
    scheme, _, secret = authorization.strip().partition(" ")
    secret = secret.strip()
    if scheme.lower() != "bearer" or not looks_like_secret(secret):
        return NotAdmitted("UNAUTHENTICATED", "This is not a key: Authorization: Bearer tear_… is expected.")
    claims = signer.read(customer_token) if customer_token is not None else None
    maker, customer = (None, None) if claims is None else (claims.key, claims.customer)
    row = await look_up(Asked(hash_of(secret), maker, customer, now))
    if row is None:
        return NotAdmitted("UNAUTHENTICATED", "This key is not known.")
    refusal = _key_refusal(row, origin, now)
    if refusal is None and customer_token is not None:
        refusal = _token_refusal(row, claims, now)
    return refusal or _caller(row, claims)


def _key_refusal(row: asyncpg.Record, origin: str | None, now: datetime) -> NotAdmitted | None:
    if row["revoked_at"] is not None:
        return NotAdmitted("KEY_REVOKED", "This key was revoked.")
    if row["expires_at"] is not None and row["expires_at"] <= now:
        return NotAdmitted("KEY_EXPIRED", f"This key expired at {row['expires_at'].isoformat()}.")
    if row["origins"] and origin not in row["origins"]:
        shown = "a request without an Origin header" if origin is None else "this Origin"
        return NotAdmitted(
            "ORIGIN_NOT_ALLOWED", f"This key is bound to its origins; {shown} is none of them."
        )
    return None


def _token_refusal(row: asyncpg.Record, claims: TokenClaims | None, now: datetime) -> NotAdmitted | None:
    if row["kind"] != KeyKind.STOREFRONT:
        return NotAdmitted("CUSTOMER_TOKEN_INVALID", "A customer token goes with a storefront key only.")
    if claims is None or claims.project != row["project_id"] or row["customer_id"] is None:
        return NotAdmitted("CUSTOMER_TOKEN_INVALID", "This customer token is not valid for this key.")
    if not row["maker_stands"]:
        return NotAdmitted(
            "CUSTOMER_TOKEN_INVALID", "The key that made this customer token is no longer valid."
        )
    if claims.expires_at <= now:
        return NotAdmitted(
            "CUSTOMER_TOKEN_EXPIRED", f"This customer token expired at {claims.expires_at.isoformat()}."
        )
    return None


def _caller(row: asyncpg.Record, claims: TokenClaims | None) -> Caller:
    return Caller(
        project=row["project_id"],
        project_name=row["project_name"],
        time_zone=row["time_zone"],
        currency=row["currency"],
        case_sensitive_codes=row["case_sensitive_codes"],
        key=row["id"],
        kind=KeyKind(row["kind"]),
        key_name=row["name"],
        redemption_point=row["redemption_point"],
        customer=row["customer_id"],
        creates_projects=row["creates_projects"],
        stacking=stacking_of(row["stacking"]),
        token_maker=None if claims is None else claims.key,
        token_ends_at=None if claims is None else claims.expires_at,
    )

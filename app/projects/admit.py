"""Admission: from credentials to a Caller, or to the reason why not. One statement, at every request."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from app.projects.tokens import TokenSigner
from app.projects.values import KeyKind


class Permission(StrEnum):
    """Something a caller may be allowed to do."""

    READ = "READ"
    """See everything in the project."""
    MANAGE = "MANAGE"
    """Create, change, launch, mint, publish; make customers, keys and customer tokens."""
    VALIDATE = "VALIDATE"
    REDEEM = "REDEEM"
    READ_OWN_REDEMPTIONS = "READ_OWN_REDEMPTIONS"
    """See the redemptions and rejections of its own redemption point."""
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
    """Who is asking. `customer` is set when a storefront key came with a customer token."""

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
    """The caller that an `Authorization` header (and token, and `Origin`) speaks for."""
    raise AssertionError((authorization, customer_token, origin, now, signer))

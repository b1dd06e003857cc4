"""Values of this room: a project, the keys to it, and what is needed to make them."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from app.engine.stacking import DEFAULT, Stacking


class KeyKind(StrEnum):
    """Who a key is for."""

    SERVER = "SERVER"
    """A server of the company: everything in its project."""
    MERCHANT = "MERCHANT"
    """One redemption point: validates, redeems, sees its own redemptions."""
    STOREFRONT = "STOREFRONT"
    """A browser or app: validates; with a customer token also redeems for that customer and shows the wallet."""


@dataclass(frozen=True, slots=True)
class Project:
    """The wall: codes, customers, keys and events never cross it. `currency` and `time_zone` are defaults.

    `stacking` is the policy for several codes on one cart.
    """

    id: UUID
    organisation: UUID
    name: str
    time_zone: str
    currency: str
    case_sensitive_codes: bool
    created_at: datetime
    stacking: Stacking = DEFAULT


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key as it may be shown: its secret is known only to whom it was given; `prefix` is how it begins."""

    id: UUID
    kind: KeyKind
    name: str
    prefix: str
    redemption_point: str | None
    origins: tuple[str, ...]
    creates_projects: bool
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class KeyDraft:
    """A key to be made. A merchant key needs its redemption point; only a storefront key is bound to origins."""

    kind: KeyKind
    name: str
    redemption_point: str | None = None
    origins: tuple[str, ...] = ()
    expires_at: datetime | None = None
    creates_projects: bool = False


@dataclass(frozen=True, slots=True)
class KeyWithSecret:
    """A new key with its secret, `tear_sk_…`: shown this once, never kept, and not in any repr."""

    key: ApiKey
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ProjectDraft:
    """A project to be made: name, IANA time zone, ISO 4217 currency."""

    name: str
    time_zone: str
    currency: str
    case_sensitive_codes: bool = False


@dataclass(frozen=True, slots=True)
class FoundedProject:
    """A new project and its first server key."""

    project: Project
    first_key: KeyWithSecret

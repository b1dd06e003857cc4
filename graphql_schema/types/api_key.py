"""API keys as they may be shown: never with their secret."""

from datetime import datetime

import strawberry

from app import ids
from app.projects.values import ApiKey as ApiKeyValue
from app.projects.values import KeyKind
from graphql_schema.enums import describe_enum
from graphql_schema.types.node import Node, shown

describe_enum(
    KeyKind,
    "Who a key is for.",
    SERVER="A server of the company: everything in its project.",
    MERCHANT="One redemption point: validates, redeems, sees its own redemptions.",
    STOREFRONT="A browser or app: validates; with a customer token also redeems and shows that customer's wallet.",
)


@strawberry.type(description="A key to a project. Its secret was shown once, when it was made.")
class ApiKey(Node):
    kind: KeyKind = strawberry.field(description="Who the key is for.")
    name: str = strawberry.field(description="What people call the key.")
    prefix: str = strawberry.field(description='How the secret begins, such as "tear_sk_3fZk".')
    redemption_point: str | None = strawberry.field(
        description="The place where a merchant key redeems; null for other kinds."
    )
    origins: list[str] = strawberry.field(
        description="The web origins that a storefront key is bound to; empty if it is not bound."
    )
    creates_projects: bool = strawberry.field(description="Whether the key may create projects.")
    created_at: datetime = strawberry.field(description="When the key was made.")
    expires_at: datetime | None = strawberry.field(description="When the key ends; null if it does not.")
    revoked_at: datetime | None = strawberry.field(
        description="When the key was revoked; null if it was not."
    )


def show_api_key(key: ApiKeyValue) -> ApiKey:
    """The key as callers see it."""
    return ApiKey(
        id=shown(ids.API_KEY, key.id),
        kind=key.kind,
        name=key.name,
        prefix=key.prefix,
        redemption_point=key.redemption_point,
        origins=list(key.origins),
        creates_projects=key.creates_projects,
        created_at=key.created_at,
        expires_at=key.expires_at,
        revoked_at=key.revoked_at,
    )

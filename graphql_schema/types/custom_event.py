"""A custom event: something that the company told of a customer."""

from datetime import datetime

import strawberry

from app.customers.read_custom_events import CustomEvent as CustomEventValue
from graphql_schema.scalars import Metadata


@strawberry.type(description="Something that a customer did elsewhere, as the company told it.")
class CustomEvent:
    name: str = strawberry.field(description="What was done; rules ask for this name.")
    at: datetime = strawberry.field(description="When it was done.")
    created_at: datetime = strawberry.field(description="When it was told.")
    source_id: str | None = strawberry.field(
        description="The company's own id of the event, if it has one; it counts once."
    )
    metadata: Metadata = strawberry.field(description="Anything else that was told about the event.")


def show_custom_event(event: CustomEventValue) -> CustomEvent:
    """The event as callers see it."""
    return CustomEvent(
        name=event.name,
        at=event.at,
        created_at=event.created_at,
        source_id=event.source_id,
        metadata=Metadata(dict(event.metadata)),
    )

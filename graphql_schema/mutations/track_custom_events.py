"""trackCustomEvents: tell what customers did elsewhere: a review, a visit, a survey."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

import strawberry

from app.customers.custom_events import (
    MOST_EVENTS_AT_ONCE,
    CustomEventOutcome,
    CustomEventResult,
    track_custom_events,
)
from app.customers.custom_events import CustomEventInput as CustomEvent
from app.problem import Problem, Problems
from app.projects.admit import Permission
from graphql_schema.authority import Info, require
from graphql_schema.enums import describe_enum
from graphql_schema.refusals import UserError, user_errors
from graphql_schema.scalars import Metadata
from graphql_schema.types.customer_input import CustomerRef, id_or_source_id

describe_enum(
    CustomEventOutcome,
    "What became of one event.",
    RECORDED="The event is kept now.",
    KNOWN_ALREADY="An event of this source id was told before, and stays as it was told first.",
    REFUSED="The event is faulty; `userErrors` say why.",
)


@strawberry.input(description="Something that a customer did.")
class CustomEventInput:
    customer: CustomerRef = strawberry.field(description="Who did it; the customer must exist.")
    name: str = strawberry.field(
        description="What was done, in a word of your own such as `review_written`; rules ask for this name."
    )
    at: datetime | None = strawberry.field(
        default=None, description="When it was done; now if it is left out. Never later than now."
    )
    source_id: str | None = strawberry.field(
        default=None,
        description="Your own id of the event. It is counted once, however often it is told.",
    )
    metadata: Metadata | None = strawberry.field(default=None, description="Anything else about the event.")


@strawberry.input(description="Events to be told.")
class TrackCustomEventsInput:
    events: list[CustomEventInput] = strawberry.field(
        description=f"The events, up to {MOST_EVENTS_AT_ONCE} a call."
    )


@strawberry.type(description="What became of one event.")
class TrackedCustomEvent:
    outcome: CustomEventOutcome = strawberry.field(description="What became of it.")
    user_errors: list[UserError] = strawberry.field(description="Why it was refused.")


@strawberry.type(description="What became of the events.")
class TrackCustomEventsPayload:
    results: list[TrackedCustomEvent] = strawberry.field(
        description="The answer for each event, in the order given."
    )
    user_errors: list[UserError] = strawberry.field(description="What is wrong with the input as a whole.")


@strawberry.type
class TrackCustomEventsMutation:
    @strawberry.mutation(
        description="Tell what customers did elsewhere, for rules and segments to ask about. A faulty event is answered"
        " by itself and spoils no other; with source ids the call is safe to repeat. Needs MANAGE."
    )
    async def track_custom_events(
        self,
        info: Info,
        input: Annotated[TrackCustomEventsInput, strawberry.argument(description="The events.")],
    ) -> TrackCustomEventsPayload:
        caller = require(info, Permission.MANAGE)
        events = _read(input.events)
        if isinstance(events, Problems):
            return _refused(events)
        tracked = await track_custom_events(caller.project, events, info.context.now())
        if isinstance(tracked, Problems):
            return _refused(tracked)
        return TrackCustomEventsPayload(results=[_show(result) for result in tracked], user_errors=[])


def _read(given: Sequence[CustomEventInput]) -> Sequence[CustomEvent] | Problems:
    faults: list[Problem] = []
    events = [
        CustomEvent(
            customer=id_or_source_id(event.customer, ("events", str(place), "customer"), faults),
            name=event.name,
            at=event.at,
            metadata=event.metadata or {},
            source_id=event.source_id,
        )
        for place, event in enumerate(given)
    ]
    return Problems(tuple(faults)) if faults else events


def _show(result: CustomEventResult) -> TrackedCustomEvent:
    return TrackedCustomEvent(outcome=result.outcome, user_errors=user_errors(Problems(result.problems)))


def _refused(problems: Problems) -> TrackCustomEventsPayload:
    return TrackCustomEventsPayload(results=[], user_errors=user_errors(problems))

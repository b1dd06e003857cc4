"""What a resolver may reach: the caller, the clock, the graph's loaders, and the few lasting parts of the process."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import strawberry

from app.events.feed import Feed
from app.events.projector import Projector
from app.jobs.watch import JobWatch
from app.projects.admit import Caller
from app.projects.tokens import TokenSigner
from app.redemptions.till import Till
from app.redemptions.validation_counts import ValidationCounts
from app.reports.pulse_board import PulseBoard
from graphql_schema.context import Context

if TYPE_CHECKING:  # the graph stands above the types, which stand above this file
    from graphql_schema.graph import Graph  # noqa: F401 - a string names it below


@dataclass(frozen=True, slots=True)
class Process:
    """The parts that live as long as the process, those first that nearly every operation needs."""

    till: Till
    feed: Feed
    signer: TokenSigner
    projector: Projector
    pulses: PulseBoard
    validations: ValidationCounts
    jobs: JobWatch


@dataclass(slots=True, kw_only=True)
class RequestContext(Context[Caller, "Graph"]):
    """The context of one operation in this service."""

    process: Process


Info = strawberry.Info[RequestContext, None]

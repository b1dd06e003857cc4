"""What a resolver may reach: the caller, the clock, the graph's loaders, and the few lasting parts of the process."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import strawberry

from app.events.feed import Feed
from app.events.projector import Projector
from app.projects.admit import Caller
from app.projects.tokens import TokenSigner
from app.redemptions.till import Till
from graphql_schema.context import Context

if TYPE_CHECKING:  # the graph stands above the types, which stand above this file
    from graphql_schema.graph import Graph  # noqa: F401 - a string names it below


@dataclass(frozen=True, slots=True)
class Process:
    """The parts that live as long as the process: till, feed, signer of customer tokens, and projector."""

    till: Till
    feed: Feed
    signer: TokenSigner
    projector: Projector


@dataclass(slots=True, kw_only=True)
class RequestContext(Context[Caller, "Graph"]):
    """The context of one operation in this service."""

    process: Process


Info = strawberry.Info[RequestContext, None]

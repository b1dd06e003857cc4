"""What the tests of the API share: real callers, and a way to ask the real schema."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from app.events.projector import Projector
from app.events.wake import Doorbell
from app.jobs.watch import JobWatch
from app.projections import PROJECTIONS
from app.projects.admit import Caller, admit
from app.projects.tokens import CustomerToken, create_customer_token
from app.projects.values import KeyKind
from app.redemptions.validation_counts import ValidationCounts
from app.reports.pulse_board import PulseBoard
from graphql_schema.request import RequestContext
from graphql_schema.schema import make_graph, schema
from tests.conftest import NOW
from tests.projects.shop import SIGNER, a_key

# The till and the feed are in it while a test has the fixtures of these names.
PROCESS = SimpleNamespace(
    jobs=JobWatch(Doorbell(), poll_seconds=0.05, pause_seconds=0),
    pulses=PulseBoard(Projector(Doorbell(), PROJECTIONS), pause_seconds=0),
    signer=SIGNER,
    validations=ValidationCounts(),
)


async def a_caller(project: UUID, kind: KeyKind = KeyKind.SERVER, **more: Any) -> Caller:
    """A caller admitted with a key of its own."""
    key = await a_key(project, kind, **more)
    caller = await admit(f"Bearer {key.secret}", None, None, NOW, SIGNER)
    assert isinstance(caller, Caller), caller
    return caller


async def a_shopper(project: UUID, customer: UUID) -> Caller:
    """A storefront that came with a token of this customer."""
    maker, storefront = await a_key(project), await a_key(project, KeyKind.STOREFRONT)
    made = await create_customer_token(project, maker.key.id, customer, timedelta(hours=1), NOW, SIGNER)
    assert isinstance(made, CustomerToken), made
    caller = await admit(f"Bearer {storefront.secret}", made.token, None, NOW, SIGNER)
    assert isinstance(caller, Caller), caller
    return caller


def a_context(caller: Caller) -> RequestContext:
    """The context of an operation of this caller; it is always NOW."""
    return RequestContext(
        caller=caller,
        now=lambda: NOW,
        request_id="test",
        make_loaders=make_graph,
        process=PROCESS,
    )


async def execute(caller: Caller, document: str, variables: Mapping[str, Any]) -> Any:
    """The whole result of an operation; one that redeems needs the fixture `till`."""
    return await schema.execute(document, dict(variables), a_context(caller))


@asynccontextmanager
async def followed(caller: Caller, document: str, **variables: Any) -> AsyncIterator[AsyncIterator[Any]]:
    """The results of a subscription; needs the fixture `feed`."""
    results = await schema.stream(document, variables, a_context(caller))
    try:
        yield results
    finally:
        await results.aclose()


async def ask(caller: Caller, document: str, **variables: Any) -> Any:
    """The data of an operation that had no errors."""
    result = await execute(caller, document, variables)
    assert not result.errors, result.errors
    return result.data


async def refusal(caller: Caller, document: str, **variables: Any) -> tuple[str, str]:
    """Code and message of the one error an operation had; nothing may have been answered beside it."""
    result = await execute(caller, document, variables)
    assert result.errors is not None
    assert len(result.errors) == 1, result.errors
    assert _holds_nothing(result.data)
    error = result.errors[0]
    return error.extensions["code"], error.message


def _holds_nothing(data: Any) -> bool:
    return data is None or (isinstance(data, dict) and all(map(_holds_nothing, data.values())))

"""What the tests of the API share: real callers, and a way to ask."""

from collections.abc import Mapping
from functools import partial
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import strawberry
from strawberry.schema.config import StrawberryConfig

from app.campaigns import read as campaigns
from app.projects.admit import Caller, admit
from app.projects.values import KeyKind
from graphql_schema.front import FrontSchema
from graphql_schema.loaders import PageLoader, by_key
from graphql_schema.mutations.create_api_key import CreateApiKeyMutation
from graphql_schema.mutations.create_campaign import CreateCampaignMutation
from graphql_schema.mutations.create_customer_token import CreateCustomerTokenMutation
from graphql_schema.mutations.create_project import CreateProjectMutation
from graphql_schema.mutations.end_campaign import EndCampaignMutation
from graphql_schema.mutations.launch_campaign import LaunchCampaignMutation
from graphql_schema.mutations.pause_campaign import PauseCampaignMutation
from graphql_schema.mutations.revoke_api_key import RevokeApiKeyMutation
from graphql_schema.mutations.update_campaign import UpdateCampaignMutation
from graphql_schema.queries.campaigns import CampaignQueries
from graphql_schema.queries.catalogues import CatalogueQueries
from graphql_schema.queries.viewer import ViewerQueries
from graphql_schema.request import RequestContext
from graphql_schema.scalars import SCALARS
from graphql_schema.types.campaign import show_campaign
from tests.conftest import NOW
from tests.projects.shop import SIGNER, a_key


@strawberry.type
class Query(CampaignQueries, CatalogueQueries, ViewerQueries):
    pass


@strawberry.type
class Mutation(
    CreateApiKeyMutation,
    CreateCampaignMutation,
    CreateCustomerTokenMutation,
    CreateProjectMutation,
    EndCampaignMutation,
    LaunchCampaignMutation,
    PauseCampaignMutation,
    RevokeApiKeyMutation,
    UpdateCampaignMutation,
):
    pass


schema = FrontSchema(Query, Mutation, config=StrawberryConfig(scalar_map=SCALARS))


async def a_caller(project: UUID, kind: KeyKind = KeyKind.SERVER, **more: Any) -> Caller:
    """A caller admitted with a key of its own."""
    key = await a_key(project, kind, **more)
    caller = await admit(f"Bearer {key.secret}", None, None, NOW, SIGNER)
    assert isinstance(caller, Caller), caller
    return caller


def _graph(context: RequestContext) -> Any:
    project = context.caller.project
    return SimpleNamespace(
        campaigns=by_key(partial(campaigns.by_ids, project), show_campaign),
        campaigns_of_main=PageLoader(project, campaigns._listing("c.main_id"), show_campaign),
    )


async def execute(caller: Caller, document: str, variables: Mapping[str, Any]) -> Any:
    """The whole result of an operation."""
    context = RequestContext(
        caller=caller,
        now=lambda: NOW,
        request_id="test",
        make_loaders=_graph,
        process=SimpleNamespace(signer=SIGNER),
    )
    return await schema.execute(document, dict(variables), context)


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

"""How a caller names a campaign: by id or by name."""

from uuid import UUID

import strawberry

from app import ids
from app.campaigns.read import find
from app.problem import Problem, Problems
from graphql_schema.types.node import read_id

Path = tuple[str, ...]


@strawberry.input(one_of=True, description="A campaign, by its id or by its name.")
class CampaignRef:
    id: strawberry.Maybe[strawberry.ID] = strawberry.field(description="The campaign's id.")
    name: strawberry.Maybe[str] = strawberry.field(
        description="The campaign's name, exactly as it is written."
    )


def read_campaign_ref(given: CampaignRef, path: Path) -> UUID | str | Problem:
    """The id or the name, or what is wrong with the id."""
    if given.id:
        return read_id(ids.CAMPAIGN, given.id.value, (*path, "id"))
    if given.name:
        return given.name.value
    raise AssertionError("@oneOf promises one of the two")


async def campaign_id(project: UUID, given: CampaignRef, path: Path) -> UUID | Problems:
    """The id of the campaign that is meant. Codes: INVALID_ID, and NOT_FOUND for a name that nothing has.

    Whether the project has a campaign of a given id is for the deed to find out, which reads it anyway.
    """
    ref = read_campaign_ref(given, path)
    if isinstance(ref, UUID):
        return ref
    if isinstance(ref, Problem):
        return Problems((ref,))
    found = await find(project, ref)
    return (
        Problems((Problem(path, "NOT_FOUND", "There is no such campaign."),)) if found is None else found.id
    )


def read_partner(given: strawberry.ID | None) -> UUID | Problems | None:
    """The id of the partner that a campaign runs for, None for nobody. Code: INVALID_ID.

    Whether the project has such a partner is for the deed to find out.
    """
    if given is None:
        return None
    partner = read_id(ids.PARTNER, given, ("partner",))
    return Problems((partner,)) if isinstance(partner, Problem) else partner

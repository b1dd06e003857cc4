"""ruleCatalogue and rewardCatalogue: what an offer can be made of."""

import strawberry

from app.engine.shelf import rewards, rules
from graphql_schema.types.unit_description import UnitDescription, show_catalogue

# The shelves do not change while the process runs.
_RULES = show_catalogue(rules)
_REWARDS = show_catalogue(rewards)


@strawberry.type
class CatalogueQueries:
    @strawberry.field(description="Every kind of rule there is. It is the same for everybody.")
    def rule_catalogue(self) -> list[UnitDescription]:
        return _RULES

    @strawberry.field(description="Every kind of reward there is. It is the same for everybody.")
    def reward_catalogue(self) -> list[UnitDescription]:
        return _REWARDS

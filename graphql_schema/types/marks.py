"""What a code keeps of its campaign and offer as they were when it was judged: partner, category, kind of reward."""

from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import strawberry

from app.projects.admit import Permission
from graphql_schema.authority import Info, require

if TYPE_CHECKING:
    from graphql_schema.types.partner import Partner


@strawberry.type
class Marked:
    partner_id: strawberry.Private[UUID | None]
    told_category: strawberry.Private[str | None]
    reward: strawberry.Private[str | None]

    @strawberry.field(
        description="For whom its campaign ran then, if for anybody; whom it runs for now does not matter. Needs READ."
    )
    async def partner(
        self, info: Info
    ) -> Annotated["Partner", strawberry.lazy("graphql_schema.types.partner")] | None:
        require(info, Permission.READ)
        if self.partner_id is None:
            return None
        return await info.context.loaders.partners.by_id.load(self.partner_id)

    @strawberry.field(description="What its campaign was filed under then. Needs READ.")
    def category(self, info: Info) -> str | None:
        require(info, Permission.READ)
        return self.told_category

    @strawberry.field(
        description='What sort of reward its offer was then, such as "percent_off"; null where there was no offer.'
        " Needs READ."
    )
    def reward_kind(self, info: Info) -> str | None:
        require(info, Permission.READ)
        return self.reward

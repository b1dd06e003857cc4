"""replayDecision: is a redemption, or a refusal, what its own offers say?"""

from typing import Annotated

import strawberry

from app import ids
from app.projects.admit import Permission
from app.simulation.replay_decision import replay_decision
from graphql_schema.authority import Info, require
from graphql_schema.errors import Refusal
from graphql_schema.types.decision_replay import DecisionReplay, show_replay

_KINDS = (ids.REDEMPTION, ids.REJECTED_REDEMPTION)


@strawberry.type
class ReplayDecisionQueries:
    @strawberry.field(
        description="Judge a redemption, a hold or a rejected redemption again, by its own versions of offers and by"
        " the facts that were kept with it, and compare. Null for what the project does not have. Needs READ."
    )
    async def replay_decision(
        self,
        info: Info,
        id: Annotated[
            strawberry.ID, strawberry.argument(description="The redemption or rejected redemption.")
        ],
    ) -> DecisionReplay | None:
        caller = require(info, Permission.READ)
        try:
            kind, decision = ids.read(id)
        except ids.IdError:
            kind, decision = "", ids.new_id()
        if kind not in _KINDS:
            message = f"An id that starts with {' or '.join(f'{one}_' for one in _KINDS)} is expected here."
            raise Refusal("BAD_USER_INPUT", message)
        replayed = await replay_decision(caller, decision, info.context.now())
        return None if replayed is None else show_replay(replayed, caller)

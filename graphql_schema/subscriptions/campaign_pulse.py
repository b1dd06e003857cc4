"""campaignPulse: how a campaign does in a window that slides with the clock, live."""

from collections.abc import AsyncGenerator, AsyncIterable
from contextlib import aclosing
from typing import Annotated

import strawberry

from app.campaigns.read import find
from app.projects.admit import Permission
from app.reports.pulse_values import PulseOf, PulseWindow
from graphql_schema.authority import Info, require
from graphql_schema.errors import Refusal
from graphql_schema.filters import needed_campaign_ref
from graphql_schema.shared_source import States
from graphql_schema.types.campaign_pulse import CampaignPulse, show_pulse
from graphql_schema.types.campaign_ref import CampaignRef


@strawberry.type
class CampaignPulseSubscription:
    @strawberry.subscription(
        description="How a campaign does: first as it is, then anew whenever that changes, at most twice a second, and"
        " as the window moves on with the clock. Each item tells the whole; whoever is slow is spared some."
    )
    async def campaign_pulse(
        self,
        info: Info,
        campaign: Annotated[CampaignRef, strawberry.argument(description="Which campaign.")],
        window: Annotated[
            PulseWindow, strawberry.argument(description="How far back it looks.")
        ] = PulseWindow.HOUR,
    ) -> AsyncIterable[CampaignPulse]:
        caller = require(info, Permission.READ)
        found = await find(caller.project, needed_campaign_ref(campaign))
        if found is None:
            raise Refusal("BAD_USER_INPUT", "There is no such campaign, so there is nothing to follow.")
        board = info.context.process.pulses
        of = PulseOf(caller.project, found.id, found.is_main, window, caller.time_zone)

        async def states() -> AsyncGenerator[CampaignPulse, None]:
            async with aclosing(board.watch(of)) as pulses:
                async for pulse in pulses:
                    yield show_pulse(pulse)

        return States(of, states)

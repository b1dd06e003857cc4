"""The whole till, driven at random and one request at a time, answers and counts as a till that one can see through.

TEAROFF_TEST_EXAMPLES chooses how many drives there are.
"""

import asyncio
import os
from collections import Counter
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.redemptions.holds import Clock, a_till_by
from tests.redemptions.till_machine import TillMachine

EXAMPLES = int(os.environ.get("TEAROFF_TEST_EXAMPLES", "20"))
STEPS = 70
# What a drive is worth nothing without: all of it must have come up.
MUST_HAPPEN = {
    *("REDEMPTION_GRANTED", "REDEMPTION_HELD", "REDEMPTION_ROLLED_BACK", "HOLD_RELEASED", "HOLD_EXPIRED"),
    *(
        "REDEEMED",
        "ROLLED_BACK",
        "change granted",
        "change refused",
        "shipped",
        "added",
        "limit kept",
        "balance kept",
    ),
    *("VOUCHER_LIMIT_REACHED", "CUSTOMER_LIMIT_REACHED", "MAIN_CAMPAIGN_LIMIT_REACHED"),
    *("CUSTOMER_BUDGET_EXCEEDED", "CAMPAIGN_BUDGET_EXCEEDED", "MAIN_CAMPAIGN_BUDGET_EXCEEDED"),
    *("BALANCE_TOO_LOW", "refused: ALREADY_CONFIRMED", "refused: HOLD_RELEASED"),
}


@pytest.mark.timeout(400 + 5 * EXAMPLES)  # what fails is made smaller for up to five minutes
async def test_whatever_is_done_both_tills_say_and_hold_the_same(project: UUID) -> None:
    clock = Clock()
    async with a_till_by(clock) as till:
        TillMachine.loop, TillMachine.till, TillMachine.clock = asyncio.get_running_loop(), till, clock
        TillMachine.organisation_of, TillMachine.happened = project, Counter()
        await asyncio.to_thread(
            run_state_machine_as_test,
            TillMachine,
            settings=settings(
                max_examples=EXAMPLES,
                stateful_step_count=STEPS,
                derandomize=True,
                database=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
    assert set(TillMachine.happened) >= MUST_HAPPEN

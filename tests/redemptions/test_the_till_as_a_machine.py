"""The whole till, driven at random and one request at a time, answers and counts as a till that one can see through.

TEAROFF_TEST_EXAMPLES chooses how many drives there are.
"""

import asyncio
import os
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.redemptions.holds import Clock, a_till_by
from tests.redemptions.till_machine import TillMachine

EXAMPLES = int(os.environ.get("TEAROFF_TEST_EXAMPLES", "10"))
STEPS = 40


@pytest.mark.timeout(60 + 15 * EXAMPLES)
async def test_whatever_is_done_both_tills_say_and_hold_the_same(project: UUID) -> None:
    clock = Clock()
    async with a_till_by(clock) as till:
        TillMachine.loop, TillMachine.till, TillMachine.clock = asyncio.get_running_loop(), till, clock
        TillMachine.organisation_of = project
        await asyncio.to_thread(
            run_state_machine_as_test,
            TillMachine,
            settings=settings(
                max_examples=EXAMPLES,
                stateful_step_count=STEPS,
                deadline=None,
                derandomize=True,
                database=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
